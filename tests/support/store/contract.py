"""What services may expect of a store: run against the tests' fake and against every available DynamoDB.
A subclass's `store` fixture says which. Each test uses references of its own, so that tests may share a table."""

import itertools
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Protocol, cast

import pytest

from chalicelib.rules.access.absences import Absence, Absences
from chalicelib.rules.access.sessions import Session, SignIn, ended, renewed
from chalicelib.rules.delivery import sending
from chalicelib.rules.help.gaps import ENOUGH_VISITORS, Gap, Helped
from chalicelib.rules.intake.limits import SLOTS, Bound, Limit
from chalicelib.rules.learning.causes import Cause
from chalicelib.rules.learning.improvements import Act, Entry, Improvement, Reason, Said, Stage
from chalicelib.rules.privacy.audit_events import AuditEvent
from chalicelib.rules.procedure.answers.agreement import Agreement
from chalicelib.rules.record.counting import Finished
from chalicelib.rules.tickets.clocks import FIRST_ANSWER, Clock, Clocks
from chalicelib.rules.tickets.custody import Custody
from chalicelib.rules.tickets.inbox_keys import closed_on
from chalicelib.rules.tickets.log import Action, DetailCode, details_of, reason_detail
from chalicelib.rules.tickets.messages import Event, system_message
from chalicelib.rules.tickets.outbox import LEASE, MISSED_AFTER, DeliveryStatus
from chalicelib.rules.tickets.procedure_facts import Outcome
from chalicelib.rules.tickets.remarks import Remark, Suspicion
from chalicelib.rules.tickets.ticket import (
    ONCE,
    Change,
    File,
    Hold,
    LogEntry,
    Person,
    SentId,
    SlaCount,
    State,
    Ticket,
    Visibility,
    evolve,
)
from chalicelib.services.ports.access import AbsenceList, Limits, Sessions
from chalicelib.services.ports.answers.agreements import Agreements
from chalicelib.services.ports.conflicts import MessageExists, PlaceTaken, TicketExists, VersionConflict
from chalicelib.services.ports.events.outgoing import OutgoingEvents
from chalicelib.services.ports.events.source_log import DataRequest, LateOrder, SourceLog, TokenRefusal, TokenState
from chalicelib.services.ports.exports import Export, Exports
from chalicelib.services.ports.inbox import MIN_TIME, Count, Cursor, InboxIndex
from chalicelib.services.ports.learning.tallies import Improvements, Kept, Tallied, Tallies
from chalicelib.services.ports.mails import (
    CountedHour,
    MailLog,
    Objections,
    Reconciliation,
    Suppressions,
    Threads,
    Undeliverable,
    UndeliveredMail,
)
from chalicelib.services.ports.orders import Orders
from chalicelib.services.ports.products.published import AnswerKey, PublishedAnswer, PublishedAnswers
from chalicelib.services.ports.products.waiting import Back, Waiting, WaitingList
from chalicelib.services.ports.purges import AuditLog, DeletionCertificate, Pointers, Purges
from chalicelib.services.ports.search import HelpCounts, SearchHit, SearchIndex
from chalicelib.services.ports.tickets import Draft, Drafts, ItemRef, Tickets
from chalicelib.services.ports.work import CallPlaces, Deaths, Digests, Presence, RunMark, WorkQueue
from tests.support import samples
from tests.support.orders import made
from tests.support.samples import AUTOMATIC
from tests.support.store.fakes import START

HOUR = timedelta(hours=1)
LATER = START + timedelta(minutes=3)
_numbers = itertools.count(1)


class Store(
    Tickets, Drafts, WorkQueue, Digests, InboxIndex, SearchIndex, Threads, Suppressions, Objections, Undeliverable,
    Agreements, MailLog, Limits, Sessions, Exports, AuditLog, Purges, Orders, SourceLog, OutgoingEvents, HelpCounts,
    PublishedAnswers, WaitingList, Tallies, Improvements, CallPlaces, AbsenceList, Presence, Protocol,
):  # fmt: skip
    """Everything that a table, or its replacement, promises."""


def fresh_ref() -> str:
    """A reference that no other test of this run uses."""
    return f"NL-{next(_numbers):05d}-00000"


def bounding(limit: int, bound: Bound = Bound.SENDER_HOUR) -> Limit:
    """A limit of this many in an hour, for a key that nothing else uses."""
    return Limit(bound, f"key/{fresh_ref()}", limit, HOUR)


def opened(store: Store, **changes: object) -> Ticket:
    ticket = samples.ticket(fresh_ref(), **changes)  # type: ignore[arg-type]
    store.commit(Change(ticket))
    return ticket


def listed_at(store: Store, shop: str, due: datetime, opened_at: datetime = START, ref: str = "") -> str:
    """A ticket of the shop with a single promise, due at this time."""
    clock = Clock(FIRST_ANSWER, "2 working days", START, due)
    ticket = replace(samples.ticket(ref or fresh_ref(), opened_at), shop=shop, clocks=Clocks([clock]), outbox=None)
    store.commit(Change(ticket))
    return ticket.ref


def claimed(store: Store, ticket: Ticket, now: datetime) -> Ticket:
    change = sending.claim(ticket, now)
    assert change is not None
    store.commit(change)
    return cast(Ticket, change.ticket)


def certified(ticket: Ticket) -> DeletionCertificate:
    return DeletionCertificate("2026-11", f"c-{ticket.ref}", ticket.shop, "retention", "blinded", START, "complaint")


class StoreContract:
    """What every store promises."""

    # Tickets ----------------------------------------------------------------------------------------------------------

    def test_a_place_that_is_taken_once_is_refused_to_its_own_ticket_too(self, store: Store) -> None:
        ticket = samples.ticket(fresh_ref())
        once = Hold(f"SAID#{ticket.ref}", LATER, ONCE)
        store.commit(Change(ticket, holds=(once,)))
        with pytest.raises(PlaceTaken):
            store.commit(Change(evolve(ticket), holds=(once,)))

    def test_the_messages_after_an_id_come_in_its_order_with_the_ticket_and_without_the_others(
        self, store: Store
    ) -> None:
        ticket = opened(store)
        for id in ("~000010", "~000002", "~000003", "zzzzzzzzzzzzzzzz", "0note"):
            store.commit(Change(messages=(system_message(id, ticket.ref, START, Event.RATED, ""),)))
        found, messages = store.lines_after(ticket.ref, "~000002")
        assert found is not None
        assert found.ref == ticket.ref
        assert [message.id for message in messages] == ["~000003", "~000010"]
        assert [message.id for message in store.lines_after(ticket.ref, "~")[1]] == ["~000002", "~000003", "~000010"]
        assert store.lines_after(fresh_ref(), "~") == (None, [])

    def test_agents_are_present_until_the_moment_that_was_noted_last(self, store: Store) -> None:
        shop = fresh_ref()
        store.note_presence(shop, "ben@northlight.example", LATER)
        store.note_presence(shop, "ada@northlight.example", LATER)
        store.note_presence(fresh_ref(), "eve@oak.example", LATER)
        assert store.present(shop, START) == ("ada@northlight.example", "ben@northlight.example")
        store.note_presence(shop, "ada@northlight.example", START)
        assert store.present(shop, START) == ("ben@northlight.example",)
        assert store.present(shop, LATER) == ()

    def test_a_place_is_one_tickets_and_is_taken_with_it_or_not_at_all(self, store: Store) -> None:
        first, second = samples.ticket(fresh_ref()), samples.ticket(fresh_ref())
        mine, free = Hold(f"SLOT#{first.ref}#000", LATER), Hold(f"SLOT#{first.ref}#001", LATER)
        store.commit(Change(first, holds=(mine,)))
        with pytest.raises(PlaceTaken):
            store.commit(Change(second, holds=(free, mine)))
        assert store.ticket(second.ref) is None
        assert store.held(first.shop, f"SLOT#{first.ref}#", f"SLOT#{first.ref}#~", 10) == {mine.id: first.ref}

    def test_a_place_can_be_taken_over_from_the_ticket_that_had_it_only(self, store: Store) -> None:
        first, second, third = (samples.ticket(fresh_ref()) for _ in range(3))
        place = Hold(f"SLOT#{first.ref}#000", LATER)
        store.commit(Change(first, holds=(place,)))
        store.commit(Change(second, holds=(replace(place, instead_of=first.ref),)))
        with pytest.raises(PlaceTaken):
            store.commit(Change(third, holds=(replace(place, instead_of=first.ref),)))
        assert store.held(first.shop, place.id, place.id, 10) == {place.id: second.ref}

    def test_a_place_is_given_back_by_the_ticket_that_has_it_only(self, store: Store) -> None:
        first, second = samples.ticket(fresh_ref()), samples.ticket(fresh_ref())
        place = Hold(f"SLOT#{first.ref}#000", LATER)
        store.commit(Change(first, holds=(place,)))
        store.release(first.shop, [place.id], second.ref, LATER)
        assert store.held(first.shop, place.id, place.id, 10)
        store.release(first.shop, [place.id], first.ref, LATER)
        assert not store.held(first.shop, place.id, place.id, 10)
        store.commit(Change(second, holds=(place,)))
        assert store.held(first.shop, place.id, place.id, 10) == {place.id: second.ref}

    def test_a_ticket_that_opens_again_is_told_before_its_places_are(self, store: Store) -> None:
        ticket = samples.ticket(fresh_ref())
        change = Change(ticket, holds=(Hold(f"SLOT#{ticket.ref}#000", LATER),))
        store.commit(change)
        with pytest.raises(TicketExists):
            store.commit(change)

    def test_places_are_listed_in_order_and_up_to_a_limit(self, store: Store) -> None:
        ticket = samples.ticket(fresh_ref())
        ids = [f"DUE#{ticket.ref}#{number}" for number in range(4)]
        store.commit(Change(ticket, holds=tuple(Hold(id, LATER) for id in reversed(ids))))
        assert list(store.held(ticket.shop, ids[0], ids[-1], 3)) == ids[:3]

    def test_a_ticket_comes_back_as_it_was_kept(self, store: Store) -> None:
        ticket = replace(
            samples.ticket(fresh_ref()),
            suspicions=(Suspicion.TRAP, Suspicion.HASTY),
            related=("NL-00000-00001",),
            participants=("friend@example.com",),
            terms_accepted=True,
            last_message_id="last@example.com",
            link_version=3,
        )
        store.commit(Change(ticket))
        assert store.ticket(ticket.ref) == ticket

    def test_a_ticket_that_was_never_opened_is_none(self, store: Store) -> None:
        assert store.ticket(fresh_ref()) is None
        assert store.conversation(fresh_ref()) == (None, [])

    def test_a_ticket_without_sender_subject_or_words_can_be_kept(self, store: Store) -> None:
        nobody = samples.ticket().requester.__class__("", "")
        ticket = opened(store, person=nobody, subject="", text="", topic=None, order_number=None)
        assert store.ticket(ticket.ref) == ticket

    def test_opening_again_tells_of_the_stored_ticket_and_changes_nothing(self, store: Store) -> None:
        ticket = opened(store)
        other = replace(samples.ticket(ticket.ref, subject="Something else"), source="another")
        with pytest.raises(TicketExists) as conflict:
            store.commit(Change(other))
        assert conflict.value.ticket == ticket
        assert store.ticket(ticket.ref) == ticket

    def test_opening_again_with_a_note_tells_of_the_stored_ticket_too(self, store: Store) -> None:
        ticket = opened(store)
        note = replace(samples.message_of(samples.reply(ticket)), visibility=Visibility.INTERNAL)
        store.commit(Change(messages=(note,)))
        with pytest.raises(TicketExists) as conflict:
            store.commit(Change(ticket, (note,)))
        assert conflict.value.ticket == ticket

    def test_the_next_version_is_kept(self, store: Store) -> None:
        ticket = opened(store)
        closed = evolve(ticket, state=State.CLOSED)
        store.commit(Change(closed))
        assert store.ticket(ticket.ref) == closed

    def test_a_version_that_another_became_first_is_stale(self, store: Store) -> None:
        ticket = opened(store)
        store.commit(Change(evolve(ticket, state=State.WAITING)))
        with pytest.raises(VersionConflict):
            store.commit(Change(evolve(ticket, state=State.CLOSED)))
        kept = store.ticket(ticket.ref)
        assert kept
        assert kept.state is State.WAITING

    def test_a_version_of_nothing_is_stale(self, store: Store) -> None:
        with pytest.raises(VersionConflict):
            store.commit(Change(evolve(samples.ticket(fresh_ref()))))

    # Messages and log -------------------------------------------------------------------------------------------------

    def test_a_reply_is_kept_with_its_ticket(self, store: Store) -> None:
        ticket = opened(store)
        change = samples.reply(ticket)
        store.commit(change)
        assert store.ticket(ticket.ref) == change.ticket
        assert store.message(ticket.ref, "reply") == samples.message_of(change)

    def test_a_message_comes_back_as_it_was_kept(self, store: Store) -> None:
        ticket = opened(store)
        whole = replace(
            samples.message_of(samples.reply(ticket)),
            visibility=Visibility.INTERNAL,
            files=(File("1-abc", "Bild ä.jpg", "image/jpeg", 12, "tickets/x/abc"),),
            text_key="tickets/x/text",
            message_id="id@example.com",
            raw_key="raw/1",
            automatic=(AUTOMATIC,),
            remarks=(Remark.STRANGER,),
        )
        store.commit(Change(messages=(whole,)))
        assert store.message(ticket.ref, whole.id) == whole

    def test_a_message_that_was_never_kept_is_none(self, store: Store) -> None:
        assert store.message(fresh_ref(), "nothing") is None

    def test_the_same_message_again_is_already_kept_whatever_became_of_the_ticket(self, store: Store) -> None:
        ticket = opened(store)
        first = samples.reply(ticket)
        store.commit(first)
        with pytest.raises(MessageExists):
            store.commit(first)  # the change is also stale: the ticket has moved on
        assert first.ticket
        with pytest.raises(MessageExists):
            store.commit(samples.reply(first.ticket))
        assert store.ticket(ticket.ref) == first.ticket

    def test_a_reply_to_a_stale_ticket_keeps_nothing_of_it(self, store: Store) -> None:
        ticket = opened(store)
        store.commit(samples.reply(ticket, "one"))
        with pytest.raises(VersionConflict):
            store.commit(samples.reply(ticket, "two"))
        assert [message.id for message in store.conversation(ticket.ref)[1]] == ["one"]

    def test_a_message_alone_goes_on_by_its_own_version(self, store: Store) -> None:
        ticket = opened(store)
        store.commit(samples.reply(ticket))
        message = store.message(ticket.ref, "reply")
        assert message
        change = sending.claim(message, START)
        assert change
        store.commit(change)
        assert store.message(ticket.ref, "reply") == samples.message_of(change)
        with pytest.raises(VersionConflict):
            store.commit(change)

    def test_a_conversation_is_in_the_order_of_time(self, store: Store) -> None:
        ticket = opened(store)
        current: Ticket | None = ticket
        for id, minutes in (("z", 1), ("m", 2), ("a", 3)):
            assert current
            change = samples.reply(current, id, START + timedelta(minutes=minutes))
            store.commit(change)
            current = change.ticket
        found, messages = store.conversation(ticket.ref)
        assert found == current
        assert [message.id for message in messages] == ["z", "m", "a"]

    def test_a_long_conversation_is_read_whole(self, store: Store) -> None:
        ticket = opened(store)
        current: Ticket | None = ticket
        for number in range(20):
            assert current
            change = samples.reply(current, f"m{number:02}", START + timedelta(seconds=number), text="x" * 60_000)
            store.commit(change)
            current = change.ticket
        assert len(store.conversation(ticket.ref)[1]) == 20

    def test_a_log_of_several_entries_is_kept_with_a_change(self, store: Store) -> None:
        ticket = opened(store)
        entries = tuple(
            LogEntry(START, "ada@northlight.example", Action.NOTED, (reason_detail(f"did {n}"),)) for n in range(3)
        )
        store.commit(Change(evolve(ticket), log=entries))
        kept = store.ticket(ticket.ref)
        assert kept
        assert kept.version == 2

    # Sent ids ---------------------------------------------------------------------------------------------------------

    def test_a_sent_id_finds_its_ticket(self, store: Store) -> None:
        ticket = opened(store)
        id = f"0100-{ticket.ref}"
        store.commit(Change(evolve(ticket), sent=(SentId(id, ticket.ref, START),)))
        assert store.ref_of_sent(["unknown", id, id]) == ticket.ref

    def test_the_first_of_several_sent_ids_counts(self, store: Store) -> None:
        one, two = opened(store), opened(store)
        for ticket in (one, two):
            store.commit(Change(evolve(ticket), sent=(SentId(f"id-{ticket.ref}", ticket.ref, START),)))
        assert store.ref_of_sent([f"id-{two.ref}", f"id-{one.ref}"]) == two.ref

    def test_ids_that_were_never_sent_find_nothing(self, store: Store) -> None:
        assert store.ref_of_sent([]) is None
        assert store.ref_of_sent(iter(["never", ""])) is None

    def test_a_sent_id_names_the_very_item_that_owed_the_mail(self, store: Store) -> None:
        ticket = opened(store)
        sent = (SentId(f"t-{ticket.ref}", ticket.ref, START), SentId(f"m-{ticket.ref}", ticket.ref, START, "reply"))
        store.commit(Change(evolve(ticket), sent=sent))
        assert store.item_of_sent(f"t-{ticket.ref}") == ItemRef(ticket.ref, None)
        assert store.item_of_sent(f"m-{ticket.ref}") == ItemRef(ticket.ref, "reply")
        assert store.item_of_sent("never") is None

    # Suppressions -----------------------------------------------------------------------------------------------------

    def test_a_flag_holds_until_its_time_and_may_be_set_again(self, store: Store) -> None:
        key = f"suppression/{fresh_ref()}"
        assert not store.is_suppressed(key, START)
        store.suppress(key, "bounced", START + HOUR)
        assert store.is_suppressed(key, START + HOUR - timedelta(seconds=1))
        assert not store.is_suppressed(key, START + HOUR)
        store.suppress(key, "complained", START + 2 * HOUR)
        assert store.is_suppressed(key, START + HOUR)

    # Objections -------------------------------------------------------------------------------------------------------

    def test_answers_are_published_by_product_and_language_and_stay_unpublished(self, store: Store) -> None:
        sku = fresh_ref()
        first, second = (
            PublishedAnswer(AnswerKey("northlight", sku, "en", id), f"Does it {id}?", "Yes.", START + offset)
            for id, offset in (("dim", HOUR), ("tilt", timedelta()))
        )
        seen = [store.changed("northlight", "en")]
        for answer in (first, second, first):
            assert store.publish(answer)
            seen.append(store.changed("northlight", "en"))
        assert len(set(seen[:3])) == 3, "each that is published changes it"
        store.publish(replace(first, key=replace(first.key, language="de")))
        assert store.changed("northlight", "en") == seen[-1], "not one in another language"
        assert list(store.published("northlight", sku.lower(), "en")) == [
            replace(each, key=replace(each.key, sku=sku.lower())) for each in (second, first)
        ]
        assert store.published("kettle", sku, "en") == []
        assert store.published("northlight", sku[:-1], "en") == [], "another SKU begins like it"
        whole = [each for each in store.all_published("northlight", "en") if each.key.sku == sku]
        assert whole == [second, first], "as the catalogue writes it"
        for begins in (sku, sku.lower(), sku[:-1].upper()):
            assert list(store.all_published("northlight", "en", begins)) == whole, "no other product's"
        assert store.all_published("northlight", "en", f"{sku}0") == []
        assert store.is_published(first.key)
        unknown = replace(first.key, id="heat")
        assert {each.at: each for each in store.read([first.key, unknown, second.key])} == {
            each.at: each for each in (first, second)
        }
        assert store.read([]) == []
        for _ in range(2):
            store.unpublish(first.key, LATER)
        assert not store.publish(first)
        assert list(store.read([first.key, second.key])) == [second]
        assert store.changed("northlight", "en") != seen[-1], "what is taken back changes it"
        assert not store.is_published(first.key)
        assert [each.key.id for each in store.published("northlight", sku, "en")] == ["tilt"]
        assert first not in store.all_published("northlight", "en")

    def test_who_waits_confirms_is_claimed_once_and_forgotten(self, store: Store) -> None:
        sku, address = fresh_ref(), f"{fresh_ref()}@example.com"
        asked = Waiting("northlight", sku, "key", address, "en", START, START + 9 * HOUR)
        assert not store.confirm(asked)
        store.ask(asked)
        assert store.waits("northlight", sku.lower(), "key") == asked
        assert store.confirmed("northlight", sku, 9) == []
        confirmed = replace(asked, confirmed_at=LATER)
        assert store.confirm(confirmed)
        store.ask(replace(asked, asked_at=LATER))
        assert list(store.confirmed("northlight", sku.lower(), 9)) == [confirmed]
        assert list(store.waiting_of("northlight", address.upper())) == [confirmed]
        assert store.waiting_of("kettle", address) == []
        store.ask(replace(asked, asked_at=confirmed.until + HOUR))
        assert store.confirmed("northlight", sku, 9) == [], "its time was over, and the table had not yet forgotten it"
        assert store.confirm(confirmed)
        assert store.claim(confirmed, START, START + HOUR)
        assert not store.claim(confirmed, START, START + HOUR)
        assert store.claim(confirmed, START + 2 * HOUR, START + 3 * HOUR)
        store.forget(confirmed, LATER)
        assert not store.claim(confirmed, START + 4 * HOUR, START + 5 * HOUR)
        assert not store.confirm(confirmed)
        assert store.waits("northlight", sku, "key") is None
        assert store.waiting_of("northlight", address) == store.confirmed("northlight", sku, 9) == []
        store.ask(asked)
        assert store.waits("northlight", sku, "key") == asked

    def test_a_product_that_is_back_is_due_until_all_were_told(self, store: Store) -> None:
        back = Back("northlight", fresh_ref(), START)
        ref = f"BACK#northlight#{back.sku.lower()}"

        def due() -> bool:
            return ref in [entry.ref for entry in store.due(START, 25)]

        store.note_back(back)
        assert due()
        assert store.back(ref) == back
        again = replace(back, at=START - HOUR)
        store.note_back(again)
        store.all_told(back)
        assert due(), "it came back once more meanwhile"
        store.all_told(again)
        assert not due()
        assert store.back(ref) is None

    def test_an_objection_stays_as_it_was_first_made_and_is_of_one_shop(self, store: Store) -> None:
        key = f"1{fresh_ref().lower()}"
        assert store.objected_at("northlight", key) is None
        store.note_objection("northlight", key, START)
        store.note_objection("northlight", key, START + HOUR)
        assert store.objected_at("northlight", key) == START
        assert store.objected_at("kettle", key) is None

    def test_an_objection_that_was_taken_back_counts_no_more_until_it_is_made_again(self, store: Store) -> None:
        key = f"2{fresh_ref().lower()}"
        store.lift_objection("northlight", key, START, "NL-1")
        assert store.objected_at("northlight", key) is None
        store.note_objection("northlight", key, START)
        for _ in range(2):
            store.lift_objection("northlight", key, START + HOUR, "NL-1")
            assert store.objected_at("northlight", key) is None
        store.note_objection("northlight", key, START + 2 * HOUR)
        assert store.objected_at("northlight", key) == START + 2 * HOUR

    def test_an_agreement_is_of_one_shop_and_replaced_and_forgotten(self, store: Store) -> None:
        key = f"3{fresh_ref().lower()}"
        first = Agreement("NL-1", START, "tom@northlight.example", START + timedelta(days=30), every_days=7)
        store.end_agreement("northlight", key, START)
        assert store.agreement("northlight", key) is None
        store.keep_agreement("northlight", key, first)
        assert (store.agreement("northlight", key), store.agreement("kettle", key)) == (first, None)
        later = replace(first, every_days=0, agent="ada@northlight.example", in_writing=True)
        store.keep_agreement("northlight", key, later)
        assert store.agreement("northlight", key) == later
        for _ in range(2):
            store.end_agreement("northlight", key, START + HOUR)
            assert store.agreement("northlight", key) is None
        store.keep_agreement("northlight", key, first)
        assert store.agreement("northlight", key) == first

    def test_absences_are_of_one_shop_and_only_the_next_version_is_stored(self, store: Store) -> None:
        shop = fresh_ref().lower()
        assert store.absences(shop) == store.lately(shop, START) == Absences()
        first = Absences((Absence("ada@northlight.example", START, START + HOUR, "", "ada@northlight.example"),), 1)
        assert store.put_absences(shop, first, START)
        assert not store.put_absences(shop, first, START)
        assert (store.absences(shop), store.absences("another")) == (first, Absences())
        assert store.put_absences(shop, Absences((), 2), START)
        assert store.absences(shop) == Absences((), 2)

    def test_absences_are_read_once_a_minute_and_after_each_change(self, store: Store) -> None:
        shop = fresh_ref().lower()
        assert store.lately(shop, START) == Absences()
        away = Absences((Absence("ada@northlight.example", START, START + HOUR),), 1)
        assert store.put_absences(shop, away, START)
        assert store.lately(shop, START) == away
        assert store.lately(shop, START + timedelta(hours=2)) == away

    # Limits -----------------------------------------------------------------------------------------------------------

    def test_a_limit_holds_within_any_window_and_what_is_past_makes_room(self, store: Store) -> None:
        limit = [bounding(3)]
        start = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
        minutes = (0, 20, 59, 59.99, 60, 60, 79, 80, 117, 119, 119)
        passed = [not store.count(limit, start + timedelta(minutes=m)) for m in minutes]
        assert passed == [True, True, True, False, True, False, False, True, False, True, False]

    def test_no_window_begins_at_the_full_hour(self, store: Store) -> None:
        limit = [bounding(3)]
        before = datetime(2026, 11, 25, 9, 59, 58, tzinfo=UTC)
        assert [store.count(limit, before) for _ in range(3)] == [frozenset()] * 3
        after = before + timedelta(seconds=4)
        assert store.count(limit, after) == {Bound.SENDER_HOUR}

    def test_a_window_slides_over_wherever_its_counters_are_kept(self, store: Store) -> None:
        """Three in any hour, over a period in which each counter's item expires."""
        limit, passed = [bounding(3)], list[datetime]()
        start, slack = datetime(2026, 11, 25, 6, 1, tzinfo=UTC), HOUR / SLOTS
        for number in range(50):
            now = start + number * timedelta(minutes=11)
            refused = bool(store.count(limit, now))
            assert refused or len([at for at in passed if now - at <= HOUR - slack]) < 3
            assert not refused or len([at for at in passed if now - at < HOUR]) == 3
            passed += [] if refused else [now]

    def test_what_one_firm_limit_refuses_is_not_counted_on_the_others(self, store: Store) -> None:
        narrow, wide = bounding(1), bounding(2, Bound.SOURCE_HOUR)
        soft = [bounding(2, Bound.RECIPIENT_HOUR)]
        assert not store.count([narrow, wide], START, soft=soft)
        assert store.count([narrow, wide], START, soft=soft) == {Bound.SENDER_HOUR}
        assert not store.count([wide], START, soft=soft)
        assert store.count([wide], START) == {Bound.SOURCE_HOUR}
        assert store.count([], START, soft=soft) == {Bound.RECIPIENT_HOUR}

    def test_where_a_soft_limit_is_used_up_all_firm_ones_count_and_no_soft_one(self, store: Store) -> None:
        firm, narrow, wide = bounding(3), bounding(1, Bound.RECIPIENT_HOUR), bounding(2, Bound.SHOP_HOUR)
        said = [store.count([firm], START, soft=[narrow, wide]) for _ in range(4)]
        assert said[:3] == [frozenset(), {Bound.RECIPIENT_HOUR}, {Bound.RECIPIENT_HOUR}]
        assert Bound.SENDER_HOUR in said[3]
        assert [store.count([], START, soft=[wide]) for _ in range(2)] == [frozenset(), {Bound.SHOP_HOUR}]

    def test_what_is_counted_once_gets_the_same_answer_ever_after(self, store: Store) -> None:
        ref = fresh_ref()
        limit, soft = [bounding(3)], [bounding(1, Bound.RECIPIENT_HOUR)]

        def said(number: int, after: timedelta = timedelta(0)) -> frozenset[Bound]:
            return store.count(limit, START + after, soft=soft, idempotency_key=f"{number}/{ref}")

        used_up = frozenset({Bound.RECIPIENT_HOUR})
        assert [said(n) for n in (1, 1, 2, 2, 3, 3)] == [frozenset()] * 2 + [used_up] * 4
        assert Bound.SENDER_HOUR in said(4)
        assert (said(1), said(2)) == (frozenset(), used_up)
        assert (said(1, HOUR), said(2, HOUR), said(4, HOUR)) == (frozenset(), used_up, frozenset())

    def test_windows_of_a_day_and_an_hour_count_side_by_side(self, store: Store) -> None:
        hour, day = bounding(2), replace(bounding(3, Bound.SENDER_DAY), window=24 * HOUR)
        said = [store.count([hour, day], START + number * HOUR) for number in (0, 0, 0, 1, 2, 23)]
        assert said == [frozenset()] * 2 + [{Bound.SENDER_HOUR}, frozenset()] + [{Bound.SENDER_DAY}] * 2
        assert not store.count([hour, day], START + 25 * HOUR)

    # Due-work index ---------------------------------------------------------------------------------------------------

    def test_what_owes_mails_is_due_when_its_time_has_come(self, store: Store) -> None:
        ticket = opened(store)
        entry = ItemRef(ticket.ref, None)
        assert entry not in store.due(START + MISSED_AFTER - timedelta(seconds=1), 1000)
        assert entry in store.due(START + MISSED_AFTER, 1000)

    def test_a_message_that_owes_mails_is_due_beside_its_ticket(self, store: Store) -> None:
        ticket = opened(store)
        store.commit(samples.reply(ticket))
        assert {ItemRef(ticket.ref, None), ItemRef(ticket.ref, "reply")} <= set(store.due(LATER, 1000))

    def test_what_is_claimed_is_due_when_the_claim_has_run_out(self, store: Store) -> None:
        ticket = claimed(store, opened(store), LATER)
        entry = ItemRef(ticket.ref, None)
        assert entry not in store.due(LATER, 1000)
        assert entry in store.due(LATER + LEASE, 1000)

    def test_what_is_sent_is_never_due_again(self, store: Store) -> None:
        ticket = claimed(store, opened(store), START)
        assert ticket.outbox
        for number, delivery in enumerate(ticket.outbox.owed()):
            change = sending.sent(ticket, 1, [sending.Accepted(delivery, f"ses-{ticket.ref}-{number}", START)])
            store.commit(change)
            ticket = cast(Ticket, change.ticket)
        assert ticket.outbox
        assert {d.status for d in ticket.outbox.deliveries} == {DeliveryStatus.SENT}
        assert store.ticket(ticket.ref) == ticket
        warned = ticket.clocks[1].warn_at
        assert warned
        assert ItemRef(ticket.ref, None) not in store.due(warned - timedelta(seconds=1), 1000)
        assert ItemRef(ticket.ref, None) in store.due(warned, 1000)

    def test_what_is_due_is_read_to_its_end_however_small_the_pages(self, store: Store) -> None:
        tickets = {ItemRef(opened(store).ref, None) for _ in range(9)}
        found = [entry for entry in store.due(LATER, 2) if entry in tickets]
        assert len(found) == 9
        assert set(found) == tickets

    # Inbox ------------------------------------------------------------------------------------------------------------

    def test_the_inbox_lists_what_is_most_urgent_and_counts_the_rest(self, store: Store) -> None:
        shop = fresh_ref()
        days = [START + timedelta(days=day) for day in (2, 0, 1)]
        tickets = [replace(samples.ticket(fresh_ref(), at), shop=shop) for at in days]
        for ticket in tickets:
            store.commit(Change(ticket))
        second, first, between = (ticket.clocks[0].due for ticket in tickets)
        listed, count = store.inbox(shop, "open", 2)
        assert [(entry.ref, entry.due, entry.clock) for entry in listed] == [
            (tickets[1].ref, first, "acknowledge"),
            (tickets[2].ref, between, "acknowledge"),
        ]
        assert count == Count(3)
        assert listed[0].name == "Mira Holm"
        assert [entry.ref for entry in store.inbox(shop, "open", 9, since=between, before=second)[0]] == [
            tickets[2].ref
        ]
        assert store.inbox(shop, "open", 0)[1] == Count(3)
        assert store.inbox(shop, "waiting", 9) == ([], Count(0))

    @pytest.mark.parametrize("limit", [0, 1, 2])
    def test_the_inbox_counts_exactly_up_to_a_number_and_then_says_that_there_are_more(
        self, store: Store, limit: int
    ) -> None:
        shop = fresh_ref()
        refs = [listed_at(store, shop, START + timedelta(hours=n)) for n in range(4)]
        for counted, count in ((2, Count(2, more=True)), (3, Count(3, more=True)), (4, Count(4)), (5, Count(4))):
            listed, found = store.inbox(shop, "open", limit, counted=counted)
            assert ([entry.ref for entry in listed], found) == (refs[:limit], count)

    def test_a_list_is_read_page_by_page_each_ticket_once(self, store: Store) -> None:
        shop = fresh_ref()
        refs = [listed_at(store, shop, START + timedelta(hours=n // 2)) for n in range(7)]  # two at a time are due
        pages, after = list[list[str]](), None
        while True:
            found, after = store.inbox_page(shop, "open", 3, after)
            pages.append([entry.ref for entry in found])
            if after is None:
                break
        assert [ref for page in pages for ref in page] == refs
        assert [len(page) for page in pages][:2] == [3, 3]

    def test_and_the_other_way_round(self, store: Store) -> None:
        shop = fresh_ref()
        refs = [listed_at(store, shop, START + timedelta(hours=n)) for n in range(3)]
        found, after = store.inbox_page(shop, "open", 2, newest_first=True)
        assert [entry.ref for entry in found] == [refs[2], refs[1]]
        assert after == Cursor(START + timedelta(hours=1), START, refs[1])
        assert [entry.ref for entry in store.inbox_page(shop, "open", 2, after, newest_first=True)[0]] == [refs[0]]

    def test_what_is_due_together_stands_by_age_the_oldest_first(self, store: Store) -> None:
        shop, due = fresh_ref(), START + timedelta(days=2)
        # The references are not in order of age: sorted by them only, the list would be wrong.
        ages = [3, 0, 4, 1, 2]
        named = {age: f"NL-{shop[3:8]}-0000{9 - age}" for age in ages}
        for age in ages:
            listed_at(store, shop, due, START + timedelta(microseconds=age), named[age])
        sooner, later = (listed_at(store, shop, due + by, START + by) for by in (-HOUR, HOUR))
        in_order = [sooner, *(named[age] for age in sorted(named)), later]
        assert [entry.ref for entry in store.inbox(shop, "open", 99)[0]] == in_order
        for newest_first in (False, True):
            told, after = list[str](), None
            while True:
                found, after = store.inbox_page(shop, "open", 1, after, newest_first=newest_first)
                told += [entry.ref for entry in found]
                if after is None:
                    break
            assert told == (in_order[::-1] if newest_first else in_order)
        bounded, _ = store.inbox_page(shop, "open", 9, None, due, due + timedelta(microseconds=1))
        assert [entry.ref for entry in bounded] == in_order[1:-1]
        assert store.inbox_page(shop, "open", 9, None, due - HOUR * 2, due - HOUR) == ([], None)

    def test_a_list_goes_on_from_a_place_though_nothing_stands_there(self, store: Store) -> None:
        shop = fresh_ref()
        later = listed_at(store, shop, START + HOUR)
        for ref in ("NL-00000-00000", "NL-ZZZZZ-ZZZZZ"):
            found, _ = store.inbox_page(shop, "open", 5, Cursor(START, START, ref))
            assert [entry.ref for entry in found] == [later]
        assert store.inbox_page(shop, "open", 5, Cursor(START + 2 * HOUR, START, later)) == ([], None)

    def test_a_list_is_read_within_times(self, store: Store) -> None:
        shop = fresh_ref()
        refs = [listed_at(store, shop, START + n * HOUR) for n in range(4)]
        found, after = store.inbox_page(shop, "open", 9, None, START + HOUR, START + 3 * HOUR)
        assert ([entry.ref for entry in found], after) == (refs[1:3], None)

    def test_closed_tickets_stand_in_the_list_of_their_day(self, store: Store) -> None:
        shop = fresh_ref()
        ticket = replace(
            samples.ticket(fresh_ref()),
            shop=shop,
            state=State.CLOSED,
            closed_at=START,
            clocks=Clocks(),
            outcome=Outcome.SETTLED,
        )
        store.commit(Change(ticket))
        (found,), _ = store.inbox_page(shop, closed_on(START.date()), 9)
        assert (found.ref, found.outcome, found.due, found.clock) == (ticket.ref, "settled", START, "")
        for other in (closed_on(START.date() - timedelta(days=1)), "open", "closed"):
            assert store.inbox_page(shop, other, 9) == ([], None)

    # Finding ----------------------------------------------------------------------------------------------------------

    def test_tickets_are_found_in_the_order_asked_for_and_only_those_there_are(self, store: Store) -> None:
        tickets = [opened(store) for _ in range(3)]
        refs = [ticket.ref for ticket in reversed(tickets)]
        assert store.find_tickets([refs[0], "NL-00000-00000", *refs[1:], refs[0]]) == list(reversed(tickets))
        assert store.find_tickets([]) == []

    def test_as_many_are_found_as_are_asked_for(self, store: Store) -> None:
        refs = [opened(store).ref for _ in range(105)]
        assert [ticket.ref for ticket in store.find_tickets(refs)] == refs

    def test_a_words_list_names_tickets_the_newest_first_page_by_page(self, store: Store) -> None:
        shop = fresh_ref()
        mentions = [SearchHit(START + timedelta(minutes=n), fresh_ref()) for n in (2, 0, 1)]
        for mention in (*mentions, mentions[0]):
            store.index_words(shop, iter(["lamp", "shade"]), mention)
        page, goes_on = store.hits(shop, "lamp", 2)
        assert (page, goes_on) == ([mentions[0], mentions[2]], True)
        assert store.hits(shop, "lamp", 5, page[-1])[0] == [mentions[1]]
        assert store.hits(shop, "kettle", 5) == ([], False)
        assert store.hits("another", "lamp", 5) == ([], False)

    def test_of_some_tickets_those_are_told_that_hold_all_the_words(self, store: Store) -> None:
        shop = fresh_ref()
        both, one, none = mentions = [SearchHit(START + timedelta(minutes=n), fresh_ref()) for n in range(3)]
        store.index_words(shop, ["lamp", "shade"], both)
        store.index_words(shop, ["lamp"], one)
        assert store.find_mentions(shop, [["lamp"], ["shade"]], mentions) == [both]
        assert store.find_mentions(shop, [["lamp"]], [none, one, both]) == [one, both]
        assert store.find_mentions(shop, [["kettle"]], mentions) == []
        assert store.find_mentions(shop, [["kettle", "lamp"], ["shade", "screen"]], mentions) == [both]

    def test_as_many_tickets_can_be_asked_about_as_there_are(self, store: Store) -> None:
        shop = fresh_ref()
        mentions = [SearchHit(START + timedelta(minutes=n), fresh_ref()) for n in range(60)]
        for mention in mentions[::2]:
            store.index_words(shop, ["lamp", "shade"], mention)
        assert store.find_mentions(shop, [["lamp"], ["shade"]], mentions) == mentions[::2]

    def test_a_customers_tickets_are_found_by_address_the_newest_first(self, store: Store) -> None:
        shop, address = fresh_ref(), f"{fresh_ref().lower()}@example.com"
        refs = []
        for days in (1, 0, 2):
            person = Person("Mira", address.upper() if days else address)
            ticket = samples.ticket(fresh_ref(), START + timedelta(days=days), person=person)
            store.commit(Change(replace(ticket, shop=shop)))
            refs.append(ticket.ref)
        found = store.tickets_of(shop, address.title(), 2)
        assert [other.ref for other in found] == [refs[2], refs[0]]
        assert (found[0].kind, found[0].state, found[0].subject) == ("complaint", State.OPEN, samples.ticket().subject)
        assert found[0].opened_at == START + timedelta(days=2)
        assert store.tickets_of("another", address, 2) == []
        assert store.tickets_of(shop, "nobody@example.com", 2) == []

    # What an agent sees of a ticket -----------------------------------------------------------------------------------

    def test_a_tickets_log_is_read_the_latest_first(self, store: Store) -> None:
        ticket = opened(store)
        entries = [
            LogEntry(START + timedelta(minutes=n), "ada@x.example", Action.NOTED, (reason_detail(f"did {n}"),))
            for n in range(4)
        ]
        for entry in entries:
            ticket = evolve(ticket)
            store.commit(Change(ticket, log=(entry,)))
        assert store.history(ticket.ref, 9) == entries[::-1]
        assert store.history(ticket.ref, 2) == [entries[3], entries[2]]
        assert store.history(fresh_ref(), 9) == []

    def test_each_agents_draft_is_kept_and_a_later_one_replaces_it(self, store: Store) -> None:
        ref, until = fresh_ref(), START + HOUR
        first, later = Draft(ref, "ada@x.example", "Dear", START), Draft(ref, "ada@x.example", "Dear Mira", LATER)
        other = Draft(ref, "tom@x.example", "", START)
        for draft in (first, other, later, first):
            store.save_draft(draft, until)
        assert sorted(store.drafts(ref, START), key=lambda draft: draft.agent) == [later, other]
        assert store.drafts(fresh_ref(), START) == []

    def test_a_draft_is_gone_after_its_time(self, store: Store) -> None:
        ref = fresh_ref()
        draft = Draft(ref, "ada@x.example", "Dear", START)
        store.save_draft(draft, START + HOUR)
        assert store.drafts(ref, START + HOUR - timedelta(seconds=1)) == [draft]
        assert store.drafts(ref, START + HOUR) == []

    def test_a_draft_is_no_part_of_the_conversation(self, store: Store) -> None:
        ticket = opened(store)
        store.save_draft(Draft(ticket.ref, "ada@x.example", "Dear", START), START + HOUR)
        assert store.conversation(ticket.ref) == (ticket, [])
        assert store.history(ticket.ref, 9) == []

    # The help's counts ------------------------------------------------------------------------------------------------

    def test_a_word_is_stored_when_enough_visitors_searched_for_it(self, store: Store) -> None:
        shop = fresh_ref()
        for visitor in range(ENOUGH_VISITORS - 1):
            store.in_vain(shop, "en", {"k1": "showroom", "k2": "munich"}, visitor, START)
        store.in_vain(shop, "en", {"k1": "showroom"}, 0, START)  # the same visitor once more
        assert store.gaps(shop, "en") == []
        store.in_vain(shop, "en", {"k1": "showroom"}, ENOUGH_VISITORS, LATER)
        assert store.gaps(shop, "en") == [Gap("en", "showroom", ENOUGH_VISITORS + 1)]
        assert store.gaps(shop, "de") == []
        store.in_vain(shop, "en", {"k1": "showroom"}, 0, LATER)
        assert store.gaps(shop, "en") == [Gap("en", "showroom", ENOUGH_VISITORS + 2)]

    def test_searches_before_a_ticket_are_counted_beside_those_in_vain(self, store: Store) -> None:
        shop = fresh_ref()
        store.in_vain(shop, "en", {"k1": "showroom"}, 0, START)
        for visitor in range(1, ENOUGH_VISITORS):
            store.followed(shop, "en", {"k1": "showroom"}, visitor, START)
        assert store.gaps(shop, "en") == [Gap("en", "showroom", 1, ENOUGH_VISITORS - 1)]

    def test_a_search_without_words_is_counted_too(self, store: Store) -> None:
        shop = fresh_ref()
        store.in_vain(shop, "en", {}, 1, START)
        assert store.gaps(shop, "en") == []

    def test_what_helped_is_counted_by_day_and_language(self, store: Store) -> None:
        shop, today = fresh_ref(), START.date()
        for slug, yes, days in (("late", True, 0), ("late", False, 0), ("late", True, 3), ("bulb", False, 3)):
            store.helped(shop, "en", slug, yes=yes, now=START + timedelta(days=days))
        store.helped(shop, "de", "late", yes=True, now=START)
        assert store.answers(shop, "en", today, today) == [Helped("late", 1, 1)]
        assert store.answers(shop, "en", today, today + timedelta(days=3)) == [
            Helped("bulb", 0, 1),
            Helped("late", 2, 1),
        ]
        assert store.answers(shop, "de", today, today + timedelta(days=9)) == [Helped("late", 1, 0)]

    # SLA counters and digests -----------------------------------------------------------------------------------------

    def test_sla_counts_are_kept_by_day(self, store: Store) -> None:
        ticket = replace(opened(store), shop=fresh_ref())
        for day, kept, missed in ((0, 1, 0), (0, 2, 1), (3, 0, 4)):
            ticket = evolve(ticket)
            sla_counts = SlaCount(ticket.shop, START + timedelta(days=day), kept, missed)
            store.commit(Change(ticket, sla_counts=(sla_counts,)))
        today = START.date()
        assert store.sla_counted(ticket.shop, today, today) == (3, 1)
        assert store.sla_counted(ticket.shop, today, today + timedelta(days=3)) == (3, 5)
        assert store.sla_counted(ticket.shop, today + timedelta(days=4), today + timedelta(days=9)) == (0, 0)

    def test_a_stale_change_adds_no_sla_count(self, store: Store) -> None:
        ticket = replace(opened(store), shop=fresh_ref())
        stale = replace(ticket, version=7)
        with pytest.raises(VersionConflict):
            store.commit(Change(stale, sla_counts=(SlaCount(ticket.shop, START, 1),)))
        assert store.sla_counted(ticket.shop, START.date(), START.date()) == (0, 0)

    def test_a_digest_is_claimed_once_and_again_when_the_claim_ran_out(self, store: Store) -> None:
        shop, day, minute = fresh_ref(), START.date(), timedelta(minutes=1)
        assert store.claim_digest(shop, "a@x", day, START, START + minute)
        assert not store.claim_digest(shop, "a@x", day, START, START + minute)
        assert store.claim_digest(shop, "b@x", day, START, START + minute)
        assert store.claim_digest(shop, "a@x", day, START + 2 * minute, START + 9 * minute)

    # Quarantine -------------------------------------------------------------------------------------------------------

    def test_what_was_quarantined_is_listed_newest_first_and_nothing_else(self, store: Store) -> None:
        opened(store)
        refs = []
        for minutes in range(3):
            ticket = samples.ticket(
                fresh_ref(), START + timedelta(days=300, minutes=minutes), suspicions=(Suspicion.HASTY,)
            )
            store.commit(Change(ticket))
            refs.append(ticket.ref)
        newest, left_off = store.quarantined("northlight", 2)
        assert [ticket.ref for ticket in newest] == [refs[2], refs[1]]
        assert left_off
        following, _ = store.quarantined("northlight", 1, left_off)
        assert [ticket.ref for ticket in following] == [refs[0]]
        assert {ticket.state for ticket in store.quarantined("northlight", 100)[0]} == {State.QUARANTINED}
        assert store.quarantined("kettle", 100) == ([], None)

    def test_a_list_of_what_was_quarantined_ends_where_it_ends(self, store: Store) -> None:
        for _ in range(2):
            store.commit(Change(replace(samples.ticket(fresh_ref(), suspicions=(Suspicion.HASTY,)), shop="bounded")))
        everything, left_off = store.quarantined("bounded", 2)
        assert (len(everything), left_off) == (2, None)

    def test_a_list_goes_on_where_it_was_left_off_though_the_ticket_there_is_no_longer_quarantined(
        self, store: Store
    ) -> None:
        tickets = [
            samples.ticket(fresh_ref(), START + timedelta(minutes=n), suspicions=(Suspicion.HASTY,)) for n in range(3)
        ]
        tickets = [replace(ticket, shop="released") for ticket in tickets]
        for ticket in tickets:
            store.commit(Change(ticket))
        _, left_off = store.quarantined("released", 2)
        store.commit(Change(evolve(tickets[1], state=State.OPEN)))
        assert [ticket.ref for ticket in store.quarantined("released", 2, left_off)[0]] == [tickets[0].ref]

    def test_what_was_taken_for_genuine_is_no_longer_quarantined(self, store: Store) -> None:
        ticket = opened(store, suspicions=(Suspicion.HASTY,))
        store.commit(Change(evolve(ticket, state=State.WAITING)))
        assert ticket.ref not in [kept.ref for kept in store.quarantined("northlight", 1000)[0]]

    # Signing in -------------------------------------------------------------------------------------------------------

    def test_a_link_signs_in_once(self, store: Store) -> None:
        link = SignIn(f"link-{fresh_ref()}", "ada@northlight.example", START + HOUR, "/desk/t/NL-1")
        store.put_sign_in(link)
        assert store.sign_in(link.id, START) == link
        assert store.use_sign_in(link.id, START) == link
        assert store.use_sign_in(link.id, START) is None
        assert store.sign_in(link.id, START) is None

    def test_a_link_is_over_at_its_time(self, store: Store) -> None:
        link = SignIn(f"link-{fresh_ref()}", "ada@northlight.example", START + HOUR)
        store.put_sign_in(link)
        assert store.sign_in(link.id, START + HOUR) is None
        assert store.use_sign_in(link.id, START + HOUR) is None
        assert store.use_sign_in(link.id, START + HOUR - timedelta(microseconds=1)) == link

    def test_a_link_that_never_was_signs_nobody_in(self, store: Store) -> None:
        id = f"link-{fresh_ref()}"
        assert store.sign_in(id, START) is None
        assert store.use_sign_in(id, START) is None
        assert store.use_sign_in(id, START) is None

    def test_an_attempt_at_single_sign_on_comes_back_once(self, store: Store) -> None:
        id = f"attempt-{fresh_ref()}"
        assert store.claim_attempt(id, START + HOUR)
        assert not store.claim_attempt(id, START + HOUR)
        assert store.sign_in(id, START) is None
        assert store.use_sign_in(id, START) is None

    def test_a_session_comes_back_as_it_was_kept_and_goes_on_by_its_version(self, store: Store) -> None:
        session = Session(f"session-{fresh_ref()}", "ada@northlight.example", START, "a" * 64, START)
        assert store.session(session.id) is None
        assert store.put_session(session)
        assert store.session(session.id) == session
        assert not store.put_session(session)
        later = renewed(session, "another", LATER)
        assert store.put_session(later)
        assert not store.put_session(ended(session))
        assert store.put_session(ended(later))
        assert store.session(session.id) == ended(later)

    def test_a_session_that_never_began_does_not_go_on(self, store: Store) -> None:
        session = Session(f"session-{fresh_ref()}", "ada@northlight.example", START, "a" * 64, START)
        assert not store.put_session(ended(session))
        assert store.session(session.id) is None

    def test_who_signed_out_everywhere_did_so_at_a_time(self, store: Store) -> None:
        address = f"{fresh_ref().lower()}@northlight.example"
        assert store.signed_out_at(address) is None
        for at in (START, LATER):
            store.sign_out_everywhere(address, at)
            assert store.signed_out_at(address) == at

    # Records ----------------------------------------------------------------------------------------------------------

    def test_all_there_is_of_a_ticket_is_read_at_once_with_its_log_by_chains(self, store: Store) -> None:
        ticket = opened(store)
        change = samples.reply(ticket)
        store.commit(change)
        message = replace(samples.message_of(change), version=2)
        entry = LogEntry(START, "aftercare", Action.NOT_SENT, details_of(DetailCode.PURPOSE, "notification_reply"))
        store.commit(Change(messages=(message,), log=(entry, replace(entry, action=Action.NOTED))))
        store.save_draft(Draft(ticket.ref, "ada@northlight.example", "Dear", START), LATER)
        store.link_raw_mail(ticket.ref, "raw/a-bounce", LATER)
        ticket_partition = store.ticket_partition(ticket.ref)
        assert ticket_partition
        assert (ticket_partition.ticket, ticket_partition.messages) == (change.ticket, (message,))
        places = {(each.message, each.version, each.number): each.entry.action for each in ticket_partition.log}
        assert places == {
            (None, 2, 0): "wrote",
            ("reply", 2, 0): Action.NOT_SENT,
            ("reply", 2, 1): Action.NOTED,
        }
        assert (ticket_partition.drafts, ticket_partition.raw_keys) == (1, ("raw/a-bounce",))
        assert store.ticket_partition(fresh_ref()) is None

    def test_what_is_to_be_purged_is_due_by_its_own_due_work(self, store: Store) -> None:
        ticket = opened(store)
        kept = replace(
            evolve(ticket, state=State.CLOSED, closed_at=START, outbox=None),
            clocks=Clocks([Clock("retain", "1 year", START, START + 365 * 24 * HOUR)]),
        )
        store.commit(Change(kept))
        year = START + 365 * 24 * HOUR
        assert ItemRef(ticket.ref, None) not in store.due(year - HOUR, 100, "purge")
        assert ItemRef(ticket.ref, None) in store.due(year, 100, "purge")
        assert ItemRef(ticket.ref, None) not in store.due(year, 100)
        store.commit(Change(evolve(kept, custody=Custody(legal_hold="A court asked for it"))))
        assert ItemRef(ticket.ref, None) not in store.due(year, 100, "purge")

    def test_a_ticket_whose_purge_has_begun_is_nobodys_any_more(self, store: Store) -> None:
        shop, ticket = fresh_ref(), samples.ticket(fresh_ref())
        ticket = replace(ticket, shop=shop)
        store.commit(Change(ticket))
        certificate = certified(ticket)
        assert store.begin_purge(certificate, [evolve(ticket)])
        assert store.certificate(certificate.name) == certificate
        assert store.marked(ticket.ref) == certificate.name
        assert store.ticket(ticket.ref) is None
        assert store.conversation(ticket.ref) == (None, [])
        assert store.find_tickets([ticket.ref]) == []
        assert store.tickets_of(shop, ticket.requester.address, 9) == []
        assert store.opened_on(shop, START.date(), 9) == []
        assert store.inbox(shop, "open", 9) == ([], Count(0))
        assert ItemRef(ticket.ref, None) not in store.due(LATER, 100)
        assert ItemRef(ticket.ref, None) in store.due(MIN_TIME, 100, "purge")
        ticket_partition = store.ticket_partition(ticket.ref)
        assert ticket_partition
        assert ticket_partition.ticket.custody.purging == certificate.name
        with pytest.raises(VersionConflict):
            store.commit(samples.reply(ticket))
        with pytest.raises(TicketExists) as conflict:
            store.commit(Change(ticket))
        assert conflict.value.ticket.custody.purging

    def test_a_purge_begins_once_and_only_of_what_was_read(self, store: Store) -> None:
        one, other = opened(store), opened(store)
        store.commit(Change(evolve(other)))
        assert not store.begin_purge(certified(one), [evolve(one), evolve(other)])
        assert store.certificate(certified(one).name) is None
        assert store.ticket(one.ref) == one
        assert store.begin_purge(certified(one), [evolve(one)])
        assert not store.begin_purge(certified(one), [evolve(one)])

    def test_a_purge_ends_with_its_ticket_and_the_certificates_date(self, store: Store) -> None:
        ticket, joined = opened(store), opened(store)
        certificate = certified(ticket)
        store.commit(samples.reply(ticket))
        store.save_draft(Draft(ticket.ref, "ada@northlight.example", "Dear", START), LATER)
        read = store.ticket(ticket.ref)
        assert read
        assert store.begin_purge(certificate, [evolve(read), evolve(joined)])
        store.clear_partition(ticket.ref)
        ticket_partition = store.ticket_partition(ticket.ref)
        assert ticket_partition
        assert (ticket_partition.messages, ticket_partition.log, ticket_partition.drafts) == ((), (), 0)
        refs = [ticket.ref, joined.ref]
        assert not store.end_purge("2026-11/another", refs, LATER)
        assert store.end_purge(certificate.name, refs, LATER)
        assert not store.end_purge(certificate.name, refs, LATER + HOUR)
        assert [store.ticket_partition(ref) for ref in refs] == [None, None]
        done = store.certificate(certificate.name)
        assert done == replace(certificate, done_at=LATER)
        store.commit(Change(samples.ticket(ticket.ref)))
        assert store.marked(ticket.ref) == ""

    def test_all_tickets_of_a_customer_are_named(self, store: Store) -> None:
        shop, tickets = fresh_ref(), [samples.ticket(fresh_ref(), START + timedelta(days=day)) for day in range(3)]
        for ticket in tickets:
            store.commit(Change(replace(ticket, shop=shop)))
        assert list(store.refs_of(shop, "Mira.Holm@example.com")) == [ticket.ref for ticket in tickets]
        assert list(store.refs_of(shop, "jon@example.com")) == []

    def test_a_customer_without_an_address_is_listed_by_their_number(self, store: Store) -> None:
        shop = fresh_ref()
        for phone in ("+49 30 901820", "+49 30 901821", ""):
            store.commit(Change(replace(samples.ticket(fresh_ref()), shop=shop, requester=Person("Mira", "", phone))))
        listed = [store.tickets_of(shop, f"{digits}@tel.invalid", 9) for digits in ("4930901820", "4930901821", "")]
        assert list(map(len, listed)) == [1, 1, 0]
        assert [other.ref for other in listed[0]] == list(store.refs_of(shop, "4930901820@tel.invalid"))

    def test_a_certificate_of_its_own_is_put_and_finished_once(self, store: Store) -> None:
        certificate = certified(samples.ticket(fresh_ref()))
        store.put_certificate(certificate)
        store.put_certificate(replace(certificate, tickets=7))
        store.finish_certificate(certificate.name, LATER)
        store.finish_certificate(certificate.name, LATER + HOUR)
        assert store.certificate(certificate.name) == replace(certificate, done_at=LATER)

    def test_what_leads_to_a_ticket_is_deleted_and_what_leads_to_others_is_not(self, store: Store) -> None:
        one, other = opened(store), opened(store)
        for ticket in (one, other):
            store.commit(Change(evolve(ticket), sent=(SentId(f"s-{ticket.ref}", ticket.ref, START),)))
            store.note_outcome(f"raw/{ticket.ref}", "opened", ticket.ref, START)
            store.index_words("northlight", [f"{n}-{one.ref}" for n in range(60)], SearchHit(START, ticket.ref))
            store.note_undeliverable("northlight", UndeliveredMail(ticket.ref, "answer", "bounced", START))
        store.delete_pointers(
            Pointers(
                "northlight",
                one.ref,
                START,
                (f"s-{one.ref}", "never"),
                (f"raw/{one.ref}",),
                tuple(f"{n}-{one.ref}" for n in (*range(60), *range(60))),
                undelivered_mail=True,
            )
        )
        assert store.ref_of_sent([f"s-{one.ref}"]) is None
        assert store.ref_of_sent([f"s-{other.ref}"]) == other.ref
        assert store.outcomes_of([f"raw/{one.ref}", f"raw/{other.ref}"]) == {f"raw/{other.ref}": "opened"}
        for number in (0, 59):
            assert store.hits("northlight", f"{number}-{one.ref}", 9)[0] == [SearchHit(START, other.ref)]
        lost = {each.ref for each in store.undelivered("northlight", 100)}
        assert one.ref not in lost
        assert other.ref in lost

    # Outcomes ---------------------------------------------------------------------------------------------------------

    def test_an_outcome_is_noted_again_without_a_fault(self, store: Store) -> None:
        key = f"raw/{fresh_ref()}"
        store.note_outcome(key, "opened", "NL-00000-00001", START)
        store.note_outcome(key, "duplicate", None, START)
        assert store.outcomes_of([key]) == {key: "opened"}

    def test_attempts_are_counted_until_there_is_an_outcome(self, store: Store) -> None:
        key, other = (f"raw/{fresh_ref()}" for _ in range(2))
        assert [store.note_attempt(key, START) for _ in range(3)] == [1, 2, 3]
        assert store.note_attempt(other, START) == 1
        assert store.outcomes_of([key, other]) == {}
        store.note_outcome(key, "opened", None, START)
        store.note_outcome(key, "duplicate", None, START)
        assert store.outcomes_of([key, other]) == {key: "opened"}

    def test_attempts_are_counted_anew_when_a_run_has_lived(self, store: Store) -> None:
        key = f"hooks/{fresh_ref()}"
        assert [store.note_attempt(key, START) for _ in range(2)] == [1, 2]
        store.forget_attempts(key)
        assert store.note_attempt(key, START) == 1
        assert store.outcomes_of([key]) == {}

    def test_outcomes_are_found_however_many_are_asked_for(self, store: Store) -> None:
        keys = [f"raw/{fresh_ref()}" for _ in range(205)]
        for key in keys[::100]:
            store.note_outcome(key, "opened", None, START)
        assert store.outcomes_of(iter(keys)) == dict.fromkeys(keys[::100], "opened")
        assert store.outcomes_of([]) == {}

    def test_a_days_reconciliation_is_written_again_without_a_fault(self, store: Store) -> None:
        for received in (2, 3):
            store.note_reconciliation(Reconciliation(START.date(), received, {"opened": received}))

    def test_reconciliations_come_back_day_by_day(self, store: Store) -> None:
        days = [date(2031, 1, 31), date(2031, 2, 1), date(2031, 3, 1), date(2031, 2, 28)]
        for number, day in enumerate(days):
            store.note_reconciliation(Reconciliation(day, 9, {"opened": 1}))
            store.note_reconciliation(Reconciliation(day, number, {"opened": number, "pending": 0}))
        found = store.reconciliations(date(2031, 1, 31), date(2031, 2, 28))
        assert found == [Reconciliation(days[n], n, {"opened": n, "pending": 0}) for n in (0, 1, 3)]
        assert store.reconciliations(date(2031, 4, 1), date(2031, 4, 30)) == []

    def test_a_reconciliation_comes_back_with_its_counted_hours(self, store: Store) -> None:
        hours = {
            0: CountedHour({"opened": 3}),
            23: CountedHour({"opened": 1, "bounce": 2}, ("raw/1", "raw/2")),
            5: CountedHour({}),
        }
        noted = Reconciliation(date(2032, 1, 31), 8, {"opened": 4, "bounce": 2, "pending": 2}, hours)
        store.note_reconciliation(noted)
        assert store.reconciliations(noted.day, noted.day) == [noted]

    def test_mails_that_did_not_arrive_are_listed_the_latest_first_once_each(self, store: Store) -> None:
        shop = fresh_ref()
        lost = [UndeliveredMail(fresh_ref(), "answer", "bounced", START + timedelta(minutes=n)) for n in (1, 0, 2)]
        for mail in (*lost, lost[0]):
            store.note_undeliverable(shop, mail)
        assert store.undelivered(shop, 9) == [lost[2], lost[0], lost[1]]
        assert store.undelivered(shop, 1) == [lost[2]]
        assert store.undelivered("another", 9) == []

    def test_the_due_work_s_latest_run_leaves_a_mark(self, store: Store) -> None:
        mark = RunMark(START, "NL-1/x", (Deaths("NL-1/x", 2, START), Deaths("NL-2", 1, START)))
        for noted in (mark, replace(mark, deaths=(), at="", ended=True)):
            store.note_run(noted)
            assert store.run_mark() == noted

    # Exports ----------------------------------------------------------------------------------------------------------

    def test_the_tickets_of_a_day_come_in_order_a_page_at_a_time(self, store: Store) -> None:
        day = datetime(2032, 5, 4, tzinfo=UTC)
        moments = (day, day + timedelta(hours=23, minutes=59), day + timedelta(days=1), day - timedelta(seconds=1))
        refs = [fresh_ref() for _ in moments]
        for ref, at in zip(refs, moments, strict=True):
            store.commit(Change(samples.ticket(ref, at)))
        assert store.opened_on("northlight", day.date(), 9) == refs[:2]
        assert store.opened_on("northlight", day.date(), 1) == refs[:1]
        assert store.opened_on("northlight", day.date(), 9, refs[0]) == refs[1:2]
        assert store.opened_on("northlight", day.date(), 9, refs[1]) == []
        assert store.opened_on("kettle", day.date(), 9) == []

    def test_a_customers_tickets_come_newest_first_a_page_at_a_time(self, store: Store) -> None:
        person = samples.ticket().requester.__class__("Ann", f"{fresh_ref()}@example.com".lower())
        places = []
        for number in (1, 3, 2):
            ref, at = fresh_ref(), START + timedelta(days=number)
            store.commit(Change(samples.ticket(ref, at, person=person)))
            places.append(SearchHit(at, ref))
        newest = [places[1], places[2], places[0]]
        assert store.opened_by("northlight", person.address.upper(), 9) == newest
        assert store.opened_by("northlight", person.address, 1) == newest[:1]
        assert store.opened_by("northlight", person.address, 9, newest[0]) == newest[1:]
        assert store.opened_by("northlight", person.address, 9, newest[2]) == []
        assert store.opened_by("kettle", person.address, 9) == []

    def test_an_exports_versions_follow_each_other(self, store: Store) -> None:
        export = Export(fresh_ref(), "exports/1/tickets.csv", START, LATER)
        assert store.export(export.id) is None
        assert store.put_export(export)
        assert not store.put_export(export)
        further = replace(
            export,
            upload="u",
            parts=("a", "b"),
            noted=(1,),
            cursor="2026-11-25 NL",
            state="begun",
            tickets=3,
            version=2,
        )
        assert store.put_export(further)
        assert not store.put_export(further)
        assert not store.put_export(replace(further, version=4))
        assert store.export(export.id) == further

    def test_an_export_that_is_not_there_has_no_second_version(self, store: Store) -> None:
        assert not store.put_export(Export(fresh_ref(), "key", START, LATER, version=2))

    def test_audit_events_are_put_one_after_the_other_and_come_back_by_their_days(self, store: Store) -> None:
        moments = [datetime(2033, 1, 31, 23, 59, 59, 999999, UTC), datetime(2033, 2, 1, tzinfo=UTC)]
        moments += [datetime(2033, 2, 28, 23, 59, tzinfo=UTC), datetime(2033, 3, 1, tzinfo=UTC)]
        audit_events = []
        for number, at in enumerate(moments):
            audit_event = AuditEvent(
                str(number), at, "console", "report", "shop=x", after=store.latest_audit_event(), proof=f"1{number}"
            )
            assert store.note_audit_event(audit_event)
            assert not store.note_audit_event(audit_event)
            assert store.latest_audit_event() == audit_event.place
            audit_events.append(audit_event)
        assert not store.note_audit_event(replace(audit_events[2], id="late"))
        assert list(store.audit_events(date(2033, 1, 31), date(2033, 2, 28))) == audit_events[:3]
        assert list(store.audit_events(date(2033, 2, 1), date(2033, 2, 1))) == audit_events[1:2]
        assert list(store.audit_events(date(2033, 4, 1), date(2033, 4, 2))) == []

    # Sources of events ------------------------------------------------------------------------------------------------

    def test_a_source_is_noted_at_most_once_an_hour(self, store: Store) -> None:
        shop, start = fresh_ref(), START.replace(second=0, microsecond=0)
        assert store.contact(shop, "own").moments == ()
        for minutes in (0, 59, 60, 61, 150):
            store.note_contact(shop, "own", start + timedelta(minutes=minutes))
        assert store.contact(shop, "own").moments == tuple(start + timedelta(minutes=m) for m in (0, 60, 150))
        assert store.contact(shop, "shopify").moments == ()

    def test_few_moments_of_a_source_are_kept(self, store: Store) -> None:
        shop, start = fresh_ref(), START.replace(second=0, microsecond=0)
        for hours in range(160):
            store.note_contact(shop, "own", start + timedelta(hours=hours))
        assert store.contact(shop, "own").moments == tuple(start + timedelta(hours=h) for h in range(10, 160))

    def test_how_far_a_source_was_read(self, store: Store) -> None:
        shop = fresh_ref()
        assert store.read_until(shop, "shopify") is None
        for at in (START, LATER):
            store.note_read_until(shop, "shopify", at)
        assert store.read_until(shop, "shopify") == LATER
        assert store.read_until(shop, "own") is None

    def test_since_when_a_messenger_refuses_the_token(self, store: Store) -> None:
        shop = fresh_ref()
        assert store.token_state(shop, "whatsapp") == TokenState()
        both = TokenState((TokenRefusal("200", START, LATER), TokenRefusal("", LATER, LATER)))
        store.note_tokens(shop, "whatsapp", both)
        assert (store.token_state(shop, "whatsapp"), store.token_state(shop, "sms")) == (both, TokenState())
        store.note_tokens(shop, "whatsapp", TokenState())
        assert store.token_state(shop, "whatsapp") == TokenState()

    def test_the_number_behind_an_id(self, store: Store) -> None:
        shop = fresh_ref()
        assert store.number_of(shop, "shopify", "450789469") == ""
        for _ in range(2):
            store.note_order_id(shop, "shopify", "450789469", "1001", START)
        assert store.number_of(shop, "shopify", "450789469") == "1001"
        assert store.number_of(shop, "own", "450789469") == ""

    def test_requests_about_data_are_listed_the_newest_first(self, store: Store) -> None:
        shop = fresh_ref()
        requests = [DataRequest("shopify", f"hooks/{n}", START + timedelta(minutes=n)) for n in range(60)]
        for each in (*requests, requests[0]):
            store.note_data_request(shop, each)
        assert store.data_requests(shop) == requests[:9:-1]
        assert store.data_requests(fresh_ref()) == []

    # Counts by day, and improvements ----------------------------------------------------------------------------------

    def test_a_tally_is_replaced_and_the_day_has_the_difference(self, store: Store) -> None:
        shop, day = fresh_ref(), date(2026, 11, 25)
        subject = fresh_ref()
        assert store.tallied(subject) is None
        first = Tallied(subject, shop, day, 1, {"kind complaint": 1, "cause - -": 1})
        second = Tallied(subject, shop, day, 4, {"kind complaint": 1, "cause late courier": 1, "money EUR - -": 1250})
        assert store.tally(None, first)
        assert not store.tally(None, first)
        assert store.tallied(subject) == first
        assert store.tally(first, second)
        assert not store.tally(first, second)
        assert store.tally(second, replace(second, version=5))  # nothing to add
        assert store.tallied(subject) == replace(second, version=5)
        other = Tallied(fresh_ref(), shop, day + timedelta(days=2), 1, {"kind question": 1})
        assert store.tally(None, other)
        counted = {"kind complaint": 1, "cause late courier": 1, "money EUR - -": 1250}
        assert store.days(shop, day, day + timedelta(days=2)) == {day: counted, other.day: {"kind question": 1}}
        assert store.days(shop, day + timedelta(days=1), day + timedelta(days=1)) == {}
        # The help centre's counts of the same shop are other items.
        store.helped(shop, "en", "late-parcel", yes=True, now=START)
        assert set(store.days(shop, date(2026, 1, 1), date(2027, 1, 1))) == {day, other.day}

    def test_promises_are_counted_by_kind_too(self, store: Store) -> None:
        order = replace(made.taken(made.placed()), shop=fresh_ref(), ref=fresh_ref())
        finished = tuple(
            Finished(order.ref, kind, "dispatch", START, START, kept)
            for kind, kept in (("order_confirm", True), ("order_dispatch", False), ("order_dispatch", False))
        )
        assert store.promises(order.shop, START.date(), START.date()) == {}
        store.commit_order(order, [SlaCount(order.shop, START, 1, 2, finished, 1)])
        ticket = replace(samples.ticket(fresh_ref()), shop=order.shop)
        answered = (Finished(ticket.ref, "complaint", "resolve", START, START, kept=True),) * 3
        store.commit(Change(ticket, sla_counts=(SlaCount(order.shop, START, 3, 0, answered),)))
        assert store.promises(order.shop, START.date(), START.date()) == {
            START.date(): Kept(4, 2, 1, {"complaint": (3, 0), "order_confirm": (1, 0), "order_dispatch": (0, 2)})
        }
        assert store.sla_counted(order.shop, START.date(), START.date()) == (4, 2)

    def test_an_improvement_is_written_once_in_each_version(self, store: Store) -> None:
        shop = fresh_ref()
        first = Improvement(
            shop=shop, id="one", cause=Cause("late", "courier"), reason=Reason.FIVE, signals=5, proposed_at=START,
            owner="ada@northlight.example", due=LATER, log=(Entry(START, Act.PROPOSED),),
        )  # fmt: skip
        later = replace(first, id="two", cause=Cause(), proposed_at=LATER)
        for each in (first, later):
            store.put_improvement(each)
        with pytest.raises(VersionConflict):
            store.put_improvement(first)
        changed = replace(
            first, version=2, stage=Stage.CHANGED, change="A thicker box.", changed_on=date(2026, 11, 25),
            published=(Said("en", "It broke.", "We use a thicker box."),),
        )  # fmt: skip
        store.put_improvement(changed)
        with pytest.raises(VersionConflict):
            store.put_improvement(changed)
        assert store.improvement(shop, "one") == changed
        assert store.improvement(shop, "three") is None
        assert list(store.improvements(shop)) == [later, changed]
        assert list(store.improvements(fresh_ref())) == []

    def test_orders_that_came_late_are_listed_newest_first(self, store: Store) -> None:
        shop = fresh_ref()
        late = [LateOrder(fresh_ref(), START + timedelta(minutes=number)) for number in range(3)]
        for each in (*late, late[0]):
            store.note_late_order(shop, each)
        assert store.late_orders(shop) == late[::-1]
        assert store.late_orders(fresh_ref()) == []
        assert store.data_requests(shop) == []

    def test_what_was_counted_of_a_ticket_is_deleted_with_what_leads_to_it(self, store: Store) -> None:
        ref, shop = fresh_ref(), fresh_ref()
        assert store.tally(None, Tallied(ref, shop, START.date(), 1, {"kind complaint": 1}))
        store.delete_pointers(Pointers(shop, ref, START))
        assert store.tallied(ref) is None
        assert store.days(shop, START.date(), START.date()) == {START.date(): {"kind complaint": 1}}
