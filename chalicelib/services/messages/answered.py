"""What is no message to us: the shop's people answered in the provider's own app, or the customer did something besides
writing."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from chalicelib.rendering import words
from chalicelib.rules.events.messages.said import Kind
from chalicelib.rules.intake.opening import Inbound
from chalicelib.rules.messages import joining
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.tickets.remarks import Remark
from chalicelib.rules.tickets.ticket import Change, State, Ticket
from chalicelib.services.ports.deps import Deps

Rule = Callable[[Ticket], Change]


def since(deps: Deps, ticket: Ticket, at: datetime) -> bool:
    """Whether the shop's people, who saw in the provider's app what was written at `at`, have answered there."""
    if ticket.state is not State.WAITING or at > (ticket.active_at or ticket.opened_at):
        return False
    _, messages = deps.tickets.conversation(ticket.ref)
    return any(Remark.IN_PROVIDERS_APP in each.remarks and each.at >= at for each in messages)


def in_their_app(deps: Deps, shop: Shop, inbound: Inbound, id: str, at: datetime) -> Rule:
    return lambda ticket: joining.answered_elsewhere(ticket, id, inbound, at, deps.context(shop))


def described(shop: Shop, kind: Kind, text: str) -> str:
    """What they did besides writing, for agents."""
    withdrawn = kind is Kind.REACTION and not text
    phrase = words.phrase(shop.languages[0], f"messages.noted.{'unreacted' if withdrawn else kind}")
    return phrase.format(text=text)


def something_else(deps: Deps, shop: Shop, inbound: Inbound, id: str, kind: Kind, at: datetime) -> Rule:
    note = replace(inbound, text=described(shop, kind, inbound.text))
    return lambda ticket: joining.noted(ticket, id, note, kind, at, deps.context(shop))
