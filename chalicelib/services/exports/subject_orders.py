"""The orders of a person, as they are handed to them: what was ordered, what became of it, what was promised and told.
Nobody else is in it: agents' addresses and words are left out."""

import json
from dataclasses import asdict
from typing import Any

from chalicelib.rules.orders.history import state
from chalicelib.rules.orders.order import Order
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.tickets.money import written
from chalicelib.rules.tickets.outbox import Audience, Purpose
from chalicelib.services.ports.deps import Deps

# As many as an erasure takes at once (services.privacy.order_privacy).
_MOST = 1_000


def orders(deps: Deps, shop: Shop, address: str) -> list[dict[str, Any]]:
    """The person's orders for data.json, the newest first."""
    return [_told(order) for order in deps.orders.orders_of(shop.id, address, _MOST)]


def rows(deps: Deps, shop: Shop, address: str) -> list[dict[str, Any]]:
    """The person's orders as the archive's first page lists them."""
    known = [(order, state(order.events).basket) for order in deps.orders.orders_of(shop.id, address, _MOST)]
    return [
        {"number": order.number, "placed_at": basket.placed_at, "total": written(basket.total, basket.currency)}
        for order, basket in known
        if basket
    ]


def has_any(deps: Deps, shop: Shop, address: str) -> bool:
    return bool(deps.orders.orders_of(shop.id, address, 1))


def _told(order: Order) -> dict[str, Any]:
    mails = [mail for mail in (order.outbox.deliveries if order.outbox else ()) if _is_to_them(mail.purpose)]
    whole = {
        "reference": order.ref,
        "number": order.number,
        "status": state(order.events).status,
        "known_at": order.known_at,
        "events": [asdict(event) for event in order.events],
        "promises": [asdict(clock) for clock in order.clocks],
        "choices": [asdict(chosen) for chosen in order.choices],
        "held": order.hold,
        "letters": [asdict(each) for each in order.letters if _is_to_them(each.purpose)],
        "mails": [{"purpose": mail.purpose, "to": mail.to, "status": mail.status, "at": mail.at} for mail in mails],
    }
    plain: dict[str, Any] = json.loads(json.dumps(whole, default=_plain))
    return plain


def _is_to_them(purpose: str) -> bool:
    return Purpose(purpose).audience is Audience.CUSTOMER


def _plain(value: Any) -> str:
    return str(value.isoformat())
