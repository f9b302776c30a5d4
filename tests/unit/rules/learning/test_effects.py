"""What a change brought: the interval as computed by hand, and what it does not claim."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.rules.learning.causes import Cause, Signal, of_signal
from chalicelib.rules.learning.effects import Base, Period, Verdict, effect, rate_ratio, wilson

CHANGED = date(2026, 10, 5)
CAUSE = Cause("damaged_in_transit", "courier")
NAME = of_signal(Signal.MISSED, CAUSE)


def days(before: int, since: int, tickets: int = 10) -> dict[date, dict[str, int]]:
    """All signals of a part on one day of it, so many tickets each day."""
    span = [CHANGED + timedelta(days=n) for n in range(-28, 28)]
    counts = {day: {"kind complaint": tickets} for day in span}
    counts[CHANGED - timedelta(days=3)][NAME] = before
    counts[CHANGED + timedelta(days=3)][NAME] = since
    return counts


def orders(before: int, since: int) -> dict[date, int]:
    return {CHANGED - timedelta(days=10): before, CHANGED + timedelta(days=10): since}


def test_the_effect_is_that_of_a_computation_by_hand() -> None:
    """20 signals of 1000 orders, then 6 of 900.

    The share of the later ones: 6 / 26 = 0.230769. z = 1.959964, z² = 3.841459.
    middle = (0.230769 + 3.841459 / 52) / (1 + 3.841459 / 26) = 0.304644 / 1.147748 = 0.265428
    half = 1.959964 / 1.147748 x sqrt(0.230769 x 0.769231 / 26 + 3.841459 / 2704) = 1.707661 x 0.090820 = 0.155089
    low = 0.110339, high = 0.420517; as ratios, with 1000 / 900:
    low = 0.110339 / 0.889661 x 1.111111 = 0.137803, high = 0.420517 / 0.579483 x 1.111111 = 0.806305
    ratio = (6 / 900) / (20 / 1000) = 0.333333
    """
    found = effect(days(20, 6), orders(1000, 900), CAUSE, CHANGED, CHANGED + timedelta(days=57))
    assert (found.base, found.before, found.since, found.days) == (Base.ORDERS, Period(20, 1000), Period(6, 900), 28)
    assert found.before.per_hundred == pytest.approx(2.0)
    assert found.since.per_hundred == pytest.approx(0.6667, abs=1e-4)
    assert found.ratio == pytest.approx(0.333333, abs=1e-6)
    assert found.low == pytest.approx(0.137803, abs=1e-5)
    assert found.high == pytest.approx(0.806305, abs=2e-5)
    assert found.verdict is Verdict.FEWER
    assert found.final


def test_without_orders_it_is_of_tickets() -> None:
    found = effect(days(8, 8), {}, CAUSE, CHANGED, CHANGED + timedelta(days=40))
    assert (found.base, found.before, found.since) == (Base.TICKETS, Period(8, 280), Period(8, 280))
    assert found.verdict is Verdict.OPEN
    assert not found.final


def test_only_days_that_are_over_are_counted() -> None:
    found = effect(days(5, 5), {}, CAUSE, CHANGED, CHANGED + timedelta(days=2))
    assert (found.days, found.since) == (2, Period(0, 20))
    assert effect(days(5, 5), {}, CAUSE, CHANGED, CHANGED).verdict is Verdict.NOTHING


def test_nothing_is_said_of_nothing() -> None:
    assert rate_ratio(Period(0, 100), Period(0, 100)) == (None, None, None)
    assert rate_ratio(Period(3, 100), Period(0, 0)) == (None, None, None)
    ratio, low, high = rate_ratio(Period(0, 100), Period(12, 100))
    assert ratio is None
    assert low is not None
    assert low > 1
    assert high is None


@given(st.integers(0, 60), st.integers(1, 60))
def test_the_share_is_in_its_interval(hits: int, more: int) -> None:
    low, high = wilson(hits, hits + more)
    assert 0 <= low <= hits / (hits + more) <= high <= 1


@given(st.integers(0, 40), st.integers(0, 40), st.integers(1, 5000), st.integers(1, 5000))
def test_looking_from_the_other_side_turns_the_interval_over(a: int, b: int, of_a: int, of_b: int) -> None:
    _, low, high = rate_ratio(Period(a, of_a), Period(b, of_b))
    _, other_low, other_high = rate_ratio(Period(b, of_b), Period(a, of_a))
    if low and other_high:
        assert low * other_high == pytest.approx(1)
    if high and other_low:
        assert high * other_low == pytest.approx(1)
