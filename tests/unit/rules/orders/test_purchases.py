"""What an order says about its purchase: days, products and money, for claims, withdrawals and refunds about it."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.rules.intake import withdrawing
from chalicelib.rules.intake.withdrawing import InTime
from chalicelib.rules.orders.duties.purchases import purchase
from chalicelib.rules.orders.events import EventKind, OrderEvent
from chalicelib.rules.orders.history import state
from chalicelib.rules.procedure.remedies import warranty
from chalicelib.rules.tickets.procedure_facts import Claim, Purchase, Withdrawal
from tests.support import samples, shops
from tests.support.orders import made
from tests.support.store.fakes import START

SHOP = shops.policy().shop("northlight")
DAY = timedelta(days=1)
PAID = made.event(EventKind.PAID, START)


def bought(*events: OrderEvent) -> Purchase:
    found = purchase(state((made.placed(), *events)), SHOP)
    assert found
    return found


def verdict(known: Purchase | None, days: int = 0, noted: date | None = None) -> InTime:
    ticket = samples.ticket(withdrawal=Withdrawal(START + days * DAY), claim=Claim(delivered=noted) if noted else None)
    return withdrawing.in_time(ticket, made.context(START + days * DAY), known)


class TestPurchase:
    def test_has_the_day_the_products_and_what_was_paid(self) -> None:
        found = bought(PAID)
        assert (found.bought, found.products) == (START.date(), ("Lamp Ada", "Bulb E27"))
        assert (found.paid, found.currency, found.money) == (11_190, "EUR", "111.90 EUR")

    def test_what_was_paid_back_is_not_paid_any_more(self) -> None:
        assert bought(PAID, made.refunded(START + DAY, 900)).money == "102.90 EUR"
        assert bought(PAID, made.refunded(START + DAY, 99_999)).money == ""

    def test_an_order_that_became_smaller_was_paid_as_it_was_placed(self) -> None:
        smaller = made.changed(START + DAY, total=900, lines=(made.BULB,))
        assert bought(PAID, smaller).money == "111.90 EUR"
        assert bought(PAID, smaller, made.refunded(START + DAY, 10_290)).money == "9.00 EUR"

    def test_without_a_payment_nothing_is_said_to_be_paid(self) -> None:
        assert bought().money == ""

    def test_an_order_that_is_not_known_yet_says_nothing(self) -> None:
        assert purchase(state([PAID]), SHOP) is None

    def test_it_is_delivered_with_the_last_parcel(self) -> None:
        first = (made.sent(START + DAY, "p1", [("l1", 2)]), made.arrived(START + 2 * DAY, "p1"))
        assert (bought(*first).delivered, bought(*first).to_be_sent) == (None, True)
        rest = (made.sent(START + 3 * DAY, "p2", [("l2", 1)]),)
        assert (bought(*first, *rest).delivered, bought(*first, *rest).to_be_sent) == (None, False)
        last = made.arrived(START + 5 * DAY, "p2")
        assert bought(*first, *rest, last).delivered == (START + 5 * DAY).date()

    @given(st.lists(made.events, max_size=8))
    def test_it_never_says_more_than_was_paid_nor_both_delivered_and_to_be_sent(self, events: list[OrderEvent]) -> None:
        found = purchase(state(events), SHOP)
        if found:
            assert 0 <= found.paid <= 11_190
            assert not (found.delivered and found.to_be_sent)


class TestInTime:
    def test_it_counts_from_the_order_s_delivery(self) -> None:
        known = bought(made.sent(START + DAY), made.arrived(START + 2 * DAY))
        assert verdict(known, 5) is InTime.IN_TIME
        assert verdict(known, 40) is InTime.LATE

    def test_while_pieces_are_to_be_sent_every_statement_is_in_time(self) -> None:
        assert verdict(bought(), 90) is InTime.IN_TIME

    def test_if_all_was_sent_and_nobody_tells_of_the_delivery_it_is_not_known(self) -> None:
        assert verdict(bought(made.sent(START + DAY)), 90) is InTime.UNKNOWN
        assert verdict(None, 90) is InTime.UNKNOWN

    def test_what_an_agent_noted_comes_first(self) -> None:
        known = bought(made.sent(START + DAY), made.arrived(START + 2 * DAY))
        assert verdict(known, 30, noted=(START + 20 * DAY).date()) is InTime.IN_TIME

    def test_of_downloads_it_counts_from_the_contract(self) -> None:
        lines = tuple(replace(line, digital=True) for line in made.BASKET.lines)
        only = purchase(state([made.placed(basket=replace(made.BASKET, lines=lines))]), SHOP)
        assert only
        assert (verdict(only, 3), verdict(only, 40)) == (InTime.IN_TIME, InTime.LATE)

    def test_a_cancelled_order_has_no_delivery_to_wait_for(self) -> None:
        assert verdict(bought(made.event(EventKind.CANCELLED, START + DAY)), 3) is InTime.UNKNOWN


class TestClaim:
    PURCHASE = Purchase(START.date(), START.date() + 3 * DAY, products=("Lamp Ada",))

    def test_the_order_fills_what_nobody_said(self) -> None:
        filled = warranty.completed(Claim(serial="S-1"), self.PURCHASE)
        assert filled == Claim(START.date(), "Lamp Ada", "S-1", START.date() + 3 * DAY)

    def test_what_somebody_said_stays(self) -> None:
        said = Claim(date(2026, 1, 2), "Lamp Grace", "", date(2026, 1, 4))
        assert warranty.completed(said, self.PURCHASE) == said

    @pytest.mark.parametrize("products", [(), ("Lamp Ada", "Bulb E27")])
    def test_of_several_products_none_is_guessed(self, products: tuple[str, ...]) -> None:
        filled = warranty.completed(None, replace(self.PURCHASE, products=products))
        assert filled
        assert filled.product == ""

    def test_what_the_order_says_is_not_asked_for(self) -> None:
        ticket = samples.ticket(kind="warranty")
        assert warranty.lacking(ticket)[:3] == ("purchase_date", "product", "serial")
        assert warranty.lacking(ticket, (), self.PURCHASE)[:1] == ("serial",)

    def test_without_an_order_nothing_is_filled(self) -> None:
        assert warranty.completed(None, None) is None
