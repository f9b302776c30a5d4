"""How a ticket goes on: the customer adds something, an agent answers, somebody else writes."""

from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.rules.clocks import FIRST_ANSWER
from chalicelib.rules.opening import Arrival, as_message, notifications
from chalicelib.rules.outbox import Delivery, Outbox, Purpose, Stage, add, queue
from chalicelib.rules.policy import Shop
from chalicelib.rules.tickets import (
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
    met,
)


def takes_replies(ticket: Ticket, shop: Shop, now: datetime) -> bool:
    """Whether a reply joins this ticket; long after its closing it opens another, linked one."""
    return ticket.closed_at is None or now - ticket.closed_at <= timedelta(days=shop.reopen_days)


def customer_adds(ticket: Ticket, id: str, arrival: Arrival, shop: Shop, now: datetime) -> Change:
    """A customer's further message. It opens the ticket again for the shop, unless a machine wrote it:
    automatic mail is kept and shown, but moves nothing and tells nobody."""
    message = as_message(arrival, id, ticket.ref, now, Author.CUSTOMER)
    entry = LogEntry(now, "customer", "wrote", arrival.channel.value)
    if arrival.automatic:
        return Change(evolve(ticket), (message,), (replace(entry, action="automatic mail kept"),))
    stays = ticket.state is State.ASIDE
    return Change(
        evolve(
            ticket,
            state=ticket.state if stays else State.OPEN,
            active_at=now,
            closed_at=None,
            last_message_id=arrival.message_id or ticket.last_message_id,
            participants=_with(ticket, arrival),
        ),
        (replace(message, outbox=queue(notifications(shop, Purpose.NOTIFICATION_REPLY), now)),),
        (entry,),
    )


def agent_answers(ticket: Ticket, id: str, arrival: Arrival, now: datetime) -> Change:
    """An agent's answer: it goes to the customer as the shop, meets the first-answer promise and, where
    the ticket was kept aside, shows that a person took it for genuine."""
    message = as_message(arrival, id, ticket.ref, now, Author.AGENT)
    mails = (Delivery(Purpose.ANSWER, ticket.requester.address),)
    return Change(
        evolve(
            ticket, state=State.WAITING, closed_at=None, active_at=now, clocks=met(ticket.clocks, FIRST_ANSWER, now)
        ),
        (replace(message, outbox=queue(mails, now)),),
        (LogEntry(now, arrival.person.address, "answered", arrival.channel.value),),
    )


def agents_note(ref: str, id: str, text: str, agent: Person, now: datetime) -> Message:
    """An agent's words for the other agents."""
    return Message(id, ref, now, Author.AGENT, agent, Channel.MAIL, text, Visibility.INTERNAL)


def release(ticket: Ticket, shop: Shop, now: datetime, actor: str) -> Change:
    """A ticket kept aside turns out to be genuine: it is acknowledged and joins the others. Its promises run from
    its opening, as the customer was told."""
    mails = [Delivery(Purpose.ACKNOWLEDGEMENT, ticket.requester.address)] if ticket.requester.address else []
    box = ticket.outbox or Outbox((), Stage.DONE, now)
    released = evolve(ticket, state=State.OPEN, outbox=add(box, mails, now))
    return Change(released, log=(LogEntry(now, actor, "released", "; ".join(ticket.suspicions)),))


def withdraw(ticket: Ticket, now: datetime, actor: str) -> Change:
    """Every link to the ticket given out so far stops working; mails from now on carry new ones."""
    withdrawn = evolve(ticket, link_version=ticket.link_version + 1)
    return Change(withdrawn, log=(LogEntry(now, actor, "links withdrawn"),))


def kept_internal(ticket: Ticket, id: str, arrival: Arrival, shop: Shop, now: datetime, reason: str) -> Change:
    """A message that was not passed on: agents see it and why. An agent who meant it for the customer is
    told; when somebody else sent it, the shop's agents are. A machine is told nothing."""
    known = shop.agent(arrival.person.address)
    mails = (
        (Delivery(Purpose.NOT_DELIVERED, known.address),) if known else notifications(shop, Purpose.NOTIFICATION_REPLY)
    )
    message = replace(
        as_message(arrival, id, ticket.ref, now, Author.AGENT if known else Author.OTHER),
        visibility=Visibility.INTERNAL,
        remarks=(*arrival.remarks, reason),
        outbox=None if arrival.automatic else queue(mails, now),
    )
    return Change(evolve(ticket), (message,), (LogEntry(now, arrival.person.address, "message kept internal", reason),))


def _with(ticket: Ticket, arrival: Arrival) -> tuple[str, ...]:
    """The ticket's participants and the sender, who proved by a token or an id of ours to belong to it."""
    sender = arrival.person.address.lower()
    return ticket.participants if not sender or ticket.knows(sender) else (*ticket.participants, sender)
