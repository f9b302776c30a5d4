"""Signed links about a call: the page where the reader of the customer's mails moves or cancels it, and the receipt of
whoever asked for it."""

from chalicelib.errors import InvalidLink
from chalicelib.rules.identity import derived
from chalicelib.rules.identity.addressing import canonical
from chalicelib.rules.tickets.ticket import Ticket
from chalicelib.services.ports.deps import Deps
from chalicelib.services.tickets import links, signing
from chalicelib.services.tickets.merged import resolve_merged

_PAGE, _RECEIPT = "call", "call/receipt"


def page_url(deps: Deps, ticket: Ticket) -> str:
    """The page of the call. It is only in mails to the customer."""
    return f"{deps.public_url}/call/{_token(deps, ticket, _PAGE)}"


def receipt(deps: Deps, ticket: Ticket) -> str:
    """The token for whoever posted the form: it shows the reference and the promise, and changes nothing."""
    return _token(deps, ticket, _RECEIPT)


def open_page(deps: Deps, token: str) -> Ticket:
    """The ticket whose call a link changes; for a merged one, the ticket it was merged into if that is the same
    customer's. Raises InvalidLink."""
    ticket = _opened(deps, token, _PAGE)
    into = resolve_merged(deps, ticket)
    if canonical(into.requester.address) != canonical(ticket.requester.address):
        raise InvalidLink(expired=True)
    return into


def open_receipt(deps: Deps, token: str) -> Ticket:
    """The ticket of a receipt. Raises InvalidLink."""
    return _opened(deps, token, _RECEIPT)


def _token(deps: Deps, ticket: Ticket, purpose: str) -> str:
    return signing.written(deps, purpose, [ticket.ref, ticket.link_version, derived.life_of(ticket.opened_at)])


def _opened(deps: Deps, token: str, purpose: str) -> Ticket:
    ref, version, life = signing.read(deps, purpose, token)
    ticket = deps.tickets.ticket(ref)
    if ticket is None or ticket.call is None or life != derived.life_of(ticket.opened_at):
        raise InvalidLink(expired=True)
    if ticket.link_version != version or deps.now() > links.expiry(deps.policy.shop(ticket.shop), ticket):
        raise InvalidLink(expired=True)
    return ticket
