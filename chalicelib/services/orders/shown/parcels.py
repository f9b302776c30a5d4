"""Parcels as letters and pages show them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from chalicelib.rendering import tracking
from chalicelib.rules.orders.order import Choice, Order
from chalicelib.rules.orders.state import LineState, OrderState, ParcelState, ParcelStatus
from chalicelib.services.orders.shown.basket_view import said


@dataclass(frozen=True, slots=True)
class Piece:
    """So many pieces of a product. `missing`: it is out of stock; `expected`: when it is to come back, if known.
    Without a name: the rest of the order, where nobody says what is in which parcel."""

    name: str
    quantity: int
    missing: bool = False
    expected: date | None = None


@dataclass(frozen=True, slots=True)
class ParcelView:
    """A parcel. `url`: the carrier's page about it, "" if there is none. `word`: the latest that the courier said."""

    id: str
    status: ParcelStatus
    sent_at: datetime
    carrier: str
    tracking_number: str
    url: str
    pieces: tuple[Piece, ...]
    word: str
    moved_at: datetime | None
    delivered_at: datetime | None
    expected: date | None


def views(state: OrderState) -> tuple[ParcelView, ...]:
    """The order's parcels, in the order in which they were sent."""
    return tuple(
        _view(state, parcel) for parcel in sorted(state.parcels, key=lambda parcel: (parcel.sent_at, parcel.id))
    )


def to_come(order: Order, state: OrderState) -> tuple[Piece, ...]:
    """What is still to be sent."""
    coming = lines_to_come(order, state)
    if coming and any(parcel.partial for parcel in state.parcels):
        return (Piece("", 0),)
    return tuple(_coming(line) for line in coming)


def lines_to_come(order: Order, state: OrderState) -> list[LineState]:
    """The lines of which pieces are still to be sent. What its customer chose to cancel is not, even before the shop's
    system says so."""
    gone = {chosen.line for chosen in order.choices if chosen.choice is Choice.CANCEL}
    return [line for line in state.lines if line.to_come and line.line.id not in gone]


def _coming(line: LineState) -> Piece:
    stock = line.stock
    return Piece(_name(line), line.to_come, stock is not None, stock.expected if stock else None)


def _view(state: OrderState, parcel: ParcelState) -> ParcelView:
    to = state.basket.delivery_to if state.basket else None
    place = {"postcode": to.postcode, "country": to.country} if to else {}
    return ParcelView(
        id=parcel.id,
        status=parcel.status,
        sent_at=parcel.sent_at,
        carrier=said(tracking.called(parcel.carrier)),
        tracking_number=said(parcel.tracking_number),
        url=tracking.link(parcel.carrier, parcel.tracking_number, parcel.tracking_url, **place),
        pieces=tuple(_pieces(state, parcel)),
        word=said(parcel.word),
        moved_at=parcel.moved_at,
        delivered_at=parcel.delivered_at,
        expected=parcel.expected,
    )


def _pieces(state: OrderState, parcel: ParcelState) -> Iterator[Piece]:
    names = {line.line.id: _name(line) for line in state.lines}
    if any(each.partial for each in state.parcels):
        return  # the last parcel of such an order is told to have everything in it
    for id, quantity in parcel.lines:
        if id in names:
            yield Piece(names[id], quantity)


def _name(line: LineState) -> str:
    """What is sent for the line: what took its place, if something did."""
    return said(line.substitute.name if line.substitute else line.line.name)
