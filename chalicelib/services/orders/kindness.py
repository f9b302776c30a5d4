"""Whether the letters after an order may go: asked as each is sent, because tickets, objections and the policy may have
changed since it was owed (decision 230)."""

from chalicelib.rules.orders.duties.afterwards import LETTERS, advert_refusal
from chalicelib.rules.orders.history import state
from chalicelib.rules.orders.order import Order
from chalicelib.rules.tickets.advertising import NoAdvert
from chalicelib.rules.tickets.outbox import Delivery, Nature, Unsent
from chalicelib.rules.tickets.ticket import State, Ticket
from chalicelib.services.delivery import objections
from chalicelib.services.orders.commits import ref_of
from chalicelib.services.ports.deps import Deps
from chalicelib.services.tickets import limiting

# A customer's tickets that are looked through for those about the order, the newest first.
_MOST_TICKETS = 50
_WELL = 3
"""The lowest rating that is not bad, of 1 to 5."""


def unwanted(deps: Deps, order: Order, mail: Delivery) -> Unsent | None:
    """The reason why the mail is not sent; None if it may be, or is no such letter. Repeated calls get the same
    result."""
    if mail.purpose not in LETTERS.values():
        return None
    if any(map(_unhappy, _tickets(deps, order, mail.to))):
        return Unsent.NOT_ALLOWED if mail.purpose.nature is Nature.ADVERT else Unsent.OVERTAKEN
    return _unwanted_advert(deps, order, mail) if mail.purpose.nature is Nature.ADVERT else None


def _unwanted_advert(deps: Deps, order: Order, mail: Delivery) -> Unsent | None:
    shop = deps.policy.shop(order.shop)
    objected = objections.objected_at(deps, order.shop, mail.to) is not None
    if why := advert_refusal(state(order.events), shop, objected=objected):
        return Unsent.OBJECTED if why is NoAdvert.OBJECTED else Unsent.NOT_ALLOWED
    may = limiting.may_advertise(deps, shop, mail.to, f"{order.ref}/{mail.purpose}")
    return None if may else Unsent.BEYOND_BUDGET


def _tickets(deps: Deps, order: Order, address: str) -> list[Ticket]:
    """The customer's tickets about this order."""
    newest = deps.tickets.tickets_of(order.shop, address, _MOST_TICKETS)
    found = deps.tickets.find_tickets([each.ref for each in newest])
    return [each for each in found if each.order_number and ref_of(deps, each.shop, each.order_number) == order.ref]


def _unhappy(ticket: Ticket) -> bool:
    """Whether something is still to be put right, or was not to the customer's satisfaction."""
    return ticket.state is not State.CLOSED or (ticket.rating is not None and ticket.rating.score < _WELL)
