"""Contacts by neither form nor mail: calls, letters, visits, chats. An agent records them, and they count from the time
they happened."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.errors import InvalidFields
from chalicelib.rules.identity.addressing import same
from chalicelib.rules.intake.opening import Inbound, as_message, open_ticket
from chalicelib.rules.procedure.concluding import after_answer
from chalicelib.rules.procedure.replying import customer_adds, takes_replies, waits_for
from chalicelib.rules.tickets.clocks import ACKNOWLEDGE, ANSWERS, RuleContext, SetBy, set_clock
from chalicelib.rules.tickets.log import Action, DetailCode, details_of
from chalicelib.rules.tickets.messages import Author, Channel, Person, Visibility
from chalicelib.rules.tickets.outbox import Outbox, queue
from chalicelib.rules.tickets.ticket import Change, LogEntry, State, Ticket, evolve, kept

CHANNELS = (Channel.PHONE, Channel.FAX, Channel.POST, Channel.IN_STORE, Channel.CHAT, Channel.SOCIAL)
# A browser's clock may be ahead of ours by this much.
_AHEAD = timedelta(minutes=5)
# A time longer ago than this is a typing error.
_LONG_AGO = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Contact:
    """A contact as an agent records it. `inbound`: its content. `at`: when it happened. `outgoing`: the shop made it.
    `answers`: it answered the customer's question. `with_whom`: the person on the other side."""

    inbound: Inbound
    at: datetime
    agent: Person
    with_whom: Person
    outgoing: bool = False
    answers: bool = False


def made_at(at: datetime, now: datetime) -> datetime:
    """The time of a contact, if it is plausible. Raises InvalidFields."""
    if at > now + _AHEAD:
        raise InvalidFields({"when": "future"})
    if at < now - _LONG_AGO:
        raise InvalidFields({"when": "too_long_ago"})
    return min(at, now)


def opens(ref: str, contact: Contact, context: RuleContext) -> Ticket:
    """The ticket that a contact opens. Its customer gets an acknowledgement if there is an address."""
    ticket = opened_since(ref, contact.inbound, contact.at, context, contact.agent)
    return replace(ticket, active_at=context.at)


def adds(ticket: Ticket, id: str, contact: Contact, context: RuleContext) -> Change:
    """A contact about an existing ticket: what the customer said, or what the shop did. Raises InvalidFields."""
    if contact.outgoing:
        return _shop_called(ticket, id, contact, context)
    if not takes_replies(ticket, context.shop, context.at):
        raise InvalidFields({"reference": "closed_long_ago"})
    change = customer_adds(ticket, id, contact.inbound, replace(context, at=contact.at))
    (message,) = change.messages
    owed = _owed_from_now(message.outbox, contact.agent, context)
    entry = LogEntry(
        context.at, contact.agent.address, Action.CONTACT_NOTED, details_of(DetailCode.CHANNEL, contact.inbound.channel)
    )
    after = _active(change.ticket, ticket)
    after = _reached_at(after, contact.with_whom) if after else None
    return replace(change, ticket=after, messages=(replace(message, outbox=owed),), log=(entry,))


def opened_since(ref: str, inbound: Inbound, since: datetime, context: RuleContext, agent: Person) -> Ticket:
    """The ticket that opens now for an arrival of some time ago. Its promises run from then, except the
    acknowledgement; `agent`, who records it, is not notified."""
    shop, kind = context.shop, context.shop.kinds[inbound.kind]
    ticket = open_ticket(ref, inbound, shop, since, context.holidays)
    again = set_clock(ACKNOWLEDGE, kind.acknowledge, kind, context, SetBy.CONTACT)
    entry = LogEntry(context.at, agent.address, Action.OPENED, details_of(DetailCode.CHANNEL, inbound.channel))
    return replace(
        ticket,
        clocks=ticket.clocks.update(again),
        log=(entry,),
        outbox=_owed_from_now(ticket.outbox, agent, context),
    )


def _shop_called(ticket: Ticket, id: str, contact: Contact, context: RuleContext) -> Change:
    """An agent reached the customer, or tried to. If that was an answer, it meets the promise as a mail would, and the
    customer's page shows it; otherwise only agents see it."""
    # The note holds what the person said, too.
    partner = replace(contact.with_whom, address=contact.with_whom.address or ticket.requester.address)
    message = replace(as_message(contact.inbound, id, ticket.ref, contact.at, Author.AGENT), writer=partner)
    action = Action.ANSWERED if contact.answers else Action.CONTACTED_CUSTOMER
    entry = LogEntry(context.at, contact.agent.address, action, details_of(DetailCode.CHANNEL, contact.inbound.channel))
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
    """The ticket with the phone number of the customer's last call, in either direction."""
    customer = ticket.requester
    if not person.phone or not (same(person.address, customer.address) or person.is_also(customer)):
        return ticket
    return replace(ticket, requester=replace(customer, phone=person.phone))


def _not_counted(ticket: Ticket, names: Iterable[str], now: datetime) -> list[str]:
    """Those of these promises that have not been counted as missed yet."""
    clocks = (clock for name in names if (clock := ticket.clock(name)))
    return [clock.name for clock in clocks if clock.stage(now) != "daily"]


def _active(after: Ticket | None, before: Ticket) -> Ticket | None:
    """The ticket with the later of both times of activity."""
    if after is None or after.active_at is None or before.active_at is None:
        return after
    return replace(after, active_at=max(after.active_at, before.active_at))


def _owed_from_now(outbox: Outbox | None, agent: Person, context: RuleContext) -> Outbox | None:
    """The mails, owed from now on, without the one to the agent who records the contact."""
    owed = outbox.deliveries if outbox else ()
    return queue((mail for mail in owed if not same(mail.to, agent.address)), context.at)
