"""Calls by what became of them: as a person would count them, and the same as a recount."""

from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.errors import AftercareError
from chalicelib.rules.events.calls.call import MissedCall
from chalicelib.rules.tickets.messages import Person
from chalicelib.rules.tickets.ticket import Ticket
from chalicelib.services.actions import acting, due_work
from chalicelib.services.actions.action_input import ActionInput
from chalicelib.services.calls import booking, changing, missing
from chalicelib.services.exports import reporting
from chalicelib.services.learning.counting import count
from tests.support.learning.streamed import counted, records
from tests.support.store.fakes import FakeRun, World, world

ADA = Person("Ada Lindqvist", "ada@northlight.example")


@pytest.fixture
def here() -> World:
    return world()


def asked(here: World, number: int = 1) -> str:
    """The reference of a call that the form asks for at 10:30 in Berlin, within the half hour (UTC 9:30 to 10:00)."""
    fields = {
        "slot": "soon", "phone": f"+49 30 90182{number:03}", "name": "Mira Holm", "email": f"m{number}@example.com",
        "language": "en", "submission_id": f"page-{number}",
    }  # fmt: skip
    ticket, _ = booking.book(here.deps, here.shop, fields, "192.0.2.1")
    return ticket.ref


def missed(here: World) -> str:
    missing.take(here.deps, here.shop, "own", MissedCall("call-1", "+4915123456789", here.clock.at))
    return here.store.only_ticket().ref


def says(here: World, ref: str, name: str) -> None:
    inputs = ActionInput({"result": name, "notes": "Hm."}, ADA)
    acting.act(here.deps, here.shop, ref, "call_result", inputs, f"{name}-{here.clock.at.isoformat()}")


def stored(here: World, ref: str) -> Ticket:
    ticket = here.deps.tickets.ticket(ref)
    assert ticket
    return ticket


def calls(here: World) -> dict[str, int]:
    counted(here)
    days = here.store.ticket_days.values()
    return {name: n for day in days for name, n in day.items() if name.startswith("call ") and n}


def recounted(here: World) -> dict[str, Any]:
    event = {"shop": here.shop.id, "from": "2026-11-25", "to": "2026-11-25", "recount": True}
    answer: dict[str, Any] = reporting.report(here.deps, event, FakeRun())["recount"]
    return answer


def test_reached_in_time_and_too_late(here: World) -> None:
    hour = f"{here.clock.at:%H}"
    in_time, late = asked(here), asked(here, 2)
    assert calls(here) == {f"call open {hour}": 2}
    here.clock.advance(minutes=5)
    says(here, in_time, "reached")
    assert calls(here) == {f"call open {hour}": 1, f"call kept {hour}": 1}
    here.clock.advance(hours=3)
    says(here, late, "reached")
    assert calls(here) == {f"call missed {hour}": 1, f"call kept {hour}": 1}


def test_three_tries_keep_it_and_what_its_customer_cancels_is_neither(here: World) -> None:
    hour = f"{here.clock.at:%H}"
    tried, cancelled = asked(here), asked(here, 2)
    changing.change(here.deps, stored(here, cancelled), changing.CANCEL, "", "press", "192.0.2.1")
    for _ in range(3):
        says(here, tried, "not_reached")
        here.clock.advance(minutes=21)
    assert calls(here) == {f"call kept {hour}": 1, f"call ended {hour}": 1}


@pytest.mark.parametrize(("minutes", "prompt"), [(2, 1), (3, 1), (4, 0)])
def test_who_called_in_vain_is_reached_within_three_minutes_or_not(here: World, minutes: int, prompt: int) -> None:
    hour, ref = f"{here.clock.at:%H}", missed(here)
    assert calls(here) == {f"call open {hour}": 1, f"call in_vain {hour}": 1}
    here.clock.advance(minutes=minutes)
    says(here, ref, "reached")
    assert calls(here).get(f"call prompt {hour}", 0) == prompt


def test_a_step_of_the_clock_counts_as_missed_before_anybody_calls(here: World) -> None:
    hour, _ = f"{here.clock.at:%H}", asked(here)
    here.clock.at = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
    due_work.escalate_overdue(here.deps, {}, FakeRun())
    assert calls(here) == {f"call missed {hour}": 1}


RESULTS = st.sampled_from(["reached", "not_reached", "wrong_number", "cancel", "wait"])


@settings(max_examples=25)
@given(st.lists(st.tuples(RESULTS, st.integers(0, 1), st.integers(1, 40)), max_size=8), st.randoms())
def test_whatever_happens_a_recount_agrees(steps: list[tuple[str, int, int]], random: Any) -> None:
    here = world()
    refs = [missed(here), asked(here)]
    for name, which, minutes in steps:
        here.clock.advance(minutes=minutes)
        with suppress(AftercareError):
            if name == "wait":
                due_work.escalate_overdue(here.deps, {}, FakeRun())
            elif name == "cancel":
                changing.change(here.deps, stored(here, refs[which]), changing.CANCEL, "", f"p{minutes}", "192.0.2.1")
            else:
                says(here, refs[which], name)
        if random.random() < 0.5:
            count(here.deps, refs[which])
    late = records(here)
    random.shuffle(late)
    for ref in late:
        count(here.deps, ref)
    assert recounted(here) == {"agrees": True, "days": 1, "deleted_since": [], "differences": 0, "differ": []}
    assert sum(n for name, n in calls(here).items() if name.split()[1] in ("kept", "missed", "open", "ended")) == 2
