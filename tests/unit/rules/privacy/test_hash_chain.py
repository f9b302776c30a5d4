"""The hash chain verifies an untouched log and no other."""

from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.rules.delivery import sending
from chalicelib.rules.privacy.hash_chain import Head, Logged, Verdict, as_read, chained, head_of, verdict
from chalicelib.rules.procedure import ticket_admin
from chalicelib.rules.tickets.log import Action, Detail, DetailCode
from chalicelib.rules.tickets.ticket import Change, LogEntry, Message, Ticket, evolve
from tests.support import samples
from tests.support.store.fakes import SECRET, START, secret_of

ENTRIES = st.builds(
    LogEntry,
    at=st.integers(0, 10**9).map(lambda seconds: START + timedelta(microseconds=seconds)),
    actor=st.text(max_size=9),
    action=st.sampled_from(Action),
    details=st.lists(
        st.builds(Detail, st.sampled_from(DetailCode), st.text(max_size=9), st.text(max_size=9)), max_size=2
    ).map(tuple),
)
SPAM = Detail(DetailCode.OUTCOME, "spam")
CHANGES = st.lists(st.lists(ENTRIES, min_size=1, max_size=3), min_size=1, max_size=5)


def opened(ticket: Ticket) -> Ticket:
    """The ticket as it is first written."""
    return cast(Ticket, chained(SECRET, Change(ticket)).ticket)


def lived(ticket: Ticket, changes: list[list[LogEntry]]) -> tuple[Ticket, list[Logged]]:
    """The opened ticket after changes with these entries, and its log as it is stored."""
    kept: list[Logged] = []
    ticket = opened(ticket)
    for entries in changes:
        ticket = cast(Ticket, chained(SECRET, Change(evolve(ticket), log=tuple(entries))).ticket)
        kept += [Logged(entry, ticket.version, number) for number, entry in enumerate(entries)]
    return ticket, kept


def head(item: Ticket | Message) -> Head:
    found = head_of(item.log_head)
    assert found
    return found


def with_head(ticket: Ticket, head: str) -> Ticket:
    return replace(ticket, custody=replace(ticket.custody, log_head=head))


def test_the_chain_begins_with_the_opening() -> None:
    ticket = opened(samples.ticket())
    assert head(ticket).entries == 0
    assert verdict(SECRET, ticket, []) is Verdict.WHOLE
    assert verdict(SECRET, replace(ticket, log=(replace(ticket.log[0], actor="eve"),)), []) is Verdict.ALTERED
    (message,) = chained(SECRET, Change(messages=(samples.message_of(samples.reply(ticket)),))).messages
    assert verdict(SECRET, message, []) is Verdict.WHOLE
    assert verdict(SECRET, replace(message, id="another"), []) is Verdict.ALTERED


@pytest.mark.parametrize("head", ["", "0", "0."])
def test_a_removed_log_and_head_are_noticed_also_after_later_changes(head: str) -> None:
    ticket, _ = lived(samples.ticket(), [[LogEntry(START, "ada", Action.CLOSED)]])
    stripped = as_read(with_head(ticket, head))
    assert verdict(SECRET, stripped, []) is Verdict.ALTERED
    entry = LogEntry(START, "ada", Action.REOPENED)
    after = cast(Ticket, chained(SECRET, Change(evolve(stripped), log=(entry,))).ticket)
    assert verdict(SECRET, after, [Logged(entry, after.version, 0)]) is Verdict.ALTERED
    message = replace(chained(SECRET, samples.reply(ticket)).messages[0], log_head=head)
    assert verdict(SECRET, message, []) is Verdict.ALTERED


def test_a_first_version_starts_a_new_chain_and_ignores_a_given_head() -> None:
    ticket, _ = lived(samples.ticket(), [[LogEntry(START, "ada", Action.CLOSED)]])
    copied = opened(replace(ticket, ref="NL-00000-00001", version=1))
    assert verdict(SECRET, copied, []) is Verdict.WHOLE


@given(CHANGES, st.randoms(use_true_random=False))
def test_an_untouched_log_verifies_in_any_reading_order(changes: list[list[LogEntry]], random: Random) -> None:
    ticket, kept = lived(samples.ticket(), changes)
    assert verdict(SECRET, ticket, random.sample(kept, len(kept))) is Verdict.WHOLE
    assert (head(ticket).entries, head(ticket).version) == (len(kept), ticket.version)


@given(CHANGES, st.data())
def test_a_missing_altered_or_added_entry_is_noticed(changes: list[list[LogEntry]], data: st.DataObject) -> None:
    ticket, kept = lived(samples.ticket(), changes)
    place = data.draw(st.integers(0, len(kept) - 1))
    assert verdict(SECRET, ticket, kept[:place] + kept[place + 1 :]) is Verdict.MISSING
    assert verdict(SECRET, ticket, [*kept, replace(kept[place], version=99)]) is Verdict.ADDED
    one = kept[place].entry
    for other in (replace(one, actor=f"{one.actor}!"), replace(one, at=one.at + timedelta(microseconds=1))):
        altered = [replace(each, entry=other) if each is kept[place] else each for each in kept]
        assert verdict(SECRET, ticket, altered) is Verdict.ALTERED


def test_words_moved_from_one_field_to_the_next_are_noticed() -> None:
    ticket, (kept,) = lived(samples.ticket(), [[LogEntry(START, "ada", Action.CLOSED, (SPAM,))]])
    moved = replace(kept, entry=LogEntry(START, "adac", cast(Action, "losed"), (SPAM,)))
    assert verdict(SECRET, ticket, [moved]) is Verdict.ALTERED


def test_the_log_of_the_opening_is_where_the_chain_begins() -> None:
    ticket, kept = lived(samples.ticket(), [[LogEntry(START, "ada", Action.CLOSED)]])
    forged = replace(ticket, log=(replace(ticket.log[0], actor="eve"),))
    assert verdict(SECRET, forged, kept) is Verdict.ALTERED
    assert verdict(SECRET, replace(ticket, ref="NL-00000-00001"), kept) is Verdict.ALTERED


def test_nobody_without_the_secret_can_make_an_altered_log_verify() -> None:
    ticket, (kept,) = lived(samples.ticket(), [[LogEntry(START, "ada", Action.CLOSED)]])
    forged = replace(kept, entry=replace(kept.entry, actor="eve"))
    guessed = chained(secret_of("a guess"), Change(replace(ticket, version=1), log=(forged.entry,))).ticket
    assert guessed
    assert verdict(secret_of("a guess"), guessed, [replace(forged, version=1)]) is Verdict.WHOLE
    assert verdict(SECRET, guessed, [replace(forged, version=1)]) is Verdict.ALTERED
    assert verdict(SECRET, with_head(ticket, guessed.log_head), [forged]) is Verdict.ALTERED


@pytest.mark.parametrize("head", ["", "1", "x.y", "1.ä", "١.abc", f"1.{'a' * 43}"])
def test_a_changed_head_is_noticed(head: str) -> None:
    ticket, kept = lived(samples.ticket(), [[LogEntry(START, "ada", Action.CLOSED)]])
    assert verdict(SECRET, with_head(ticket, head), kept) is Verdict.ALTERED


def test_each_ticket_of_a_change_advances_its_own_chain() -> None:
    one, other = opened(samples.ticket()), opened(samples.ticket("NL-00000-00002"))
    change = ticket_admin.link(one, other, samples.inbound().person, START)
    assert change
    linked = chained(SECRET, change)
    assert linked.ticket
    for ticket in (linked.ticket, *linked.also):
        assert verdict(SECRET, ticket, [Logged(change.log[0], ticket.version, 0)]) is Verdict.WHOLE
    assert linked.ticket.log_head != linked.also[0].log_head


def test_a_change_of_only_a_message_advances_that_messages_chain() -> None:
    (message,) = chained(SECRET, samples.reply(samples.ticket())).messages
    held = sending.claim(message, START)
    assert held
    (claimed,) = chained(SECRET, held).messages
    assert claimed.outbox
    change = sending.refused(claimed, 1, claimed.outbox.owed()[0], "no", START)
    (after,) = chained(SECRET, change).messages
    assert verdict(SECRET, after, [Logged(change.log[0], after.version, 0, after.id)]) is Verdict.WHOLE
    other: Message = replace(after, id="another")
    assert verdict(SECRET, other, [Logged(change.log[0], after.version, 0, after.id)]) is Verdict.ALTERED


def test_every_version_is_sealed_with_or_without_a_log_entry() -> None:
    ticket, kept = lived(samples.ticket(), [[LogEntry(START, "ada", Action.CLOSED)]])
    assert chained(SECRET, Change()) == Change()
    later = chained(SECRET, Change(evolve(ticket, assignee="ada@northlight.example"))).ticket
    assert later
    assert verdict(SECRET, later, kept) is Verdict.WHOLE
    # The old head on the new ticket, and the new head on the old ticket.
    assert verdict(SECRET, with_head(later, ticket.log_head), kept) is Verdict.ALTERED
    assert verdict(SECRET, with_head(ticket, later.log_head), kept) is Verdict.ALTERED


def test_later_changes_do_not_seal_a_tampered_ticket() -> None:
    ticket, kept = lived(samples.ticket(), [[LogEntry(START, "ada", Action.CLOSED)]])
    tampered = as_read(replace(ticket, subject="Another"))
    for _ in range(3):
        tampered = cast(Ticket, chained(SECRET, Change(as_read(evolve(tampered, subject=ticket.subject)))).ticket)
        assert verdict(SECRET, tampered, kept) is Verdict.ALTERED
    change = chained(SECRET, Change(evolve(as_read(replace(ticket, subject="Another"))), log=(kept[0].entry,)))
    assert change.ticket
    assert verdict(SECRET, change.ticket, [*kept, replace(kept[0], version=change.ticket.version)]) is Verdict.ALTERED


def replied() -> tuple[Ticket, Message, list[Logged]]:
    change = chained(SECRET, samples.reply(opened(samples.ticket())))
    assert change.ticket
    return change.ticket, change.messages[0], [Logged(e, change.ticket.version, n) for n, e in enumerate(change.log)]


def test_a_tickets_head_covers_its_messages() -> None:
    ticket, message, log = replied()
    assert verdict(SECRET, ticket, log, [message]) is Verdict.WHOLE
    assert verdict(SECRET, ticket, log, []) is Verdict.MISSING
    assert verdict(SECRET, ticket, log, [message, replace(message, id="more")]) is Verdict.ADDED
    (other,) = chained(SECRET, Change(messages=(replace(message, text="No.", version=1),))).messages
    assert verdict(SECRET, other, []) is Verdict.WHOLE
    assert verdict(SECRET, ticket, log, [other]) is Verdict.ALTERED


def test_a_messages_text_may_only_change_together_with_its_ticket() -> None:
    ticket, message, log = replied()
    erased = evolve(message, text="")
    with_it = chained(SECRET, Change(evolve(ticket), (erased,)))
    assert with_it.ticket
    (after,) = with_it.messages
    assert verdict(SECRET, with_it.ticket, log, [after]) is Verdict.WHOLE
    assert verdict(SECRET, after, []) is Verdict.WHOLE
    assert verdict(SECRET, with_it.ticket, log, [message]) is Verdict.ALTERED
    (alone,) = chained(SECRET, Change(messages=(erased,))).messages
    assert verdict(SECRET, alone, []) is Verdict.ALTERED


def test_a_tampered_message_is_not_counted_again() -> None:
    ticket, message, log = replied()
    tampered = as_read(replace(message, text="No."))
    change = chained(SECRET, Change(evolve(ticket), (evolve(tampered),)))
    assert verdict(SECRET, change.messages[0], []) is Verdict.ALTERED
    assert change.ticket
    assert verdict(SECRET, change.ticket, log, change.messages) is Verdict.WHOLE
