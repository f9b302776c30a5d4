"""Whom a mail to an agent reaches now; rules.delivery.standing_in has the rules."""

from chalicelib.rules.access.absences import Absences, stand_ins
from chalicelib.rules.delivery import standing_in
from chalicelib.rules.delivery.sending import OutboxItem
from chalicelib.rules.identity.addressing import same
from chalicelib.rules.policy.model import Agent, Shop
from chalicelib.rules.policy.people import Role
from chalicelib.rules.tickets.outbox import Delivery, Outbox, Purpose
from chalicelib.rules.tickets.ticket import Ticket
from chalicelib.services.ports.deps import Deps


def absences(deps: Deps, shop: Shop) -> Absences:
    """The shop's absences, at most a minute old. A shop with one agent has nobody who could stand in."""
    return deps.absences.lately(shop.id, deps.now()) if len(shop.agents) > 1 else Absences()


def claimed(deps: Deps, item: OutboxItem, box: Outbox) -> Outbox:
    """The outbox as its sender claims it, with the mails to agents owed to those who are there."""
    if not standing_in.to_agents(box):
        return box
    shop, besides = shop_of(deps, item.ref), ""
    if shop is None or not (known := absences(deps, shop)).all:
        return box
    if box.owes(Purpose.ANSWER_TO_READ):
        ticket = item if isinstance(item, Ticket) else deps.tickets.ticket(item.ref)
        besides = ticket.held_answer.by if ticket and ticket.held_answer else ""
    return standing_in.redirected(box, shop, known, deps.now(), besides)


def of_orders(deps: Deps, shop: Shop, box: Outbox) -> Outbox:
    """The same, of an order."""
    if not standing_in.to_agents(box):
        return box
    return standing_in.redirected(box, shop, absences(deps, shop), deps.now())


def there(deps: Deps, shop: Shop, *roles: Role) -> dict[Agent, tuple[str, ...]]:
    """Who gets what goes to the shop's people with these roles, and the names of those for whom they stand in."""
    known, whom = absences(deps, shop), dict[Agent, tuple[str, ...]]()
    for person in shop.agents:
        if person.role not in roles:
            continue
        for address in stand_ins(shop, known, person.address, deps.now()):
            if agent := shop.agent(address):
                named = () if same(address, person.address) else (person.name,)
                whom[agent] = (*whom.get(agent, ()), *named)
    return whom


def names(shop: Shop, delivery: Delivery) -> tuple[str, ...]:
    """The names of those for whom its recipient stands in."""
    agents = (shop.agent(address) for address in delivery.stands_for)
    return tuple(agent.name for agent in agents if agent)


def shop_of(deps: Deps, ref: str) -> Shop | None:
    """The shop of a ticket's or message's reference; None if the policy no longer has it."""
    return next((shop for shop in deps.policy.shops.values() if ref.startswith(f"{shop.prefix}-")), None)
