"""Orders: their letters are sent, refused and reported on, and their promises come due."""

import json
from dataclasses import replace
from urllib.parse import urlencode

from chalicelib import wiring
from chalicelib.rules.orders.duties.owing import owe
from chalicelib.rules.orders.events import EventKind
from chalicelib.rules.tickets.clocks import REFUND
from chalicelib.rules.tickets.outbox import Purpose
from chalicelib.services.orders import order_links
from chalicelib.services.orders.commits import change, load, ref_of
from chalicelib.services.orders.recording import record
from tests.support.orders import made
from tests.support.orders.made import BASKET, placed
from tests.support.store.fakes import PUBLIC_URL
from tests.support.web.visitors import Visitor, signed_in
from tests.unit.rights.acting import PERMANENT
from tests.unit.rights.scenes.stage import Stage, queued, stream

SHOP, TOM = "northlight", "tom@northlight.example"


def orders(stage: Stage) -> None:
    told(stage, "1001")
    stage.flows()
    assert stage.sent(address("1001"))
    for kind, more in (("Send", {}), ("Bounce", {"bounce": PERMANENT})):
        stage.told(kind, address("1001"), **more)
    brought = stage.owing()
    for _ in range(2):
        stage.run("send_mail", stream(brought, "MODIFY"))
    _proven(stage, "1002")
    for number, function in (("1003", "send_mail"), ("1004", "escalate_overdue")):
        told(stage, number)
        with stage.refused("MessageRejected"):
            stage.brings(function)
    for number, function in (("1007", "send_mail"), ("1008", "escalate_overdue")):
        _followed_up(stage, told(stage, number))
        stage.brings(function)
        assert {mail.tags["purpose"] for mail in stage.sent(address(number))} >= {Purpose.ORDER_FOLLOWUP}
    told(stage, "1005")
    stage.brings("escalate_overdue")
    for days in (1, 2, 5):
        stage.clock.advance(days=days)
        stage.run("escalate_overdue", {})
    assert any(mail.tags["purpose"] == Purpose.ORDER_STATUS for mail in stage.sent(address("1005")))


def pages(stage: Stage) -> None:
    """An owner sees the lists and an order and sends a word; its customer sees the page and asks for the link."""
    ref = told(stage, "1006")
    owner = signed_in(stage.browser, TOM)
    search = urlencode({"q": address("1006")})
    for page in ("/desk/orders", "/desk/orders?list=held", f"/desk/orders?{search}", f"/desk/orders/{ref}"):
        assert owner.get(page).status_code == 200
    assert owner.post(f"/desk/orders/{ref}/send_word").status_code == 303
    order = wiring.deps().orders.order(ref)
    assert order
    assert stage.run("verify_audit", {"shop": SHOP, "reference": ref})
    url = order_links.order_url(wiring.deps(), order).removeprefix(PUBLIC_URL)
    customer = Visitor(stage.browser)
    assert customer.get(url).status_code == 200
    wanted = {"name": "Jo", "street": "Weg 2", "postcode": "10115", "city": "Berlin", "country": "DE"}
    assert customer.press(f"{url}/address", wanted).status_code == 303
    asked = {"number": "1006", "email": address("1006")}
    assert customer.post(f"/shops/{SHOP}/orders/find", asked).status_code == 303
    stage.flows()
    _refunded(stage, owner)


def privacy(stage: Stage) -> None:
    """A person gets a copy of their orders, has them corrected and is erased; another's are deleted in time."""
    for number in ("2001", "2002"):
        told(stage, number, arrived=True)
    stage.flows()
    stage.told("Bounce", address("2002"), bounce=PERMANENT)
    stage.flows()
    theirs = {"shop": SHOP, "email": address("2001")}
    assert stage.run("export_subject", theirs)["found"]
    assert stage.run("rectify_subject", theirs | {"name": "Mira Berg"})["corrected"]
    asked = theirs | {"confirm": theirs["email"], "reason": "By letter"}
    assert stage.run("erase_subject", asked)["anonymised"] == 1
    held = {"shop": SHOP, "reference": ref_of(wiring.deps(), SHOP, "2002"), "reason": "A court asked for it"}
    for function in ("place_legal_hold", "lift_legal_hold"):
        assert stage.run(function, held)["done"]
    stage.clock.advance(days=3_700)
    stage.run("escalate_overdue", {})
    stage.run("purge_expired", {"dry_run": True})
    found = stage.run("purge_expired", {})
    assert found["purged"] == 2, found


def address(number: str) -> str:
    return f"buyer{number}@example.com"


def told(stage: Stage, number: str, *, arrived: bool = False) -> str:
    """The shop's system tells of an order, and perhaps of its delivery; its reference."""
    buyer = replace(BASKET.buyer, address=address(number))
    event = placed(stage.clock.at, replace(BASKET, buyer=buyer))
    events = [event, *([made.arrived(stage.clock.at)] if arrived else [])]
    of_it = [replace(each, id=f"{each.kind}-{number}", number=number) for each in events]
    record(wiring.deps(), SHOP, "events", of_it)
    return ref_of(wiring.deps(), SHOP, number)


def _refunded(stage: Stage, owner: Visitor) -> None:
    """The owner of the shop notes that a cancelled order was refunded: a promise is kept."""
    ref = told(stage, "1007")
    of_it = [
        replace(made.event(kind, stage.clock.at), id=f"{kind}-1007", number="1007")
        for kind in (EventKind.PAID, EventKind.CANCELLED)
    ]
    record(wiring.deps(), SHOP, "events", of_it)
    assert owner.post(f"/desk/orders/{ref}/note_refunded", {"reason": "By bank transfer"}).status_code == 303
    order = wiring.deps().orders.order(ref)
    assert order
    assert order.clocks.only(REFUND).met
    stage.flows()


def _followed_up(stage: Stage, ref: str) -> None:
    """The order owes the letter before which its customer's tickets are looked at."""
    deps = wiring.deps()
    change(
        deps,
        load(deps, ref),
        lambda order, context: replace(owe(order, Purpose.ORDER_FOLLOWUP, context), version=order.version + 1),
    )


def _proven(stage: Stage, number: str) -> None:
    """The confirmation's sender is killed after the mail service accepted it; the event reports it."""
    ref = told(stage, number)
    tags = {"ref": [ref], "purpose": ["order_confirmed"]}
    about = {"messageId": "proven-order", "destination": [address(number)], "tags": tags}
    stage.run("note_delivery", queued(json.dumps({"eventType": "Send", "mail": about})))
    stage.flows()
    assert not stage.sent(address(number))
