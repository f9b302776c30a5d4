"""The one mail that informs an agent about promises of many tickets. It belongs to no ticket, so it can't be
answered."""

from datetime import datetime
from typing import Any

from chalicelib.mail.composing import Letter
from chalicelib.rendering import pages
from chalicelib.rules.delivery import coalescing
from chalicelib.rules.identity import derived
from chalicelib.rules.identity.derived import ServiceToken
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.procedure.referring import referral_of
from chalicelib.rules.tickets.clocks import REFERRAL
from chalicelib.rules.tickets.outbox import Delivery
from chalicelib.rules.tickets.ticket import Message, Person, Ticket
from chalicelib.services.delivery import standing_in
from chalicelib.services.ports.deps import Deps
from chalicelib.services.tickets import links
from chalicelib.services.tickets.service_letters import service_letter

_TEMPLATE = "due_together"


def coalesced(deps: Deps, ticket: Ticket, message: Message, delivery: Delivery, now: datetime) -> Letter | None:
    """The letter about all tickets that the delivery carries, or None if only one of them still exists."""
    shop = deps.policy.shop(ticket.shop)
    steps = [(ticket.ref, coalescing.about(message)), *((step.ref, step.about) for step in delivery.carries)]
    found = {each.ref: each for each in deps.tickets.find_tickets(list(dict.fromkeys(ref for ref, _ in steps)))}
    lines = [_line(deps, shop, found[ref], about) for ref, about in steps if ref in found]
    if len(lines) < 2:
        return None
    lines.sort(key=lambda line: (line["due"], line["reference"]))
    late = sum(line["stage"] != "warn" for line in lines)
    context = {"shop": shop, "steps": lines, "overdue_count": late, "soon_count": len(lines) - late}
    context["stands_for"] = standing_in.names(shop, delivery)
    rendered = pages.mail(_TEMPLATE, shop.languages[0], **context)
    agent = shop.agent(delivery.to)
    to = Person(agent.name if agent else "", delivery.to)
    serial = derived.source_of(_TEMPLATE, delivery.to, message.id, str(message.version))[:12]
    return service_letter(shop, to, rendered, ServiceToken.DIGEST, serial, now)


def _line(deps: Deps, shop: Shop, ticket: Ticket, about: str) -> dict[str, Any]:
    name, _, stage = about.partition(" ")
    clock = ticket.clock(name)
    kind, _, number = name.partition("-")
    referral = referral_of(ticket, number) if kind == REFERRAL else None
    assignee = shop.agent(ticket.assignee) if ticket.assignee else None
    return {
        "reference": ticket.ref,
        "subject": ticket.subject,
        "name": ticket.requester.name or ticket.requester.address,
        "clock": kind,
        "stage": stage,
        "due": clock.due if clock else ticket.opened_at,
        "party_name": referral.name if referral else "",
        "assignee": assignee.name if assignee else "",
        "url": links.desk_url(deps, ticket.ref),
    }
