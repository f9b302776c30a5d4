"""Working time agrees with a slow reference that walks through every minute of the shop's wall clock."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from chalicelib.rules.timing.worktime import (
    MIDNIGHT,
    Interval,
    NoWorkingTime,
    WorkingHours,
    add_days,
    add_hours,
    at,
    counted_from,
    subtract_days,
    subtract_hours,
    working_days,
)

ZONES = (
    "Europe/Berlin",
    "Australia/Lord_Howe",  # half an hour of summer time
    "Asia/Kathmandu",  # 5:45 from UTC
    "America/St_Johns",
    "Africa/Cairo",  # changes at midnight
    "America/Havana",
    "Africa/Casablanca",
    "UTC",
)
MINUTE = timedelta(minutes=1)
HORIZON = timedelta(days=25)
NINE_TO_FIVE = ((time(9), time(12, 30)), (time(13, 15), time(17, 30)))
OFFICE = WorkingHours("Europe/Berlin", (NINE_TO_FIVE,) * 5 + ((), ()))
BERLIN = ZoneInfo("Europe/Berlin")


def never(day: date) -> None:
    return None


def berlin(day: str, clock: str) -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=BERLIN).astimezone(UTC)


# --- the reference ---


def open_minutes(hours: WorkingHours) -> list[set[int]]:
    """Per weekday the minutes of the wall clock within an interval."""
    return [
        {m for opens, closes in day for m in range(minute_of(opens), minute_of(closes) or 1440)} for day in hours.week
    ]


def minute_of(clock: time) -> int:
    return clock.hour * 60 + clock.minute


def minutes(start: datetime, hours: WorkingHours, closed: set[date]) -> Iterator[tuple[datetime, datetime, bool]]:
    """Every minute around `start`: the moment, the latest time the wall clock has ever shown, whether the shop is open.

    A clock that is put back shows nothing new: the shop opens and closes when a time is first shown."""
    latest, zone, open_at = datetime.min, hours.zone, open_minutes(hours)
    moment = start - timedelta(days=2)
    while moment < start + HORIZON:
        latest = max(latest, moment.astimezone(zone).replace(tzinfo=None))
        working = latest.hour * 60 + latest.minute in open_at[latest.weekday()] and latest.date() not in closed
        yield moment, latest, working
        moment += MINUTE


def slow_add_hours(start: datetime, amount: int, hours: WorkingHours, closed: set[date]) -> datetime:
    left = amount * 60
    for moment, _, working in minutes(start, hours, closed):
        left -= working and moment >= start
        if left == 0:
            return moment + MINUTE
    raise LookupError


def slow_add_days(start: datetime, amount: int, hours: WorkingHours, closed: set[date]) -> datetime:
    today = start.astimezone(hours.zone).date()
    days: dict[date, list[datetime]] = {}
    clocks = []
    for moment, clock, working in minutes(start, hours, closed):
        clocks.append((moment, clock))
        if working:
            days.setdefault(clock.date(), []).append(moment)
            if sum(day > today for day in days) > amount + 1:
                break
    ahead = sorted(day for day in days if day >= today)
    inside = bool(ahead) and ahead[0] == today and days[today][0] <= start <= days[today][-1] + MINUTE
    if not inside and ahead and ahead[0] == today and start > days[today][-1]:
        ahead = ahead[1:]
    if len(ahead) <= amount:
        raise LookupError
    if not inside:
        return days[ahead[amount - 1]][-1] + MINUTE
    wanted = datetime.combine(ahead[amount], start.astimezone(hours.zone).time())
    reached = next(moment for moment, clock in clocks if clock >= wanted)
    worked = days[ahead[amount]]
    return max((m for m in [*worked, *(w + MINUTE for w in worked)] if m <= reached), default=worked[0])


# --- generated calendars ---


def to_time(minute: int) -> time:
    return time(minute // 60 % 24, minute % 60)


@st.composite
def intervals(draw: st.DrawFn) -> tuple[Interval, ...]:
    marks = st.one_of(st.integers(0, 1440), st.integers(0, 96).map(lambda quarter: quarter * 15))
    cuts = sorted(draw(st.sets(marks, max_size=6)))
    return tuple(
        (to_time(opens), to_time(closes)) for opens, closes in zip(cuts[::2], cuts[1::2], strict=False) if opens < 1440
    )


calendars = st.builds(
    WorkingHours,
    st.sampled_from(ZONES),
    st.tuples(*[intervals()] * 7).filter(any),
)


def changes(zone: str) -> list[datetime]:
    """The moments of 2026 (to the hour) at which the zone's clocks change."""
    tz, moment = ZoneInfo(zone), datetime(2026, 1, 1, tzinfo=UTC)
    hours = [moment + timedelta(hours=n) for n in range(8760)]
    return [h for h in hours if h.astimezone(tz).utcoffset() != (h + timedelta(hours=1)).astimezone(tz).utcoffset()]


CHANGES = {zone: changes(zone) for zone in ZONES}


@st.composite
def starts(draw: st.DrawFn, zone: str) -> datetime:
    near = st.sampled_from(CHANGES[zone] or [datetime(2026, 6, 1, tzinfo=UTC)])
    around = draw(st.one_of(near, st.just(datetime(2026, draw(st.integers(1, 12)), 15, tzinfo=UTC))))
    return around + timedelta(minutes=draw(st.integers(-3 * 1440, 1440)))


@st.composite
def cases(draw: st.DrawFn) -> tuple[datetime, WorkingHours, set[date]]:
    hours = draw(calendars)
    start = draw(starts(hours.timezone))
    closed = draw(st.sets(st.integers(-1, 12), max_size=5))
    return start, hours, {start.astimezone(hours.zone).date() + timedelta(days=n) for n in closed}


def named(closed: set[date]) -> "dict[date, str]":
    return dict.fromkeys(closed, "a holiday")


@given(cases(), st.integers(1, 20))
@settings(max_examples=50, deadline=None)
def test_hours_agree_with_the_minute_by_minute_reference(
    case: tuple[datetime, WorkingHours, set[date]], amount: int
) -> None:
    start, hours, closed = case
    try:
        expected = slow_add_hours(start, amount, hours, closed)
    except LookupError:
        assume(False)
    found = add_hours(start, amount, hours, named(closed).get)
    assert found == expected
    assert found.tzinfo is UTC


@given(cases(), st.integers(1, 4))
@settings(max_examples=50, deadline=None)
def test_days_agree_with_the_minute_by_minute_reference(
    case: tuple[datetime, WorkingHours, set[date]], amount: int
) -> None:
    start, hours, closed = case
    try:
        expected = slow_add_days(start, amount, hours, closed)
    except LookupError:
        assume(False)
    assert add_days(start, amount, hours, named(closed).get) == expected


@given(cases(), st.integers(1, 30), st.timedeltas(timedelta(0), timedelta(days=3)))
@settings(max_examples=60, deadline=None)
def test_due_is_after_the_start_within_hours_and_never_sooner_for_a_later_start(
    case: tuple[datetime, WorkingHours, set[date]], amount: int, later: timedelta
) -> None:
    start, hours, closed = case
    holidays = named(closed).get
    for add in (add_hours, add_days):
        due = add(start, amount, hours, holidays)
        assert due > start
        day = due.astimezone(hours.zone).date()
        days = working_days(day - timedelta(days=1), hours, holidays)
        shifts = [shift for _, found in (next(days), next(days)) for shift in found]
        assert any(opens <= due <= closes for opens, closes in shifts)
        # Days keep the time of day. In the hour that a clock shows twice, a later start can have an earlier one.
        if add is add_hours or local_time(start + later, hours) >= local_time(start, hours):
            assert add(start + later, amount, hours, holidays) >= due


def local_time(moment: datetime, hours: WorkingHours) -> datetime:
    return moment.astimezone(hours.zone).replace(tzinfo=None)


def test_in_the_hour_that_is_shown_twice_days_keep_the_time_of_day() -> None:
    night = WorkingHours("Europe/Berlin", ((), (), (), (), (), (), ((time(0), time(3)),)))
    first, second = datetime(2026, 10, 25, 0, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, 0, tzinfo=UTC)
    assert [local_time(moment, night).time() for moment in (first, second)] == [time(2, 1), time(2, 0)]
    dues = [add_days(moment, 1, night, never) for moment in (first, second)]
    assert [local_time(due, night) for due in dues] == [datetime(2026, 11, 1, 2, 1), datetime(2026, 11, 1, 2, 0)]


@given(cases(), st.integers(1, 9))
@settings(max_examples=60, deadline=None)
def test_days_end_no_later_than_regulation_1182_71_allows(
    case: tuple[datetime, WorkingHours, set[date]], amount: int
) -> None:
    """The regulation does not count the day of the event, and ends with the last hour of the last day."""
    start, hours, closed = case
    days = working_days(start.astimezone(hours.zone).date() + timedelta(days=1), hours, named(closed).get)
    last = [next(days)[0] for _ in range(amount)][-1]
    assert add_days(start, amount, hours, named(closed).get) <= at(last + timedelta(days=1), MIDNIGHT, hours.zone)


@given(cases(), st.integers(1, 30))
@settings(max_examples=60, deadline=None)
def test_hours_subtracted_from_a_due_moment_lead_back_into_the_working_time_before(
    case: tuple[datetime, WorkingHours, set[date]], amount: int
) -> None:
    start, hours, closed = case
    holidays = named(closed).get
    due = add_hours(start, amount, hours, holidays)
    back = subtract_hours(due, amount, hours, holidays)
    assert start <= back < due
    assert add_hours(back, amount, hours, holidays) == due


@given(cases(), st.integers(1, 9))
@settings(max_examples=60, deadline=None)
def test_days_subtracted_are_earlier_working_moments(
    case: tuple[datetime, WorkingHours, set[date]], amount: int
) -> None:
    end, hours, closed = case
    found = subtract_days(end, amount, hours, named(closed).get)
    _, shifts = next(working_days(found.astimezone(hours.zone).date(), hours, named(closed).get))
    if found.astimezone(hours.zone).time() != MIDNIGHT:
        assert any(opens <= found <= closes for opens, closes in shifts)
    assert found <= end


@pytest.mark.parametrize(
    ("day", "clock", "amount", "due_day", "due_clock"),
    [
        ("2026-10-16", "16:30", 2, "2026-10-20", "16:30"),  # Friday to Tuesday
        ("2026-10-16", "16:30", 1, "2026-10-19", "16:30"),
        ("2026-10-16", "12:45", 1, "2026-10-19", "12:30"),  # lunch: due before it
        ("2026-10-16", "17:30", 1, "2026-10-19", "17:30"),
        ("2026-10-16", "17:31", 1, "2026-10-19", "17:30"),  # closed: Monday is the first day
        ("2026-10-16", "22:00", 2, "2026-10-20", "17:30"),
        ("2026-10-18", "11:00", 2, "2026-10-20", "17:30"),  # Sunday
        ("2026-10-19", "08:59", 1, "2026-10-19", "17:30"),
        ("2026-10-19", "09:00", 1, "2026-10-20", "09:00"),
        ("2026-10-23", "16:30", 1, "2026-10-26", "16:30"),  # the clocks go back in between
    ],
)
def test_days_are_counted_as_people_count_them(day: str, clock: str, amount: int, due_day: str, due_clock: str) -> None:
    assert add_days(berlin(day, clock), amount, OFFICE, never) == berlin(due_day, due_clock)


def test_long_promises_run_across_years() -> None:
    assert add_days(berlin("2026-10-16", "16:30"), 5 * 100, OFFICE, never) == berlin("2028-09-15", "16:30")


def test_a_holiday_is_skipped() -> None:
    monday = {date(2026, 10, 19): "a holiday"}
    assert add_days(berlin("2026-10-16", "16:30"), 2, OFFICE, monday.get) == berlin("2026-10-21", "16:30")
    assert add_hours(berlin("2026-10-16", "16:30"), 2, OFFICE, monday.get) == berlin("2026-10-20", "10:00")


def test_hours_end_at_a_closing_and_not_at_the_next_opening() -> None:
    assert add_hours(berlin("2026-10-16", "16:30"), 1, OFFICE, never) == berlin("2026-10-16", "17:30")
    assert add_hours(berlin("2026-10-16", "12:00"), 1, OFFICE, never) == berlin("2026-10-16", "13:45")
    assert add_hours(berlin("2026-10-17", "03:00"), 1, OFFICE, never) == berlin("2026-10-19", "10:00")


def test_seconds_are_kept() -> None:
    start = berlin("2026-10-16", "16:30:12.345678")
    assert add_days(start, 1, OFFICE, never) == start + timedelta(days=3)
    assert add_hours(start, 1, OFFICE, never) == berlin("2026-10-19", "09:00:12.345678")


def test_a_shop_that_never_closes_counts_the_night() -> None:
    always = WorkingHours("Europe/Berlin", (((MIDNIGHT, MIDNIGHT),),) * 7)
    start = berlin("2026-10-24", "12:00")  # the next night has one hour more
    assert add_hours(start, 30, always, never) == start + timedelta(hours=30)
    assert add_days(start, 1, always, never) == start + timedelta(hours=25)


def test_a_skipped_time_is_the_jump_and_a_repeated_time_is_the_first() -> None:
    lord_howe = ZoneInfo("Australia/Lord_Howe")
    jump = at(date(2026, 10, 4), time(2, 10), lord_howe)
    assert jump.astimezone(lord_howe).time() == time(2, 30)
    assert (jump - timedelta(seconds=1)).astimezone(lord_howe).time() == time(1, 59, 59)
    first = at(date(2026, 10, 25), time(2, 30), BERLIN)
    assert first == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_a_date_that_did_not_exist_is_no_working_day() -> None:
    """Samoa skipped 30 December 2011."""
    apia = WorkingHours("Pacific/Apia", (((time(9), time(17)),),) * 7)
    start = datetime(2011, 12, 29, 12, tzinfo=ZoneInfo("Pacific/Apia"))
    assert add_days(start.astimezone(UTC), 1, apia, never).astimezone(apia.zone).date() == date(2011, 12, 31)


def test_a_calendar_without_working_time_is_an_error_and_no_endless_search() -> None:
    with pytest.raises(NoWorkingTime):
        add_hours(berlin("2026-10-16", "16:30"), 1, WorkingHours("Europe/Berlin", ((),) * 7), never)
    with pytest.raises(NoWorkingTime):
        add_days(berlin("2026-10-16", "16:30"), 1, OFFICE, lambda day: "closed for good")


def test_counting_starts_at_the_opening_for_an_arrival_before_it() -> None:
    assert counted_from(berlin("2026-10-17", "12:00"), OFFICE, never) == berlin("2026-10-19", "09:00")
    assert counted_from(berlin("2026-10-19", "12:45"), OFFICE, never) == berlin("2026-10-19", "12:45")
