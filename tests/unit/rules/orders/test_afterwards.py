"""The letters after an order that is done: when they are owed, and to whom no advert goes."""

from dataclasses import replace
from datetime import timedelta
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.rules.orders.duties.afterwards import advert_refusal
from chalicelib.rules.orders.duties.lists import OrderList, place_of
from chalicelib.rules.orders.duties.promising import FOLLOWUP, THANKS
from chalicelib.rules.orders.events import EventKind, OrderEvent
from chalicelib.rules.orders.history import state
from chalicelib.rules.orders.order import Order
from chalicelib.rules.orders.reducing import under_way
from chalicelib.rules.orders.steps import step
from chalicelib.rules.orders.taking import Arrival, take
from chalicelib.rules.policy.model import Adverts
from chalicelib.rules.policy.promises import AdvertBasis
from chalicelib.rules.tickets.clocks import RuleContext
from chalicelib.rules.timing.periods import Period, Unit
from tests.support.orders.made import (
    BASKET,
    REF,
    arrived,
    changed,
    context,
    event,
    events,
    placed,
    purposes,
    refunded,
    sent,
)
from tests.support.store.fakes import START

DAY = timedelta(days=1)
TOLD = replace(BASKET, advert_notice=True)
DIGITAL = replace(TOLD, lines=tuple(replace(line, digital=True) for line in TOLD.lines))
KIND = {"order_thanks", "order_followup"}


def thanking(at: Any = START, basis: AdvertBasis = "existing_customer") -> RuleContext:
    made = context(at, thanks=Period(2, Unit.DAYS), followup=Period(14, Unit.DAYS))
    return replace(made, shop=replace(made.shop, adverts=Adverts(basis)))


def lives(*facts: OrderEvent, basis: AdvertBasis = "existing_customer", days: int = 40) -> Order:
    """The order after these events, each as it happens, and after all its clocks' steps in this time."""
    order: Order | None = None
    for fact in facts:
        order = take(order, [fact], thanking(fact.occurred_at, basis), Arrival(REF, "events"))
    assert order
    while (at := order.clocks.next_step) and at <= START + days * DAY:
        order = step(order, thanking(at, basis)) or order
    return order


def kind_letters(order: Order) -> list[tuple[str, int]]:
    """The letters after the order, each with the days since it was placed."""
    return [(each.purpose, (each.owed_at - START).days) for each in order.letters if each.purpose in KIND]


def test_a_delivered_order_is_thanked_for_once_and_followed_up_once() -> None:
    order = lives(placed(basket=TOLD), sent(START + DAY), arrived(START + 2 * DAY))
    assert kind_letters(order) == [("order_thanks", 4), ("order_followup", 16)]
    assert order.clocks.only(THANKS, FOLLOWUP) == order.clocks.only()


def test_a_digital_order_is_thanked_for_after_its_payment() -> None:
    order = lives(placed(basket=DIGITAL), event(EventKind.PAID, START + DAY))
    assert kind_letters(order) == [("order_thanks", 3), ("order_followup", 15)]


def test_they_hold_up_neither_an_erasure_nor_the_desk() -> None:
    order = replace(lives(placed(basket=TOLD), sent(START), arrived(START), days=0), outbox=None)
    assert order.clocks.named(THANKS)
    assert not under_way(order)
    assert place_of(order) is OrderList.DONE


@pytest.mark.parametrize(
    "fact",
    [
        refunded(START + DAY, 100),
        event(EventKind.RETURNED, START + DAY),
        event(EventKind.CANCELLED, START + DAY),
        changed(START + DAY, replace(BASKET, buyer=replace(BASKET.buyer, address=""))),
    ],
    ids=["refunded", "returned", "cancelled", "without an address"],
)
def test_what_did_not_go_well_is_not_thanked_for(fact: OrderEvent) -> None:
    order = lives(placed(basket=TOLD), sent(START), arrived(START), fact)
    assert kind_letters(order) == []
    assert not any(purpose == "order_task no_address" for purpose in purposes(order))


def test_old_news_of_a_delivery_makes_neither() -> None:
    facts = (placed(basket=TOLD), sent(START), arrived(START))
    order = take(None, facts, thanking(START + 4 * DAY), Arrival(REF, "events"))
    assert not order.clocks.only(THANKS, FOLLOWUP)


@pytest.mark.parametrize(("basis", "basket"), [("none", TOLD), ("existing_customer", BASKET), ("consent", TOLD)])
def test_without_its_basis_only_the_service_letter_is_written(basis: AdvertBasis, basket: Any) -> None:
    order = lives(placed(basket=basket), sent(START), arrived(START), basis=basis)
    assert kind_letters(order) == [("order_followup", 14)]


def test_what_a_later_version_of_the_order_says_of_notice_and_consent_does_not_count() -> None:
    consented = replace(BASKET, advert_consent=True, advert_notice=True)
    known = state([placed(), changed(START + DAY, consented)])
    for basis in get_args(AdvertBasis):
        assert advert_refusal(known, thanking(basis=basis).shop)


@given(st.lists(events, max_size=8), st.sampled_from(get_args(AdvertBasis)))
def test_no_life_has_more_than_one_of_each_or_an_advert_without_its_basis(
    facts: list[OrderEvent], basis: AdvertBasis
) -> None:
    order = lives(placed(), *facts, basis=basis)
    written = [purpose for purpose, _ in kind_letters(order)]
    assert len(written) == len(set(written))
    assert "order_thanks" not in written
