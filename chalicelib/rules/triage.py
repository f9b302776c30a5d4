"""Putting a ticket where it belongs: who has it, how urgent it is, what it is about, what a claim rests on."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from chalicelib.errors import BadInput
from chalicelib.rules.clocks import CLOSE, FIRST_ANSWER, RESOLVE, Moment, set_clock
from chalicelib.rules.concluding import promising, without
from chalicelib.rules.messages import Person, internal_message
from chalicelib.rules.policy import Shop
from chalicelib.rules.records import Claim
from chalicelib.rules.tickets import Change, LogEntry, Priority, State, Ticket, evolve
from chalicelib.rules.warranty import bought_then
from chalicelib.rules.worktime import local_date

# What an agent may say of a ticket that the customer left open or got wrong.
CHANGEABLE = ("kind", "topic", "order_number", "country")


def assign(ticket: Ticket, to: str, shop: Shop, agent: Person, now: datetime) -> Change | None:
    """Give the ticket to an agent, or with "" to nobody. None when that is so already. Raises BadInput."""
    taker = shop.agent(to) if to else None
    if to and taker is None:
        raise BadInput({"to": "no_agent"})
    assignee = taker.address if taker else None
    if assignee == ticket.assignee:
        return None
    return Change(
        evolve(ticket, assignee=assignee), log=(LogEntry(now, agent.address, "assigned", assignee or "nobody"),)
    )


def prioritise(ticket: Ticket, priority: Priority, agent: Person, now: datetime) -> Change | None:
    if priority is ticket.priority:
        return None
    entry = LogEntry(now, agent.address, "priority", f"{ticket.priority} to {priority}")
    return Change(evolve(ticket, priority=priority), log=(entry,))


def change(ticket: Ticket, said: Mapping[str, str], agent: Person, moment: Moment) -> Change | None:
    """Say of the ticket what `said` holds, by the names in CHANGEABLE; "" takes it away. Raises BadInput.

    Another kind brings the promises of that kind the ticket has not been given yet, from now on. Those made to the
    customer already stay as they were made.
    """
    shop = moment.shop
    if "kind" in said and said["kind"] not in shop.kinds:
        raise BadInput({"kind": "unknown"})
    if said.get("topic") and said["topic"] not in {topic.id for topic in shop.topics}:
        raise BadInput({"topic": "unknown"})
    new: dict[str, Any] = {name: said[name] or None for name in CHANGEABLE if name in said}
    after: Ticket = replace(ticket, **new)
    if after == ticket:
        return None
    if after.kind != ticket.kind and ticket.state is not State.CLOSED:
        after = _with_promises(after, moment)
        kind = shop.kinds[after.kind]
        if kind.close_after is None:  # it ends with a final answer alone
            after = replace(after, clocks=promising(without(after.clocks, CLOSE), kind, moment, "kind"))
    changed = ", ".join(f"{name}: {getattr(ticket, name) or ''} to {value or ''}" for name, value in new.items())
    return Change(evolve(after), log=(LogEntry(moment.at, agent.address, "changed", changed[:300]),))


def claim(ticket: Ticket, claim: Claim, agent: Person, moment: Moment) -> Change | None:
    """Note what a claim rests on. Raises BadInput."""
    now = moment.at
    if claim == ticket.claim:
        return None
    if claim.purchased and not bought_then(claim.purchased, local_date(now, moment.shop.hours)):
        raise BadInput({"purchased": "not_bought_then"})
    return Change(evolve(ticket, claim=claim), log=(LogEntry(now, agent.address, "claim noted"),))


def note(ticket: Ticket, id: str, text: str, agent: Person, now: datetime) -> Change:
    """Words for the other agents alone. Raises BadInput."""
    if not text.strip():
        raise BadInput({"text": "missing"})
    message = internal_message(id, ticket.ref, now, agent, text.strip())
    return Change(evolve(ticket), (message,), (LogEntry(now, agent.address, "noted"),))


def _with_promises(ticket: Ticket, moment: Moment) -> Ticket:
    kind = moment.shop.kinds[ticket.kind]
    promises = ((FIRST_ANSWER, kind.first_answer), (RESOLVE, kind.resolve))
    missing = [(name, period) for name, period in promises if period and ticket.clock(name) is None]
    new = tuple(set_clock(name, period, kind, moment, "kind") for name, period in missing)
    return replace(ticket, clocks=(*ticket.clocks, *new))
