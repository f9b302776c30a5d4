"""What services may expect of a store: run against the fake they are tested with and against every DynamoDB at hand.
A subclass's `store` fixture says which; each test works with references of its own, so that they may share a table."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest

from chalicelib.errors import AlreadyKept, AlreadyOpened, Stale
from chalicelib.rules import sending
from chalicelib.rules.outbox import LEASE, MISSED_AFTER, Posting
from chalicelib.rules.sessions import Session, SignIn, ended, renewed
from chalicelib.rules.tickets import (
    Change,
    File,
    LogEntry,
    SentId,
    State,
    Tally,
    Ticket,
    Visibility,
    evolve,
)
from chalicelib.services.ports import Due, Limit, Store
from tests import samples
from tests.fakes import START

HOUR = timedelta(hours=1)
LATER = START + timedelta(minutes=3)
_numbers = itertools.count(1)


def fresh_ref() -> str:
    """A reference that no other test of this run has."""
    return f"NL-{next(_numbers):05d}-00000"


def opened(store: Store, **changes: object) -> Ticket:
    ticket = samples.ticket(fresh_ref(), **changes)  # type: ignore[arg-type]
    store.commit(Change(ticket))
    return ticket


def claimed(store: Store, ticket: Ticket, now: datetime) -> Ticket:
    change = sending.claim(ticket, now)
    assert change is not None
    store.commit(change)
    return cast(Ticket, change.ticket)


class StoreContract:
    """What every store promises."""

    # Tickets ----------------------------------------------------------------------------------------------------------

    def test_a_ticket_comes_back_as_it_was_kept(self, store: Store) -> None:
        ticket = replace(
            samples.ticket(fresh_ref()),
            suspicions=("one", "two"),
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
        with pytest.raises(AlreadyOpened) as conflict:
            store.commit(Change(other))
        assert conflict.value.ticket == ticket
        assert store.ticket(ticket.ref) == ticket

    def test_opening_again_with_a_note_tells_of_the_stored_ticket_too(self, store: Store) -> None:
        ticket = opened(store)
        note = replace(samples.message_of(samples.reply(ticket)), visibility=Visibility.INTERNAL)
        store.commit(Change(messages=(note,)))
        with pytest.raises(AlreadyOpened) as conflict:
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
        with pytest.raises(Stale):
            store.commit(Change(evolve(ticket, state=State.CLOSED)))
        kept = store.ticket(ticket.ref)
        assert kept
        assert kept.state is State.WAITING

    def test_a_version_of_nothing_is_stale(self, store: Store) -> None:
        with pytest.raises(Stale):
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
            automatic=("auto-replied",),
            remarks=("stranger",),
        )
        store.commit(Change(messages=(whole,)))
        assert store.message(ticket.ref, whole.id) == whole

    def test_a_message_that_was_never_kept_is_none(self, store: Store) -> None:
        assert store.message(fresh_ref(), "nothing") is None

    def test_the_same_message_again_is_already_kept_whatever_became_of_the_ticket(self, store: Store) -> None:
        ticket = opened(store)
        first = samples.reply(ticket)
        store.commit(first)
        with pytest.raises(AlreadyKept):
            store.commit(first)  # of the ticket as it stood before: stale as well
        assert first.ticket
        with pytest.raises(AlreadyKept):
            store.commit(samples.reply(first.ticket))
        assert store.ticket(ticket.ref) == first.ticket

    def test_a_reply_to_a_stale_ticket_keeps_nothing_of_it(self, store: Store) -> None:
        ticket = opened(store)
        store.commit(samples.reply(ticket, "one"))
        with pytest.raises(Stale):
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
        with pytest.raises(Stale):
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
        entries = tuple(LogEntry(START, "ada@northlight.example", f"did {n}") for n in range(3))
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
        assert store.item_of_sent(f"t-{ticket.ref}") == Due(ticket.ref, None)
        assert store.item_of_sent(f"m-{ticket.ref}") == Due(ticket.ref, "reply")
        assert store.item_of_sent("never") is None

    # Flags ------------------------------------------------------------------------------------------------------------

    def test_a_flag_holds_until_its_time_and_may_be_set_again(self, store: Store) -> None:
        key = f"flag/{fresh_ref()}"
        assert not store.flagged(key, START)
        store.flag(key, "bounced", START + HOUR)
        assert store.flagged(key, START + HOUR - timedelta(seconds=1))
        assert not store.flagged(key, START + HOUR)
        store.flag(key, "complained", START + 2 * HOUR)
        assert store.flagged(key, START + HOUR)

    # Limits -----------------------------------------------------------------------------------------------------------

    def test_a_limit_holds_within_its_window_and_begins_anew_after_it(self, store: Store) -> None:
        limit = [Limit(f"address/{fresh_ref()}", 3, HOUR)]
        start = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
        assert [store.within_limits(limit, start + timedelta(minutes=m)) for m in (0, 20, 59, 59)] == [True] * 3 + [
            False
        ]
        assert store.within_limits(limit, start + HOUR)

    def test_what_one_limit_refuses_is_not_counted_on_the_other(self, store: Store) -> None:
        ref = fresh_ref()
        narrow, wide = Limit(f"n/{ref}", 1, HOUR), Limit(f"w/{ref}", 2, HOUR)
        assert store.within_limits([narrow, wide], START)
        assert not store.within_limits([narrow, wide], START)
        assert store.within_limits([wide], START)
        assert not store.within_limits([wide], START)

    def test_what_is_counted_once_is_within_the_limits_ever_after(self, store: Store) -> None:
        ref = fresh_ref()
        limit = [Limit(f"address/{ref}", 2, HOUR)]
        assert [store.within_limits(limit, START, f"{n}/{ref}") for n in (1, 1, 2, 2, 3, 3, 1)] == [True] * 4 + [
            False,
            False,
            True,
        ]
        assert store.within_limits(limit, START + HOUR, f"1/{ref}")
        assert [store.within_limits(limit, START + HOUR, f"{n}/{ref}") for n in (3, 4, 5)] == [True, True, False]

    # Agenda -----------------------------------------------------------------------------------------------------------

    def test_what_owes_mails_is_due_when_its_time_has_come(self, store: Store) -> None:
        ticket = opened(store)
        entry = Due(ticket.ref, None)
        assert entry not in store.due(START + MISSED_AFTER - timedelta(seconds=1), 1000)
        assert entry in store.due(START + MISSED_AFTER, 1000)

    def test_a_message_that_owes_mails_is_due_beside_its_ticket(self, store: Store) -> None:
        ticket = opened(store)
        store.commit(samples.reply(ticket))
        assert {Due(ticket.ref, None), Due(ticket.ref, "reply")} <= set(store.due(LATER, 1000))

    def test_what_is_claimed_is_due_when_the_claim_has_run_out(self, store: Store) -> None:
        held = claimed(store, opened(store), LATER)
        entry = Due(held.ref, None)
        assert entry not in store.due(LATER, 1000)
        assert entry in store.due(LATER + LEASE, 1000)

    def test_what_is_sent_is_never_due_again(self, store: Store) -> None:
        held = claimed(store, opened(store), START)
        assert held.outbox
        for number, delivery in enumerate(held.outbox.owed()):
            change = sending.sent(held, 1, delivery, f"ses-{held.ref}-{number}", START)
            store.commit(change)
            held = cast(Ticket, change.ticket)
        assert held.outbox
        assert {d.posting for d in held.outbox.deliveries} == {Posting.SENT}
        assert store.ticket(held.ref) == held
        warned = held.clocks[1].warn_at
        assert warned
        assert Due(held.ref, None) not in store.due(warned - timedelta(seconds=1), 1000)
        assert Due(held.ref, None) in store.due(warned, 1000)

    def test_what_is_due_is_read_to_its_end_however_small_the_pages(self, store: Store) -> None:
        tickets = {Due(opened(store).ref, None) for _ in range(9)}
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
        assert count == 3
        assert listed[0].name == "Mira Holm"
        assert [entry.ref for entry in store.inbox(shop, "open", 9, since=between, before=second)[0]] == [
            tickets[2].ref
        ]
        assert store.inbox(shop, "open", 0)[1] == 3
        assert store.inbox(shop, "waiting", 9) == ([], 0)

    # Tallies and digests ----------------------------------------------------------------------------------------------

    def test_promises_are_tallied_by_day(self, store: Store) -> None:
        ticket = replace(opened(store), shop=fresh_ref())
        for day, kept, missed in ((0, 1, 0), (0, 2, 1), (3, 0, 4)):
            ticket = evolve(ticket)
            tally = Tally(ticket.shop, START + timedelta(days=day), kept, missed)
            store.commit(Change(ticket, tally=(tally,)))
        today = START.date()
        assert store.tallied(ticket.shop, today, today) == (3, 1)
        assert store.tallied(ticket.shop, today, today + timedelta(days=3)) == (3, 5)
        assert store.tallied(ticket.shop, today + timedelta(days=4), today + timedelta(days=9)) == (0, 0)

    def test_a_stale_change_is_not_tallied(self, store: Store) -> None:
        ticket = replace(opened(store), shop=fresh_ref())
        stale = replace(ticket, version=7)
        with pytest.raises(Stale):
            store.commit(Change(stale, tally=(Tally(ticket.shop, START, 1),)))
        assert store.tallied(ticket.shop, START.date(), START.date()) == (0, 0)

    def test_a_digest_is_claimed_once_and_again_when_the_claim_ran_out(self, store: Store) -> None:
        shop, day, minute = fresh_ref(), START.date(), timedelta(minutes=1)
        assert store.claim_digest(shop, "a@x", day, START, START + minute)
        assert not store.claim_digest(shop, "a@x", day, START, START + minute)
        assert store.claim_digest(shop, "b@x", day, START, START + minute)
        assert store.claim_digest(shop, "a@x", day, START + 2 * minute, START + 9 * minute)

    # Aside ------------------------------------------------------------------------------------------------------------

    def test_what_was_kept_aside_is_listed_newest_first_and_nothing_else(self, store: Store) -> None:
        opened(store)
        refs = []
        for minutes in range(3):
            ticket = samples.ticket(fresh_ref(), START + timedelta(days=300, minutes=minutes), suspicions=("odd",))
            store.commit(Change(ticket))
            refs.append(ticket.ref)
        newest, left_off = store.aside("northlight", 2)
        assert [ticket.ref for ticket in newest] == [refs[2], refs[1]]
        assert left_off
        following, _ = store.aside("northlight", 1, left_off)
        assert [ticket.ref for ticket in following] == [refs[0]]
        assert {ticket.state for ticket in store.aside("northlight", 100)[0]} == {State.ASIDE}
        assert store.aside("kettle", 100) == ([], None)

    def test_a_list_of_what_was_kept_aside_ends_where_it_ends(self, store: Store) -> None:
        for _ in range(2):
            store.commit(Change(replace(samples.ticket(fresh_ref(), suspicions=("odd",)), shop="bounded")))
        everything, left_off = store.aside("bounded", 2)
        assert (len(everything), left_off) == (2, None)

    def test_a_list_goes_on_where_it_was_left_off_though_the_ticket_there_is_no_longer_aside(
        self, store: Store
    ) -> None:
        tickets = [samples.ticket(fresh_ref(), START + timedelta(minutes=n), suspicions=("odd",)) for n in range(3)]
        tickets = [replace(ticket, shop="released") for ticket in tickets]
        for ticket in tickets:
            store.commit(Change(ticket))
        _, left_off = store.aside("released", 2)
        store.commit(Change(evolve(tickets[1], state=State.OPEN)))
        assert [ticket.ref for ticket in store.aside("released", 2, left_off)[0]] == [tickets[0].ref]

    def test_what_was_taken_for_genuine_is_no_longer_aside(self, store: Store) -> None:
        ticket = opened(store, suspicions=("odd",))
        store.commit(Change(evolve(ticket, state=State.WAITING)))
        assert ticket.ref not in [kept.ref for kept in store.aside("northlight", 1000)[0]]

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

    # Outcomes ---------------------------------------------------------------------------------------------------------

    def test_an_outcome_is_noted_again_without_a_fault(self, store: Store) -> None:
        key = f"raw/{fresh_ref()}"
        store.note_outcome(key, "opened", "NL-00000-00001", START)
        store.note_outcome(key, "duplicate", None, START)
        assert store.outcomes_of([key]) == {key: "opened"}

    def test_outcomes_are_found_however_many_are_asked_for(self, store: Store) -> None:
        keys = [f"raw/{fresh_ref()}" for _ in range(205)]
        for key in keys[::100]:
            store.note_outcome(key, "opened", None, START)
        assert store.outcomes_of(iter(keys)) == dict.fromkeys(keys[::100], "opened")
        assert store.outcomes_of([]) == {}

    def test_a_days_balance_is_written_again_without_a_fault(self, store: Store) -> None:
        for received in (2, 3):
            store.note_balance(START.date(), received, {"opened": received})
