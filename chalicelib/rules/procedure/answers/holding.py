"""An agent's answer from the desk that leaves later: it can be taken back until then (decision 268).

What an answer changes on its ticket, it changes when it leaves, in the write that records its mail as sent. So an
answer that was taken back never met a promise, and there is nothing to undo.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.errors import InvalidFields
from chalicelib.rules.identity.addressing import canonical
from chalicelib.rules.procedure.concluding import awaiting_answer, failed, turned
from chalicelib.rules.procedure.replying import answered, asked
from chalicelib.rules.record.counting import SlaCount
from chalicelib.rules.tickets.clocks import (
    ANSWERS,
    CLOSE,
    PROGRESS,
    QUARANTINE,
    READ,
    RESOLVE,
    Clocks,
    RuleContext,
    SetBy,
    set_clock,
)
from chalicelib.rules.tickets.due_dates import given_time
from chalicelib.rules.tickets.log import Action, DetailCode, details_of
from chalicelib.rules.tickets.messages import Event, Message, Person, Visibility
from chalicelib.rules.tickets.outbox import Delivery, Purpose, Stage, queue_for
from chalicelib.rules.tickets.procedure_facts import HeldAnswer
from chalicelib.rules.tickets.ticket import Change, LogEntry, State, Ticket, evolve, kept
from chalicelib.rules.timing.periods import Period, Unit

LATEST = timedelta(minutes=6)
"""How long after its moment an answer may leave: due-work runs start every five minutes, and take up to one."""
_READ_WITHIN = Period(1, Unit.WORKING_DAYS)
_MET = (*ANSWERS, RESOLVE, PROGRESS)
"""The promises that an answer may meet."""
PURPOSES = {
    Event.WORDS: Purpose.ANSWER,
    Event.QUESTION: Purpose.QUESTION,
    Event.FINAL_ANSWER: Purpose.FINAL_ANSWER,
}
"""The mail that a held message becomes."""


def leaves_at(ticket: Ticket, context: RuleContext) -> datetime:
    """When an answer that is ready now leaves: after the policy's minutes, or sooner if a promise would be broken by
    waiting. A promise that is broken already is no reason to hurry."""
    leaves = context.at + timedelta(minutes=context.shop.desk.undo_minutes)
    promised = [clock.due - LATEST for clock in ticket.clocks.only(*_MET).running if clock.due > context.at]
    return max(context.at, min([leaves, *promised]))


def held(ticket: Ticket, written: Change, context: RuleContext, *, unread: bool) -> Change:
    """What is left now of `written`, the change by which an agent's answer would leave at once: the answer is kept back
    until its moment, or, `unread`, until a second agent has read it. The whole change if nothing keeps it back. Raises
    InvalidFields if another answer is kept back."""
    refuse_if_held(ticket)
    leaves = None if unread else leaves_at(ticket, context)
    (message,) = written.messages
    if leaves == context.at or written.ticket is None or message.outbox is None:
        return written
    waiting = evolve(
        ticket,
        held_answer=HeldAnswer(message.id, message.person.address, context.at, leaves, ticket.requester.address),
        assignee=written.ticket.assignee,
        final_answer=written.ticket.final_answer,
        clocks=ticket.clocks.without(CLOSE) if leaves else _to_be_read(ticket, context),
    )
    outbox = queue_for(message.outbox.deliveries, leaves) if leaves else None
    purpose = details_of(DetailCode.PURPOSE, PURPOSES[message.event])
    final = tuple(entry for entry in written.log if entry.action is Action.FINAL_ANSWER_WRITTEN)
    entry = LogEntry(context.at, message.person.address, Action.ANSWER_HELD, purpose)
    return Change(waiting, (replace(message, visibility=Visibility.HELD, outbox=outbox),), (*final, entry))


def _to_be_read(ticket: Ticket, context: RuleContext) -> Clocks:
    """The clocks while the answer waits for a second reader: the shop's own one tells the other agents now, when it is
    due, and each day after."""
    read = set_clock(READ, _READ_WITHIN, context.shop.kinds[ticket.kind], context, SetBy.ANSWER)
    return ticket.clocks.without(CLOSE).put(replace(read, warn_at=context.at))


def refuse_if_held(ticket: Ticket) -> None:
    """While an answer is kept back, nothing changes that its mail says or that decides who reads it before: its reader
    would have read something else. Raises InvalidFields."""
    if ticket.held_answer:
        raise InvalidFields({"action": "answer_waiting"})


def take_back(ticket: Ticket, message: Message | None, agent: Person, context: RuleContext) -> Change | None:
    """The held answer does not leave; None if that was done. One write decides between this and its sender: whichever
    comes second finds another version of the message. Raises InvalidFields if it has left or is leaving."""
    if message and message.event is Event.TAKEN_BACK:
        return None
    return kept_back(ticket, waiting(ticket, message), Action.ANSWER_TAKEN_BACK, agent, context)


def waiting(ticket: Ticket, message: Message | None) -> Message:
    """The message, if it is the held answer and no sender has begun with it. Raises InvalidFields."""
    answer = ticket.held_answer
    untouched = message is not None and (message.outbox is None or message.outbox.stage is Stage.WAITING)
    if answer is None or message is None or message.id != answer.id or not untouched:
        raise InvalidFields({"action": "answer_left"})
    return message


def kept_back(ticket: Ticket, message: Message, action: Action, agent: Person, context: RuleContext) -> Change:
    """The change by which a held answer never leaves."""
    undone = without(ticket, message, context)
    internal = evolve(message, visibility=Visibility.INTERNAL, event=Event.TAKEN_BACK, outbox=None)
    return Change(evolve(undone), (internal,), (LogEntry(context.at, agent.address, action),))


def without(ticket: Ticket, message: Message, context: RuleContext) -> Ticket:
    """The ticket after its held answer was kept back, or refused for good by the mail service. If it waits for the
    customer, its time to close begins again."""
    kind, clocks = context.shop.kinds[ticket.kind], ticket.clocks.without(READ)
    if kind.close_after and ticket.state is State.WAITING:
        clocks = clocks.put(given_time(CLOSE, kind.close_after, kind, context, SetBy.ANSWER))
    return failed(replace(ticket, held_answer=None, clocks=clocks), message.id)


def mail_of(ticket: Ticket, message: Message) -> Delivery:
    """The mail that the held message becomes."""
    return Delivery(PURPOSES[message.event], ticket.requester.address)


def as_left(ticket: Ticket, message: Message, context: RuleContext) -> Ticket:
    """The ticket after its held answer has left; also what the answer's mail says of it. If the customer or a third
    party wrote since, the shop still owes the next word, and what it promises for that counts from when they wrote. A
    ticket that was closed meanwhile stays closed."""
    free = replace(ticket, held_answer=None)
    if message.event is Event.FINAL_ANSWER:
        return free
    if since := turned(ticket, message.at):
        return awaiting_answer(_still_open(free, message, context), replace(context, at=since))
    if since := _heard(ticket, message.at):
        still, kind = _still_open(free, message, context), context.shop.kinds[ticket.kind]
        again = still.clocks.ensure_promise(kind, replace(context, at=since), SetBy.REFERRAL)
        return replace(still, clocks=again)
    if message.event is Event.QUESTION:
        return asked(free, message.person, context)
    return answered(free, message.person, context, message.at)


def _heard(ticket: Ticket, written: datetime) -> datetime | None:
    """When a third party answered although the shop's own answer, `written` before, had not left; None if none did, or
    another is still asked."""
    heard = [each.answered_at for each in ticket.referrals if each.answered_at and each.answered_at > written]
    return min(heard, default=None) if ticket.state is State.OPEN else None


def _still_open(ticket: Ticket, message: Message, context: RuleContext) -> Ticket:
    """The ticket after a held message has left that was not the last word: no promise to resolve is met by it, and
    nothing waits for the customer."""
    clocks, kind = ticket.clocks.without(CLOSE, QUARANTINE), context.shop.kinds[ticket.kind]
    if message.event is Event.WORDS:
        clocks = clocks.meet(*ANSWERS, at=context.at, written=message.at).owe_progress(kind, context, SetBy.ANSWER)
    return replace(
        ticket,
        state=State.OPEN,
        active_at=context.at,
        assignee=ticket.assignee or canonical(message.person.address),
        clocks=clocks,
        written_since=None,
    )


def left(ticket: Ticket, message: Message, context: RuleContext) -> tuple[tuple[LogEntry, ...], tuple[SlaCount, ...]]:
    """What the log and the counters say of a held answer that has left. A final answer has its own words for it
    (concluding.final_answer_sent)."""
    match message.event:
        case Event.WORDS:
            channel = details_of(DetailCode.CHANNEL, message.channel)
            entry = LogEntry(context.at, message.person.address, Action.ANSWERED, channel)
            return (entry,), kept(ticket, ANSWERS, context.at, message.at)
        case Event.QUESTION:
            return (LogEntry(context.at, message.person.address, Action.ASKED_CUSTOMER),), ()
    return (), ()
