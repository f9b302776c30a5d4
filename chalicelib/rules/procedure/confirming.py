"""Confirms by a mailed link that a data request comes from the customer: the link goes to the address on file."""

from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.errors import InvalidFields
from chalicelib.rules.policy.promises import DATA_REQUEST
from chalicelib.rules.tickets.log import Action, reason_detail
from chalicelib.rules.tickets.messages import Event, Person, internal_message, system_message
from chalicelib.rules.tickets.outbox import Delivery, Purpose, queue
from chalicelib.rules.tickets.ticket import Change, LogEntry, State, Ticket, evolve

# How long the link in the mail is valid.
LIFE = timedelta(days=7)


def ask(ticket: Ticket, id: str, agent: Person, now: datetime) -> Change | None:
    """Mail the customer the link, again if it was sent before; None if the customer has confirmed already. No promise
    waits for the confirmation. Raises InvalidFields."""
    if ticket.kind != DATA_REQUEST:
        raise InvalidFields({"action": "no_data_request"})
    if not ticket.requester.address:
        raise InvalidFields({"action": "no_address"})
    if ticket.state is State.CLOSED:
        raise InvalidFields({"action": "closed"})
    if ticket.state is State.QUARANTINED:
        raise InvalidFields({"action": "quarantined"})
    if ticket.identity_confirmed_at:
        return None
    message = internal_message(id, ticket.ref, now, agent, "", Event.CONFIRM_IDENTITY)
    mail = queue((Delivery(Purpose.CONFIRM_IDENTITY, ticket.requester.address),), now)
    entry = LogEntry(now, agent.address, Action.ASKED_TO_CONFIRM_IDENTITY)
    return Change(evolve(ticket), (replace(message, outbox=mail),), (entry,))


def address_confirmed(ticket: Ticket, now: datetime) -> Change | None:
    """Record the proof that the writer reads mail to the customer's address; None if it is known already."""
    if ticket.proven:
        return None
    return Change(evolve(ticket, unconfirmed=False), log=(LogEntry(now, "customer", Action.ADDRESS_CONFIRMED),))


def confirmed(ticket: Ticket, id: str, now: datetime) -> Change | None:
    """Record that a reader of mail to the customer's address has confirmed; None if that was done before. A mail says
    so to that address: if a program pressed the button, its owner learns of it. `id`: the id of the message that owes
    this mail."""
    if ticket.identity_confirmed_at:
        return None
    entry = LogEntry(now, "customer", Action.IDENTITY_CONFIRMED)
    mail = queue((Delivery(Purpose.IDENTITY_CONFIRMED, ticket.requester.address),), now)
    message = replace(system_message(id, ticket.ref, now, Event.IDENTITY_CONFIRMED, ""), outbox=mail)
    return Change(evolve(ticket, identity_confirmed_at=now), (message,), (entry,))


def unconfirmed(ticket: Ticket, reason: str, agent: Person, now: datetime) -> Change | None:
    """Take the confirmation back: its customer says that it was somebody else. Every link given out so far ends with
    it, because somebody else may have them. None if nothing is confirmed. Raises InvalidFields."""
    if ticket.kind != DATA_REQUEST:
        raise InvalidFields({"action": "no_data_request"})
    if not reason.strip():
        raise InvalidFields({"reason": "missing"})
    if ticket.identity_confirmed_at is None:
        return None
    entry = LogEntry(now, agent.address, Action.IDENTITY_NOT_CONFIRMED, (reason_detail(reason),))
    return Change(evolve(ticket, identity_confirmed_at=None, link_version=ticket.link_version + 1), log=(entry,))
