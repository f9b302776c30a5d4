"""Until when an answer reaches a messenger's user, as the composer says it (decision 304)."""

from dataclasses import dataclass
from datetime import datetime

from chalicelib.rendering import words
from chalicelib.rules.identity.handles import Provider, of_address
from chalicelib.rules.messages.window import How, window
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.tickets.ticket import Ticket


@dataclass(frozen=True, slots=True)
class Reach:
    """`until`: when nothing written freely is taken any more, in words; "" if that never ends."""

    provider: Provider
    closed: bool
    until: str


def of_ticket(shop: Shop, ticket: Ticket, now: datetime, language: str) -> Reach | None:
    """How its customer is reached in a messenger; None if answers go by mail, or nowhere."""
    who = of_address(ticket.requester.address)
    if who is None or ticket.reached is None:
        return None
    found = window(who.provider, ticket.reached.last_at, now)
    until = words.moment(found.until, shop.hours.timezone, language) if found.until else ""
    return Reach(who.provider, found.how is How.CLOSED, until)
