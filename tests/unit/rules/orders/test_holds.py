"""Orders that are held, and what people decide about them."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import NotOpen
from chalicelib.rules.orders import holds
from chalicelib.rules.orders.choices import choose
from chalicelib.rules.orders.duties.lists import OrderList, due_of, place_of
from chalicelib.rules.orders.duties.prices import LEAST_SALES, MOST_SALES, suspected, watched, with_sale
from chalicelib.rules.orders.duties.promising import CONFIRM, DISPATCH, PRICE_ERROR, decided
from chalicelib.rules.orders.events import EventKind
from chalicelib.rules.orders.order import Choice, Hold, Order
from chalicelib.rules.orders.steps import step
from chalicelib.rules.orders.taking import Arrival, take
from chalicelib.rules.tickets.clocks import REFUND
from chalicelib.rules.tickets.outbox import Purpose
from tests.support.orders.made import (
    BASKET,
    BULB,
    LAMP,
    REF,
    arrived,
    context,
    event,
    out_of_stock,
    placed,
    purposes,
    refunded,
    sent,
    taken,
)  # fmt: skip
from tests.support.store.fakes import START

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
BEA = "bea@northlight.example"
PAID = event(EventKind.PAID, START)
LATER = context(START + HOUR)


def held(**terms: Any) -> Order:
    return take(None, [placed(), PAID], context(START, **terms), Arrival(REF, "events", suspected=("LAMP-1",)))


def told(order: Order) -> Order:
    return replace(order, outbox=None)


# What people decide ---------------------------------------------------------------------------------------------------


def test_a_released_order_gets_the_confirmation_that_was_held_back() -> None:
    order = holds.release(told(held()), BEA, "A sale", LATER)
    assert (order.hold, order.held_at, order.version) == (None, None, 2)
    assert purposes(order)[-1] == Purpose.ORDER_CONFIRMED
    assert not order.clocks.unmet.named(PRICE_ERROR)
    assert [(entry.actor, entry.detail) for entry in order.log][-1] == (BEA, 'act=release reason="A sale"')


def test_released_before_anything_was_sent_it_is_confirmed_only() -> None:
    order = holds.release(held(), BEA, "", LATER)
    assert order.outbox
    assert [(mail.purpose, mail.about) for mail in order.outbox.owed()][1:] == [(Purpose.ORDER_CONFIRMED, "")]


def test_a_wrong_price_is_told_and_what_was_paid_is_owed_back() -> None:
    order = holds.price_error(told(held()), BEA, "A typing error", LATER)
    assert purposes(order)[-1] == "order_price_error l1"
    assert (order.letters[-1].about, order.hold_reason) == ("l1", "LAMP-1")
    several = replace(held(), hold_reason="LAMP-1, BULB-1")
    assert holds.price_error(several, BEA, "Both", LATER).letters[-1].about == ""
    assert order.hold is Hold.PRICE_CHECK
    refund = order.clocks.named(REFUND)
    assert refund
    assert refund.due == START + HOUR + 14 * DAY
    assert {clock.name for clock in order.clocks.unmet} == {REFUND, "retain"}
    for decide in (holds.price_error, holds.release):
        with pytest.raises(NotOpen):
            decide(order, BEA, "again", LATER)
    back = taken(refunded(START + DAY, BASKET.total), at=START + DAY, order=order)
    assert place_of(back) is OrderList.DONE


def test_after_the_time_to_decide_a_wrong_price_needs_a_reason() -> None:
    late = context(START + 3 * DAY)
    with pytest.raises(NotOpen):
        holds.price_error(held(), BEA, " ", late)
    assert decided(holds.price_error(held(), BEA, "Bea was ill", late))


def test_the_time_to_decide_is_escalated() -> None:
    order = told(held())
    due = order.clocks.named(PRICE_ERROR)
    assert due
    assert due.due == START + DAY
    after = step(order, context(due.due))
    assert after
    assert "order_task price_error due" in purposes(after)


def test_where_the_shop_confirms_a_held_order_gets_no_letter_of_ours() -> None:
    order = held(confirmation="shop")
    assert purposes(order) == ["order_task price_check"]
    released = holds.release(order, BEA, "", context(START + HOUR, confirmation="shop"))
    assert purposes(released) == ["order_task price_check"]


def test_an_agent_holds_an_order_while_its_promises_run_on() -> None:
    order = holds.hold(told(taken(placed())), BEA, "The address is unclear", LATER)
    assert (order.hold, order.hold_reason) == (Hold.BY_AGENT, "The address is unclear")
    assert order.clocks.unmet.named(DISPATCH)
    with pytest.raises(NotOpen):
        holds.hold(order, BEA, "", LATER)
    freed = holds.release(order, BEA, "", LATER)
    assert purposes(freed) == purposes(order)
    with pytest.raises(NotOpen):
        holds.release(freed, BEA, "", LATER)


def test_a_refund_is_noted_once_if_one_is_owed() -> None:
    order = taken(event(EventKind.CANCELLED, START + HOUR), at=START + HOUR, order=taken(placed(), PAID))
    done = holds.note_refunded(order, BEA, "By bank transfer", LATER)
    assert not done.clocks.unmet.named(REFUND)
    for other in (done, taken(placed())):
        with pytest.raises(NotOpen):
            holds.note_refunded(other, BEA, "", LATER)


def test_an_agent_sends_a_word() -> None:
    order = holds.send_word(told(taken(placed())), BEA, LATER)
    assert purposes(order)[-1] == "order_status asked"
    with pytest.raises(NotOpen):
        holds.send_word(taken(sent(START)), BEA, LATER)


# The price sentinel ---------------------------------------------------------------------------------------------------

PRICES = st.integers(1, 10**6)


@given(st.lists(PRICES, min_size=LEAST_SALES, max_size=MOST_SALES), PRICES)
def test_a_price_is_unusual_below_half_and_above_twice_the_median(sales: list[int], price: int) -> None:
    basket = replace(BASKET, lines=(replace(LAMP, unit_price=price),))
    found = suspected(basket, {"LAMP-1": sales})
    middle = sorted(sales)[len(sales) // 2] if len(sales) % 2 else sum(sorted(sales)[len(sales) // 2 - 1 :][:2]) / 2
    assert bool(found) == (price < middle / 2 or price > middle * 2)
    assert suspected(basket, {"LAMP-1": sales[: LEAST_SALES - 1]}) == suspected(basket, {}) == ()


@given(PRICES, PRICES)
def test_a_tenfold_difference_from_the_catalogue_is_suspected(price: int, stated: int) -> None:
    basket = replace(BASKET, lines=(replace(LAMP, unit_price=price),))
    assert bool(suspected(basket, {}, {"LAMP-1": stated})) == (price * 10 <= stated or price >= stated * 10)


def test_lines_without_a_sku_and_gifts_are_not_watched() -> None:
    basket = replace(BASKET, lines=(replace(LAMP, sku=""), BULB))
    assert watched(basket) == {"BULB-1": 900}
    assert suspected(basket, {"BULB-1": [0] * 9}) == ()


def test_the_last_twenty_sales_are_remembered() -> None:
    sales: tuple[int, ...] = ()
    for price in range(30):
        sales = with_sale(sales, price)
    assert sales == tuple(range(10, 30))


# The desk's lists -----------------------------------------------------------------------------------------------------


def test_each_order_is_in_the_list_that_says_what_is_to_do() -> None:
    order = told(taken(placed(), PAID))
    assert place_of(order) is OrderList.OPEN
    assert place_of(taken(sent(START))) is OrderList.UNKNOWN
    assert place_of(held()) is OrderList.HELD
    gone = taken(out_of_stock(START + HOUR), at=START + HOUR, order=order)
    assert place_of(gone) is OrderList.CHOICE
    late = step(order, context(START + 2 * DAY + HOUR))
    assert late
    assert place_of(late) is OrderList.LATE
    confirmed = replace(order, clocks=order.clocks.without(CONFIRM, DISPATCH))
    silent = step(confirmed, context(START + 8 * DAY))
    assert silent
    assert place_of(silent) is OrderList.SILENT
    done = taken(sent(START), arrived(START + HOUR), at=START + HOUR, order=confirmed)
    assert place_of(done) is OrderList.DONE
    cancelled = taken(event(EventKind.CANCELLED, START + HOUR), at=START + HOUR, order=order)
    assert place_of(cancelled) is OrderList.OPEN  # the money is owed back
    chosen = choose(gone, "l1", Choice.CANCEL, "", LATER)
    ended = replace(chosen, clocks=chosen.clocks.without("choice-l1"))
    assert place_of(ended) is OrderList.TO_DO


def test_a_list_is_sorted_by_the_earliest_promise() -> None:
    order = taken(placed())
    confirm = order.clocks.named(CONFIRM)
    assert confirm
    assert due_of(order) == confirm.due
    done = taken(sent(START), arrived(START + HOUR), at=START + HOUR, order=order)
    assert due_of(done) == START
