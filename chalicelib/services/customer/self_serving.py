"""A customer says that an article of the help has answered their ticket, which closes it: only this counts as answered
by oneself, never that somebody has given up (decision 241)."""

from chalicelib.rules.identity import derived
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.procedure import concluding
from chalicelib.rules.tickets.ticket import Change, Ticket
from chalicelib.services.ports.conflicts import MessageExists
from chalicelib.services.ports.deps import Deps
from chalicelib.services.tickets import links
from chalicelib.services.tickets.commits import commit_unless_done


def opened(deps: Deps, token: str) -> tuple[Shop, Ticket]:
    """The ticket to which the link leads, and its shop. Raises InvalidLink."""
    ticket = links.open_answered(deps, token)
    return deps.policy.shop(ticket.shop), ticket


def answered(deps: Deps, token: str, press: str) -> None:
    """Close the ticket, and mail that. `press`: the id of the nonce with which the button was pressed: it closes once,
    also if the ticket was opened again since. Raises InvalidLink, NotOpen."""

    def load() -> Ticket:
        return links.open_answered(deps, token)

    def decide(ticket: Ticket) -> Change | None:
        id = derived.message_id(deps.secret, ticket.ref, derived.source_of("self served", ticket.ref, press))
        return concluding.self_served(ticket, id, deps.context(deps.policy.shop(ticket.shop)))

    try:
        commit_unless_done(deps, load(), decide, load)
    except MessageExists:
        return  # pressed before; somebody has written since
