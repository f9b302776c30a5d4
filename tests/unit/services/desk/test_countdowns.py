"""The time left until a promise is due, in words."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.rules.tickets.clocks import RESOLVE, Clock
from chalicelib.services.desk import countdowns, times
from tests.support import samples
from tests.support.store.fakes import START, World

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("left", "beside", "whole"),
    [
        (3 * HOUR + 10 * MINUTE, "due in 3 h 10 m", "Answer due in 3 h 10 m"),
        (DAY + 2 * HOUR, "due in 1 d 2 h", "Answer due in 1 d 2 h"),
        (9 * DAY + 2 * HOUR, "due in 9 d", "Answer due in 9 d"),
        (60 * DAY, "due in 60 d", "Answer due in 60 d"),
        (92 * DAY, "due in 3 mo", "Answer due in 3 mo"),
        (729 * DAY, "due in 23 mo", "Answer due in 23 mo"),
        (1095 * DAY, "due in 3 y", "Answer due in 3 y"),
        (-400 * DAY, "13 mo overdue", "Answer 13 mo overdue"),
        (timedelta(seconds=59), "due now", "Answer due now"),
        (timedelta(), "due now", "Answer due now"),
        (-2 * DAY, "2 d overdue", "Answer 2 d overdue"),
        (-5 * MINUTE, "5 m overdue", "Answer 5 m overdue"),
    ],
)
def test_the_short_and_the_long_form_agree(left: timedelta, beside: str, whole: str) -> None:
    assert countdowns.left(START + left, START, "en") == beside
    assert countdowns.said("first_answer", START + left, START, "en") == whole


def test_countdowns_in_german() -> None:
    assert countdowns.left(START + 2 * DAY, START, "de") == "noch 2 Tage"
    assert countdowns.said("resolve", START - DAY, START, "de") == "Lösung: 1 Tag überfällig"


def test_without_a_promise_nothing_is_due() -> None:
    assert countdowns.said("", START, START, "en") == "Nothing due"


def running(due_in: timedelta, warn_in: timedelta | None = None) -> Clock:
    (clock,) = [clock for clock in samples.ticket().clocks if clock.name == RESOLVE]
    return replace(clock, due=START + due_in, warn_at=START + warn_in if warn_in is not None else None)


@pytest.mark.parametrize(
    ("clock", "tone"),
    [
        (running(DAY), ""),
        (running(DAY, timedelta()), "soon"),  # since the moment of the warning
        (running(DAY, MINUTE), ""),
        (running(4 * HOUR), "soon"),  # without a warning, in its last hours
        (running(4 * HOUR + MINUTE), ""),
        (running(timedelta()), "soon"),
        (running(-timedelta(microseconds=1)), "late"),
    ],
)
def test_the_tone_gets_more_urgent(clock: Clock, tone: str) -> None:
    assert times.left_of(clock, START, "en").tone == tone


@pytest.mark.parametrize(
    ("gone", "said"),
    [
        (timedelta(), "just now"),
        (-MINUTE, "just now"),  # another machine's clock is ahead
        (MINUTE, "1 minute ago"),
        (59 * MINUTE, "59 minutes ago"),
        (HOUR, "1 hour ago"),
        (25 * HOUR, "1 day ago"),
        (48 * HOUR, "2 days ago"),
    ],
)
def test_elapsed_time_in_words(gone: timedelta, said: str) -> None:
    assert times.ago(START - gone, START, "en") == said


def test_moments_are_as_short_as_possible(world: World) -> None:
    said = [times.short(START - gone, START, world.shop, "en") for gone in (HOUR, DAY, 400 * DAY)]
    assert said == ["09:30", "24 Nov, 10:30", "21 Oct 2025, 11:30"]
