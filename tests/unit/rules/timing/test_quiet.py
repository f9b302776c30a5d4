"""A source is quiet when nothing came for three times its longest usual pause."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.rules.timing.quiet import quiet_since, usual_gap

START = datetime(2026, 11, 2, 8, tzinfo=UTC)  # a Monday
HOUR = timedelta(hours=1)


def office(weeks: int) -> list[datetime]:
    """Each hour from Monday to Friday, from eight to six."""
    days = [START + timedelta(days=7 * week + day) for week in range(weeks) for day in range(5)]
    return [day + hour * HOUR for day in days for hour in range(10)]


def test_nights_and_weekends_are_usual() -> None:
    moments = office(3)
    friday = max(moments)
    assert usual_gap(moments) == timedelta(hours=63)
    assert quiet_since(moments, friday + timedelta(hours=63)) is None
    assert quiet_since(moments, friday + timedelta(hours=3 * 63)) == friday


def test_one_failure_does_not_become_usual() -> None:
    moments = [START + hour * HOUR for hour in range(50)]
    moments += [moments[-1] + timedelta(days=5) + hour * HOUR for hour in range(50)]
    assert usual_gap(moments) == HOUR
    assert quiet_since(moments, max(moments) + 3 * HOUR) == max(moments)


def test_too_little_is_known() -> None:
    assert quiet_since([], START) is None
    assert quiet_since([START + hour * HOUR for hour in range(10)], START + timedelta(days=99)) is None


@given(st.lists(st.integers(0, 10_000), min_size=11, max_size=50, unique=True), st.integers(0, 30_000))
def test_it_is_quiet_from_some_moment_on(hours: list[int], later: int) -> None:
    moments = [START + hour * HOUR for hour in hours]
    now = max(moments) + later * HOUR
    if quiet_since(moments, now):
        assert quiet_since(moments, now + HOUR)
        assert quiet_since([*moments, now], now) is None
