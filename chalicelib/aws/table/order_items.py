"""The items of orders: the form of each, and how it is read.

| item | pk | sk | indexes |
|---|---|---|---|
| order | ORDER#<ref> | ORDER | due_work while a step is to come; inbox by its list; customer; calendar |
| prices | PRICES#<shop> | <currency>#<sku> | none |

The keys of the indexes begin with `<shop>#orders#`, so that lists of tickets have no orders in them.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from chalicelib.aws.table.codec import Attributes, attributes, decode, encode
from chalicelib.aws.table.item_keys import due_work, expiry_at, inbox_order, key_of
from chalicelib.rules.identity.addressing import canonical
from chalicelib.rules.orders.duties.lists import place_of
from chalicelib.rules.orders.history import state
from chalicelib.rules.orders.order import Order
from chalicelib.rules.tickets.clocks import RETAIN
from chalicelib.rules.tickets.outbox import wakes_at
from chalicelib.services.ports.orders import cursor_of

# A product that was not sold for so long has another price by now.
PRICES_LIFE = timedelta(days=2 * 365)


def order_key(ref: str) -> Attributes:
    return key_of(f"ORDER#{ref}", "ORDER")


def order_item(order: Order) -> Attributes:
    """Equal baskets are stored once: many sources send the whole order with each event."""
    item = attributes(order) | order_key(order.ref) | due_work(order.ref, *_next(order))
    baskets = list(dict.fromkeys(event.basket for event in order.events if event.basket))
    numbers = [baskets.index(event.basket) if event.basket else None for event in order.events]
    if baskets:
        item["events"] = {"L": list(map(_with_number, item["events"]["L"], numbers))}
        item["baskets"] = {"L": [encode(basket) for basket in baskets]}
    if order.outbox:
        # The stage is a top-level text, because the stream's filter reads it.
        item |= {"mails": item["outbox"], "outbox": encode(order.outbox.stage)}
    known, opened_at = state(order.events).basket, placed_at(order)
    item |= {"opened_at": encode(opened_at), "calendar": encode(day_of(order.shop, opened_at))}
    if known and known.buyer.address:
        item["customer"] = encode(customer_of(order.shop, known.buyer.address))
    return item | {"inbox": encode(list_of(order.shop, place_of(order))), "due": inbox_order(cursor_of(order))}


def read_order(item: Mapping[str, Any]) -> Order:
    baskets = item.get("baskets", {"L": []})["L"]
    events = [{"M": _with_basket(event["M"], baskets)} for event in item.get("events", {"L": []})["L"]]
    rest = {name: value for name, value in item.items() if name not in ("outbox", "events")}
    outbox = {"outbox": item["mails"]} if "mails" in item else {}
    return decode(Order, rest | {"events": {"L": events}} | outbox)


def placed_at(order: Order) -> datetime:
    """When it was placed, or became known, if that is not known yet: by this a customer's orders are sorted."""
    basket = state(order.events).basket
    return basket.placed_at if basket else order.known_at


def next_step(order: Order) -> datetime | None:
    """When the due-work index has something to do for the order: a mail it owes, or a step of a clock."""
    steps = [order.clocks.next_step, wakes_at(order.outbox)]
    return min((step for step in steps if step), default=None)


def _next(order: Order) -> tuple[str, datetime | None]:
    """Its entry in the due-work index: its purpose and time. It is purged only if nothing else is left to do and there
    is no legal hold."""
    retain, step = None if order.legal_hold else order.clocks.named(RETAIN), next_step(order)
    return ("purge", retain.due) if step is None and retain else ("step", step)


def day_of(shop: str, day: date) -> str:
    """The partition of the orders of a day in the calendar index."""
    return f"{shop}#orders#{day:%Y-%m-%d}"


def list_of(shop: str, place: str) -> str:
    """The partition of a list of orders in the inbox index."""
    return f"{shop}#orders#{place}"


def customer_of(shop: str, address: str) -> str:
    """The partition of a customer's orders in the customer index."""
    return f"{shop}#orders#{canonical(address)}"


def prices_key(shop: str, currency: str, sku: str) -> Attributes:
    return key_of(f"PRICES#{shop}", f"{currency}#{sku}")


def prices_item(shop: str, currency: str, sku: str, sales: Sequence[int], now: datetime) -> Attributes:
    expiry = {"expires_at": expiry_at(now + PRICES_LIFE)}
    return prices_key(shop, currency, sku) | {"sales": encode(tuple(sales))} | expiry


def read_prices(item: Mapping[str, Any]) -> tuple[str, tuple[int, ...]]:
    """The product's SKU and its last sales."""
    return item["sk"]["S"].partition("#")[2], tuple(int(each["N"]) for each in item["sales"]["L"])


def _with_number(event: Attributes, number: int | None) -> Attributes:
    return event if number is None else {"M": event["M"] | {"basket": encode(number)}}


def _with_basket(event: Attributes, baskets: Sequence[Attributes]) -> Attributes:
    return event | {"basket": baskets[int(event["basket"]["N"])]} if "basket" in event else event
