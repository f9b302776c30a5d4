"""Triage of a ticket: its assignee, priority, properties, and the facts of a claim (decision 74)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from chalicelib.errors import InvalidFields
from chalicelib.rules.intake.withdrawing import not_withdrawn, withdrawn
from chalicelib.rules.policy.model import Kind, Shop
from chalicelib.rules.policy.promises import ABOUT_DATA, WITHDRAWAL
from chalicelib.rules.tickets.clocks import (
    CLOSE,
    DECIDED,
    FIRST_ANSWER,
    NEXT_ANSWER,
    PROGRESS,
    RESOLVE,
    Clock,
    Clocks,
    RuleContext,
    SetBy,
    set_clock,
)
from chalicelib.rules.tickets.log import Action, Detail, DetailCode, details_of
from chalicelib.rules.tickets.messages import Person, internal_message
from chalicelib.rules.tickets.procedure_facts import Claim, bought_then
from chalicelib.rules.tickets.ticket import Change, LogEntry, Priority, State, Ticket, evolve
from chalicelib.rules.timing.worktime import local_date

# The properties that an agent may set if the customer left them empty or got them wrong: fields of the ticket, by
# which the log names them too.
CHANGEABLE: tuple[str, ...] = (DetailCode.KIND, DetailCode.TOPIC, DetailCode.ORDER_NUMBER, DetailCode.COUNTRY)


def assign(ticket: Ticket, to: str, shop: Shop, agent: Person, now: datetime) -> Change | None:
    """Assign the ticket to an agent, or with "" to nobody. None if that is so already. Raises InvalidFields."""
    taker = shop.agent(to) if to else None
    if to and taker is None:
        raise InvalidFields({"to": "no_agent"})
    assignee = taker.address if taker else None
    if assignee == ticket.assignee:
        return None
    entry = LogEntry(now, agent.address, Action.ASSIGNED, details_of(DetailCode.AGENT, assignee or ""))
    return Change(evolve(ticket, assignee=assignee), log=(entry,))


def prioritise(ticket: Ticket, priority: Priority, agent: Person, now: datetime) -> Change | None:
    if priority is ticket.priority:
        return None
    detail = Detail(DetailCode.PRIORITY, priority, was=ticket.priority)
    entry = LogEntry(now, agent.address, Action.PRIORITY_SET, (detail,))
    return Change(evolve(ticket, priority=priority), log=(entry,))


def change(ticket: Ticket, said: Mapping[str, str], agent: Person, context: RuleContext) -> Change | None:
    """Set the properties in `said`, by the names in CHANGEABLE; "" clears one. Raises InvalidFields.

    Another kind brings its own promises, as if the ticket had had that kind when it was opened (or reopened, except for
    what is about personal data). Promises already made to the customer stay if they are due sooner.
    """
    shop = context.shop
    if "kind" in said and said["kind"] not in shop.kinds:
        raise InvalidFields({"kind": "unknown"})
    if said.get("topic") and shop.topic(said["topic"]) is None:
        raise InvalidFields({"topic": "unknown"})
    new: dict[str, Any] = {name: said[name] or None for name in CHANGEABLE if name in said}
    after: Ticket = replace(ticket, **new)
    if after == ticket:
        return None
    if ticket.held_answer and (after.kind, after.topic) != (ticket.kind, ticket.topic):
        raise InvalidFields({"action": "answer_waiting"})  # they decide who reads it
    if after.kind != ticket.kind and ticket.state is not State.CLOSED:
        after = _withdrawn_or_not(replace(after, clocks=_promised(after, context)), ticket.kind, context)
    changed = ((name, getattr(ticket, name), value) for name, value in new.items())
    details = tuple(
        Detail(DetailCode(name), value or "", before or "") for name, before, value in changed if before != value
    )
    return Change(evolve(after), log=(LogEntry(context.at, agent.address, Action.CHANGED, details),))


def claim(ticket: Ticket, claim: Claim, agent: Person, context: RuleContext) -> Change | None:
    """Record the facts of a claim. Raises InvalidFields."""
    now = context.at
    claim = replace(claim, repaired=ticket.claim.repaired if ticket.claim else None)
    if claim == ticket.claim:
        return None
    if claim.purchased and not bought_then(claim.purchased, local_date(now, context.shop.hours)):
        raise InvalidFields({"purchased": "not_bought_then"})
    if claim.delivered and not bought_then(claim.delivered, local_date(now, context.shop.hours)):
        raise InvalidFields({"delivered": "not_delivered_then"})
    return Change(evolve(ticket, claim=claim), log=(LogEntry(now, agent.address, Action.CLAIM_NOTED),))


def note(ticket: Ticket, id: str, text: str, agent: Person, now: datetime) -> Change:
    """A note that only agents see. Raises InvalidFields."""
    if not text.strip():
        raise InvalidFields({"text": "missing"})
    message = internal_message(id, ticket.ref, now, agent, text.strip())
    return Change(evolve(ticket), (message,), (LogEntry(now, agent.address, Action.NOTED),))


def _promised(ticket: Ticket, context: RuleContext) -> Clocks:
    """The clocks with the promises of the ticket's new kind."""
    kind, begun = context.shop.kinds[ticket.kind], _begun(ticket)
    first, again = ticket.clock(FIRST_ANSWER), ticket.clock(NEXT_ANSWER)
    # If no first answer was promised, one may have been given without a clock.
    unknown = first is None and ticket.state in (State.WAITING, State.REFERRED)
    promises = [] if again and not first else [(FIRST_ANSWER, kind.first_answer, context.at if unknown else begun)]
    promises += [(RESOLVE, kind.resolve, begun)]
    promises += [(NEXT_ANSWER, kind.first_answer, again.set_at)] if again else []
    promises += [(PROGRESS, kind.progress, _last_told(ticket, begun))]
    clocks, set_by = ticket.clocks.without(PROGRESS), SetBy.REOPENING if begun > ticket.opened_at else SetBy.KIND
    for name, period, since in promises:
        if period:
            new = set_clock(name, period, kind, replace(context, at=since), set_by)
            clocks = clocks.put(_stricter(ticket, new, kind))
    if kind.close_after is None:  # such a ticket ends only with a final answer
        clocks = clocks.without(CLOSE).ensure_promise(kind, context, SetBy.KIND)
    return clocks


def _withdrawn_or_not(after: Ticket, was: str, context: RuleContext) -> Ticket:
    """The ticket with the clocks of a withdrawal if it has become one, without them if it was one."""
    if after.kind == WITHDRAWAL:
        received_at = after.withdrawal.received_at if after.withdrawal else after.opened_at
        return withdrawn(after, replace(context, at=received_at), SetBy.KIND)
    return not_withdrawn(after) if was == WITHDRAWAL else after


def _begun(ticket: Ticket) -> datetime:
    """The start of its promises: when the ticket was opened or last reopened. What is about personal data always counts
    from the opening, even if it was classified as something else at first (GDPR, Article 12(3)); what came later,
    within another matter, is split off."""
    again = [clock.set_at for clock in ticket.clocks if clock.set_by is SetBy.REOPENING]
    return ticket.opened_at if ticket.kind in ABOUT_DATA else max((ticket.opened_at, *again))


def _last_told(ticket: Ticket, begun: datetime) -> datetime:
    """When the customer last had an answer; before the first, when the matter began."""
    return max((begun, *(clock.met_at for clock in ticket.clocks.only(FIRST_ANSWER, NEXT_ANSWER) if clock.met_at)))


def _stricter(ticket: Ticket, new: Clock, kind: Kind) -> Clock:
    """The kind's promise, or the existing one of its name if that is due sooner, was kept, or was agreed with the
    customer. Steps already taken for a broken promise are not taken again."""
    made = ticket.clock(new.name)
    if made is None:
        return new
    if made.met_at:
        if made.name != RESOLVE or kind.close_after:
            return made
        # An answer met it, but was not the last one. If it was met late, it stays late.
        return new if made.met_at <= made.due else replace(made, met_at=None)
    decided = made.paused_at or (made.set_by in DECIDED and ticket.kind not in ABOUT_DATA)
    if decided or made.due <= new.due:
        return made
    missed = made.next_at is not None and made.next_at > made.due
    return replace(new, next_at=made.next_at) if missed else new
