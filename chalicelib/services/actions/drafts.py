"""What agents have begun to write, kept so that nobody loses it, and shown so that no two answer at once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.errors import InvalidFields, UnknownTicket
from chalicelib.rules.identity import derived
from chalicelib.rules.identity.addressing import canonical
from chalicelib.rules.intake import submission
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.tickets.messages import Event, Surface
from chalicelib.rules.tickets.ticket import Message, Ticket
from chalicelib.services.actions.action_input import LONGEST_TEXT
from chalicelib.services.ports.deps import Deps
from chalicelib.services.ports.tickets import Draft

DRAFT_LIFE = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Writer:
    """Another agent who has begun an answer, and when they last wrote at it."""

    name: str
    address: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Drafts:
    """An agent's own words on a ticket ("" when there are none), and who else is at it, the latest first."""

    text: str
    at: datetime | None
    others: tuple[Writer, ...]


def save_draft(deps: Deps, shop: Shop, ref: str, agent: str, text: str) -> None:
    """Keep what the agent has written so far, in place of what they had before: one request. No words, no draft.
    Raises UnknownTicket for what can not be a ticket of this shop, InvalidFields for more than can be kept or sent."""
    if derived.references_in(ref) != (ref,) or not ref.startswith(f"{shop.prefix}-"):
        raise UnknownTicket(ref)
    now = deps.now()
    words = submission.clean(text)
    if len(words) > LONGEST_TEXT:
        raise InvalidFields({"text": "too_long"})
    deps.drafts.save_draft(Draft(ref, canonical(agent), words, now), now + DRAFT_LIFE)


def others_at(deps: Deps, shop: Shop, ref: str, agent: str) -> tuple[Writer, ...]:
    """Who else has begun an answer on the ticket, the latest first: one request, for an agent who is writing."""
    begun = [draft for draft in deps.drafts.drafts(ref, deps.now()) if draft.text.strip()]
    return _writers(shop, (draft for draft in begun if draft.agent != canonical(agent)))


def drafts_of(deps: Deps, shop: Shop, ticket: Ticket, messages: Sequence[Message], agent: str) -> Drafts:
    """Who is writing on the ticket: one request, and one for each ticket that has joined it. What an agent wrote before
    they last sent what stood there (`messages` is the conversation) has been said."""
    kept = [draft for ref in (ticket.ref, *ticket.merged_from) for draft in deps.drafts.drafts(ref, deps.now())]
    composed = sorted(filter(_composed, messages), key=lambda message: message.at)
    said = {canonical(message.person.address): message.at for message in composed}
    begun = [draft for draft in kept if draft.text.strip() and not _said(draft, said.get(draft.agent))]
    latest = {draft.agent: draft for draft in sorted(begun, key=lambda draft: draft.at)}
    own = latest.pop(canonical(agent), None)
    return Drafts(own.text if own else "", own.at if own else None, _writers(shop, latest.values()))


def _writers(shop: Shop, begun: Iterable[Draft]) -> tuple[Writer, ...]:
    return tuple(
        Writer(known.name, known.address, draft.at)
        for draft in sorted(begun, key=lambda draft: draft.at, reverse=True)
        if (known := shop.agent(draft.agent))
    )


def _composed(message: Message) -> bool:
    """Whether it was written where drafts are: a request to a third party, or a mail, leaves an answer unsaid."""
    return message.channel is Surface.DESK and message.event in (Event.WORDS, Event.QUESTION)


def _said(draft: Draft, last: datetime | None) -> bool:
    return last is not None and draft.at <= last
