"""A question about a product and its answer are published when an agent and the customer agree, and taken back when one
of them no longer does (decision 247)."""

from dataclasses import replace
from datetime import datetime

from chalicelib.errors import InvalidFields, NotOpen
from chalicelib.rules.products.personal import Asker, traces
from chalicelib.rules.tickets.log import Action, DetailCode, details_of
from chalicelib.rules.tickets.messages import Event, Message, Person, shops_message, system_message
from chalicelib.rules.tickets.outbox import Delivery, Purpose, queue
from chalicelib.rules.tickets.procedure_facts import Publication, PublicationState
from chalicelib.rules.tickets.ticket import Change, LogEntry, State, Ticket, evolve

LONGEST_QUESTION, LONGEST_ANSWER = 500, 3_000
OFFER, TAKE_DOWN = "offer_publication", "take_down"
"""The names of the agents' actions."""


def refuse_personal(publication: Publication, asker: Asker) -> None:
    """Raises InvalidFields if a text holds something of the person who asked. Names may stand in both together."""
    texts = {"question": publication.question, "answer": publication.answer}
    found = {field: held[0] for field, text in texts.items() if (held := traces(text, asker))}
    if not found and (held := traces(f"{publication.question}\n{publication.answer}", asker)):
        found = {"answer": held[0]}
    if found:
        raise InvalidFields({field: trace.value for field, trace in found.items()})


def offer(ticket: Ticket, publication: Publication, asker: Asker, agent: Person, now: datetime) -> Change | None:
    """Ask the customer whether this may be published; None if they were asked the same already. Raises
    InvalidFields."""
    known = ticket.publication
    if known and replace(publication, id=known.id, offered_at=known.offered_at, by=known.by) == replace(
        known, state=PublicationState.OFFERED, decided_at=None
    ):
        return None
    _refuse_ticket(ticket)
    if known and known.state is PublicationState.PUBLISHED:
        raise InvalidFields({"action": "published_already"})
    lacking = {name: "missing" for name in ("sku", "question", "answer") if not getattr(publication, name)}
    if lacking:
        raise InvalidFields(lacking)
    refuse_personal(publication, asker)
    text = f"{publication.question}\n\n{publication.answer}"
    message = shops_message(publication.id, ticket.ref, now, agent, text, Event.PUBLICATION_OFFERED)
    mail = queue((Delivery(Purpose.PUBLICATION_OFFERED, ticket.requester.address),), now)
    entry = LogEntry(now, agent.address, Action.ACTED, details_of(DetailCode.ACT, OFFER))
    return Change(evolve(ticket, publication=publication), (replace(message, outbox=mail),), (entry,))


def published(ticket: Ticket, publication: Publication, id: str, now: datetime) -> Change | None:
    """The customer agrees, and a mail tells them how to take it back; None if they have agreed before. `id`: of the
    message that owes this mail. Raises NotOpen."""
    known = _known(ticket, publication)
    if known.state is PublicationState.PUBLISHED:
        return None
    if known.state is not PublicationState.OFFERED or ticket.merged_into:
        raise NotOpen("the publication")
    mail = queue((Delivery(Purpose.PUBLISHED, ticket.requester.address),), now)
    message = replace(system_message(id, ticket.ref, now, Event.PUBLISHED, ""), outbox=mail)
    return _decided(ticket, known, PublicationState.PUBLISHED, Action.AGREED_TO_PUBLISH, now, message=(message,))


def declined(ticket: Ticket, publication: Publication, now: datetime) -> Change | None:
    """The customer does not want it published; None if they said so before. Raises NotOpen."""
    known = _known(ticket, publication)
    if known.state is PublicationState.DECLINED:
        return None
    if known.state is not PublicationState.OFFERED:
        raise NotOpen("the publication")
    return _decided(ticket, known, PublicationState.DECLINED, Action.DECLINED_PUBLISHING, now)


def taken_back(ticket: Ticket, id: str, now: datetime) -> Change | None:
    """The customer no longer wants this publication; None if it is not published."""
    known = ticket.publication
    if known is None or known.id != id or known.state is not PublicationState.PUBLISHED:
        return None
    return _decided(ticket, known, PublicationState.TAKEN_BACK, Action.TOOK_PUBLICATION_BACK, now)


def taken_down(ticket: Ticket, agent: Person, now: datetime) -> Change | None:
    """An agent takes it down, or no longer offers it; None if that was done. Raises InvalidFields."""
    known = ticket.publication
    if known is None:
        raise InvalidFields({"action": "nothing_published"})
    if known.state not in (PublicationState.PUBLISHED, PublicationState.OFFERED):
        return None
    entry = LogEntry(now, agent.address, Action.ACTED, details_of(DetailCode.ACT, TAKE_DOWN))
    after = replace(known, state=PublicationState.TAKEN_BACK, decided_at=now)
    return Change(evolve(ticket, publication=after), log=(entry,))


def _refuse_ticket(ticket: Ticket) -> None:
    if not ticket.requester.address:
        raise InvalidFields({"action": "no_address"})
    if ticket.state is State.QUARANTINED:
        raise InvalidFields({"action": "quarantined"})


def _known(ticket: Ticket, publication: Publication) -> Publication:
    """The ticket's publication if it still is this one. Raises NotOpen."""
    if ticket.publication is None or ticket.publication.id != publication.id:
        raise NotOpen("the publication")
    return ticket.publication


def _decided(
    ticket: Ticket,
    known: Publication,
    state: PublicationState,
    action: Action,
    now: datetime,
    message: tuple[Message, ...] = (),
) -> Change:
    after = evolve(ticket, publication=replace(known, state=state, decided_at=now))
    return Change(after, message, (LogEntry(now, "customer", action),))
