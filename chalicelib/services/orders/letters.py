"""The letter of each mail that an order owes."""

from datetime import datetime

from chalicelib.mail.composing import Letter
from chalicelib.rendering.pages import RenderedMail
from chalicelib.rules.identity.derived import ServiceToken, source_of
from chalicelib.rules.orders.order import Order
from chalicelib.rules.tickets.outbox import Delivery
from chalicelib.rules.tickets.ticket import Person
from chalicelib.services.ports.deps import Deps
from chalicelib.services.tickets.service_letters import service_letter


def letter(deps: Deps, order: Order, delivery: Delivery, now: datetime) -> Letter:
    """The plainest letter: its purpose, what it is about, and the order's number."""
    said = f"{delivery.purpose} {delivery.about} {order.number}"
    serial = source_of(delivery.purpose, delivery.to, delivery.about, str(order.version))[:12]
    rendered = RenderedMail(said, said, f"<p>{order.number}</p>")
    shop = deps.policy.shop(order.shop)
    return service_letter(shop, Person("", delivery.to), rendered, ServiceToken.DIGEST, serial, now)
