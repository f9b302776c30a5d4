"""How a ticket goes on: the customer adds something, an agent answers, somebody else writes."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.errors import InvalidFields
from chalicelib.rules.identity.addressing import canonical, same
from chalicelib.rules.intake.opening import Inbound, as_message, notifications
from chalicelib.rules.intake.submission import is_address
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.procedure.concluding import after_answer, awaiting_answer
from chalicelib.rules.tickets.clock_steps import paused
from chalicelib.rules.tickets.clocks import ACKNOWLEDGE, ANSWERS, CLOSE, QUARANTINE, RuleContext, SetBy, set_clock
from chalicelib.rules.tickets.due_dates import given_time
from chalicelib.rules.tickets.log import Action
from chalicelib.rules.tickets.messages import Event, shops_message
from chalicelib.rules.tickets.outbox import Delivery, Outbox, Purpose, Stage, add, queue
from chalicelib.rules.tickets.remarks import Remark
from chalicelib.rules.tickets.ticket import (
    Author,
    Change,
    Channel,
    LogEntry,
    Message,
    Person,
    State,
    Ticket,
    Visibility,
    evolve,
    kept,
)

_UNANSWERED = (Remark.NO_CONFIRMATION, Remark.DISOWNED)
"""Remarked of what must not be answered automatically, so that its customer had no confirmation."""
MAX_PARTICIPANTS = 40


def takes_replies(ticket: Ticket, shop: Shop, now: datetime) -> bool:
    """Whether a reply joins this ticket; long after its closing, and after what was owed then was done, it opens
    another, linked one."""
    if ticket.closed_at is None:
        return True
    done = ticket.remedy.done_at if ticket.remedy else None
    return now - max(ticket.closed_at, done or ticket.closed_at) <= timedelta(days=shop.reopen_days)


def is_customers(ticket: Ticket, address: str) -> bool:
    """Whether this is the address of whom the ticket is about; that of one who merely takes part is not."""
    return same(address, ticket.requester.address)


def customer_adds(ticket: Ticket, id: str, arrival: Inbound, context: RuleContext, *, tell: bool = True) -> Change:
    """A customer's further message. It opens the ticket again for the shop, unless a machine wrote it: automatic mail
    is kept and shown, but moves nothing; agents hear of it where they are to (`tell`)."""
    now = context.at
    message = as_message(arrival, id, ticket.ref, now, Author.CUSTOMER)
    entry = LogEntry(now, "customer", Action.WROTE, arrival.channel.value)
    told = queue(notifications(context.shop, Purpose.NOTIFICATION_REPLY, ticket.assignee), now) if tell else None
    if arrival.automatic:
        entry = replace(entry, action=Action.AUTOMATIC_MAIL_KEPT)
        return Change(evolve(ticket), (replace(message, outbox=told),), (entry,))
    awaited = (
        _still_quarantined(ticket, context) if ticket.state is State.QUARANTINED else awaiting_answer(ticket, context)
    )
    return Change(
        evolve(
            awaited,
            active_at=now,
            unconfirmed=ticket.unconfirmed and not arrival.confirmed,
            last_message_id=arrival.message_id or ticket.last_message_id,
            participants=_with(ticket, arrival),
        ),
        (replace(message, outbox=told),),
        (entry,),
    )


def agent_answers(ticket: Ticket, id: str, arrival: Inbound, context: RuleContext, *, mailed: bool = True) -> Change:
    """An agent's answer: it goes to the customer as the shop (or went there by itself: not `mailed`), meets the promise
    of an answer and, where the ticket was quarantined, shows that a person took it for genuine. A closed ticket stays
    closed. Where files were left out that may have been meant, the agent is told (`ask`)."""
    now = context.at
    closed = ticket.state is State.CLOSED
    message = as_message(arrival, id, ticket.ref, now, Author.AGENT)
    mails = [Delivery(Purpose.ANSWER, ticket.requester.address)] if mailed else []
    if arrival.left_out and arrival.ask:
        mails.append(Delivery(Purpose.LEFT_OUT, arrival.ask))
    return Change(
        evolve(
            ticket,
            state=ticket.state if closed else waits_for(ticket),
            active_at=now,
            assignee=ticket.assignee or canonical(arrival.person.address),
            clocks=ticket.clocks if closed else after_answer(ticket, context),
        ),
        (replace(message, outbox=queue(mails, now)),),
        (LogEntry(now, arrival.person.address, Action.ANSWERED, arrival.channel.value),),
        sla_counts=kept(ticket, ANSWERS, now),
    )


def asks(ticket: Ticket, id: str, text: str, agent: Person, context: RuleContext) -> Change:
    """An agent asks the customer for something. That is no answer, so the promise of one stays; but where the policy
    says so its clock waits until the customer has told us. The promise to resolve never waits. Raises InvalidFields."""
    if not text.strip():
        raise InvalidFields({"text": "missing"})
    if not ticket.requester.address:
        raise InvalidFields({"action": "no_address"})
    if ticket.state is State.CLOSED:
        raise InvalidFields({"action": "closed"})
    if ticket.state is State.QUARANTINED:
        raise InvalidFields({"action": "quarantined"})
    kind = context.shop.kinds[ticket.kind]
    clocks = ticket.clocks.without(CLOSE)
    if kind.pause_first_answer:
        clocks = clocks.change(lambda clock: paused(clock, context.at), *ANSWERS)
    if kind.close_after:
        clocks = clocks.put(given_time(CLOSE, kind.close_after, kind, context, SetBy.QUESTION))
    message = shops_message(id, ticket.ref, context.at, agent, text.strip(), Event.QUESTION)
    mail = queue((Delivery(Purpose.QUESTION, ticket.requester.address),), context.at)
    return Change(
        evolve(
            ticket,
            state=waits_for(ticket),
            active_at=context.at,
            clocks=clocks,
            assignee=ticket.assignee or agent.address,
        ),
        (replace(message, outbox=mail),),
        (LogEntry(context.at, agent.address, Action.ASKED_CUSTOMER),),
    )


def waits_for(ticket: Ticket) -> State:
    """Whose word is awaited once the shop has written to the customer."""
    return State.REFERRED if any(referral.open for referral in ticket.referrals) else State.WAITING


def agents_note(ref: str, id: str, text: str, agent: Person, now: datetime) -> Message:
    """An agent's words for the other agents."""
    return Message(id, ref, now, Author.AGENT, agent, Channel.MAIL, text, Visibility.INTERNAL)


def release_from_quarantine(ticket: Ticket, shop: Shop, now: datetime, actor: str) -> Change:
    """A ticket quarantined turns out to be genuine: it is acknowledged and joins the others. Its promises run from
    its opening, as the customer was told."""
    answerable = is_address(ticket.requester.address)
    # What came by a list or a forwarding that must not be answered automatically is not, released or not; nor is what
    # may be somebody else's.
    confirmed = answerable and not set(_UNANSWERED).intersection(ticket.opening.remarks)
    mails = [Delivery(Purpose.ACKNOWLEDGEMENT, ticket.requester.address)] if confirmed else []
    box = ticket.outbox or Outbox((), Stage.DONE, now)
    over = (QUARANTINE,) if confirmed else (QUARANTINE, ACKNOWLEDGE)
    released = evolve(ticket, state=State.OPEN, clocks=ticket.clocks.without(*over), outbox=add(box, mails, now))
    return Change(released, log=(LogEntry(now, actor, Action.RELEASED_FROM_QUARANTINE, "; ".join(ticket.suspicions)),))


def withdraw(ticket: Ticket, now: datetime, actor: str, merged: Iterable[Ticket] = ()) -> Change:
    """Every link to the ticket given out so far stops working, those to the tickets `merged` into it too; mails from
    now on carry new ones."""
    withdrawn, *also = (evolve(each, link_version=each.link_version + 1) for each in (ticket, *merged))
    return Change(withdrawn, log=(LogEntry(now, actor, Action.LINKS_WITHDRAWN),), also=tuple(also))


def kept_internal(
    ticket: Ticket,
    id: str,
    arrival: Inbound,
    context: RuleContext,
    reason: Remark,
    *,
    tell: bool = True,
    moves: bool = False,
) -> Change:
    """A message that was not passed on: agents see it and why. An agent who meant it for the customer is told; when
    somebody else sent it, the shop's agents are, and (`moves`) a ticket that was to close by itself does not."""
    now, shop = context.at, context.shop
    known = shop.agent(arrival.person.address)
    mails = (
        (Delivery(Purpose.NOT_DELIVERED, known.address),)
        if known
        else notifications(shop, Purpose.NOTIFICATION_REPLY, ticket.assignee)
    )
    message = replace(
        as_message(arrival, id, ticket.ref, now, Author.AGENT if known else Author.OTHER),
        visibility=Visibility.INTERNAL,
        remarks=tuple(dict.fromkeys((*arrival.remarks, reason))),
        outbox=queue(mails, now) if tell else None,
    )
    entry = LogEntry(now, known.address if known else "other", Action.KEPT_INTERNAL, reason)
    after = awaiting_answer(ticket, context) if moves and ticket.clock(CLOSE) else ticket
    return Change(evolve(after), (message,), (entry,))


def _still_quarantined(ticket: Ticket, context: RuleContext) -> Ticket:
    """What is quarantined, once its sender has written more: that waits for a person as long as the first did."""
    shop, waits = context.shop, ticket.clock(QUARANTINE)
    renewed = set_clock(QUARANTINE, shop.quarantine, shop.kinds[ticket.kind], context, SetBy.REPLY)
    later = renewed if waits is None or waits.due < renewed.due else waits
    return replace(ticket, clocks=ticket.clocks.put(later))


def _with(ticket: Ticket, arrival: Inbound) -> tuple[str, ...]:
    """The ticket's participants and the sender, who proved by a token or an id of ours to belong to it; and where they
    want their answers sent."""
    also = (arrival.person.address, *arrival.participants)
    new = (canonical(address) for address in also if address and not ticket.knows(address))
    return tuple(dict.fromkeys((*ticket.participants, *new)))[:MAX_PARTICIPANTS]
