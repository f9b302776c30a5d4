"""Parcels as letters and pages show them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from chalicelib.rendering import tracking
from chalicelib.rules.orders.state import OrderState, ParcelState, ParcelStatus
from chalicelib.services.orders.shown.basket_view import said


@dataclass(frozen=True, slots=True)
class Piece:
    """So many pieces of a product."""

    name: str
    quantity: int


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


def to_come(state: OrderState) -> tuple[Piece, ...]:
    """What is still to be sent."""
    return tuple(Piece(said(line.line.name), line.to_come) for line in state.lines if line.to_come)


def _view(state: OrderState, parcel: ParcelState) -> ParcelView:
    to = state.basket.delivery_to if state.basket else None
    place = {"postcode": to.postcode, "country": to.country} if to else {}
    return ParcelView(
        id=parcel.id,
        status=parcel.status,
        sent_at=parcel.sent_at,
        carrier=said(parcel.carrier),
        tracking_number=said(parcel.tracking_number),
        url=tracking.link(parcel.carrier, parcel.tracking_number, parcel.tracking_url, **place),
        pieces=tuple(_pieces(state, parcel)),
        word=said(parcel.word),
        moved_at=parcel.moved_at,
        delivered_at=parcel.delivered_at,
        expected=parcel.expected,
    )


def _pieces(state: OrderState, parcel: ParcelState) -> Iterator[Piece]:
    names = {line.line.id: line.line.name for line in state.lines}
    for id, quantity in parcel.lines:
        if id in names:
            yield Piece(said(names[id]), quantity)
