"""What an agent says about a call that was promised: who was reached, and what follows if nobody was.

The promise counts as kept when the customer was reached, or was called three times, twenty minutes apart (decision
264).
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from chalicelib.errors import InvalidFields
from chalicelib.rules.calls.booking import CallNews, news
from chalicelib.rules.intake.opening import Inbound
from chalicelib.rules.procedure import contacting
from chalicelib.rules.procedure.concluding import after_answer
from chalicelib.rules.procedure.contacting import Contact
from chalicelib.rules.procedure.replying import waits_for
from chalicelib.rules.tickets.clocks import ANSWERS, CALL_BACK, Clocks, RuleContext
from chalicelib.rules.tickets.log import Action, DetailCode, details_of
from chalicelib.rules.tickets.messages import Channel, Person, internal_message
from chalicelib.rules.tickets.procedure_facts import CallBack, CallEnd
from chalicelib.rules.tickets.ticket import Change, LogEntry, Ticket, evolve, kept

TRIES = 3
APART = timedelta(minutes=20)
GRACE = timedelta(minutes=10)
"""How long after its earliest moment a further try may be made without breaking a promise that was kept so far."""


class Result(StrEnum):
    """What became of a call, as the desk's buttons name it."""

    REACHED = "reached"
    NOT_REACHED = "not_reached"
    WRONG_NUMBER = "wrong_number"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class Said:
    """What the agent wrote about it. `answers`: the call answered what the customer asked."""

    text: str
    agent: Person
    answers: bool = False


def due_at(call: CallBack) -> datetime:
    """When it is time to call: from the beginning of the half hour, or as soon as possible by its end; after a try,
    twenty minutes later."""
    return call.tries[-1] + APART if call.tries else call.starts_at or call.until


def reached(ticket: Ticket, id: str, said: Said, context: RuleContext) -> Change:
    """The customer was spoken to. Raises InvalidFields."""
    call = _open(ticket)
    if not said.text:
        raise InvalidFields({"notes": "missing"})
    inbound = Inbound(
        channel=Channel.PHONE, person=said.agent, subject=ticket.subject, text=said.text, source=id, fingerprint=id,
        kind=ticket.kind, language=ticket.language,
    )  # fmt: skip
    contact = Contact(inbound, context.at, said.agent, ticket.requester, outgoing=True, answers=said.answers)
    noted = contacting.adds(ticket, id, contact, context)
    after = noted.ticket or ticket
    return replace(
        noted,
        ticket=replace(
            after, call=call.over(CallEnd.REACHED, context.at), clocks=after.clocks.meet(CALL_BACK, at=context.at)
        ),
        sla_counts=(*noted.sla_counts, *kept(ticket, (CALL_BACK,), context.at)),
    )


def not_reached(ticket: Ticket, id: str, said: Said, context: RuleContext) -> Change:
    """Nobody answered. After the third time the promise is kept and the customer gets a mail with a link to choose
    another time. Raises InvalidFields if the last try is less than twenty minutes ago."""
    call = _open(ticket)
    if call.tries and context.at < due_at(call):
        raise InvalidFields({"result": "called_just_now"})
    tried = replace(call, tries=(*call.tries, context.at))
    if len(tried.tries) >= TRIES:
        return _by(_given_up(ticket, id, tried, context), said.agent)
    after = evolve(ticket, call=tried, clocks=_until_next(ticket, tried, context))
    entry = LogEntry(
        context.at, said.agent.address, Action.CALLED_IN_VAIN, details_of(DetailCode.CALL, Result.NOT_REACHED)
    )
    note = internal_message(id, ticket.ref, context.at, said.agent, said.text)
    return Change(after, (note,), (entry,))


def wrong_number(ticket: Ticket, id: str, said: Said, context: RuleContext) -> Change:
    """Somebody else has this number, or nobody. The promise cannot be kept, so it ends without being counted, and the
    customer is asked by mail for the right number. Raises InvalidFields."""
    call = _open(ticket)
    over = call.over(CallEnd.WRONG_NUMBER, context.at)
    after = evolve(ticket, call=over, clocks=ticket.clocks.without(CALL_BACK))
    told = news(_left_to_wait(after, context), id, CallNews.WRONG_NUMBER, context)
    return _by(told, said.agent)


def _given_up(ticket: Ticket, id: str, tried: CallBack, context: RuleContext) -> Change:
    over = tried.over(CallEnd.GIVEN_UP, context.at)
    after = evolve(ticket, call=over, clocks=ticket.clocks.meet(CALL_BACK, at=context.at))
    told = news(_left_to_wait(after, context), id, CallNews.GIVEN_UP, context)
    return replace(told, sla_counts=kept(ticket, (CALL_BACK,), context.at))


def _left_to_wait(ticket: Ticket, context: RuleContext) -> Ticket:
    """Whoever called and left no address can be told nothing more. No promise of an answer is kept or broken then: the
    ticket waits for another call, and closes like one that was answered."""
    if ticket.requester.address:
        return ticket
    unpromised = replace(ticket, clocks=ticket.clocks.without(*ANSWERS))
    return replace(unpromised, state=waits_for(ticket), clocks=after_answer(unpromised, context))


def _until_next(ticket: Ticket, tried: CallBack, context: RuleContext) -> Clocks:
    """The clock lasts until the next try can be made, if this one was in time."""
    needed = context.at + APART + GRACE
    return ticket.clocks.change(
        lambda clock: replace(clock, due=max(clock.due, needed)) if not clock.late(context.at) else clock, CALL_BACK
    )


def _by(change: Change, agent: Person) -> Change:
    return replace(change, log=tuple(replace(entry, actor=agent.address) for entry in change.log))


def _open(ticket: Ticket) -> CallBack:
    if ticket.call is None or not ticket.call.open:
        raise InvalidFields({"action": "no_call"})
    return ticket.call
