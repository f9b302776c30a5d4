"""The desk's lists of orders, and the search for one by its number or its customer's address."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from chalicelib.patterns import pattern
from chalicelib.rendering import words
from chalicelib.rendering.amounts import Amount
from chalicelib.rules.intake.submission import address, is_address
from chalicelib.rules.orders.duties.lists import OPEN_LISTS, OrderList, place_of
from chalicelib.rules.orders.duties.promising import PRICE_ERROR, PROMISES
from chalicelib.rules.orders.history import state
from chalicelib.rules.orders.order import Order
from chalicelib.rules.orders.state import Status
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.tickets.clocks import Clock
from chalicelib.services.desk import times
from chalicelib.services.desk.times import TimeLeft
from chalicelib.services.orders.commits import is_order, ref_of
from chalicelib.services.orders.shown import basket_view
from chalicelib.services.ports.deps import Deps
from chalicelib.services.ports.inbox import Cursor
from chalicelib.services.ports.orders import cursor_of

ALL = "all"
LISTS = (
    ALL, *(each.value for each in OPEN_LISTS if each is not OrderList.OPEN), OrderList.UNKNOWN.value,
    OrderList.DONE.value,
)  # fmt: skip
"""The lists, in the order of the page. "all" joins those in which something is still to come."""
PAGE = 50
LONGEST = 200
_AFTER = pattern(r"([0-9]{1,17})-([0-9]{1,17})-(O-[0-9A-Z]{5}-[0-9A-Z]{5})")
_EPOCH, _MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An order as one line. `clock`: the promise that is due first, with the time left; "" if none is open."""

    ref: str
    number: str
    shop: Shop
    name: str
    status: Status
    place: str
    placed_at: datetime
    placed_in_words: str
    total: Amount | None
    clock: str
    left: TimeLeft | None


@dataclass(frozen=True, slots=True)
class OrderLines:
    """A page of a list, or what was found. `next`: where the next page begins, "" at the end."""

    list: str
    rows: tuple[OrderRow, ...]
    next: str = ""
    query: str = ""


def listed(deps: Deps, shops: Sequence[Shop], wanted: str, after: str, language: str) -> OrderLines:
    """A page of the list, of these shops together, the earliest due first. Unknown lists and positions are ignored."""
    name = wanted if wanted in LISTS else ALL
    places = OPEN_LISTS if name == ALL else (OrderList(name),)
    begins = _cursor(after)
    found = [
        order for shop in shops for place in places for order in deps.orders.listed(shop.id, place, PAGE + 1, begins)
    ]
    first = sorted(found, key=cursor_of)
    shown = first[:PAGE]
    further = _written(cursor_of(shown[-1])) if len(first) > PAGE else ""
    return OrderLines(name, _rows(deps, shown, language), further)


def searched(deps: Deps, shops: Sequence[Shop], query: str, language: str) -> OrderLines:
    """The orders with this number or reference, or of the customer with this address, the newest first."""
    asked = address(" ".join(query.split())[:LONGEST])
    if is_address(asked):
        found = [order for shop in shops for order in deps.orders.orders_of(shop.id, asked, PAGE)]
    else:
        refs = [asked.upper()] if is_order(asked.upper()) else [ref_of(deps, shop.id, asked) for shop in shops if asked]
        ids = {shop.id for shop in shops}
        found = [order for ref in refs if (order := deps.orders.order(ref)) and order.shop in ids]
    newest = sorted(found, key=lambda order: order.known_at, reverse=True)[:PAGE]
    return OrderLines("", _rows(deps, newest, language), query=asked)


def row(deps: Deps, order: Order, language: str) -> OrderRow:
    """The line of one order."""
    shop, known, now = deps.policy.shop(order.shop), state(order.events), deps.now()
    first = first_due(order)
    placed_at = known.basket.placed_at if known.basket else order.known_at
    return OrderRow(
        ref=order.ref,
        number=order.number,
        shop=shop,
        name=basket_view.said(known.basket.buyer.name) if known.basket else "",
        status=known.status,
        place=place_of(order).value,
        placed_at=placed_at,
        placed_in_words=words.moment(placed_at, shop.timezone, language),
        total=basket_view.amount(known.basket.total, known.basket) if known.basket else None,
        clock=first.name if first else "",
        left=times.left_of(first, now, language) if first else None,
    )


def first_due(order: Order) -> Clock | None:
    """The open promise that is due first."""
    owed = (clock for clock in order.clocks.only(*PROMISES, PRICE_ERROR) if clock.running)
    return min(owed, key=lambda clock: clock.due, default=None)


def _rows(deps: Deps, orders: Iterable[Order], language: str) -> tuple[OrderRow, ...]:
    return tuple(row(deps, order, language) for order in orders)


def _written(cursor: Cursor) -> str:
    due, known = ((moment - _EPOCH) // _MICROSECOND for moment in (cursor.due, cursor.opened_at))
    return f"{due}-{known}-{cursor.ref}"


def _cursor(text: str) -> Cursor | None:
    found = _AFTER.fullmatch(text)
    if not found:
        return None
    due, known = (_EPOCH + int(each) * _MICROSECOND for each in found.groups()[:2])
    return Cursor(due, known, found[3])
