"""Counts by day: the same after any order and any number of the stream's records, and the same as a recount."""

from collections import Counter
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.errors import AftercareError
from chalicelib.rules.learning.causes import Cause, Signal, of_signal
from chalicelib.rules.learning.tally import LEFT_OUT, total
from chalicelib.rules.procedure.rating import Pressed, rated, withdrawn
from chalicelib.rules.tickets.ticket import Person, Ticket
from chalicelib.services.actions import contacts, due_work
from chalicelib.services.actions.action_input import ActionInput
from chalicelib.services.exports import reporting
from chalicelib.services.learning.counting import count
from chalicelib.services.learning.signalling import note_signal
from chalicelib.services.ports.conflicts import VersionConflict
from chalicelib.services.ports.learning.tallies import Tallied
from chalicelib.services.tickets.commits import commit
from tests.support import agents, records, samples
from tests.support.agents import acts, opened
from tests.support.learning.streamed import counted
from tests.support.learning.streamed import records as streamed
from tests.support.store.fakes import START, FakeRun, World, world

CAUSE = Cause("damaged_in_transit")
REFS = tuple(f"NL-7K3F9-QXMT{n}" for n in range(3, 6))
ACTS: dict[str, list[dict[str, Any]]] = {
    "answer": [{"text": "It comes tomorrow."}],
    "ask": [{"text": "Could you send a photo?"}],
    "change": [{"kind": "question", "topic": "late"}, {"kind": "complaint", "topic": "faulty"}],
    "refer": [{"to": "swiftparcel", "facts": ["order_number"], "text": "Where is it?"}],
    "find": [{"fault": "courier", "reason": "Dented."}, {"fault": "seller", "reason": "Ours."}],
    "remedy": [
        {"remedy_kind": "refund", "owed_by": "seller", "amount": "12.50", "currency": "EUR"},
        {"remedy_kind": "apology"},
    ],
    "remedy_done": [{"text": "It is done."}],
    "conclude": [{"outcome": "upheld", "text": "You are right."}],
    "close": [{"outcome": "settled", "reason": "By phone."}, {"outcome": "spam", "reason": "Spam."}],
    "reopen": [{"reason": "One more thing."}],
    "spam": [{}],
    "merge": [{"into": ref} for ref in REFS],
}
MORE: dict[str, list[dict[str, Any]]] = {
    "reply": [{}],
    "rate": [{"score": str(score)} for score in (1, 2, 5)],
    "wait": [{"hours": hours} for hours in (5, 60, 800)],
}
step = st.one_of(
    [st.tuples(st.just(name), st.sampled_from(REFS), st.sampled_from(fields)) for name, fields in (ACTS | MORE).items()]
)


def does(world: World, name: str, ref: str, fields: dict[str, Any]) -> None:
    ticket = world.store.tickets[ref]
    with suppress(AftercareError):
        match name:
            case "wait":
                world.clock.advance(**fields)
                due_work.escalate_overdue(world.deps, {}, FakeRun())
            case "reply":
                id = f"reply{len(world.store.log)}"
                commit(world.deps, samples.reply(world.deps.tickets.ticket(ref) or ticket, id, world.clock()))
            case "rate":
                pressed = Pressed(world.clock(), f"rated{len(world.store.log)}")
                if change := rated(world.deps.tickets.ticket(ref) or ticket, fields, pressed):
                    commit(world.deps, change)
            case _:
                acts(world, name, ref, **fields)
    agents.stream(world)


def recounted(world: World) -> dict[str, Any]:
    day = START.date().isoformat()
    event = {"shop": world.shop.id, "from": day, "to": day, "recount": True}
    answer: dict[str, Any] = reporting.report(world.deps, event, FakeRun())["recount"]
    return answer


@settings(max_examples=40)
@given(st.lists(step, max_size=14), st.randoms(use_true_random=False), st.booleans())
def test_shuffled_and_repeated_records_count_what_a_recount_counts(
    steps: list[tuple[str, str, dict[str, Any]]], random: Any, early: bool
) -> None:
    it = world()
    for ref in REFS:
        opened(it, ref)
    for name, ref, fields in steps:
        does(it, name, ref, fields)
        if early and random.random() < 0.4:  # some records come at once, the others later
            count(it.deps, random.choice(REFS))
    late = [each for each in streamed(it) for _ in range(random.randint(1, 3))]
    random.shuffle(late)
    for ref in late:
        count(it.deps, ref)
    assert recounted(it) == {"agrees": True, "days": 1, "deleted_since": [], "differences": 0, "differ": []}
    # Each ticket that is counted began by one channel.
    sums = Counter(name.split()[0] for day in it.store.ticket_days.values() for name in (+Counter(day)).elements())
    assert sums["channel"] == sums["kind"]
    # Whatever the counts depend on, one of the counted actions has changed it.
    before = {day: dict(counts) for day, counts in it.store.ticket_days.items()}
    for ref in REFS:
        it.store.tallied_of.pop(ref)
    it.store.ticket_days.clear()
    counted(it)
    assert {day: +Counter(c) for day, c in it.store.ticket_days.items()} == {d: +Counter(c) for d, c in before.items()}


def test_a_difference_is_named(world: World) -> None:
    opened(world)
    counted(world)
    (key,) = world.store.ticket_days
    world.store.ticket_days[key]["score 5"] += 2
    answer = recounted(world)
    assert not answer["agrees"]
    assert answer["differ"] == [{"day": key[1].isoformat(), "name": "score 5", "counted": 2, "recounted": 0}]


def test_a_day_of_which_tickets_were_deleted_is_not_compared(world: World) -> None:
    opened(world)
    counted(world)
    del world.store.tickets[samples.REF]
    assert recounted(world)["deleted_since"] == [START.date().isoformat()]


def test_a_record_of_a_deleted_ticket_counts_nothing(world: World) -> None:
    count(world.deps, "NL-22222-22222")
    assert world.store.ticket_days == {}


def test_somebody_else_counts_at_the_same_time(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The slower run reads the ticket before a change and writes after it was counted: its write is refused."""
    opened(world)
    stale = world.store.tickets[samples.REF]
    slow = world.store.ticket

    def ticket(ref: str) -> Ticket | None:
        monkeypatch.setattr(world.store, "ticket", slow)
        acts(world, "find", fault="courier", reason="Dented.")
        count(world.deps, ref)
        return stale

    monkeypatch.setattr(world.store, "ticket", ticket)
    count(world.deps, samples.REF)
    assert recounted(world)["agrees"]
    assert world.deps.tallies.days("northlight", START.date(), START.date()) == {
        START.date(): world.store.tallied_of[samples.REF].counts
    }


def counts(world: World) -> dict[str, int]:
    counted(world)
    return dict(world.store.tallied_of[samples.REF].counts)


def test_what_a_ticket_adds(world: World) -> None:
    opened(world)
    world.clock.advance(hours=1)
    acts(world, "find", fault="courier", reason="Dented.")
    acts(world, "refer", to="swiftparcel", facts=["order_number"], text="Where is it?")
    acts(world, "remedy", remedy_kind="refund", owed_by="seller", amount="12.50", currency="EUR")
    acts(world, "answer", text="You get it back.")
    records.closed(world, samples.REF)
    world.clock.advance(days=40)
    ticket = world.deps.tickets.ticket(samples.REF)
    assert ticket
    commit(world.deps, samples.reply(ticket, "late", world.clock()))
    assert counts(world) == {
        "kind complaint": 1,
        "cause damaged_in_transit courier": 1,
        "hour 09": 1,
        "channel form in_time": 1,
        "first quarter": 1,
        "remedy refund damaged_in_transit courier": 1,
        "money EUR damaged_in_transit courier": 1250,
        "courier swiftparcel": 1,
        "courier_money EUR swiftparcel": 1250,
        "signal reopened damaged_in_transit courier": 1,
        "needed 30": 1,
        "needed 90": 1,
    }


def test_expenses_are_counted_as_what_they_are_too(world: World) -> None:
    opened(world)
    acts(world, "find", fault="seller", reason="Late.")
    acts(world, "remedy", remedy_kind="expenses", owed_by="seller", amount="8.50", currency="EUR")
    found = {name: number for name, number in counts(world).items() if "EUR" in name}
    assert found == {"money EUR damaged_in_transit seller": 850, "expenses EUR damaged_in_transit seller": 850}


def test_spam_and_merged_tickets_are_left_out(world: World) -> None:
    opened(world)
    acts(world, "spam")
    assert counts(world) == {LEFT_OUT: 1}
    assert total({LEFT_OUT: 1, "kind complaint": 2, "hour 09": 2}) == 3


def test_missed_promises_and_low_ratings_are_signals(world: World) -> None:
    opened(world)
    world.clock.advance(days=60)
    due_work.escalate_overdue(world.deps, {}, FakeRun())
    closed = records.closed(world, samples.REF)
    for score in ("3", "2"):
        change = rated(closed, {"score": score}, Pressed(world.clock(), f"rated-{score}"))
        assert change
        commit(world.deps, change)
        closed = world.deps.tickets.ticket(samples.REF) or closed
        found = counts(world)
        assert found[f"score {score}"] == 1
        assert found.get(of_signal(Signal.LOW_RATING, CAUSE), 0) == (1 if score == "2" else 0)
    assert found[of_signal(Signal.MISSED, CAUSE)] == 2  # the first answer, and the final one


def test_a_signal_from_elsewhere_counts_once(world: World) -> None:
    cause, today = Cause("checkout"), world.clock.at.date()
    assert note_signal(world.deps, world.shop, Signal.FEEDBACK, cause, "feedback-1")
    assert not note_signal(world.deps, world.shop, Signal.FEEDBACK, cause, "feedback-1")
    assert note_signal(
        world.deps, world.shop, Signal.PRICE_ERROR, Cause("price", "seller"), "O-1", today - timedelta(1)
    )
    days = world.deps.tallies.days("northlight", today - timedelta(1), today)
    assert days == {
        today: {"signal feedback checkout -": 1},
        today - timedelta(1): {"signal price_error price seller": 1},
    }
    with pytest.raises(ValueError, match="ids"):
        note_signal(world.deps, world.shop, Signal.FEEDBACK, Cause("Mira Holm"), "feedback-2")


def test_a_signal_that_loses_a_race_is_tried_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    quick, lost = world.store.tally, iter((True, True))

    def tally(before: Tallied | None, after: Tallied) -> bool:
        return False if next(lost, False) else quick(before, after)

    monkeypatch.setattr(world.store, "tally", tally)
    assert note_signal(world.deps, world.shop, Signal.FEEDBACK, Cause("checkout"), "feedback-1")
    assert world.store.tallied("signal/feedback/feedback-1")
    monkeypatch.setattr(world.store, "tally", lambda before, after: False)
    with pytest.raises(VersionConflict):
        note_signal(world.deps, world.shop, Signal.FEEDBACK, Cause("checkout"), "feedback-2")


def test_what_is_counted_when_a_rating_is_taken_back_and_when_a_customer_calls(world: World) -> None:
    opened(world)
    closed = records.closed(world, samples.REF)
    change = rated(closed, {"score": "1"}, Pressed(world.clock(), "rated"))
    assert change
    commit(world.deps, change)
    assert counts(world)["score 1"] == 1
    given = world.deps.tickets.ticket(samples.REF)
    assert given
    change = withdrawn(given, Pressed(world.clock(), "withdrawn"))
    assert change
    commit(world.deps, change)
    assert not [name for name in counts(world) if name.startswith(("score", "signal low_rating"))]
    said = {"channel": "phone", "direction": "in", "notes": "It flickers again.", "reference": samples.REF}
    contacts.log_contact(world.deps, world.shop, ActionInput(said, Person("Ada Lindqvist", agents.ADA)), "call-1")
    assert counts(world)[of_signal(Signal.REOPENED, CAUSE)] == 1


def test_nobody_is_in_the_counts(world: World) -> None:
    opened(world)
    acts(world, "find", fault="courier", reason="Mira Holm says so.")
    counted(world)
    stored = repr((world.store.ticket_days, world.store.tallied_of))
    assert not any(word in stored.lower() for word in ("mira", "holm", "example.com", "lamp", "204117"))


def test_what_a_change_counts_is_of_the_tickets_kind(world: World) -> None:
    opened(world)
    acts(world, "answer", text="It comes.")
    acts(world, "conclude", outcome="upheld", text="You are right.")
    agents.stream(world)
    today = world.clock.at.date()
    (kept,) = world.deps.tallies.promises("northlight", today, today).values()
    assert kept.by == {"complaint": (kept.kept, kept.missed)}
    assert kept.kept >= 2
