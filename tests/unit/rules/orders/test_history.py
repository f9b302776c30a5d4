"""What an order's events come to does not depend on when they arrive, or how often."""

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.rules.orders.events import EventKind, LinePart, OrderEvent, Parcel
from chalicelib.rules.orders.history import in_order, state
from chalicelib.rules.orders.state import ParcelStatus, Status
from tests.support.orders.made import (
    BASKET,
    BULB,
    LAMP,
    arrived,
    changed,
    event,
    events,
    out_of_stock,
    placed,
    refunded,
    sent,
)
from tests.support.store.fakes import START

HOUR = timedelta(hours=1)


@given(st.data())
def test_neither_order_nor_repetition_of_events_changes_the_state(data: st.DataObject) -> None:
    some = data.draw(st.lists(events, max_size=12))
    twice = data.draw(st.lists(st.sampled_from(some), max_size=5)) if some else []
    again = data.draw(st.permutations(some + twice))
    assert state(again) == state(some)
    assert in_order(again) == in_order(some)


@given(st.lists(events, max_size=14))
def test_a_state_never_says_more_than_was_ordered(some: list[OrderEvent]) -> None:
    found = state(some)
    for line in found.lines:
        assert line.delivered <= line.sent
        assert 0 <= line.returned <= line.line.quantity
        assert 0 <= line.to_come <= line.line.quantity
    assert (found.basket is None) == (found.status is Status.UNKNOWN)
    assert not found.delivered_at or found.status in (Status.DELIVERED, Status.CANCELLED)
    assert found.refunded == sum(refund.amount for refund in found.refunds)


def test_the_newest_snapshot_holds_and_an_older_one_overwrites_nothing() -> None:
    newest = changed(START + 2 * HOUR, total=1)
    found = state([newest, changed(START + HOUR, total=2), placed()])
    assert (found.basket, found.first_basket) == (newest.basket, placed().basket)
    assert found.changed_at == START + 2 * HOUR


def test_a_snapshot_that_equals_the_one_before_is_no_change() -> None:
    assert state([placed(), changed(START + HOUR)]).changed_at is None
    there_and_back = [placed(), changed(START + HOUR, total=1), changed(START + 2 * HOUR)]
    assert state(there_and_back).changed_at == START + 2 * HOUR


def test_a_changed_order_of_which_the_placing_never_came_was_placed() -> None:
    found = state([changed(START)])
    assert (found.status, found.first_basket) == (Status.PLACED, BASKET)


def test_events_before_the_order_itself_are_kept_for_it() -> None:
    assert state([sent(START)]).status is Status.UNKNOWN
    assert state([sent(START), placed()]).status is Status.SENT


def test_an_order_is_placed_before_what_else_its_source_wrote_with_the_same_second() -> None:
    first = replace(changed(START, total=1), id="a")
    assert state([first, replace(placed(), id="b")]).basket == first.basket


def test_an_order_is_partly_sent_until_its_last_piece_is() -> None:
    one = sent(START + HOUR, lines=[("l1", 1)])
    found = state([placed(), one])
    assert found.status is Status.PARTLY_SENT
    assert [(line.sent, line.to_come) for line in found.lines] == [(1, 1), (0, 1)]
    rest = sent(START + 2 * HOUR, "p2")
    found = state([placed(), rest, one])
    assert found.status is Status.SENT
    assert [parcel.lines for parcel in found.parcels] == [(("l1", 1),), (("l1", 1), ("l2", 1))]


def test_an_order_is_delivered_when_its_last_parcel_is() -> None:
    both = [placed(), sent(START + HOUR, lines=[("l1", None)]), sent(START + HOUR, "p2", [("l2", None)])]
    one = [*both, arrived(START + 3 * HOUR, "p2")]
    assert state(one).status is Status.SENT
    found = state([*one, arrived(START + 5 * HOUR)])
    assert (found.status, found.delivered_at) == (Status.DELIVERED, START + 5 * HOUR)


def test_a_delivery_that_is_told_without_the_sending_counts_for_both() -> None:
    found = state([placed(), arrived(START + HOUR)])
    assert (found.status, found.parcels[0].sent_at) == (Status.DELIVERED, START + HOUR)


def test_a_late_scan_does_not_undo_a_delivery_and_a_second_try_follows_a_failure() -> None:
    failed = event(EventKind.FAILED, START + 2 * HOUR, parcel=Parcel("p1", status="nobody at home"))
    moved = event(EventKind.MOVED, START + 3 * HOUR, parcel=Parcel("p1", status="on the road"))
    found = state([placed(), sent(START + HOUR), failed])
    assert (found.parcels[0].status, found.parcels[0].word) == (ParcelStatus.FAILED, "nobody at home")
    found = state([placed(), sent(START + HOUR), failed, moved])
    assert (found.parcels[0].status, found.parcels[0].moved_at) == (ParcelStatus.SENT, START + 3 * HOUR)
    found = state([placed(), sent(START + HOUR), arrived(START + 2 * HOUR), moved])
    assert found.parcels[0].status is ParcelStatus.DELIVERED


def test_nothing_of_a_digital_order_is_sent() -> None:
    digital = replace(BASKET, lines=(replace(LAMP, digital=True),))
    found = state([placed(basket=digital), event(EventKind.PAID, START + HOUR)])
    assert (found.status, found.lines[0].to_come, found.paid_at) == (Status.PLACED, 0, START + HOUR)


def test_a_line_is_out_of_stock_until_it_comes_back_or_is_substituted() -> None:
    gone = out_of_stock(START + HOUR)
    assert state([placed(), gone]).lines[0].stock == gone.stock
    back = event(EventKind.BACK_IN_STOCK, START + 2 * HOUR, stock=gone.stock)
    assert state([placed(), back, gone]).lines[0].stock is None
    assert state([placed(), replace(back, occurred_at=START), gone]).lines[0].stock == gone.stock
    other = event(EventKind.SUBSTITUTED, START + 2 * HOUR, parts=(LinePart("l1"),))
    assert state([placed(), gone, other]).lines[0].stock is None


def test_refunds_add_up_and_the_same_refund_counts_once() -> None:
    found = state([placed(), refunded(START, 500), refunded(START + HOUR, 500), refunded(START, 100, "r2")])
    assert found.refunded == 600


def test_returns_are_counted_in_pieces() -> None:
    one = event(EventKind.RETURNED, START + HOUR, parts=(LinePart("l1", 1),))
    assert [line.returned for line in state([placed(), one]).lines] == [1, 0]
    everything = event(EventKind.RETURNED, START + HOUR)
    assert [line.returned for line in state([placed(), everything]).lines] == [2, 1]


def test_a_cancelled_order_says_why() -> None:
    found = state([event(EventKind.CANCELLED, START + HOUR, reason="customer"), placed()])
    assert (found.status, found.cancelled_at, found.cancelled_for) == (Status.CANCELLED, START + HOUR, "customer")
    assert [line.line for line in found.lines] == [LAMP, BULB]


def partial(at: datetime, id: str = "d/1") -> OrderEvent:
    return event(EventKind.SENT, at, parcel=Parcel(id, "dhl", "00340", partial=True))


def test_a_part_of_which_nobody_says_the_contents_is_under_way_and_takes_no_line_from_the_rest() -> None:
    part = state([placed(), partial(START + HOUR)])
    assert part.status is Status.PARTLY_SENT
    assert [line.to_come for line in part.lines] == [2, 1]
    assert [(parcel.partial, parcel.lines) for parcel in part.parcels] == [(True, ())]
    rest = state([placed(), partial(START + HOUR), sent(START + 2 * HOUR)])
    assert rest.status is Status.SENT
    assert [line.to_come for line in rest.lines] == [0, 0]


def test_a_courier_s_word_about_a_part_says_nothing_of_its_contents() -> None:
    said = event(EventKind.DELIVERED, START + 2 * HOUR, parcel=Parcel("d/1"))
    known = state([placed(), partial(START + HOUR), said])
    assert (known.status, known.delivered_at) == (Status.PARTLY_SENT, None)
    assert [line.to_come for line in known.lines] == [2, 1]
