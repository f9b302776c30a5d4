"""Orders for tests: baskets, events, and what becomes of them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from hypothesis import strategies as st

from chalicelib.external.holidays_calendar import holidays_of
from chalicelib.rules.orders.basket import Basket, Buyer, Cost, Line, PostalAddress
from chalicelib.rules.orders.events import EventKind, LinePart, OrderEvent, Parcel, Refund, Stock
from chalicelib.rules.orders.order import Order
from chalicelib.rules.orders.taking import Arrival, take
from chalicelib.rules.tickets.clocks import RuleContext
from tests.support import shops
from tests.support.store.fakes import START

MIRA = "mira@example.com"
REF = "O-7K3F9-QXMT2"
NUMBER = "1001"
LAMP = Line("l1", "Lamp Ada", 2, 4_900, 9_800, "LAMP-1")
BULB = Line("l2", "Bulb E27", 1, 900, 900, "BULB-1")
BASKET = Basket(
    START,
    "EUR",
    (LAMP, BULB),
    11_190,
    Buyer("Mira Holm", MIRA, "+49 30 1234", "de"),
    (Cost("Delivery", 490),),
    delivery_to=PostalAddress("Mira Holm", "", "Weg 1", "", "10115", "Berlin", "", "DE"),
)


def context(at: datetime = START, **terms: Any) -> RuleContext:
    shop = shops.policy().shop("northlight")
    shop = replace(shop, orders=replace(shop.orders, **terms))
    return RuleContext(at, shop, holidays_of(shop))


def event(kind: EventKind, at: datetime = START, **facts: Any) -> OrderEvent:
    """An event with an id derived from what it says."""
    said = OrderEvent("", kind, NUMBER, at, **facts)
    return replace(said, id=f"{kind.value}-{at.isoformat()}-{sha256(repr(said).encode()).hexdigest()[:8]}")


def placed(at: datetime = START, basket: Basket = BASKET) -> OrderEvent:
    return event(EventKind.PLACED, at, basket=replace(basket, placed_at=at))


def changed(at: datetime, basket: Basket = BASKET, **changes: Any) -> OrderEvent:
    return event(EventKind.CHANGED, at, basket=replace(basket, **changes))


def sent(at: datetime, id: str = "p1", lines: Sequence[tuple[str, int | None]] = ()) -> OrderEvent:
    return event(EventKind.SENT, at, parcel=Parcel(id, "dhl", "00340", lines=tuple(LinePart(*each) for each in lines)))


def arrived(at: datetime, id: str = "p1") -> OrderEvent:
    return event(EventKind.DELIVERED, at, parcel=Parcel(id))


def out_of_stock(at: datetime, line: str = "l1", **facts: Any) -> OrderEvent:
    return event(EventKind.OUT_OF_STOCK, at, stock=Stock(line, **facts))


def refunded(at: datetime, amount: int, id: str = "r1") -> OrderEvent:
    return event(EventKind.REFUNDED, at, refund=Refund(id, amount))


def taken(*events: OrderEvent, at: datetime = START, order: Order | None = None, **terms: Any) -> Order:
    """The order after these events arrived at this time."""
    return take(order, events, context(at, **terms), Arrival(REF, "events"))


def purposes(order: Order) -> list[str]:
    """The letters owed, in order, with what each is about."""
    return [f"{letter.purpose} {letter.about}".strip() for letter in order.letters]


# Any events of one order ----------------------------------------------------------------------------------------------

_moments = st.integers(0, 12).map(lambda hours: START + timedelta(hours=hours))
_quantities = st.one_of(st.none(), st.integers(0, 3))
_parts = st.lists(st.builds(LinePart, st.sampled_from(["l1", "l2", "gone"]), _quantities), max_size=2).map(tuple)
_baskets = st.builds(
    lambda lamps, total, digital: replace(
        BASKET, lines=(replace(LAMP, quantity=lamps), replace(BULB, digital=digital)), total=total
    ),
    st.integers(0, 3),
    st.sampled_from([9_000, 11_190]),
    st.booleans(),
)
_parcels = st.builds(
    Parcel, st.sampled_from(["p1", "p2"]), tracking_number=st.sampled_from(["", "1", "2"]), lines=_parts
)
_stock = st.builds(Stock, st.sampled_from(["l1", "l2"]), st.none())


def _facts(kind: EventKind) -> st.SearchStrategy[dict[str, Any]]:
    match kind:
        case EventKind.PLACED | EventKind.CHANGED:
            return st.fixed_dictionaries({"basket": _baskets})
        case EventKind.SENT | EventKind.MOVED | EventKind.DELIVERED | EventKind.FAILED:
            return st.fixed_dictionaries({"parcel": _parcels})
        case EventKind.OUT_OF_STOCK | EventKind.BACK_IN_STOCK:
            return st.fixed_dictionaries({"stock": _stock})
        case EventKind.SUBSTITUTED | EventKind.RETURNED:
            return st.fixed_dictionaries({"parts": _parts})
        case EventKind.REFUNDED:
            refunds = st.builds(Refund, st.sampled_from(["r1", "r2"]), st.integers(1, 900))
            return st.fixed_dictionaries({"refund": refunds})
        case _:
            return st.just({"reason": "said so"})


events = st.sampled_from(EventKind).flatmap(
    lambda kind: st.builds(lambda at, facts: event(kind, at, **facts), _moments, _facts(kind))
)
