"""What is said about telephoning right now holds for as long as the page with it may be kept, minute for minute."""

from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.rules.access.absences import Absence, Absences
from chalicelib.rules.calls import slots
from chalicelib.rules.calls.right_now import Line, Reach, line
from chalicelib.rules.calls.slots import Slot
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.tickets.clocks import RuleContext
from chalicelib.rules.timing import worktime
from chalicelib.rules.timing.opening_times import SAID_FOR
from chalicelib.rules.timing.periods import Holidays
from chalicelib.rules.timing.worktime import WorkingHours
from tests.support import shops

TEN, TWELVE, TWO, FOUR = time(10), time(12), time(14), time(16)
PHONE = ((TEN, FOUR),)
EVERY_DAY = (PHONE,) * 7
SHOP = shops.policy().shop("northlight")

NOBODY = Absences()


def working(_: date) -> None: ...


def told(
    at: datetime,
    taken: Collection[str] = (),
    shop: Shop = SHOP,
    holidays: Holidays = working,
    away: Absences = NOBODY,
) -> tuple[str, datetime] | None:
    said = line(RuleContext(at.astimezone(UTC), shop, holidays), lambda: taken, away)
    return (said.reach, said.at.astimezone(shop.hours.zone).replace(tzinfo=None)) if said else None


def local(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=SHOP.hours.zone)  # type: ignore[misc, arg-type]


def full(*starts: datetime) -> set[str]:
    return {Slot(start.astimezone(UTC)).place(n) for start in starts for n in range(SHOP.calls.per_slot)}


@pytest.mark.parametrize(
    ("at", "reach", "when"),
    [
        (local(2026, 11, 30, 10), "picks_up", datetime(2026, 11, 30, 16)),
        (local(2026, 11, 30, 12, 30), "picks_up", datetime(2026, 11, 30, 16)),
        (local(2026, 11, 30, 15, 58, 59), "picks_up", datetime(2026, 11, 30, 16)),
        # Kept for a minute, "until 16:00" would be untrue, and today's calls are over.
        (local(2026, 11, 30, 15, 59), "opens", datetime(2026, 12, 1, 10)),
        (local(2026, 11, 30, 8), "calls_back", datetime(2026, 11, 30, 10, 30)),
        (local(2026, 11, 30, 9, 59, 30), "calls_back", datetime(2026, 11, 30, 10, 31)),
        (local(2026, 11, 30, 20), "opens", datetime(2026, 12, 1, 10)),
        (local(2026, 12, 4, 16), "opens", datetime(2026, 12, 7, 10)),
        (local(2026, 12, 5, 11), "opens", datetime(2026, 12, 7, 10)),
    ],
)
def test_the_line_of_a_moment(at: datetime, reach: str, when: datetime) -> None:
    assert told(at) == (reach, when)


def test_while_all_are_on_the_phone_a_call_back_is_offered_and_by_when_depends_on_how_many_wait() -> None:
    now = local(2026, 11, 30, 10, 5)
    busy = full(local(2026, 11, 30, 10))
    assert told(now, busy) == ("calls_back", datetime(2026, 11, 30, 10, 36))
    assert told(now, busy | full(local(2026, 11, 30, 10, 30))) == ("calls_back", datetime(2026, 11, 30, 11, 30))
    assert told(now, full(local(2026, 11, 30, 10, 30))) == ("picks_up", datetime(2026, 11, 30, 16))


def test_on_a_holiday_nobody_is_there() -> None:
    def holiday(day: date) -> str | None:
        return "a holiday" if day == date(2026, 11, 30) else None

    assert told(local(2026, 11, 30, 11), holidays=holiday) == ("opens", datetime(2026, 12, 1, 10))


def all_away(first: datetime, until: datetime, but: int = 0) -> Absences:
    agents = SHOP.agents[: len(SHOP.agents) - but]
    return Absences(tuple(Absence(agent.address, first, until) for agent in agents))


def test_while_everybody_is_away_nobody_picks_up_and_nobody_calls() -> None:
    away = all_away(local(2026, 11, 30), local(2026, 12, 2))
    for hour in (8, 10, 12, 20):
        assert told(local(2026, 11, 30, hour), away=away) == ("opens", datetime(2026, 12, 2, 10))
    assert told(local(2026, 12, 2, 11), away=away) == ("picks_up", datetime(2026, 12, 2, 16))
    one_stays = all_away(local(2026, 11, 30), local(2026, 12, 2), but=1)
    assert told(local(2026, 11, 30, 10), away=one_stays) == ("picks_up", datetime(2026, 11, 30, 16))
    silent = replace(SHOP, channels=replace(SHOP.channels, answered=()))
    assert told(local(2026, 11, 30, 10), shop=silent, away=away) is None


def test_who_is_away_for_more_than_a_year_is_promised_by_nobody() -> None:
    away = all_away(local(2026, 11, 30), local(2029, 1, 1))
    assert told(local(2026, 11, 30, 10), away=away) is None


@pytest.mark.parametrize(("answered", "phone"), [((), SHOP.channels.phone), ((), None), (EVERY_DAY, None)])
@pytest.mark.parametrize(
    ("at", "when"),
    [
        (local(2026, 11, 30, 11), datetime(2026, 11, 30, 11, 31)),
        (local(2026, 11, 30, 8), datetime(2026, 11, 30, 10, 30)),
        (local(2026, 11, 30, 20), datetime(2026, 12, 1, 10, 30)),
        (local(2026, 12, 5, 11), datetime(2026, 12, 7, 10, 30)),
    ],
)
def test_without_stated_hours_nothing_is_said_about_the_phone(
    answered: tuple[Any, ...], phone: str | None, at: datetime, when: datetime
) -> None:
    silent = replace(SHOP, channels=replace(SHOP.channels, answered=answered, phone=phone))
    assert told(at, shop=silent) == ("ask", when)
    assert told(at, shop=replace(silent, calls=replace(SHOP.calls, windows=()))) is None


def test_a_phone_opens_by_its_own_hours_and_not_by_those_of_calls() -> None:
    evenings = replace(SHOP, channels=replace(SHOP.channels, answered=(((time(18), time(20)),),) * 7))
    assert told(local(2026, 11, 30, 16, 30), shop=evenings) == ("opens", datetime(2026, 11, 30, 18))
    # The call comes before anybody is at the phone.
    assert told(local(2026, 11, 30, 21), shop=evenings) == ("calls_back", datetime(2026, 12, 1, 10, 30))


@pytest.mark.parametrize("seconds", [1, 30, 59, 60, 61])
def test_before_the_phone_opens_it_opens_today(seconds: int) -> None:
    answered = replace(SHOP, calls=replace(SHOP.calls, windows=()))
    at = local(2026, 11, 30, 10) - timedelta(seconds=seconds)
    assert told(at, shop=answered) == ("opens", datetime(2026, 11, 30, 10))


def test_the_calls_that_wait_are_read_only_where_they_matter() -> None:
    def never() -> frozenset[str]:
        raise AssertionError("nobody needs them")

    def unread(at: datetime, shop: Shop = SHOP) -> None:
        assert line(RuleContext(at.astimezone(UTC), shop, working), never)

    unread(local(2026, 11, 30, 20))
    unread(local(2026, 12, 5, 11))
    unread(local(2026, 11, 30, 11), replace(SHOP, calls=replace(SHOP.calls, windows=())))
    early = replace(SHOP, channels=replace(SHOP.channels, answered=(((time(7), TEN),),) * 7))
    unread(local(2026, 11, 30, 8), early)


def test_a_shop_without_telephone_says_nothing() -> None:
    neither = replace(SHOP, channels=replace(SHOP.channels, answered=()), calls=replace(SHOP.calls, windows=()))
    assert told(local(2026, 11, 30, 11), shop=neither) is None
    answered = replace(SHOP, calls=replace(SHOP.calls, windows=()))
    assert told(local(2026, 11, 30, 11), shop=answered) == ("picks_up", datetime(2026, 11, 30, 16))
    assert told(local(2026, 11, 30, 9), shop=answered) == ("opens", datetime(2026, 11, 30, 10))


def test_a_shop_that_is_never_open_again_says_nothing() -> None:
    assert told(local(2026, 11, 30, 11), holidays=lambda _: "closed for good") is None


@pytest.mark.parametrize(("day", "opens"), [((2026, 3, 29), 8), ((2026, 10, 25), 9)])
def test_on_the_day_on_which_clocks_change_the_wall_clock_counts(day: tuple[int, int, int], opens: int) -> None:
    always = replace(SHOP, channels=replace(SHOP.channels, answered=EVERY_DAY), calls=replace(SHOP.calls, windows=()))
    opening = datetime(*day, opens, tzinfo=UTC)
    for minutes in (-120, -61, -2):
        assert told(opening + timedelta(minutes=minutes), shop=always) == ("opens", datetime(*day, 10))
    assert told(opening, shop=always) == ("picks_up", datetime(*day, 16))
    assert told(opening + timedelta(hours=6, minutes=-2), shop=always) == ("picks_up", datetime(*day, 16))
    assert told(opening + timedelta(hours=6), shop=always) == ("opens", datetime(*day[:2], day[2] + 1, 10))


MOMENTS = st.datetimes(datetime(2026, 3, 20), datetime(2026, 12, 31), timezones=st.just(UTC))
SLOTS = st.lists(st.integers(0, 400), max_size=40)


@given(MOMENTS, SLOTS, st.integers(0, 60), st.booleans(), st.integers(1, 480))
def test_what_is_said_holds_as_long_as_it_may_be_kept(
    at: datetime, halves: list[int], later: int, closed: bool, soon: int
) -> None:
    holidays: Holidays = (lambda day: "closed" if day.day % 3 == 0 else None) if closed else working
    shop = replace(SHOP, calls=replace(SHOP.calls, soon=soon))
    begin = at.replace(minute=0, second=0, microsecond=0) - timedelta(hours=1)
    taken = full(*(begin + half * slots.LENGTH for half in halves))
    said = line(RuleContext(at, shop, holidays), lambda: taken)
    assert said is not None
    read = RuleContext(at + min(timedelta(seconds=later), SAID_FOR), shop, holidays)
    holds(said, read, taken)


def holds(said: Line, read: RuleContext, taken: Collection[str]) -> None:
    """Check the line against the hours, and against the call that would be promised at the moment it is read."""
    shop = read.shop
    phone = WorkingHours(shop.timezone, shop.channels.answered)
    match said.reach:
        case Reach.PICKS_UP:
            rest = said.at - read.at
            assert rest > timedelta(0)
            assert worktime.between(read.at, said.at, phone, read.holidays) == rest, (
                "the phone is answered all the time"
            )
        case Reach.CALLS_BACK:
            promised = slots.soonest(read, taken)
            assert promised is not None
            assert promised.until <= said.at
            assert said.at.second == said.at.microsecond == 0
        case Reach.OPENS:
            # A page that was made in the last minute before is read after it, too.
            assert read.at >= said.at or not worktime.between(read.at, said.at, phone, read.holidays)
            after = said.at + timedelta(minutes=1)
            assert worktime.between(said.at, after, phone, read.holidays)
        case Reach.ASK:
            raise AssertionError("the shop states when its phone is answered")
