"""What happens when a promise is about to be broken, is broken, and on each day after: the policy's steps, each taken
once.

Everything that is due on a ticket is one change, guarded by its version. So a step is taken once, even if several
due-work runs overlap (decisions 35 and 39).
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from chalicelib.rules.policy.model import Shop, Step
from chalicelib.rules.policy.promises import Recipient
from chalicelib.rules.procedure import concluding, referring, reviewing
from chalicelib.rules.tickets.clock_steps import stepped
from chalicelib.rules.tickets.clocks import (
    CHAT,
    CLOSE,
    ESCALATED,
    PROGRESS,
    QUARANTINE,
    READ,
    REFERRAL,
    REVIEW,
    WINDOW,
    Clock,
    RuleContext,
)
from chalicelib.rules.tickets.log import Action, DetailCode, details_of
from chalicelib.rules.tickets.messages import system_message
from chalicelib.rules.tickets.outbox import Delivery, Purpose, queue
from chalicelib.rules.tickets.remarks import Remark
from chalicelib.rules.tickets.ticket import (
    AFTERCARE,
    Change,
    Event,
    LogEntry,
    Message,
    Priority,
    State,
    Ticket,
    active_clocks,
    evolve,
    highest,
    promises,
    sla_count,
)

Ids = Callable[[str], str]
"""Derives a message's id from what caused the message."""
_LOGGED = {"warn": Action.PROMISE_WARNED, "due": Action.PROMISE_MISSED, "daily": Action.PROMISE_STILL_MISSED}
# Only the assignee is mailed about a remedy that the customer owes.
_ASSIGNEE_ONLY: tuple[Recipient, ...] = ("assignee",)


def step(ticket: Ticket, context: RuleContext, ids: Ids) -> Change | None:
    """Everything that has become due on the ticket, as one change; None if nothing has."""
    if ticket.state is State.QUARANTINED and (closed := concluding.unclaimed(ticket, context)):
        return closed
    due = [
        clock
        for clock in active_clocks(ticket).without(QUARANTINE, CHAT)
        if clock.next_step and clock.next_step <= context.at
    ]
    if not due:
        return None
    if any(clock.name == CLOSE for clock in due) and ticket.state is State.WAITING:
        return concluding.settled(ticket, context)
    stepping, messages, log, ours = ticket, list[Message](), list[LogEntry](), promises(ticket)
    for clock in due:
        stepping, message, entry = _take(stepping, clock, context, ids)
        messages += [message] if message else []
        log += (
            [entry] if entry and clock.name != CLOSE else []
        )  # the close waits for a third party's answer, day by day
    missed = [clock for clock in due if clock in ours and clock.stage(context.at) == "due"]
    sla_counts = sla_count(ticket, (), missed, context.at)
    return Change(evolve(stepping), tuple(messages), tuple(log), sla_counts=sla_counts)


def _take(
    ticket: Ticket, clock: Clock, context: RuleContext, ids: Ids
) -> tuple[Ticket, Message | None, LogEntry | None]:
    # `set_by` is part of the id: after a change of kind the same promise may be made again.
    id = ids(f"{clock.name}/{clock.set_by}/{clock.due.isoformat()}/{clock.stage(context.at)}/{clock.next_step}")
    if clock.name.startswith(REFERRAL) and (reminded := referring.remind(ticket, clock, context, id)):
        return reminded
    if clock.name == WINDOW:
        from chalicelib.rules.procedure import last_line  # few customers write by a messenger

        assignee = recipients(ticket, context.shop, (Step("warn", _ASSIGNEE_ONLY),))
        return last_line.step(ticket, clock, context, id, assignee)
    if clock.name == READ:
        from chalicelib.rules.procedure.answers import second_reader  # few shops ask for one

        return second_reader.remind(ticket, clock, context, id)
    if clock.name == REVIEW:
        return reviewing.ask(ticket, clock, context, id)
    return _escalate(ticket, clock, context, id)


def _escalate(ticket: Ticket, clock: Clock, context: RuleContext, id: str) -> tuple[Ticket, Message | None, LogEntry]:
    stage = clock.stage(context.at)
    steps = _steps(ticket, clock, stage, context.shop)
    after = replace(
        ticket,
        clocks=ticket.clocks.update(stepped(clock, context.at)),
        priority=raised(ticket.priority, steps),
        assignee=_reassigned(ticket, context.shop, steps),
    )
    entry = LogEntry(context.at, AFTERCARE, _LOGGED[stage], details_of(DetailCode.CLOCK, clock.name))
    # Both the former and the new assignee are mailed.
    addresses = dict.fromkeys((*recipients(ticket, context.shop, steps), *recipients(after, context.shop, steps)))
    mails = queue((Delivery(Purpose.ESCALATION, to) for to in addresses), context.at)
    if mails is None:
        return after, None, entry
    message = system_message(id, ticket.ref, context.at, Event.ESCALATION, f"{clock.name} {stage}")
    remarks = (Remark.HANDED,) if after.assignee != ticket.assignee else ()
    return after, replace(message, outbox=mails, remarks=remarks), entry


def _steps(ticket: Ticket, clock: Clock, stage: str, shop: Shop) -> tuple[Step, ...]:
    if clock.name not in ESCALATED:
        return ()
    steps = shop.kinds[ticket.kind].steps(stage)
    if clock.name == PROGRESS or clock in promises(ticket):
        return tuple(steps)
    return tuple(Step(step.at, _ASSIGNEE_ONLY) for step in steps if step.mail)


def recipients(ticket: Ticket, shop: Shop, steps: Iterable[Step]) -> tuple[str, ...]:
    """The addresses that these steps mail, each once. For a ticket without an assignee, all agents who are notified of
    new tickets get the mail, or the owners if there are none."""
    named = (address for step in steps for role in step.mail for address in _people(role, ticket, shop))
    return tuple(dict.fromkeys(named))


def _people(role: str, ticket: Ticket, shop: Shop) -> Iterator[str]:
    team = [agent for agent in shop.agents if agent.notify]
    if role == "assignee" and ticket.assignee and (agent := shop.agent(ticket.assignee)):
        yield agent.address
    elif role == "owner" or not team:
        yield from (agent.address for agent in shop.agents if agent.role == "owner")
    else:
        yield from (agent.address for agent in team)


def raised(priority: Priority, steps: Iterable[Step]) -> Priority:
    """The highest of the ticket's priority and the priorities of the steps."""
    return highest(priority, *(Priority(step.priority) for step in steps if step.priority))


def _reassigned(ticket: Ticket, shop: Shop, steps: Iterable[Step]) -> str | None:
    """The assignee after these steps: the first owner, if a step says so. An owner who has the ticket keeps it."""
    owners = [agent.address for agent in shop.agents if agent.role == "owner"]
    if not owners or not any(step.reassign == "owner" for step in steps) or ticket.assignee in owners:
        return ticket.assignee
    return owners[0]
