"""How a conversation goes on: the customer adds something, an agent answers, somebody else writes."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.errors import InvalidFields
from chalicelib.rules.identity.addressing import canonical, same
from chalicelib.rules.intake.opening import Inbound, as_message, notifications
from chalicelib.rules.intake.submission import is_reachable
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.procedure.concluding import after_answer, awaiting_answer, wrote_since
from chalicelib.rules.tickets.clock_steps import paused
from chalicelib.rules.tickets.clocks import ACKNOWLEDGE, ANSWERS, CLOSE, QUARANTINE, RuleContext, SetBy, set_clock
from chalicelib.rules.tickets.due_dates import given_time
from chalicelib.rules.tickets.log import Action, DetailCode, details_of
from chalicelib.rules.tickets.messages import Event, shops_message
from chalicelib.rules.tickets.outbox import Delivery, Outbox, Purpose, Stage, add, queue
from chalicelib.rules.tickets.remarks import Remark
from chalicelib.rules.tickets.ticket import (
    Author,
    Change,
    Channel,
    File,
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
"""Remarks on messages that must not be answered automatically, so that their customer got no acknowledgement."""
MAX_PARTICIPANTS = 40


def takes_replies(ticket: Ticket, shop: Shop, now: datetime) -> bool:
    """Whether a reply joins this ticket. Some time after the close, and after a remedy owed then was done, a reply
    opens a new, linked ticket."""
    if ticket.closed_at is None:
        return True
    done = ticket.remedy.done_at if ticket.remedy else None
    return now - max(ticket.closed_at, done or ticket.closed_at) <= timedelta(days=shop.reopen_days)


def is_customers(ticket: Ticket, address: str) -> bool:
    """Whether this is the address of the ticket's customer; participants' addresses are not."""
    return same(address, ticket.requester.address)


def customer_adds(ticket: Ticket, id: str, inbound: Inbound, context: RuleContext, *, tell: bool = True) -> Change:
    """A further message from the customer. The shop now owes the next word; a quarantined ticket stays quarantined.
    Automatic mail is kept and shown, but changes nothing else. Agents are notified if `tell`."""
    now = context.at
    message = as_message(inbound, id, ticket.ref, now, Author.CUSTOMER)
    entry = LogEntry(now, "customer", Action.WROTE, details_of(DetailCode.CHANNEL, inbound.channel))
    notices = queue(notifications(context.shop, Purpose.NOTIFICATION_REPLY, ticket.assignee), now) if tell else None
    if inbound.automatic:
        entry = replace(entry, action=Action.AUTOMATIC_MAIL_KEPT)
        return Change(evolve(ticket), (replace(message, outbox=notices),), (entry,))
    after = (
        _still_quarantined(ticket, context) if ticket.state is State.QUARANTINED else awaiting_answer(ticket, context)
    )
    return Change(
        evolve(
            after,
            active_at=now,
            unconfirmed=ticket.unconfirmed and not inbound.confirmed,
            last_message_id=inbound.message_id or ticket.last_message_id,
            participants=_with(ticket, inbound),
        ),
        (replace(message, outbox=notices),),
        (entry,),
    )


def agent_answers(ticket: Ticket, id: str, inbound: Inbound, context: RuleContext, *, mailed: bool = True) -> Change:
    """An agent's answer. It goes to the customer in the shop's name (not `mailed`: the agent's mail reached the
    customer directly), and meets the promise of an answer. It releases a quarantined ticket, because an agent found it
    genuine. A closed ticket stays closed. If files were left out that may have been intended, the agent is notified
    (`told_left_out`)."""
    now = context.at
    message = as_message(inbound, id, ticket.ref, now, Author.AGENT)
    mails = [Delivery(Purpose.ANSWER, ticket.requester.address)] if mailed else []
    if (inbound.left_out or inbound.unsent) and inbound.told_left_out:
        mails.append(Delivery(Purpose.LEFT_OUT, inbound.told_left_out))
    return Change(
        evolve(answered(ticket, inbound.person, context)),
        (replace(message, outbox=queue(mails, now)),),
        (LogEntry(now, inbound.person.address, Action.ANSWERED, details_of(DetailCode.CHANNEL, inbound.channel)),),
        sla_counts=kept(ticket, ANSWERS, now),
    )


def answered(ticket: Ticket, agent: Person, context: RuleContext, written: datetime | None = None) -> Ticket:
    """The ticket after the agent's answer has left. A closed ticket stays closed. `written`: when, if that was
    earlier."""
    closed = ticket.state is State.CLOSED
    return replace(
        ticket,
        state=ticket.state if closed else waits_for(ticket),
        active_at=context.at,
        assignee=ticket.assignee or canonical(agent.address),
        clocks=ticket.clocks if closed else after_answer(ticket, context, written),
        chat=ticket.chat and ticket.chat.answered_by_mail(written or context.at),
    )


def asks(ticket: Ticket, id: str, text: str, agent: Person, context: RuleContext) -> Change:
    """An agent asks the customer a question. That is no answer, so the promise of an answer stays; if the policy says
    so, its clock pauses until the customer has replied. The promise to resolve never pauses. Raises InvalidFields."""
    if not text.strip():
        raise InvalidFields({"text": "missing"})
    if not ticket.requester.address:
        raise InvalidFields({"action": "no_address"})
    if ticket.state is State.CLOSED:
        raise InvalidFields({"action": "closed"})
    if ticket.state is State.QUARANTINED:
        raise InvalidFields({"action": "quarantined"})
    message = shops_message(id, ticket.ref, context.at, agent, text.strip(), Event.QUESTION)
    mail = queue((Delivery(Purpose.QUESTION, ticket.requester.address),), context.at)
    return Change(
        evolve(asked(ticket, agent, context)),
        (replace(message, outbox=mail),),
        (LogEntry(context.at, agent.address, Action.ASKED_CUSTOMER),),
    )


def asked(ticket: Ticket, agent: Person, context: RuleContext) -> Ticket:
    """The ticket after the agent's question has left. A closed ticket stays closed."""
    if ticket.state is State.CLOSED:
        return replace(ticket, active_at=context.at)
    kind = context.shop.kinds[ticket.kind]
    clocks = ticket.clocks.without(CLOSE)
    if kind.pause_first_answer:
        clocks = clocks.change(lambda clock: paused(clock, context.at), *ANSWERS)
    if kind.close_after:
        clocks = clocks.put(given_time(CLOSE, kind.close_after, kind, context, SetBy.QUESTION))
    return replace(
        ticket,
        state=waits_for(ticket),
        active_at=context.at,
        clocks=clocks,
        assignee=ticket.assignee or agent.address,
    )


def waits_for(ticket: Ticket) -> State:
    """The state after the shop has written to the customer."""
    return State.REFERRED if any(referral.open for referral in ticket.referrals) else State.WAITING


def agents_note(ref: str, id: str, text: str, agent: Person, now: datetime, files: tuple[File, ...] = ()) -> Message:
    """A note from an agent to the other agents."""
    return Message(id, ref, now, Author.AGENT, agent, Channel.MAIL, text, Visibility.INTERNAL, files=files)


def release_from_quarantine(ticket: Ticket, shop: Shop, now: datetime, actor: str) -> Change:
    """A quarantined ticket is genuine: it is acknowledged and becomes open. Its promises run from its opening, as the
    customer was told."""
    answerable = is_reachable(ticket.requester.address)
    # Mail from a list or a forward that must not be answered automatically stays without acknowledgement, and so does
    # mail that may be somebody else's.
    confirmed = answerable and not set(_UNANSWERED).intersection(ticket.opening.remarks)
    mails = [Delivery(Purpose.ACKNOWLEDGEMENT, ticket.requester.address)] if confirmed else []
    box = ticket.outbox or Outbox((), Stage.DONE, now)
    over = (QUARANTINE,) if confirmed else (QUARANTINE, ACKNOWLEDGE)
    released = evolve(ticket, state=State.OPEN, clocks=ticket.clocks.without(*over), outbox=add(box, mails, now))
    suspected = details_of(DetailCode.SUSPICION, *ticket.suspicions)
    return Change(released, log=(LogEntry(now, actor, Action.RELEASED_FROM_QUARANTINE, suspected),))


def withdraw(ticket: Ticket, now: datetime, actor: str, merged: Iterable[Ticket] = ()) -> Change:
    """End every link to the ticket given out so far, and those to tickets merged into it (`merged`); later mails have
    new links."""
    withdrawn, *also = (evolve(each, link_version=each.link_version + 1) for each in (ticket, *merged))
    return Change(withdrawn, log=(LogEntry(now, actor, Action.LINKS_WITHDRAWN),), also=tuple(also))


def kept_internal(
    ticket: Ticket,
    id: str,
    inbound: Inbound,
    context: RuleContext,
    reason: Remark,
    *,
    tell: bool = True,
    moves: bool = False,
) -> Change:
    """A message that was not passed on: agents see it with the reason. An agent who meant it for the customer is
    notified. If somebody else sent it, the shop's agents are, and with `moves` an automatic close is cancelled."""
    now, shop = context.at, context.shop
    known = shop.agent(inbound.person.address)
    mails = (
        (Delivery(Purpose.NOT_DELIVERED, known.address),)
        if known
        else notifications(shop, Purpose.NOTIFICATION_REPLY, ticket.assignee)
    )
    message = replace(
        as_message(inbound, id, ticket.ref, now, Author.AGENT if known else Author.OTHER),
        visibility=Visibility.INTERNAL,
        remarks=tuple(dict.fromkeys((*inbound.remarks, reason))),
        outbox=queue(mails, now) if tell else None,
    )
    entry = LogEntry(
        now, known.address if known else "other", Action.KEPT_INTERNAL, details_of(DetailCode.REMARK, reason)
    )
    after = awaiting_answer(ticket, context) if moves and ticket.clock(CLOSE) else ticket
    return Change(evolve(after), (message,), (entry,))


def _still_quarantined(ticket: Ticket, context: RuleContext) -> Ticket:
    """The quarantined ticket after its sender has written more: it waits for an agent for the whole period again."""
    shop, waits = context.shop, ticket.clock(QUARANTINE)
    renewed = set_clock(QUARANTINE, shop.quarantine, shop.kinds[ticket.kind], context, SetBy.REPLY)
    later = renewed if waits is None or waits.due < renewed.due else waits
    return replace(ticket, clocks=ticket.clocks.put(later), written_since=wrote_since(ticket, context.at))


def _with(ticket: Ticket, inbound: Inbound) -> tuple[str, ...]:
    """The ticket's participants and the sender, who has proved by a token or an id of ours to belong to it; also the
    addresses where the sender wants answers."""
    also = (inbound.person.address, *inbound.participants)
    new = (canonical(address) for address in also if address and not ticket.knows(address))
    return tuple(dict.fromkeys((*ticket.participants, *new)))[:MAX_PARTICIPANTS]
