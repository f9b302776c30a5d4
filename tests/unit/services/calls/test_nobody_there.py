"""No call is promised for a half hour in which all agents are away."""

from datetime import UTC, date, datetime, timedelta

import pytest

from chalicelib.errors import InvalidFields
from chalicelib.rules.access.absences import Absence, Absences, days_away
from chalicelib.rules.events.calls.call import MissedCall
from chalicelib.services.calls import changing, missing, told
from tests.support.store.fakes import World, world
from tests.unit.services.calls.test_booking import FIRST_SLOT, HOME, book, call_of, clock_of, stored

TODAY, TOMORROW = date(2026, 11, 25), date(2026, 11, 26)


@pytest.fixture
def here() -> World:
    return world()


def away(here: World, first: date, last: date, but: int = 0) -> None:
    """All agents are away on these days, except so many."""
    since, until = days_away(here.shop, first, last)
    gone = here.shop.agents[: len(here.shop.agents) - but]
    absences = Absences(tuple(Absence(agent.address, since, until) for agent in gone), 1)
    assert here.deps.absences.put_absences(here.shop.id, absences, here.clock())


def offered(here: World) -> set[str]:
    return {choice.value for day in told.times(here.deps, here.shop, "en").days for choice in day.choices}


def days_of(ids: set[str]) -> set[date]:
    return {datetime.fromisoformat(id).date() for id in ids}


def test_the_form_offers_the_other_days_only(here: World) -> None:
    assert TOMORROW in days_of(offered(here))
    before = offered(here)
    away(here, TOMORROW, TOMORROW)
    after = offered(here)
    assert TOMORROW not in days_of(after)
    assert after == {id for id in before if datetime.fromisoformat(id).date() != TOMORROW}


def test_while_one_agent_is_there_everything_is_offered(here: World) -> None:
    before = offered(here)
    away(here, TODAY, TOMORROW, but=1)
    assert offered(here) == before


def test_as_soon_as_possible_is_when_somebody_is_back(here: World) -> None:
    away(here, TODAY, TODAY)
    assert clock_of(book(here)).due == datetime(2026, 11, 26, 9, 30, tzinfo=UTC)


def test_who_posts_such_a_half_hour_all_the_same_is_told(here: World) -> None:
    away(here, TODAY, TODAY)
    with pytest.raises(InvalidFields) as refused:
        book(here, slot=FIRST_SLOT)
    assert set(refused.value.codes) == {"slot"}
    assert not here.store.tickets


def test_a_call_is_not_moved_there(here: World) -> None:
    ticket = book(here)
    away(here, TOMORROW, TOMORROW)
    with pytest.raises(InvalidFields) as refused:
        changing.change(here.deps, ticket, "2026-11-26T09:00Z", "", "press", HOME)
    assert set(refused.value.codes) == {"slot"}
    assert call_of(stored(here, ticket)).until == call_of(ticket).until


def test_a_missed_call_is_promised_when_somebody_is_back(here: World) -> None:
    away(here, TODAY, TODAY)
    missing.take(here.deps, here.shop, "own", MissedCall("call-1", "+4915123456789", here.clock.at))
    assert clock_of(here.store.only_ticket()).due == datetime(2026, 11, 26, 9, 30, tzinfo=UTC)


def test_with_nobody_for_all_the_time_that_is_looked_at_nothing_is_offered(here: World) -> None:
    away(here, TODAY, TODAY + timedelta(days=60))
    assert not told.times(here.deps, here.shop, "en").any
    with pytest.raises(InvalidFields) as refused:
        book(here)
    assert set(refused.value.codes) == {"slot"}
