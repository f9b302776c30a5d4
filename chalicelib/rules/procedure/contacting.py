"""A contact that came neither by form nor by mail: a call, a letter, a visit, a chat. An agent writes it down, and it
counts from when it was made."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.errors import InvalidFields
from chalicelib.rules.intake.opening import Inbound, as_message, open_ticket
from chalicelib.rules.procedure.concluding import after_answer
from chalicelib.rules.procedure.replying import customer_adds, takes_replies, waits_for
from chalicelib.rules.tickets.clocks import ACKNOWLEDGE, ANSWERS, RuleContext, SetBy, set_clock
from chalicelib.rules.tickets.log import Action
from chalicelib.rules.tickets.messages import Author, Channel, Person, Visibility
from chalicelib.rules.tickets.outbox import Outbox, queue
from chalicelib.rules.tickets.ticket import Change, LogEntry, State, Ticket, evolve, kept

CHANNELS = (Channel.PHONE, Channel.FAX, Channel.POST, Channel.IN_STORE, Channel.CHAT, Channel.SOCIAL)
# A browser's clock may be ahead of ours by so much.
_AHEAD = timedelta(minutes=5)
# Longer ago than this is a slip of the keyboard.
_LONG_AGO = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Contact:
    """What an agent says of a contact: what was said as an arrival, when, and whether the shop made it. `answers`: it
    told the customer what they had asked. `with_whom`: who spoke to us, or to whom we spoke."""

    arrival: Inbound
    at: datetime
    agent: Person
    with_whom: Person
    outgoing: bool = False
    answers: bool = False


def made_at(at: datetime, now: datetime) -> datetime:
    """When a contact was made, if that can be. Raises InvalidFields."""
    if at > now + _AHEAD:
        raise InvalidFields({"when": "future"})
    if at < now - _LONG_AGO:
        raise InvalidFields({"when": "too_long_ago"})
    return min(at, now)


def opens(ref: str, contact: Contact, context: RuleContext) -> Ticket:
    """The ticket a contact opens; its customer gets a confirmation where there is an address."""
    ticket = opened_since(ref, contact.arrival, contact.at, context, contact.agent)
    return replace(ticket, active_at=context.at)


def adds(ticket: Ticket, id: str, contact: Contact, context: RuleContext) -> Change:
    """A contact about a ticket: what the customer said, or what the shop did. Raises InvalidFields."""
    if contact.outgoing:
        return _shop_called(ticket, id, contact, context)
    if not takes_replies(ticket, context.shop, context.at):
        raise InvalidFields({"reference": "closed_long_ago"})
    change = customer_adds(ticket, id, contact.arrival, replace(context, at=contact.at))
    (message,) = change.messages
    told = _told_later(message.outbox, contact.agent, context)
    entry = LogEntry(context.at, contact.agent.address, Action.CONTACT_NOTED, contact.arrival.channel.value)
    after = _active(change.ticket, ticket)
    after = _reached_at(after, contact.with_whom) if after else None
    return replace(change, ticket=after, messages=(replace(message, outbox=told),), log=(entry,))


def opened_since(ref: str, arrival: Inbound, since: datetime, context: RuleContext, agent: Person) -> Ticket:
    """The ticket that an arrival of some time ago opens now. Its promises run from then, but for the confirmation; the
    agent who does it is not told of it."""
    shop, kind = context.shop, context.shop.kinds[arrival.kind]
    ticket = open_ticket(ref, arrival, shop, since, context.holidays)
    again = set_clock(ACKNOWLEDGE, kind.acknowledge, kind, context, SetBy.CONTACT)
    entry = LogEntry(context.at, agent.address, Action.OPENED, arrival.channel.value)
    return replace(
        ticket,
        clocks=ticket.clocks.update(again),
        log=(entry,),
        outbox=_told_later(ticket.outbox, agent, context),
    )


def _shop_called(ticket: Ticket, id: str, contact: Contact, context: RuleContext) -> Change:
    """An agent reached the customer, or tried to. If that was an answer, it meets the promise of one as a mail would,
    and stands on the customer's page; else it is for the agents alone."""
    message = as_message(contact.arrival, id, ticket.ref, contact.at, Author.AGENT)
    action = Action.ANSWERED if contact.answers else Action.CONTACTED_CUSTOMER
    entry = LogEntry(context.at, contact.agent.address, action, contact.arrival.channel.value)
    ticket = _reached_at(ticket, contact.with_whom)
    if not contact.answers:
        return Change(evolve(ticket), (replace(message, visibility=Visibility.INTERNAL),), (entry,))
    closed, then = ticket.state is State.CLOSED, replace(context, at=contact.at)
    answered = evolve(
        ticket,
        state=ticket.state if closed else waits_for(ticket),
        assignee=ticket.assignee or contact.agent.address,
        active_at=max(ticket.active_at or contact.at, contact.at),
        clocks=ticket.clocks if closed else after_answer(ticket, then),
    )
    sla_counts = kept(ticket, _not_counted(ticket, ANSWERS, context.at), contact.at)
    return Change(answered, (message,), (entry,), sla_counts=() if closed else sla_counts)


def _reached_at(ticket: Ticket, person: Person) -> Ticket:
    """The ticket with the number that its customer was last reached at, or called from."""
    customer = ticket.requester
    same = (person.name, person.address.lower()) == (customer.name, customer.address.lower())
    if not person.phone or not (same or customer.address.lower() == person.address.lower() != ""):
        return ticket
    return replace(ticket, requester=replace(customer, phone=person.phone))


def _not_counted(ticket: Ticket, names: Iterable[str], now: datetime) -> list[str]:
    """Those of these promises that have not been counted as missed."""
    clocks = (clock for name in names if (clock := ticket.clock(name)))
    return [clock.name for clock in clocks if clock.stage(now) != "daily"]


def _active(after: Ticket | None, before: Ticket) -> Ticket | None:
    """The ticket, not less lately active than it was."""
    if after is None or after.active_at is None or before.active_at is None:
        return after
    return replace(after, active_at=max(after.active_at, before.active_at))


def _told_later(outbox: Outbox | None, agent: Person, context: RuleContext) -> Outbox | None:
    """The mails as owed from now on, without that to the agent who is at it."""
    owed = outbox.deliveries if outbox else ()
    return queue((mail for mail in owed if mail.to != agent.address), context.at)
