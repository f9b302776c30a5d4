"""What is said about the chat right now agrees with its hours, with who is there, and with who is away."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.rules.access.absences import Absence, Absences
from chalicelib.rules.chats.lines import is_open_at
from chalicelib.rules.chats.right_now import ChatReach, chat_line
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.tickets.clocks import RuleContext
from chalicelib.rules.timing.opening_times import SAID_FOR
from chalicelib.rules.timing.periods import Holidays
from tests.support import shops

# Its chat is answered from 10 to 16 h in Berlin, which is an hour ahead in winter.
SHOP = shops.policy().shop("northlight")
ADA = SHOP.agents[0].address

NOBODY = Absences()


def working(_: date) -> None: ...


def local(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=SHOP.hours.zone)  # type: ignore[misc, arg-type]


def told(
    at: datetime,
    present: tuple[str, ...] = (ADA,),
    running: int = 0,
    shop: Shop = SHOP,
    holidays: Holidays = working,
    away: Absences = NOBODY,
) -> tuple[str, datetime | None] | None:
    said = chat_line(RuleContext(at.astimezone(UTC), shop, holidays), lambda: present, lambda: running, away)
    when = said.at.astimezone(shop.hours.zone).replace(tzinfo=None) if said and said.at else None
    return (said.reach, when) if said else None


@pytest.mark.parametrize(
    ("at", "present", "running", "said"),
    [
        (local(2026, 11, 30, 10), (ADA,), 3, ("answers", datetime(2026, 11, 30, 16))),
        # As many chats as one agent may have.
        (local(2026, 11, 30, 10), (ADA,), 4, None),
        (local(2026, 11, 30, 10), (ADA, "b@example.com"), 4, ("answers", datetime(2026, 11, 30, 16))),
        (local(2026, 11, 30, 10), (), 0, ("nobody", None)),
        # In the last minute a page would say for too long that somebody answers.
        (local(2026, 11, 30, 15, 59), (ADA,), 0, ("opens", datetime(2026, 12, 1, 10))),
        (local(2026, 11, 30, 9, 59, 59), (ADA,), 0, ("opens", datetime(2026, 11, 30, 10))),
        (local(2026, 12, 4, 17), (ADA,), 0, ("opens", datetime(2026, 12, 7, 10))),
    ],
)
def test_the_line_of_a_moment(
    at: datetime, present: tuple[str, ...], running: int, said: tuple[str, datetime | None] | None
) -> None:
    assert told(at, present, running) == said


def test_holidays_and_days_on_which_everybody_is_away_are_passed_by() -> None:
    def holiday(day: date) -> str | None:
        return "a holiday" if day == date(2026, 12, 1) else None

    away = Absences(tuple(Absence(a.address, local(2026, 12, 2), local(2026, 12, 3)) for a in SHOP.agents))
    assert told(local(2026, 11, 30, 17), holidays=holiday) == ("opens", datetime(2026, 12, 2, 10))
    assert told(local(2026, 11, 30, 17), holidays=holiday, away=away) == ("opens", datetime(2026, 12, 3, 10))
    assert told(local(2026, 11, 30, 17), holidays=lambda _: "closed for good") is None


def test_a_shop_without_chat_says_nothing_and_nobody_is_asked() -> None:
    def never() -> tuple[str, ...]:
        raise AssertionError("nobody needs them")

    silent = replace(SHOP, chat=replace(SHOP.chat, hours=((),) * 7))
    assert told(local(2026, 11, 30, 11), shop=silent) is None
    night = RuleContext(local(2026, 11, 30, 20).astimezone(UTC), SHOP, working)
    assert chat_line(night, never, lambda: 0, Absences())


@given(
    at=st.datetimes(datetime(2026, 3, 20), datetime(2026, 12, 31), timezones=st.just(UTC)),
    later=st.integers(0, 60),
    here=st.booleans(),
    closed=st.booleans(),
)
def test_it_holds_as_long_as_it_is_said(at: datetime, later: int, here: bool, closed: bool) -> None:
    holidays: Holidays = (lambda day: "closed" if day.day % 3 == 0 else None) if closed else working
    said = chat_line(RuleContext(at, SHOP, holidays), lambda: (ADA,) if here else (), lambda: 0, Absences())
    read = RuleContext(at + min(timedelta(seconds=later), SAID_FOR), SHOP, holidays)
    assert said is not None
    if said.reach is ChatReach.OPENS:
        assert said.at is not None
        assert is_open_at(replace(read, at=said.at))
        assert read.at >= said.at or not is_open_at(
            replace(read, at=max(said.at - timedelta(seconds=1), at + SAID_FOR))
        )
    else:
        assert is_open_at(read)
        assert (said.reach is ChatReach.ANSWERS) == here
