"""Chats by how soon a person answered: as a person would count them, and the same as a recount."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.errors import AftercareError
from chalicelib.services.actions import chatting as desk
from chalicelib.services.customer import chatting
from chalicelib.services.exports import reporting
from chalicelib.services.learning.counting import count
from tests.support.learning.streamed import counted, records
from tests.support.store.fakes import FakeRun, World, world
from tests.unit.services.chats.test_chats import answers, begin, later, says, take, there, token


@pytest.fixture
def here() -> World:
    return world()


def chats(here: World) -> dict[str, int]:
    """What is counted of chats, of the hour in which they were begun."""
    counted(here)
    days = here.store.ticket_days.values()
    return {name.split()[1]: n for day in days for name, n in day.items() if name.startswith("chat ") and n}


def test_a_first_line_within_two_minutes_is_in_time_and_a_later_one_is_not(here: World) -> None:
    there(here)
    soon, late = begin(here), begin(here, 2)
    take(here, soon)
    assert chats(here) == {"open": 2}
    answers(here, soon, "Here I am.")
    assert chats(here) == {"kept": 1, "open": 1}
    later(here, 2.5, 0)
    take(here, late)
    answers(here, late, "I am sorry that you waited.")
    assert chats(here) == {"kept": 1, "missed": 1}
    desk.end(here.deps, here.shop, late.ref, here.shop.agents[0])
    assert chats(here) == {"kept": 1, "missed": 1}


def test_what_nobody_answers_becomes_a_message_at_once_or_later(here: World) -> None:
    begin(here)
    assert chats(here) == {"message": 1}
    there(here)
    begin(here, 2)
    assert chats(here) == {"message": 1, "open": 1}
    later(here, 5)
    assert chats(here) == {"message": 2}


def test_what_its_customer_ends_before_an_answer_is_neither(here: World) -> None:
    there(here)
    ticket = begin(here)
    chatting.end(here.deps, token(here, ticket), "end")
    assert chats(here) == {"ended": 1}


STEPS = st.sampled_from(["take", "answer", "say", "end", "email", "finish", "wait", "gone"])


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(STEPS, st.integers(0, 1), st.integers(1, 4)), max_size=10), st.randoms())
def test_whatever_happens_a_recount_agrees(steps: list[tuple[str, int, int]], random: Any) -> None:
    here = world(limits_on=False)
    there(here)
    tickets = [begin(here), begin(here, 2)]
    for number, (step, which, minutes) in enumerate(steps):
        ticket = tickets[which]
        with suppress(AftercareError):
            match step:
                case "take":
                    take(here, ticket)
                case "answer":
                    answers(here, ticket, f"Answer {number}")
                case "say":
                    says(here, ticket, f"Line {number}")
                case "end" | "email":
                    chatting.end(here.deps, token(here, ticket), step)
                case "finish":
                    desk.end(here.deps, here.shop, ticket.ref, here.shop.agents[0])
                case "wait":
                    later(here, minutes, 0)
                case _:
                    later(here, minutes)
        if random.random() < 0.5:
            count(here.deps, ticket.ref)
    late = records(here)
    random.shuffle(late)
    for ref in late:
        count(here.deps, ref)
    event = {"shop": here.shop.id, "from": "2026-11-25", "to": "2026-11-25", "recount": True}
    answer = reporting.report(here.deps, event, FakeRun())["recount"]
    assert answer == {"agrees": True, "days": 1, "deleted_since": [], "differences": 0, "differ": []}
    assert sum(chats(here).values()) == 2
