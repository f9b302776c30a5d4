"""The parcels of an order: where each is, and which pieces are in it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from chalicelib.rules.orders.basket import Basket
from chalicelib.rules.orders.events import EventKind, OrderEvent, Parcel
from chalicelib.rules.orders.state import ParcelState, ParcelStatus

OF_PARCELS = (EventKind.SENT, EventKind.MOVED, EventKind.DELIVERED, EventKind.FAILED)

_Told = list[tuple[OrderEvent, Parcel]]


def parcels(facts: Sequence[OrderEvent], basket: Basket | None) -> tuple[ParcelState, ...]:
    """The parcels that these events (in order) are about, the first sent first. A source may tell of a delivery without
    telling of the sending: then the parcel was sent by then."""
    told = dict[str, _Told]()
    for event in facts:
        if event.kind in OF_PARCELS and event.parcel:
            told.setdefault(event.parcel.id, []).append((event, event.parcel))
    left = Counter({line.id: line.quantity for line in basket.lines if not line.digital} if basket else {})
    found = list[ParcelState]()
    for parcel in sorted(map(_parcel, told.values()), key=lambda parcel: (parcel.sent_at, parcel.id)):
        contents = _contents(told[parcel.id], left, partial=parcel.partial)
        left -= Counter(dict(contents))
        found.append(replace(parcel, lines=contents))
    return tuple(found)


def sent_and_delivered(shipped: Iterable[ParcelState]) -> tuple[Mapping[str, int], Mapping[str, int]]:
    """How many pieces of each line were sent, and how many of them arrived."""
    sent, delivered = Counter[str](), Counter[str]()
    for parcel in shipped:
        for line, pieces in parcel.lines:
            sent[line] += pieces
            delivered[line] += pieces if parcel.status is ParcelStatus.DELIVERED else 0
    return sent, delivered


def _parcel(told: _Told) -> ParcelState:
    """The parcel without its contents. Nothing that a courier says after a delivery undoes it."""
    events = [event for event, _ in told]
    latest = [parcel for _, parcel in reversed(told)]
    sent_at = next((event.occurred_at for event in events if event.kind is EventKind.SENT), events[0].occurred_at)
    delivered_at = next((event.occurred_at for event in events if event.kind is EventKind.DELIVERED), None)
    moves = [event for event in events if event.kind is not EventKind.SENT]
    status = ParcelStatus.FAILED if events[-1].kind is EventKind.FAILED else ParcelStatus.SENT
    return ParcelState(
        id=told[0][1].id,
        status=ParcelStatus.DELIVERED if delivered_at else status,
        sent_at=sent_at,
        carrier=next((parcel.carrier for parcel in latest if parcel.carrier), ""),
        tracking_number=next((parcel.tracking_number for parcel in latest if parcel.tracking_number), ""),
        tracking_url=next((parcel.tracking_url for parcel in latest if parcel.tracking_url), ""),
        word=next((parcel.status for parcel in latest if parcel.status), ""),
        moved_at=moves[-1].occurred_at if moves else None,
        delivered_at=delivered_at,
        expected=next((parcel.expected for parcel in latest if parcel.expected), None),
        partial=next((parcel.partial for event, parcel in reversed(told) if event.kind is EventKind.SENT), False),
    )


def _contents(told: _Told, left: Mapping[str, int], *, partial: bool) -> tuple[tuple[str, int], ...]:
    """What is in the parcel: what the latest event says, or everything that was `left` to be sent; nothing that anybody
    could name if it is `partial`."""
    parts = next((parcel.lines for _, parcel in reversed(told) if parcel.lines), ())
    if not parts and partial:
        return ()
    if not parts:
        return tuple((line, pieces) for line, pieces in left.items() if pieces > 0)
    pieces = Counter[str]()
    for part in parts:
        pieces[part.line] += max(left.get(part.line, 0) if part.quantity is None else part.quantity, 0)
    return tuple(pieces.items())
