"""Customers hear before they write, and with what is promised, on which days nobody works."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from chalicelib.rules.policy.promises import QUESTION
from chalicelib.rules.tickets.outbox import Purpose
from chalicelib.rules.tickets.ticket import Ticket
from chalicelib.rules.timing.periods import parse
from chalicelib.services.delivery.letters.letters import letter
from chalicelib.services.intake.submitting import Caller, submit
from chalicelib.services.timing import closures
from tests.support.store.fakes import World, world

# Christmas Eve is one of the shop's own closed days, the day after a public holiday, and both are working days besides.
BEFORE = datetime(2026, 12, 23, 9, 30, tzinfo=UTC)


@pytest.fixture
def here() -> World:
    return world(limits_on=False)


@pytest.mark.parametrize(
    ("at", "language", "said"),
    [
        (datetime(2026, 11, 25, 9, 30, tzinfo=UTC), "en", ""),
        (BEFORE, "en", "We are closed on 24 December and 25 December. These days do not count"),
        (BEFORE, "de", "Wir haben geschlossen: 24. Dezember und 25. Dezember. Diese Tage zählen nicht"),
        (datetime(2026, 12, 25, 9, 30, tzinfo=UTC), "en", "We are closed on 25 December. These days"),
    ],
)
def test_a_form_says_which_days_move_the_answer(here: World, at: datetime, language: str, said: str) -> None:
    here.clock.at = at
    found = closures.on_form(here.deps, here.shop, language, (here.shop.kinds[QUESTION],))
    assert found.startswith(said)
    assert bool(found) == bool(said)


def test_the_form_of_calls_says_when_nobody_calls(here: World) -> None:
    assert closures.on_calls(here.deps, here.shop, "en") == ""
    here.clock.at = datetime(2026, 12, 30, 9, tzinfo=UTC)
    assert closures.on_calls(here.deps, here.shop, "en") == (
        "We are closed on 31 December and 1 January. Nobody calls then."
    )


def asked(here: World, kind: str = QUESTION, language: str = "en") -> Ticket:
    form = {"kind": kind, "email": "mira@example.com", "message": "Which bulb fits?", "language": language}
    return submit(here.deps, here.shop, form, (), Caller("192.0.2.1")).ticket


def acknowledged(here: World, ticket: Ticket) -> tuple[str, str]:
    """Text and HTML of the acknowledgement, each on one line."""
    assert ticket.outbox is not None
    (mail,) = [each for each in ticket.outbox.deliveries if each.purpose is Purpose.ACKNOWLEDGEMENT]
    made = letter(here.deps, ticket, ticket.opening, mail, here.clock.at)
    return " ".join(made.text.split()), " ".join(made.html.split())


@pytest.mark.parametrize(
    ("language", "said", "promise"),
    [
        (
            "en",
            "We are closed on 24 December and 25 December. That is why it takes longer than usual.",
            "you get our answer by Monday, 28 December 2026",
        ),
        (
            "de",
            "Wir haben geschlossen: 24. Dezember und 25. Dezember. Deshalb dauert es länger als sonst.",
            "Unsere Antwort erhalten Sie bis Montag, 28. Dezember 2026",
        ),
    ],
)
def test_an_acknowledgement_explains_the_later_promise(here: World, language: str, said: str, promise: str) -> None:
    here.clock.at = BEFORE
    for body in acknowledged(here, asked(here, language=language)):
        assert said in body
        assert promise in body
        assert body.index(said) < body.index(promise)


def test_without_closed_days_before_the_promise_it_says_nothing_of_them(here: World) -> None:
    assert all("closed" not in body for body in acknowledged(here, asked(here)))


def test_a_promise_by_the_calendar_is_moved_by_no_closed_day(here: World) -> None:
    here.clock.at = BEFORE
    kind = here.shop.kinds[QUESTION]
    by_calendar = replace(kind, first_answer=parse("5 days"), resolve=None)
    here.shop.kinds[QUESTION] = by_calendar  # type: ignore[index]
    try:
        assert closures.on_form(here.deps, here.shop, "en", (by_calendar,)) == ""
        assert all("closed" not in body for body in acknowledged(here, asked(here)))
    finally:
        here.shop.kinds[QUESTION] = kind  # type: ignore[index]
