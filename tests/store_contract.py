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
from chalicelib.rules.tickets import (
    Change,
    File,
    LogEntry,
    SentId,
    State,
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
        assert Due(held.ref, None) not in store.due(START + timedelta(days=30), 1000)

    def test_no_more_is_due_than_asked_for(self, store: Store) -> None:
        for _ in range(4):
            opened(store)
        assert len(store.due(LATER, 3)) == 3

    # Aside ------------------------------------------------------------------------------------------------------------

    def test_what_was_kept_aside_is_listed_newest_first_and_nothing_else(self, store: Store) -> None:
        opened(store)
        refs = []
        for minutes in range(3):
            ticket = samples.ticket(fresh_ref(), START + timedelta(days=300, minutes=minutes), suspicions=("odd",))
            store.commit(Change(ticket))
            refs.append(ticket.ref)
        assert [ticket.ref for ticket in store.aside("northlight", 2)] == [refs[2], refs[1]]
        assert {ticket.state for ticket in store.aside("northlight", 100)} == {State.ASIDE}
        assert store.aside("kettle", 100) == []

    def test_what_was_taken_for_genuine_is_no_longer_aside(self, store: Store) -> None:
        ticket = opened(store, suspicions=("odd",))
        store.commit(Change(evolve(ticket, state=State.WAITING)))
        assert ticket.ref not in [kept.ref for kept in store.aside("northlight", 1000)]

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
