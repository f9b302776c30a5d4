"""What services may expect of a store of orders: run against the tests' fake and against every available DynamoDB."""

import itertools
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.rules.delivery.sending import Accepted
from chalicelib.rules.orders import holds
from chalicelib.rules.orders.basket import MOST_LINES
from chalicelib.rules.orders.choices import choose
from chalicelib.rules.orders.duties import sending
from chalicelib.rules.orders.duties.lists import OrderList
from chalicelib.rules.orders.duties.telling import outgoing, tried
from chalicelib.rules.orders.order import Choice, Order
from chalicelib.rules.tickets.clocks import RETAIN
from chalicelib.rules.tickets.ticket import SentId, SlaCount
from chalicelib.services.ports.conflicts import VersionConflict
from chalicelib.services.ports.orders import cursor_of
from chalicelib.services.ports.tickets import ItemRef
from tests.support.orders.made import BASKET, LAMP, arrived, changed, context, out_of_stock, placed, sent, taken
from tests.support.store.contract import Store
from tests.support.store.fakes import START

HOUR = timedelta(hours=1)
_numbers = itertools.count(1)


def fresh(order: Order, shop: str = "") -> Order:
    """The order with a reference that no other test uses."""
    number = next(_numbers)
    return replace(order, ref=f"O-{number:05d}-00000", shop=shop or f"shop-{number}")


def eventful() -> Order:
    """An order with something of everything."""
    order = taken(placed(), sent(START + HOUR, lines=[("l2", None)]), changed(START + HOUR, total=1), at=START + HOUR)
    order = taken(out_of_stock(START + HOUR), at=START + HOUR, order=order)
    order = choose(order, "l1", Choice.CANCEL, "", context(START + 2 * HOUR))
    order = holds.hold(order, "bea@northlight.example", "Is this right?", context(START + 2 * HOUR))
    return replace(order, version=1)


class OrderContract:
    """What every store of orders promises."""

    def test_an_order_comes_back_as_it_was_kept(self, store: Store) -> None:
        for order in map(fresh, (taken(placed()), taken(sent(START)), eventful())):
            store.commit_order(order)
            assert store.order(order.ref) == order

    def test_what_was_chosen_is_kept_with_its_order_or_not_at_all(self, store: Store) -> None:
        order = fresh(eventful())
        event = replace(outgoing(None, order)[0], shop=order.shop)
        store.commit_order(order, (), (), [event])
        assert list(store.untold(order.shop)) == [event]
        with pytest.raises(VersionConflict):
            store.commit_order(order, (), (), [replace(event, id="msg_other", line="l2")])
        assert list(store.untold(order.shop)) == [event]

    def test_of_two_who_try_an_event_one_may_send_it(self, store: Store) -> None:
        order = fresh(eventful())
        event = replace(outgoing(None, order)[0], shop=order.shop)
        store.commit_order(order, (), (), [event])
        once = tried(event, START)
        assert store.claim_event(event, once)
        assert not store.claim_event(event, once)
        assert store.claim_event(once, tried(once, START))

    def test_a_newer_choice_takes_the_place_of_one_that_was_not_told(self, store: Store) -> None:
        order = fresh(eventful())
        older = replace(outgoing(None, order)[0], shop=order.shop)
        newer = replace(older, id="msg_newer", choice=Choice.WAIT)
        store.commit_order(order, (), (), [older])
        store.commit_order(replace(order, version=2), (), (), [newer])
        store.told(older)
        assert not store.claim_event(older, tried(older, START))
        assert list(store.untold(order.shop)) == [newer]
        store.told(newer)
        assert list(store.untold(order.shop)) == []

    def test_what_was_given_up_stays_and_is_not_tried(self, store: Store) -> None:
        order = fresh(eventful())
        event = replace(outgoing(None, order)[0], shop=order.shop)
        store.commit_order(order, (), (), [event])
        gone = replace(tried(event, START), given_up_at=START)
        assert store.claim_event(event, gone)
        assert list(store.untold(order.shop)) == [gone]
        assert not store.claim_event(gone, tried(gone, START))

    def test_an_order_that_was_never_kept_is_none(self, store: Store) -> None:
        assert store.order("O-NEVER-00000") is None

    def test_the_largest_order_can_be_kept(self, store: Store) -> None:
        lines = tuple(replace(LAMP, id=f"line {n}", name="🙂" * 90, sku=f"SKU {n}" * 9) for n in range(MOST_LINES))
        order = taken(placed(basket=replace(BASKET, lines=lines)))
        for number in range(1, 9):
            order = taken(changed(START, lines=lines, total=number), order=order)
        order = fresh(replace(order, version=1))
        store.commit_order(order)
        assert store.order(order.ref) == order

    def test_a_version_that_another_became_first_is_stale(self, store: Store) -> None:
        order = fresh(taken(placed()))
        store.commit_order(order)
        following = replace(order, version=2)
        for stale in (order, replace(order, version=3)):
            with pytest.raises(VersionConflict):
                store.commit_order(stale)
        store.commit_order(following)
        with pytest.raises(VersionConflict):
            store.commit_order(following)
        assert store.order(order.ref) == following

    def test_promises_are_counted_with_their_order_or_not_at_all(self, store: Store) -> None:
        order = fresh(taken(placed()))
        counts = [SlaCount(order.shop, START, kept=1, missed=2)]
        store.commit_order(order, counts)
        with pytest.raises(VersionConflict):
            store.commit_order(order, counts)
        assert store.sla_counted(order.shop, START.date(), START.date()) == (1, 2)

    def test_the_id_of_a_sent_mail_leads_to_its_order(self, store: Store) -> None:
        order = fresh(taken(placed()))
        store.commit_order(order, sent=[SentId(f"ses-{order.ref}", order.ref, START)])
        assert store.item_of_sent(f"ses-{order.ref}") == ItemRef(order.ref, None)

    def test_an_order_is_due_when_it_owes_mail_or_a_clock_has_a_step(self, store: Store) -> None:
        order = fresh(taken(placed()))
        store.commit_order(order)
        assert order.outbox
        assert ItemRef(order.ref, None) not in store.due(START, 100)
        assert ItemRef(order.ref, None) in store.due(order.outbox.wake_at, 100)
        claimed = sending.claim(order, START)
        assert claimed
        assert claimed.outbox
        sent_out = sending.sent(claimed, 1, [Accepted(claimed.outbox.own()[0], "a", START)])
        settled = replace(sent_out, version=2)
        store.commit_order(settled)
        step = settled.clocks.next_step
        assert step
        assert ItemRef(order.ref, None) not in store.due(step - HOUR, 100)
        assert ItemRef(order.ref, None) in store.due(step, 100)

    def test_an_order_whose_time_is_over_is_due_to_be_purged_unless_it_is_on_hold(self, store: Store) -> None:
        order = fresh(replace(taken(placed(), sent(START), arrived(START)), outbox=None))
        retain = order.clocks.named(RETAIN)
        assert retain
        store.commit_order(order)
        assert ItemRef(order.ref, None) not in store.due(retain.due - HOUR, 100, "purge")
        assert ItemRef(order.ref, None) in store.due(retain.due, 100, "purge")
        assert ItemRef(order.ref, None) not in store.due(retain.due, 100)
        store.commit_order(replace(order, version=2, legal_hold=True))
        assert ItemRef(order.ref, None) not in store.due(retain.due, 100, "purge")

    def test_an_order_is_deleted_as_it_was_read_or_not_at_all(self, store: Store) -> None:
        order = fresh(taken(placed()))
        store.commit_order(order)
        assert not store.delete_order(replace(order, version=2))
        assert store.order(order.ref) == order
        assert store.delete_order(order)
        assert store.order(order.ref) is None
        assert not store.delete_order(order)

    def test_the_newest_orders_of_a_customer_come_first_whatever_they_write_like(self, store: Store) -> None:
        orders = [fresh(taken(placed(START - n * HOUR)), "same") for n in range(3)]
        other = fresh(
            taken(placed(basket=replace(BASKET, buyer=replace(BASKET.buyer, address="jon@example.com")))), "same"
        )
        for order in (orders[1], orders[0], other, orders[2]):
            store.commit_order(order)
        assert store.orders_of("same", "Mira@Example.com", 2) == orders[:2]
        assert store.orders_of("elsewhere", "mira@example.com", 2) == []
        assert store.orders_of("same", "mira@example.com", 2, after=orders[1]) == orders[2:]
        assert store.orders_of("same", "mira@example.com", 2, after=orders[2]) == []
        assert list(store.refs_of("same", "mira@example.com")) == []

    def test_lists_of_orders_are_read_in_pages_the_earliest_due_first(self, store: Store) -> None:
        shop = fresh(taken(placed())).shop
        orders = [fresh(taken(placed(START - n * HOUR)), shop) for n in (1, 3, 2)]
        done = fresh(taken(placed(), sent(START), arrived(START)), shop)
        for order in (*orders, done):
            store.commit_order(order)
        first = store.listed(shop, OrderList.OPEN, 2)
        assert first == [orders[1], orders[2]]
        assert store.listed(shop, OrderList.OPEN, 2, cursor_of(first[-1])) == [orders[0]]
        assert store.listed(shop, OrderList.DONE, 9) == [done]
        assert store.inbox(shop, "open", 9)[0] == []

    def test_of_two_who_note_a_sale_the_second_reads_again(self, store: Store) -> None:
        shop = fresh(taken(placed())).shop
        assert store.note_sales(shop, "EUR", "A", (), (1,), START)
        assert not store.note_sales(shop, "EUR", "A", (), (2,), START)
        assert not store.note_sales(shop, "EUR", "A", (9,), (9, 2), START)
        assert store.sales(shop, "EUR", ["A"]) == {"A": (1,)}

    def test_the_orders_of_a_day_come_page_by_page(self, store: Store) -> None:
        shop = fresh(taken(placed())).shop
        orders = [replace(fresh(taken(placed())), shop=shop) for _ in range(3)]
        later = START + timedelta(days=1)
        for order in (*orders, replace(fresh(taken(placed(later), at=later)), shop=shop)):
            store.commit_order(order)
        refs = sorted(order.ref for order in orders)
        assert store.placed_on(shop, START.date(), 2) == refs[:2]
        assert store.placed_on(shop, START.date(), 2, refs[1]) == refs[2:]
        assert store.opened_on(shop, START.date(), 9) == []

    def test_the_orders_of_a_list_are_counted_up_to_a_limit(self, store: Store) -> None:
        orders = [fresh(taken(placed()))]
        orders += [replace(fresh(taken(placed())), shop=orders[0].shop) for _ in range(2)]
        for order in orders:
            store.commit_order(order)
        assert store.how_many(orders[0].shop, OrderList.OPEN, 9) == 3
        assert store.how_many(orders[0].shop, OrderList.OPEN, 2) == 2
        assert store.how_many(orders[0].shop, OrderList.LATE, 9) == 0

    def test_the_last_sales_of_products_come_back_by_shop_and_currency(self, store: Store) -> None:
        shop = fresh(taken(placed())).shop
        assert store.note_sales(shop, "EUR", "A", (), (1, 2), START)
        assert store.note_sales(shop, "EUR", "B#1", (), (3,), START)
        assert store.note_sales(shop, "GBP", "A", (), (9,), START)
        assert store.note_sales(shop, "EUR", "A", (1, 2), (2, 3), START)
        assert store.sales(shop, "EUR", ["A", "B#1", "C", "A"]) == {"A": (2, 3), "B#1": (3,)}
        assert store.sales("elsewhere", "EUR", ["A"]) == {}
        assert store.sales(shop, "EUR", []) == {}
