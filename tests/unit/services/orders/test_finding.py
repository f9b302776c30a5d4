"""Looking for an order: the same requests to the table whether or not there is one, and limits."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.errors import RateLimited
from chalicelib.rules.orders.order import Order
from chalicelib.rules.tickets.outbox import Purpose
from chalicelib.services.orders import finding
from chalicelib.services.orders.commits import ref_of
from tests.support.orders import made
from tests.support.store.fakes import World, world


@pytest.fixture
def w() -> World:
    w = world()
    order = replace(made.taken(made.placed(w.clock.at)), ref=ref_of(w.deps, "northlight", "1001"), version=1)
    w.store.commit_order(order)
    return w


def found(w: World) -> Order:
    (order,) = w.store.orders.values()
    return order


def links(w: World) -> int:
    return sum(letter.purpose == Purpose.ORDER_LINK for letter in found(w).letters)


def counted(w: World, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is asked of the table from now on: reads, and writes of either kind."""
    asked: list[str] = []

    def noting(name: str, then: Callable[..., Any]) -> Callable[..., Any]:
        def noted(*args: Any, **more: Any) -> Any:
            asked.append(name)
            return then(*args, **more)

        return noted

    for kind, name in (("read", "order"), ("write", "commit_order"), ("write", "count")):
        monkeypatch.setattr(w.store, name, noting(kind, getattr(w.store, name)))
    return asked


def test_it_takes_as_many_requests_whether_or_not_there_is_such_an_order(
    w: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = counted(w, monkeypatch)
    seen = set()
    for number, address in (("1001", made.MIRA), ("1002", made.MIRA), ("1001", "eve@example.com")):
        asked.clear()
        finding.find(w.deps, w.shop, number, address, "192.0.2.7")
        seen.add(tuple(asked))
    assert seen == {("write", "read", "write")}
    assert links(w) == 1


def test_many_tries_from_one_place_are_refused(w: World) -> None:
    for number in range(30):
        finding.find(w.deps, w.shop, str(number), f"mira{number}@example.com", "192.0.2.7")
    with pytest.raises(RateLimited):
        finding.find(w.deps, w.shop, "1001", made.MIRA, "192.0.2.7")
    finding.find(w.deps, w.shop, "1001", made.MIRA, "198.51.100.7")
    assert links(w) == 1


def test_an_address_gets_few_links_from_however_many_places(w: World) -> None:
    sent = 0
    for number in range(20):
        finding.find(w.deps, w.shop, "1001", made.MIRA, f"198.51.{number}.7")
        order = found(w)
        sent += bool(order.outbox and order.outbox.owes(Purpose.ORDER_LINK))
        w.store.commit_order(replace(order, outbox=None, version=order.version + 1))
    assert sent == 6
    assert links(w) == 1, "an order does not remember every link it sent"


def test_an_order_of_another_shop_is_not_found(w: World) -> None:
    finding.find(w.deps, w.deps.policy.shop("kettle"), "1001", made.MIRA, "192.0.2.7")
    assert links(w) == 0
