"""What letters and pages say about lines and what is still to come is true at that moment."""

from dataclasses import replace
from datetime import date, timedelta

from chalicelib.rules.orders.events import Alternative, EventKind, LinePart, Stock
from chalicelib.rules.orders.history import state
from chalicelib.rules.orders.order import Choice, Chosen
from chalicelib.services.orders import letter_parts
from chalicelib.services.orders.shown import basket_view, parcels, timeline
from chalicelib.services.orders.shown.parcels import Piece
from tests.support import shops
from tests.support.orders.made import BASKET, BULB, LAMP, arrived, event, out_of_stock, placed, sent, taken
from tests.support.store.fakes import START

SHOP = shops.policy().shop("northlight")
LATER, LAST = START + timedelta(hours=1), START + timedelta(hours=2)


def test_a_lines_sum_is_its_pieces_less_the_discount() -> None:
    cheaper = replace(LAMP, total=9_000)
    shown = basket_view.view(replace(BASKET, lines=(cheaper, BULB))).lines
    assert [line.discount.units if line.discount else 0 for line in shown] == [800, 0]
    for line in shown:
        less = line.discount.units if line.discount else 0
        assert line.quantity * line.unit_price.units - less == line.total.units


def test_what_happened_in_one_second_stands_as_it_can_have_happened() -> None:
    order = taken(placed(), event(EventKind.PAID, START), sent(START), arrived(START))
    assert [step.what for step in timeline.steps(order, state(order.events))] == ["delivered", "sent", "paid", "placed"]


def test_what_is_out_of_stock_is_named_as_such_and_no_day_is_promised_for_everything() -> None:
    day = date(2030, 1, 7)
    order = taken(placed(), out_of_stock(LATER, expected=day), at=LATER)
    known = state(order.events)
    assert parcels.to_come(order, known) == (Piece(LAMP.name, 2, True, day), Piece(BULB.name, 1))
    assert letter_parts.arrives_by(SHOP, order, known) is None
    back = taken(event(EventKind.BACK_IN_STOCK, LAST, stock=Stock("l1")), at=LAST, order=order)
    assert letter_parts.arrives_by(SHOP, back, state(back.events)) is not None


def test_what_the_customer_cancelled_is_not_still_to_come() -> None:
    order = taken(placed(), out_of_stock(LATER), sent(LATER, lines=[("l2", 1)]), at=LATER)
    assert parcels.to_come(order, state(order.events)) != ()
    chosen = replace(order, choices=(Chosen("l1", Choice.CANCEL, LATER),))
    assert parcels.to_come(chosen, state(order.events)) == ()


def test_what_took_a_lines_place_is_what_is_still_to_come() -> None:
    order = taken(placed(), out_of_stock(LATER), at=LATER)
    other = {"substitute": Alternative("LAMP-2", "Lamp Beate", 4_900), "parts": (LinePart("l1", 2),)}
    order = taken(event(EventKind.SUBSTITUTED, LAST, **other), at=LAST, order=order)
    assert [piece.name for piece in parcels.to_come(order, state(order.events))] == ["Lamp Beate", BULB.name]
