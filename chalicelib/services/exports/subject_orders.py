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
from chalicelib.services.orders.commits import of_customer
from chalicelib.services.ports.deps import Deps


def orders(deps: Deps, shop: Shop, address: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """All the person's orders, the newest first: for data.json, and as the archive's first page lists them."""
    told, rows = list[dict[str, Any]](), list[dict[str, Any]]()
    for order in of_customer(deps, shop.id, address):
        told.append(_told(order))
        if basket := state(order.events).basket:
            total = written(basket.total, basket.currency)
            rows.append({"number": order.number, "placed_at": basket.placed_at, "total": total})
    return told, rows


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
        "serial_numbers": [asdict(serial) for serial in order.serials],
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
