"""The order that a ticket names, as the ticket's page shows it beside the conversation.

Anybody can write any number: an order is shown whole only if it was ordered with the address of the ticket's customer,
to which answers go. Otherwise there are only its number and how far it is.
"""

from dataclasses import dataclass

from chalicelib.rules.orders.duties.purchases import purchase
from chalicelib.rules.orders.history import state
from chalicelib.rules.orders.state import Status
from chalicelib.rules.tickets.procedure_facts import Purchase
from chalicelib.rules.tickets.ticket import Ticket
from chalicelib.services.desk.orders import lists
from chalicelib.services.desk.orders.lists import OrderRow
from chalicelib.services.orders.commits import ref_of
from chalicelib.services.orders.purchases import belongs
from chalicelib.services.orders.shown import parcels
from chalicelib.services.orders.shown.parcels import ParcelView
from chalicelib.services.ports.deps import Deps


@dataclass(frozen=True, slots=True)
class Beside:
    """The order beside a ticket. Unless it is `verified`, `row` and `purchase` are None and there are no `parcels`."""

    number: str
    ref: str
    status: Status
    verified: bool
    row: OrderRow | None = None
    parcels: tuple[ParcelView, ...] = ()
    purchase: Purchase | None = None


def of_ticket(deps: Deps, ticket: Ticket, language: str) -> Beside | None:
    """The order with the ticket's order number; None if it names none, or there is none."""
    order = deps.orders.order(ref_of(deps, ticket.shop, ticket.order_number)) if ticket.order_number else None
    if order is None or order.shop != ticket.shop:
        return None
    known = state(order.events)
    if not belongs(order, ticket.requester.address):
        return Beside(order.number, order.ref, known.status, verified=False)
    return Beside(
        order.number,
        order.ref,
        known.status,
        verified=True,
        row=lists.row(deps, order, language),
        parcels=parcels.views(known),
        purchase=purchase(known, deps.policy.shop(order.shop)),
    )
