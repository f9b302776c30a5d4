"""What mails say about a call: when it is, from which number, and the link by which it is moved or cancelled."""

from typing import Any

from chalicelib.rules.calls import booking
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.tickets.messages import Event, Message
from chalicelib.rules.tickets.ticket import Ticket
from chalicelib.services.calls import links, told
from chalicelib.services.ports.deps import Deps


def said(deps: Deps, shop: Shop, ticket: Ticket, message: Message) -> dict[str, Any]:
    """For the confirmation of a ticket that asks for a call: the promise, as long as it is open. For a mail about what
    became of the call: `about` (CallNews), and `again`: whether another time can be chosen."""
    if ticket.call is None:
        return {}
    when = told.call_time(ticket.call, shop, ticket.language)
    facts: dict[str, Any] = {"when": when, "call_url": links.page_url(deps, ticket)}
    if message.event is not Event.CALL:
        return {"call": facts} if ticket.call.open else {}
    return facts | {"about": message.about, "again": booking.changeable(ticket)}
