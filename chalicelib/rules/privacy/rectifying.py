"""Corrects the name, address and phone of a person on a ticket: as its customer, and on the messages they wrote."""

from dataclasses import replace
from datetime import datetime

from chalicelib.rules.identity.addressing import canonical, same
from chalicelib.rules.privacy.batches import batches
from chalicelib.rules.tickets.log import Action, DetailCode, details_of
from chalicelib.rules.tickets.messages import Author, Message, Person
from chalicelib.rules.tickets.procedure_facts import Withdrawal
from chalicelib.rules.tickets.ticket import Change, LogEntry, Ticket, evolve


def rectify(
    ticket: Ticket, messages: tuple[Message, ...], was: str, becomes: Person, words: tuple[str, ...], now: datetime
) -> Change | None:
    """The ticket and messages with the person at address `was` changed to `becomes`; empty parts of `becomes` change
    nothing. Of very many messages, only as many as fit one commit. `words` (blinded) may no longer stand in the ticket.
    None if nothing is left to change. The log entry says which parts changed, not their values."""
    customer = _put_right(ticket.requester, was, becomes)
    opening = _message(ticket.opening, was, becomes)
    wrong = tuple(evolve(each) for m in messages if (each := _message(m, was, becomes)) != m)
    changed = next(batches(wrong), ())
    participants = _taking_part(ticket, was, becomes.address)
    withdrawal = _statement(ticket, was, becomes)
    before = (ticket.requester, ticket.opening, ticket.participants, ticket.withdrawal)
    if (customer, opening, participants, withdrawal) == before and not changed:
        return None
    names = [name for name in ("name", "address", "phone") if getattr(becomes, name)]
    same = canonical(customer.address) == canonical(ticket.requester.address)
    after = evolve(
        ticket,
        # A confirmation by one address does not hold for another.
        identity_confirmed_at=ticket.identity_confirmed_at if same else None,
        unconfirmed=ticket.unconfirmed or not same,
        adverts=ticket.adverts if same else None,
        # Readers of the other address have links and reply addresses, which end here.
        link_version=ticket.link_version + (not same),
        requester=customer,
        opening=opening,
        withdrawal=withdrawal,
        participants=participants,
        outbox=ticket.outbox and ticket.outbox.redirect(was, becomes.address),
        custody=ticket.custody.with_former_words(words),
    )
    details = details_of(DetailCode.PART, *names)
    return Change(after, changed, (LogEntry(now, "console", Action.RECTIFIED, details),))


def _message(message: Message, was: str, becomes: Person) -> Message:
    wrote = message.author not in (Author.AGENT, Author.SYSTEM)
    outbox = message.outbox and message.outbox.redirect(was, becomes.address)
    if not wrote:
        return replace(message, outbox=outbox)
    person, writer = (_put_right(each, was, becomes) for each in (message.person, message.writer))
    return replace(message, person=person, writer=writer, outbox=outbox)


def _statement(ticket: Ticket, was: str, becomes: Person) -> Withdrawal | None:
    """The statement of withdrawal with the person's name and address put right; which contract it names is no part of
    what is corrected."""
    made = ticket.withdrawal
    if made is None or not made.email:
        return made
    right = _put_right(Person(made.name, made.email), was, becomes)
    return replace(made, name=right.name, email=right.address)


def _taking_part(ticket: Ticket, was: str, address: str) -> tuple[str, ...]:
    """The ticket's participants with the address `was` replaced."""
    if not address:
        return ticket.participants
    right = (canonical(address) if same(each, was) else each for each in ticket.participants)
    return tuple(dict.fromkeys(each for each in right if not same(each, ticket.requester.address)))


def _put_right(person: Person, was: str, becomes: Person) -> Person:
    if not person.is_known_by(was):
        return person
    return Person(becomes.name or person.name, becomes.address or person.address, becomes.phone or person.phone)
