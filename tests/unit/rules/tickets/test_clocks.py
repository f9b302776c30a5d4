"""Promises as clocks: set by the policy in force, met once, on time or late."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.rules.tickets.clock_steps import moved, stepped
from chalicelib.rules.tickets.clocks import (
    ACKNOWLEDGE,
    Clock,
    Clocks,
    RuleContext,
    SetBy,
    opening_clocks,
    set_clock,
)
from chalicelib.rules.tickets.due_dates import explained
from chalicelib.rules.timing.periods import parse
from tests.support import samples
from tests.support.store.fakes import START

SHOP = samples.northlight()
DAY = timedelta(days=1)
CLOCK = Clock("resolve", "30 days", START, START + timedelta(days=30))


def test_a_ticket_starts_with_a_clock_for_each_promise() -> None:
    started = {clock.name: clock for clock in opening_clocks(SHOP, SHOP.kinds["complaint"], START, lambda day: None)}
    assert {name: clock.period for name, clock in started.items()} == {
        "acknowledge": "5 minutes",
        "first_answer": "2 working days",
        "resolve": "30 days",
    }
    assert started["acknowledge"].due == START + timedelta(minutes=5)
    assert started["first_answer"].due == datetime(2026, 11, 27, 9, 30, tzinfo=UTC)
    assert started["resolve"].due == START + timedelta(days=30)


def test_a_kind_without_a_promise_gets_no_clock() -> None:
    silent = replace(SHOP.kinds["feedback"], first_answer=None, resolve=None)
    assert [clock.name for clock in opening_clocks(SHOP, silent, START, lambda day: None)] == [ACKNOWLEDGE]


def test_a_holiday_moves_a_working_promise() -> None:
    def holiday(day: object) -> str | None:
        return "Feast" if str(day) == "2026-11-26" else None

    first_answer = opening_clocks(SHOP, SHOP.kinds["complaint"], START, holiday)[1]
    assert first_answer.due == datetime(2026, 11, 30, 9, 30, tzinfo=UTC)


def test_a_clock_is_late_after_its_due_moment_and_stays_so() -> None:
    assert not CLOCK.late(CLOCK.due)
    assert CLOCK.late(CLOCK.due + timedelta(seconds=1))
    in_time = replace(CLOCK, met_at=CLOCK.due)
    assert not in_time.late(CLOCK.due + timedelta(days=9))
    too_late = replace(CLOCK, met_at=CLOCK.due + timedelta(days=1))
    assert too_late.late(START)


def test_meeting_a_promise_changes_only_its_clock_and_only_once() -> None:
    other = replace(CLOCK, name="first_answer")
    once = Clocks([CLOCK, other]).meet("resolve", at=START)
    assert once == Clocks([replace(CLOCK, met_at=START), other])
    assert once.meet("resolve", at=START + timedelta(days=1)) == once


def test_the_earliest_open_promise_to_the_customer_counts() -> None:
    sooner = replace(CLOCK, name="first_answer", due=START + timedelta(days=1))
    assert Clocks([CLOCK, sooner]).first_due == sooner
    assert Clocks([CLOCK, replace(sooner, met_at=START)]).first_due == CLOCK
    assert Clocks([CLOCK, replace(sooner, paused_at=START)]).first_due == CLOCK
    assert Clocks([CLOCK, replace(sooner, name="referral-1"), replace(sooner, name="close")]).first_due == CLOCK
    assert Clocks([replace(CLOCK, met_at=START)]).first_due is None
    assert Clocks().first_due is None


def berlin(day: str, clock: str) -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=SHOP.hours.zone).astimezone(UTC)


def set_at(day: str, clock: str, name: str = "first_answer", period: str = "2 working days") -> Clock:
    context = RuleContext(berlin(day, clock), SHOP, lambda day: None)
    return set_clock(name, parse(period), SHOP.kinds["complaint"], context)


class TestSteps:
    clock = set_at("2026-10-21", "10:00")  # Wednesday
    due = berlin("2026-10-23", "10:00")

    def test_a_clock_warns_is_due_and_repeats_each_day(self) -> None:
        assert self.clock.due == self.due
        warning = self.clock.next_step
        assert warning == berlin("2026-10-22", "14:30")  # four working hours before
        assert self.clock.stage(warning) == "warn"
        warned = stepped(self.clock, warning)
        assert (warned.next_step, warned.stage(self.due)) == (self.due, "due")
        missed = stepped(warned, self.due)
        assert (missed.next_step, missed.stage(self.due + DAY)) == (self.due + DAY, "daily")
        again = stepped(missed, self.due + DAY)
        assert (again.next_step, again.stage(self.due + 2 * DAY)) == (self.due + 2 * DAY, "daily")
        assert again.due == self.due

    def test_after_an_outage_only_the_latest_step_is_taken(self) -> None:
        after = self.due + timedelta(days=5, hours=3)
        assert self.clock.stage(after) == "due"
        assert stepped(self.clock, after).next_step == self.due + 6 * DAY
        overdue = stepped(self.clock, self.due)
        assert overdue.stage(after) == "daily"
        assert stepped(overdue, after).next_step == self.due + 6 * DAY

    def test_no_warning_follows_once_the_promise_is_due(self) -> None:
        assert self.clock.stage(self.due - timedelta(seconds=1)) == "warn"
        assert self.clock.stage(self.due) == "due"

    def test_the_change_to_winter_time_neither_skips_nor_adds_a_step(self) -> None:
        step, clock = self.due, stepped(self.clock, self.due)
        while clock.next_step and clock.next_step < self.due + 9 * DAY:
            assert clock.next_step - step == DAY
            step, clock = clock.next_step, stepped(clock, clock.next_step)
        assert set_at("2026-10-23", "16:30").due == berlin("2026-10-27", "16:30")

    def test_a_clock_too_short_for_its_warning_has_none(self) -> None:
        short = set_at("2026-10-21", "10:00", period="2 working hours")
        assert (short.warn_at, short.next_step) == (None, short.due)

    @pytest.mark.parametrize("name", ["acknowledge", "retain"])
    def test_acknowledgement_and_retention_have_no_steps(self, name: str) -> None:
        assert set_at("2026-10-21", "10:00", name).next_step is None

    def test_automatic_closing_has_no_warning(self) -> None:
        closing = set_at("2026-10-21", "10:00", "close", "7 days")
        assert (closing.warn_at, closing.next_step) == (None, berlin("2026-10-28", "10:00"))

    def test_a_met_clock_has_no_further_step(self) -> None:
        assert replace(self.clock, met_at=START).next_step is None
        assert Clocks([replace(self.clock, met_at=START)]).next_step is None
        assert Clocks([self.clock, replace(self.clock, warn_at=None)]).next_step == self.clock.warn_at

    def test_other_intervals_count_from_the_due_moment(self) -> None:
        def two_days(step: datetime) -> datetime:
            return step + 2 * DAY

        assert stepped(self.clock, self.due, two_days).next_step == self.due + 2 * DAY
        assert stepped(self.clock, self.due + 5 * DAY, two_days).next_step == self.due + 6 * DAY

    def test_a_moved_clock_has_all_its_steps_again(self) -> None:
        until = berlin("2026-11-20", "10:00")
        context = RuleContext(self.due + DAY, SHOP, lambda day: None)
        later = moved(stepped(self.clock, self.due), until, SHOP.kinds["complaint"], context, SetBy.EXTENSION)
        assert (later.due, later.next_step) == (until, berlin("2026-11-19", "14:30"))
        assert (later.set_at, later.stage(until)) == (self.clock.set_at, "due")
        assert explained(later, SHOP, lambda day: None).decided == SetBy.EXTENSION


@pytest.mark.parametrize(
    ("topics", "usual"), [("4 working hours", "1 working day"), ("5 working days", "1 working day")]
)
def test_a_topics_promise_counts_only_where_it_is_due_sooner(topics: str, usual: str) -> None:
    question, topic = SHOP.kinds["question"], SHOP.topic("before_buying")
    assert topic
    shop = replace(SHOP, topics=(replace(topic, first_answer=parse(topics)),))
    kinds = {clock.name: clock for clock in opening_clocks(shop, question, START, lambda day: None)}
    ours = {clock.name: clock for clock in opening_clocks(shop, question, START, lambda day: None, "before_buying")}
    assert kinds["first_answer"].period == usual
    assert ours["first_answer"].due == min(kinds["first_answer"].due, ours["first_answer"].due)
    assert (ours["first_answer"].period == topics) is (topics == "4 working hours")
    assert {name: clock for name, clock in ours.items() if name != "first_answer"} == {
        name: clock for name, clock in kinds.items() if name != "first_answer"
    }
