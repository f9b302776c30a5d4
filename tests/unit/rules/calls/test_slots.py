"""The half hours of a call: within the windows, on working days, of thirty minutes each, whatever the clocks do."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.external.holidays_calendar import holidays_of
from chalicelib.rules.calls import slots
from chalicelib.rules.calls.slots import LEAD, LENGTH, Slot
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.policy.promises import CallTerms
from chalicelib.rules.tickets.clocks import RuleContext
from tests.support import samples

NIGHT = ((time(1), time(4)),)


def shop(**terms: object) -> Shop:
    known = samples.shipped()
    return replace(known, calls=replace(known.calls, **terms))  # type: ignore[arg-type]


def context(at: datetime, known: Shop | None = None) -> RuleContext:
    known = known or shop()
    return RuleContext(at, known, holidays_of(known))


def berlin(*moment: int) -> datetime:
    return datetime(*moment, tzinfo=shop().hours.zone).astimezone(UTC)  # type: ignore[arg-type,misc]


class TestBookable:
    @given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 1), timezones=st.just(UTC)))
    def test_each_is_a_half_hour_of_a_window_on_a_working_day_and_not_too_soon(self, at: datetime) -> None:
        now = context(at)
        found = slots.bookable(now)
        assert found
        assert found == sorted(set(found))
        for slot in found:
            begins, ends = (moment.astimezone(now.shop.hours.zone) for moment in (slot.starts_at, slot.ends_at))
            windows = now.shop.call_hours.week[begins.weekday()]
            assert any(opens <= begins.time() and ends.time() <= closes for opens, closes in windows)
            assert now.holidays(begins.date()) is None
            assert slot.starts_at >= at + LEAD
        assert len({slot.starts_at.astimezone(now.shop.hours.zone).date() for slot in found}) <= now.shop.calls.days

    def test_no_half_hour_is_on_a_holiday_or_on_a_day_on_which_the_shop_is_closed(self) -> None:
        found = slots.bookable(context(berlin(2026, 12, 23, 17)))
        days = {slot.starts_at.date() for slot in found}
        closed = {date(2026, 12, 24), date(2026, 12, 25), date(2026, 12, 26), date(2026, 12, 31), date(2027, 1, 1)}
        assert not days & closed
        assert date(2026, 12, 28) in days

    @pytest.mark.parametrize(
        ("day", "hours"),
        [(date(2026, 10, 25), 4), (date(2026, 3, 29), 2), (date(2026, 10, 18), 3)],
        ids=["an hour twice", "an hour less", "any other"],
    )
    def test_a_night_has_as_many_half_hours_as_it_has_half_hours(self, day: date, hours: int) -> None:
        known = shop(windows=((),) * 6 + (NIGHT,), days=1)
        begins = datetime.combine(day, time(0), known.hours.zone).astimezone(UTC)
        found = slots.bookable(context(begins, known))
        assert len(found) == 2 * hours
        assert all(later.starts_at - slot.starts_at == LENGTH for slot, later in pairwise(found))
        assert len({slot.id for slot in found}) == len(found)

    @pytest.mark.parametrize(("day", "offset"), [(date(2026, 10, 26), 1), (date(2026, 3, 30), 2)])
    def test_the_day_after_a_clock_change_begins_at_the_same_local_time(self, day: date, offset: int) -> None:
        found = slots.bookable(context(datetime.combine(day, time(0), UTC)))
        assert found[0].starts_at == datetime.combine(day, time(10 - offset), UTC)

    def test_a_shop_without_windows_has_none(self) -> None:
        known = replace(samples.shipped(), calls=CallTerms())
        assert not known.calls.offered
        assert slots.bookable(context(berlin(2026, 11, 25, 9), known)) == []
        assert slots.soonest(context(berlin(2026, 11, 25, 9), known), ()) is None

    def test_a_window_shorter_than_half_an_hour_offers_nothing(self) -> None:
        known = shop(windows=(((time(10), time(10, 20)),),) * 7)
        assert slots.bookable(context(berlin(2026, 11, 25, 9), known)) == []
        assert slots.soonest(context(berlin(2026, 11, 25, 9), known), ()) is None

    def test_only_what_is_offered_can_be_read(self) -> None:
        now = context(berlin(2026, 11, 25, 9))
        for slot in slots.bookable(now):
            assert slots.read(slot.id, now) == slot
        for wrong in ("", "soon", "2026-11-25T03:00Z", "2026-11-25T09:10Z", "2036-11-25T09:00Z", "9" * 400):
            assert slots.read(wrong, now) is None


class TestSoonest:
    def test_it_is_counted_in_the_windows(self) -> None:
        assert found(berlin(2026, 11, 25, 10, 20)) == berlin(2026, 11, 25, 10, 50)
        assert found(berlin(2026, 11, 25, 11, 50)) == berlin(2026, 11, 25, 14, 20)
        assert found(berlin(2026, 11, 27, 18)) == berlin(2026, 11, 30, 10, 30)

    def test_where_the_half_hour_is_full_it_is_the_end_of_the_next_that_is_not(self) -> None:
        at = berlin(2026, 11, 25, 10, 20)
        full = {Slot(berlin(2026, 11, 25, 10, 30)).place(number) for number in range(shop().calls.per_slot)}
        assert found(at, full) == berlin(2026, 11, 25, 11, 30)

    @given(
        st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 1), timezones=st.just(UTC)),
        st.integers(1, 3),
        st.integers(1, 60),
    )
    def test_a_crowd_takes_each_place_once_and_each_is_promised_later_than_the_one_before(
        self, at: datetime, per_slot: int, people: int
    ) -> None:
        now, taken, before = context(at, shop(per_slot=per_slot)), set[str](), at
        for _ in range(people):
            next_one = slots.soonest(now, taken)
            assert next_one is not None
            assert next_one.place not in taken
            assert next_one.until >= before
            taken.add(next_one.place)
            before = next_one.until
        used = [place.rpartition("#")[0] for place in taken]
        assert max(map(used.count, used)) <= per_slot


def found(at: datetime, taken: set[str] | None = None) -> datetime:
    soonest = slots.soonest(context(at), taken or set())
    assert soonest is not None
    return soonest.until


def test_a_place_is_free_until_every_one_is_taken() -> None:
    known, slot = shop(per_slot=3), Slot(berlin(2026, 11, 25, 10))
    taken = set[str]()
    for _ in range(3):
        place = slots.free_place(slot, taken, known)
        assert place.startswith(slot.prefix)
        assert slots.free([slot], taken, known) == [slot]
        taken.add(place)
    assert slots.free_place(slot, taken, known) == ""
    assert slots.free([slot], taken, known) == []
    assert slot.ends_at - slot.starts_at == timedelta(minutes=30)
