"""Calls that a telephone system tells of: counted once each, and shown as what Spain's law asks for."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.rules.events.calls.call import AnsweredCall, MissedCall
from chalicelib.rules.learning import phone as rules
from chalicelib.services.exports import reporting
from chalicelib.services.learning import phoning
from chalicelib.services.learning.pictures import phone
from chalicelib.services.learning.pictures.picture import Picture
from chalicelib.services.learning.pictures.reading import read
from tests.support.store.fakes import START, FakeRun, World, world

DAY = START.date()


@pytest.fixture
def here() -> World:
    return world()


def answered(here: World, id: str, waited: int, at: datetime = START) -> bool:
    return phoning.note_call(here.deps, here.shop.id, "own", AnsweredCall(id, waited, at))


def in_vain(here: World, id: str, at: datetime = START) -> bool:
    return phoning.note_call(here.deps, here.shop.id, "own", MissedCall(id, "+4915123456789", at, 95))


def counts(here: World, day: date = DAY) -> dict[str, int]:
    return {name: n for name, n in here.deps.tallies.days(here.shop.id, day, day).get(day, {}).items() if n}


def seen(here: World, language: str = "en") -> Picture:
    return phone.by_hour(read(here.deps, here.shop, language, DAY, DAY))


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


def test_a_call_that_rang_in_vain_and_was_then_answered_is_answered(here: World) -> None:
    assert in_vain(here, "one")
    assert answered(here, "one", 45, START + timedelta(hours=1))
    assert not in_vain(here, "one")
    assert not answered(here, "one", 900)
    assert counts(here) == {f"phone 60 {START + timedelta(hours=1):%H}": 1}


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
    assert shown.rows == ((hour, "8", "4", "2", "2", "50 %"),)
    assert shown.title == (
        "A person answered 4 of 8 calls within three minutes (50 per cent). The median wait of answered calls was "
        "three minutes at most. 2 callers gave up."
    )
    assert seen(here, language="de").title == (
        "Innerhalb von drei Minuten nahm ein Mensch 4 von 8 Anrufen an (50 Prozent). Die mittlere Wartezeit (Median) "
        "der angenommenen betrug höchstens drei Minuten. 2 Anrufer gaben auf."
    )


def test_a_share_just_below_what_the_law_asks_is_not_rounded_up_to_it(here: World) -> None:
    here.store.ticket_days[here.shop.id, DAY] = Counter({"phone 20 09": 949, "phone 300 09": 51})
    shown = seen(here)
    assert shown.rows[0][-1] == "94 %"
    assert "(94 per cent)" in shown.title


@pytest.mark.parametrize("language", ["en", "de"])
def test_one_call_and_none(here: World, language: str) -> None:
    in_vain(here, "call-1")
    answered(here, "call-2", 700)
    assert "gab auf" in seen(here, language="de").title
    assert "One caller gave up." in seen(here).title
    assert "{" not in seen(here, language=language).title


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
    names = [rules.count_of(START, waited, answered=True).split()[1] for waited in waits]
    places = [rules.CLASSES.index(name) for name in names]
    middle = rules.CLASSES.index(rules.median({name: names.count(name) for name in names}))
    assert 2 * sum(place <= middle for place in places) >= len(waits)
    assert 2 * sum(place < middle for place in places) < len(waits)
