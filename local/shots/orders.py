"""Orders for the screenshots, told by the shop's own system: one with a choice to make and a parcel under way, and one
that is held for its price."""

import re
from collections.abc import Mapping
from typing import Any

from local.shots.camera import Camera
from local.shots.people import People
from local.story.order_acts import System, places
from local.story.stage import SHOP

_ADDRESS = {
    "name": "Ravi Chandran",
    "street": "Lindenstraße 12",
    "postcode": "10969",
    "city": "Berlin",
    "country": "DE",
}
BUYER = {"name": "Ravi Chandran", "email": "ravi.chandran@example.com", "language": "en"}
CHOOSING, HELD = "204311", "204312"
_LUNA = {"id": "1", "sku": "LUNA-BR", "name": "Arc lamp Luna, brass", "quantity": 1}
_BULB = {"id": "2", "sku": "E27-8W", "name": "LED bulb E27, 8 W", "quantity": 3, "unit_price": "7.95"}


def live(people: People) -> None:
    """The orders of Thursday morning."""
    stage = people.stage
    tells(people, CHOOSING, "189.00")
    system = System(people.started, stage, CHOOSING)
    system.tell("order.paid", {})
    parcel = {"id": "P-1", "carrier": "dhl", "tracking_number": "00340434161094000004", "lines": [{"line": "2"}]}
    other = {"sku": "LUNA-ST", "name": "Arc lamp Luna, steel", "unit_price": "179.00"}
    stage.settle()
    people.at("2026-11-26 09:20")
    system.tell("shipment.sent", {"parcel": parcel})
    system.tell("line.out_of_stock", {"line": "1", "expected": "2026-12-11", "alternatives": [other]})
    for number in range(5):
        tells(people, f"20{number}", "189.00", name="Asta Lund", email="asta.lund@example.com")
    # A price is odd beside those that are known already.
    people.stage.until(lambda: len(people.mails_to("asta.lund@example.com")) >= 5, "orders were not confirmed")
    tells(people, HELD, "18.90", name="Bo Berg", email="bo.berg@example.com")
    people.read()


def tells(people: People, number: str, price: str, **buyer: str) -> None:
    """The shop's system says that an order was placed."""
    lines = [_LUNA | {"unit_price": price}, _BULB]
    total = f"{float(price) + 3 * 7.95 + 4.90:.2f}"
    order: Mapping[str, Any] = {
        "currency": "EUR", "lines": lines, "costs": [{"label": "DHL parcel", "amount": "4.90"}], "total": total,
        "customer": BUYER | buyer, "delivery_address": _ADDRESS | ({"name": buyer["name"]} if buyer else {}),
        "payment": "Card", "delivery_by": "DHL parcel",
    }  # fmt: skip
    places(**order)(System(people.started, people.stage, number), people.stage)


def photograph(camera: Camera, people: People) -> None:
    """What a buyer sees, and orders at the desk. An agent is signed in."""
    url, page = people.stack.url, camera.page
    mails = people.mails_to(BUYER["email"])
    confirmed = next(mail for mail in mails if "confirmed" in mail["Subject"])
    camera.go(f"{people.stack.mailbox}/mail/{confirmed['ID']}")
    camera.take("order-mail")
    camera.for_readme("order-mail", 760, 1500)
    link = re.search(r"http\S+/o/[\w.-]+", people.text_of(confirmed))
    camera.go(link[0] if link else "")
    camera.take("order")
    camera.for_readme("order", 1280, 1500)
    camera.press(page.get_by_role("link", name="Choose what happens to it"))
    camera.take("order-choice")
    camera.go(f"{url}/shops/{SHOP}/orders/find")
    camera.take("order-find")
    held = f"{url}/desk/orders?list=held"
    people.stage.until(lambda: camera.listed(held), "no order is held")
    for name in ("all", "held", "choice"):
        camera.go(f"{url}/desk/orders?list={name}")
        camera.take(f"desk-orders-{name}")
    camera.open_first()
    camera.take("desk-order-choosing")
    camera.go(held)
    camera.open_first()
    camera.take("desk-order-held")
