"""Calls that a telephone system tells of: counted once each, and shown as what Spain's law asks for."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.rules.events.calls.call import AnsweredCall, MissedCall
from chalicelib.rules.learning import phone as rules
from chalicelib.services.exports import reporting
from chalicelib.services.learning import phoning
from chalicelib.services.learning.pictures import channels, phone
from chalicelib.services.learning.pictures.picture import Picture
from chalicelib.services.learning.pictures.reading import read
from tests.support.learning.streamed import counted
from tests.support.store.fakes import START, FakeRun, World, world
from tests.unit.services.learning.test_counting_calls import missed, says

DAY = START.date()


@pytest.fixture
def here() -> World:
    return world()


def answered(here: World, id: str, waited: int, at: datetime = START) -> bool:
    return phoning.note_call(here.deps, here.shop.id, "own", AnsweredCall(id, waited, at))


def in_vain(here: World, id: str, at: datetime = START) -> bool:
    return phoning.note_call(here.deps, here.shop.id, "own", MissedCall(id, "+4915123456789", at))


def counts(here: World, day: date = DAY) -> dict[str, int]:
    return {name: n for name, n in here.deps.tallies.days(here.shop.id, day, day).get(day, {}).items() if n}


def seen(here: World, draw: object = phone.by_hour, language: str = "en") -> Picture:
    picture: Picture = draw(read(here.deps, here.shop, language, DAY, DAY))  # type: ignore[operator]
    return picture


@pytest.mark.parametrize(
    ("waited", "became"),
    [(0, "20"), (20, "20"), (21, "60"), (60, "60"), (180, "180"), (181, "300"), (600, "600"), (601, "longer")],
)
def test_by_how_long_the_caller_waited(here: World, waited: int, became: str) -> None:
    answered(here, "one", waited)
    assert counts(here) == {f"phone {became} {START:%H}": 1}


def test_the_same_call_counts_once_whenever_it_is_told(here: World) -> None:
    assert answered(here, "one", 45)
    assert not answered(here, "one", 45)
    assert not answered(here, "one", 900, START + timedelta(days=2))
    assert answered(here, "two", 45)
    assert counts(here) == {f"phone 60 {START:%H}": 2}


def test_another_shop_or_source_has_calls_of_its_own(here: World) -> None:
    answered(here, "one", 45)
    phoning.note_call(here.deps, here.shop.id, "twilio", AnsweredCall("one", 45, START))
    phoning.note_call(here.deps, "another", "own", AnsweredCall("one", 45, START))
    assert counts(here) == {f"phone 60 {START:%H}": 2}


def test_nothing_stored_says_which_call_it_was(here: World) -> None:
    in_vain(here, "call-of-mira")
    stored = repr((here.store.tallied_of, here.store.ticket_days))
    assert "call-of-mira" not in stored
    assert "4915123456789" not in stored


def test_it_counts_on_the_day_on_which_it_was_picked_up(here: World) -> None:
    answered(here, "one", 45, datetime(2026, 11, 24, 23, 59, tzinfo=UTC))
    assert counts(here, date(2026, 11, 24)) == {"phone 60 23": 1}


def test_the_share_of_three_minutes_is_of_all_who_called(here: World) -> None:
    for number, waited in enumerate((5, 20, 100, 180, 181, 700)):
        answered(here, f"call-{number}", waited)
    in_vain(here, "call-7")
    in_vain(here, "call-8")
    hour = f"{START.astimezone(here.shop.hours.zone):%H}"
    shown = seen(here)
    assert shown.rows == ((hour, "8", "4", "2", "2", "0", "50 %"),)
    assert shown.title == (
        "50 per cent of 8 calls reached a person within three minutes: 4. Half of those who were answered waited three "
        "minutes at most. 2 calls were in vain."
    )
    assert seen(here, language="de").title == (
        "50 Prozent von 8 Anrufen erreichten in drei Minuten einen Menschen: 4. Die Hälfte der angenommenen wartete "
        "höchstens drei Minuten. 2 Anrufe waren vergeblich."
    )


def test_who_is_called_back_within_three_minutes_had_a_person(here: World) -> None:
    answered(here, "one", 45)
    ref = missed(here)
    in_vain(here, "call-1")
    here.clock.advance(minutes=2)
    says(here, ref, "reached")
    counted(here)
    assert seen(here).rows[0][1:] == ("2", "1", "0", "1", "1", "100 %")
    ((name, *_, waited, soon, share),) = seen(here, channels.by_number).rows
    assert (name, waited, soon, share) == ("Call back or missed call", "2", "2", "100 %")


def test_calls_in_vain_alone_make_no_share(here: World) -> None:
    in_vain(here, "one")
    shown = seen(here)
    assert not shown.rows
    assert shown.title == "No telephone system told of answered calls in this time."


def test_a_recount_of_tickets_leaves_them_alone(here: World) -> None:
    answered(here, "one", 45)
    in_vain(here, "two")
    event = {"shop": here.shop.id, "from": DAY.isoformat(), "to": DAY.isoformat(), "recount": True}
    assert reporting.report(here.deps, event, FakeRun())["recount"]["agrees"]


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=40))
def test_half_of_the_callers_waited_no_longer_than_the_median_and_half_no_shorter(waits: list[int]) -> None:
    names = [rules.count_of(START, waited).split()[1] for waited in waits]
    places = [rules.CLASSES.index(name) for name in names]
    middle = rules.CLASSES.index(rules.median({name: names.count(name) for name in names}))
    assert 2 * sum(place <= middle for place in places) >= len(waits)
    assert 2 * sum(place < middle for place in places) < len(waits)
