"""The page behind the link that confirms a data request's identity, and the record of it for the person who answers the
request."""

from typing import Any

from chalicelib.rules.identity import derived
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.policy.promises import DATA_REQUEST
from chalicelib.rules.procedure import confirming
from chalicelib.rules.tickets.ticket import Change, Ticket
from chalicelib.services.ports.deps import Deps
from chalicelib.services.tickets import links
from chalicelib.services.tickets.commits import commit_unless_done
from chalicelib.services.tickets.merged import resolve_merged

# How many of a person's newest tickets are searched for data requests.
_LIMIT = 500


def opened(deps: Deps, token: str) -> tuple[Shop, Ticket]:
    """The ticket that the link confirms, and its shop. Raises InvalidLink."""
    ticket = links.open_confirmation(deps, token)
    return deps.policy.shop(ticket.shop), ticket


def confirm(deps: Deps, token: str) -> None:
    """Record once that the identity is confirmed, and mail that. Raises InvalidLink, also if the ticket is gone."""

    def load() -> Ticket:
        return links.open_confirmation(deps, token)

    def decide(ticket: Ticket) -> Change | None:
        source = derived.source_of("identity confirmed", ticket.ref, token)
        return confirming.confirmed(ticket, derived.message_id(deps.secret, ticket.ref, source), deps.now())

    commit_unless_done(deps, load(), decide, load)


def records(deps: Deps, shop: Shop, address: str) -> list[dict[str, Any]]:
    """The address's data requests, newest first: whether and when the identity was confirmed for each."""
    found = deps.tickets.tickets_of(shop.id, address, _LIMIT)
    requests = deps.tickets.find_tickets([ticket.ref for ticket in found if ticket.kind == DATA_REQUEST])
    return [
        {
            "reference": ticket.ref,
            "confirmed": at is not None,
            "confirmed_at": at.isoformat(timespec="seconds") if at else None,
        }
        for ticket in requests
        for at in [ticket.identity_confirmed_at or resolve_merged(deps, ticket).identity_confirmed_at]
    ]
