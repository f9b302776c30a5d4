"""Recording what a shop's system says about its orders."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.errors import UnknownShop
from chalicelib.external.catalogue_files import CatalogueFiles
from chalicelib.rules.orders.duties.prices import LEAST_SALES
from chalicelib.rules.orders.events import EventKind, OrderEvent
from chalicelib.rules.orders.history import state
from chalicelib.rules.orders.keeping import MOST_EVENTS
from chalicelib.rules.orders.order import Hold, Order
from chalicelib.services.operations import source_checks
from chalicelib.services.orders.commits import is_order, ref_of
from chalicelib.services.orders.recording import Recorded, record
from chalicelib.services.ports.conflicts import VersionConflict
from tests.support.orders.made import BASKET, LAMP, NUMBER, arrived, changed, event, events, placed, refunded, sent
from tests.support.store.fakes import START, World, world

HOUR = timedelta(hours=1)
CONFIRMED = event(EventKind.CONFIRMED, START + HOUR)


def recorded(here: World, *some: OrderEvent) -> Recorded:
    return record(here.deps, "northlight", "events", some)


def only(here: World) -> Order:
    (order,) = here.store.orders.values()
    return order


def test_an_order_is_recorded_under_a_reference_derived_from_shop_and_number(world: World) -> None:
    assert recorded(world, placed()) is Recorded.APPLIED
    order = only(world)
    assert order.ref == ref_of(world.deps, "northlight", NUMBER) == ref_of(world.deps, "northlight", " #1001")
    assert order.ref != ref_of(world.deps, "kettle", NUMBER)
    assert is_order(order.ref)
    assert not is_order("NL-7K3F9-QXMT2")
    assert (order.shop, order.number, order.source) == ("northlight", NUMBER, "events")


def test_each_outcome_is_named(world: World) -> None:
    world.clock.advance(hours=9)
    assert recorded(world, sent(START)) is Recorded.UNKNOWN_ORDER
    assert recorded(world, placed()) is Recorded.APPLIED
    assert recorded(world, placed()) is Recorded.DUPLICATE
    assert recorded(world, changed(START + 2 * HOUR, total=1)) is Recorded.APPLIED
    assert recorded(world, changed(START + HOUR, total=2)) is Recorded.OUT_OF_ORDER
    assert recorded(world, replace(placed(), number=" ")) is Recorded.REFUSED
    assert recorded(world) is Recorded.REFUSED
    assert recorded(world, placed(), changed(START + 3 * HOUR, total=3)) is Recorded.APPLIED
    many = [event(EventKind.RETURNED, START, reason=str(n)) for n in range(MOST_EVENTS)]
    before = only(world)
    assert recorded(world, *many) is Recorded.REFUSED
    assert only(world) == before


def test_events_of_several_orders_are_recorded_each_on_its_own(world: World) -> None:
    assert recorded(world, placed(), replace(placed(), number="1002", id="x")) is Recorded.APPLIED
    assert {order.number for order in world.store.orders.values()} == {"1001", "1002"}


def test_a_shop_that_is_not_there_records_nothing(world: World) -> None:
    with pytest.raises(UnknownShop):
        record(world.deps, "nobody", "events", [placed()])


@settings(max_examples=25)
@given(st.lists(events, max_size=6), st.data())
def test_an_order_comes_to_the_same_in_whatever_order_and_however_often_its_events_arrive(
    some: list[OrderEvent], data: st.DataObject
) -> None:
    found = []
    for arriving in ([placed(), *some], data.draw(st.permutations([placed(), *some, *some]))):
        here = world()
        here.clock.advance(hours=13)
        for each in arriving:
            recorded(here, each)
        found.append(state(only(here).events))
    assert found[0] == found[1]


def test_two_writers_at_once_lose_no_event(world: World) -> None:
    recorded(world, placed())
    meanwhile = [refunded(START, 100)]

    def interfere(order: Order) -> None:
        if meanwhile:
            other = meanwhile.pop()
            recorded(world, other)

    world.store.before_order = interfere
    recorded(world, sent(START))
    assert {each.kind for each in only(world).events} == {EventKind.PLACED, EventKind.REFUNDED, EventKind.SENT}


def test_a_race_that_never_ends_is_an_error(world: World) -> None:
    def lose(order: Order) -> None:
        raise VersionConflict(order.ref)

    world.store.before_order = lose
    with pytest.raises(VersionConflict):
        recorded(world, placed())


# The price sentinel ---------------------------------------------------------------------------------------------------


def sells(here: World, number: str, price: int, currency: str = "EUR") -> Order:
    basket = replace(BASKET, lines=(replace(LAMP, unit_price=price),), currency=currency)
    one = replace(placed(basket=basket), number=number, id=f"placed-{number}")
    recorded(here, one)
    return here.store.orders[ref_of(here.deps, "northlight", number)]


def test_an_unusual_price_holds_the_order_and_does_not_become_usual(world: World) -> None:
    for number in range(LEAST_SALES):
        assert sells(world, f"A{number}", 20_000).hold is None
    for number in range(LEAST_SALES):
        assert sells(world, f"B{number}", 200).hold is Hold.PRICE_CHECK
    assert sells(world, "C", 200, "CHF").hold is None
    assert sells(world, "D", 19_000).hold is None
    assert world.store.sold["northlight", "EUR", "LAMP-1"] == (*[20_000] * LEAST_SALES, 19_000)


def test_a_price_far_from_the_catalogues_holds_the_order(world: World, tmp_path: Path) -> None:
    (tmp_path / "northlight.csv").write_text("sku,name,unit_price,currency\nLAMP-1,Lamp Ada,490.00,EUR\n")
    world.deps = replace(world.deps, catalogue=CatalogueFiles(tmp_path))
    assert sells(world, "A", 4_900).hold is Hold.PRICE_CHECK
    assert sells(world, "B", 5_000).hold is None


def test_of_two_sales_at_once_none_is_lost(world: World) -> None:
    meanwhile = [19_000, 18_000]

    def interfere() -> None:
        if meanwhile:
            price = meanwhile.pop()
            sells(world, f"meanwhile-{price}", price)

    world.store.before_sales = interfere
    sells(world, "A", 20_000)
    assert sorted(world.store.sold["northlight", "EUR", "LAMP-1"]) == [18_000, 19_000, 20_000]


def test_only_a_new_order_is_a_sale(world: World) -> None:
    sells(world, "A", 20_000)
    again = replace(BASKET, lines=(replace(LAMP, unit_price=1),))
    recorded(world, replace(changed(START + HOUR, again), number="A"))
    assert world.store.sold["northlight", "EUR", "LAMP-1"] == (20_000,)


# Heard of too late ----------------------------------------------------------------------------------------------------


def test_an_order_that_came_too_late_to_be_confirmed_is_named_by_health(world: World) -> None:
    world.clock.advance(days=4)
    recorded(world, placed())
    assert only(world).letters == ()
    (found,) = source_checks.heard_late(world.deps)
    assert "1 orders of northlight" in found[0]
    assert only(world).ref in found[0]
    recorded(world, changed(START + HOUR, total=1))
    assert len(list(source_checks.heard_late(world.deps))) == 1
    world.clock.advance(days=3)
    assert list(source_checks.heard_late(world.deps)) == []


@pytest.mark.parametrize(
    ("days", "more"), [(0, ()), (4, (sent(START + HOUR), arrived(START + 2 * HOUR))), (4, (CONFIRMED,))]
)
def test_one_in_time_over_or_confirmed_by_the_shop_is_not(
    world: World, days: int, more: tuple[OrderEvent, ...]
) -> None:
    world.clock.advance(days=days)
    recorded(world, placed(), *more)
    assert list(source_checks.heard_late(world.deps)) == []
