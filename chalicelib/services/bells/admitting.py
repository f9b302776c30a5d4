"""Passes for pages that show a conversation: by one of them a page connects within a minute."""

import secrets
from dataclasses import dataclass

from chalicelib.errors import UnknownTicket
from chalicelib.rules.access.sessions import digest
from chalicelib.rules.bells.connections import PASS_LIFE, Pass, Side
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.tickets.ticket import Ticket
from chalicelib.services.ports.deps import Deps
from chalicelib.services.tickets import limiting, links

# Who reads by a link, for the limits. They are no addresses.
_BY_LINK, _BY_CHAT = "link", "chat"


@dataclass(frozen=True, slots=True)
class Admission:
    """Where a page connects, and the token of its pass."""

    url: str
    token: str


def admit_customer(deps: Deps, link: str) -> Admission | None:
    """A pass for the page behind a customer's link. None if there are no connections here, or the link is a receipt,
    whose holder is not to learn when others write. Raises InvalidLink and RateLimited."""
    opened = links.open_status(deps, link)
    return None if opened.receipt else admit(deps, opened.ticket.shop, opened.ticket.ref, Side.CUSTOMER, _BY_LINK)


def admit_chat(deps: Deps, ticket: Ticket) -> Admission | None:
    """A pass for who has the link of this ticket's chat, as the caller has checked. None if there are no connections
    here. Raises RateLimited."""
    return admit(deps, ticket.shop, ticket.ref, Side.CUSTOMER, _BY_CHAT)


def admit_agent(deps: Deps, shop: Shop, ref: str, agent: str) -> Admission | None:
    """A pass for an agent of this shop, by their address. None if there are no connections here. Raises UnknownTicket
    and RateLimited."""
    ticket = deps.tickets.ticket(ref)
    if ticket is None or ticket.shop != shop.id:
        raise UnknownTicket(ref)
    return admit(deps, shop.id, ref, Side.DESK, agent)


def admit(deps: Deps, shop: str, ref: str, side: Side, reader: str) -> Admission | None:
    """A pass for a page that may show this conversation to this reader, as the caller has checked. None if there are no
    connections here. Raises RateLimited: then the page looks by itself, and asks again later."""
    if not deps.live_url:
        return None
    limiting.passes(deps, shop, ref, reader)
    token = secrets.token_urlsafe(32)
    deps.connections.put_pass(Pass(digest(token), ref, shop, side, deps.now() + PASS_LIFE))
    return Admission(deps.live_url, token)
