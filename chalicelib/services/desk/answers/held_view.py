"""The answer of a ticket that has not left yet, and the contact agreement with its customer, as its page shows them."""

from dataclasses import dataclass

from chalicelib.rules.identity.addressing import same
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.tickets.messages import Person
from chalicelib.rules.tickets.ticket import Ticket
from chalicelib.services.actions.answers import agreeing
from chalicelib.services.delivery import agreements
from chalicelib.services.desk import times
from chalicelib.services.ports.deps import Deps


@dataclass(frozen=True, slots=True)
class HeldView:
    """`id`: of the answer's message; `leaves`: when it leaves, in words; "" while it waits for a second reader, which
    the agent is if they `may_read`. `by`: who wrote it."""

    id: str
    leaves: str
    by: str
    may_read: bool


def held(deps: Deps, shop: Shop, ticket: Ticket, agent: Person, language: str) -> HeldView | None:
    answer = ticket.held_answer
    if answer is None:
        return None
    writer = shop.agent(answer.by)
    leaves = times.short(answer.leaves_at, deps.now(), shop, language) if answer.leaves_at else ""
    may_read = answer.leaves_at is None and not same(answer.by, agent.address)
    return HeldView(answer.id, leaves, writer.name if writer else answer.by, may_read)


def agreed(deps: Deps, shop: Shop, ticket: Ticket, language: str) -> str:
    """What was agreed with the ticket's customer, a line for each thing; "" if nothing was."""
    agreement = agreements.of(deps, shop, ticket.requester.address)
    return agreeing.said(shop, agreement, language) if agreement else ""
