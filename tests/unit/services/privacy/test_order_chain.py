"""Every version of an order that a service commits verifies, and tampering is reported for ever."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import InvalidEvent, NotOpen
from chalicelib.rules.orders.duties.owing import MOST_LOGGED, noted
from chalicelib.rules.orders.order import Order
from chalicelib.rules.privacy import order_chain
from chalicelib.rules.privacy.hash_chain import Verdict
from chalicelib.rules.tickets.log import Action
from chalicelib.services.orders.commits import change
from chalicelib.services.orders.deciding import Decision, decide
from chalicelib.services.orders.posting import send_owed
from chalicelib.services.orders.recording import record
from chalicelib.services.privacy import auditing, order_privacy
from tests.support.orders import made
from tests.support.store import fakes
from tests.support.store.fakes import START, FakeRun, World

HOUR = timedelta(hours=1)
DAYS = {"shop": "northlight", "from": "2026-11-25", "to": "2026-12-31"}
AGENT = "ada@northlight.example"


def lived() -> World:
    """A world with an order that was placed, mailed about, held and released, sent and delivered."""
    world = fakes.world()
    record(world.deps, "northlight", "own", [made.placed()])
    send_owed(world.deps, only(world).ref)
    for decision in (Decision.HOLD, Decision.RELEASE):
        decide(world.deps, only(world), decision, AGENT, "Asked the warehouse.")
    world.clock.advance(hours=5)
    record(world.deps, "northlight", "own", [made.sent(START + HOUR), made.arrived(START + 2 * HOUR)])
    send_owed(world.deps, only(world).ref)
    return world


def only(world: World) -> Order:
    (order,) = world.store.orders.values()
    return order


def verify(world: World, **fields: Any) -> dict[str, Any]:
    return auditing.verify_audit(world.deps, fields or DAYS, FakeRun())


def test_an_untouched_order_verifies_after_each_change() -> None:
    world = lived()
    assert len(only(world).log) >= 2
    assert verify(world) == {"whole": 1, "wrong": 0, "tickets": [], "left_off": None}
    assert verify(world, shop="northlight", reference=only(world).ref)["whole"] == 1


def test_a_log_that_drops_its_oldest_entries_verifies_and_its_chain_goes_on() -> None:
    world = lived()
    first = only(world).log[0]
    for _ in range(MOST_LOGGED + 3):
        change(world.deps, only(world), lambda o, c: replace(noted(o, c, Action.ACTED), version=o.version + 1))
        world.clock.advance(minutes=1)
    assert first not in only(world).log
    assert verify(world)["wrong"] == 0
    cut = replace(only(world), log=only(world).log[1:])
    assert order_chain.verdict(world.deps.secret, cut) is Verdict.ALTERED


TAMPERING: dict[str, Callable[[Order], Order]] = {
    "an entry removed": lambda order: replace(order, log=order.log[1:]),
    "an entry altered": lambda o: replace(o, log=(replace(o.log[0], actor="eve@northlight.example"), *o.log[1:])),
    "an entry added": lambda order: replace(order, log=(*order.log, order.log[-1])),
    "entries exchanged": lambda order: replace(order, log=tuple(reversed(order.log))),
    "an event removed": lambda order: replace(order, events=order.events[:-1]),
    "another price": lambda order: replace(order, events=(made.placed(basket=replace(made.BASKET, total=1)),)),
    "a promise moved": lambda order: replace(order, clocks=order.clocks.without("deliver")),
    "a choice forged": lambda order: replace(order, held_at=START),
    "no head": lambda order: replace(order, log_head=""),
    "another version": lambda order: replace(order, version=order.version + 1),
}


@pytest.mark.parametrize("tamper", TAMPERING.values(), ids=TAMPERING)
def test_tampering_is_reported_also_after_later_changes(tamper: Callable[[Order], Order]) -> None:
    world = lived()
    order = only(world)
    world.store.orders[order.ref] = tamper(order)
    (wrong,) = verify(world)["tickets"]
    assert (wrong["reference"], wrong["log"]) == (order.ref, "altered")
    decide(world.deps, only(world), Decision.SEND_WORD, AGENT)
    assert verify(world)["wrong"] == 1


def test_an_order_in_the_place_of_another_is_reported() -> None:
    world = lived()
    order = only(world)
    world.store.orders["O-00000-00000"] = order
    found = verify(world, shop="northlight", reference="O-00000-00000")
    assert found["wrong"] == 1


def test_an_erasure_rewrites_the_log_and_is_no_tampering() -> None:
    world = lived()
    assert order_privacy.reduce(world.deps, only(world)) == order_privacy.REDUCED
    assert verify(world)["wrong"] == 0


def test_another_shops_order_is_not_verified() -> None:
    world = lived()
    with pytest.raises(InvalidEvent):
        verify(world, shop="kettle", reference=only(world).ref)


def test_another_secret_seals_nothing() -> None:
    world = lived()
    assert order_chain.verdict(fakes.AUDIT_SECRET, only(world)) is Verdict.ALTERED


@given(st.lists(st.sampled_from(list(Decision)), max_size=6))
def test_whatever_agents_decide_the_order_verifies(decisions: list[Decision]) -> None:
    world = fakes.world()
    record(world.deps, "northlight", "own", [made.placed()])
    for decision in decisions:
        try:
            decide(world.deps, only(world), decision, AGENT, "Because.")
        except NotOpen:
            continue
    assert verify(world)["wrong"] == 0
