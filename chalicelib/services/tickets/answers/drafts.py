"""What agents have begun to write: saved so that nothing is lost, and shown so that no two agents answer at the same
time."""

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
from chalicelib.services.ports.deps import Deps
from chalicelib.services.ports.tickets import Draft

DRAFT_LIFE = timedelta(days=30)
LONGEST_TEXT = 20_000
"""How many characters an agent may write in one text."""


@dataclass(frozen=True, slots=True)
class Writer:
    """Another agent who has begun an answer, and when they last changed it."""

    name: str
    address: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Drafts:
    """An agent's own draft on a ticket ("" if there is none), and the other agents who are writing, the latest
    first."""

    text: str
    at: datetime | None
    others: tuple[Writer, ...]


def save_draft(deps: Deps, shop: Shop, ref: str, agent: str, text: str) -> None:
    """Save what the agent has written so far, in place of their earlier draft, in one request. An empty text leaves no
    draft. Raises UnknownTicket if the reference can't be a ticket of this shop, InvalidFields if the text is longer
    than can be stored or sent."""
    if derived.references_in(ref) != (ref,) or not ref.startswith(f"{shop.prefix}-"):
        raise UnknownTicket(ref)
    now = deps.now()
    words = submission.clean(text)
    if len(words) > LONGEST_TEXT:
        raise InvalidFields({"text": "too_long"})
    deps.drafts.save_draft(Draft(ref, canonical(agent), words, now), now + DRAFT_LIFE)


def give_back(deps: Deps, shop: Shop, ref: str, agent: str, text: str) -> None:
    """Put a text that did not leave before what its agent has begun to write since. What is longer than a draft may be
    is cut."""
    parts = (text, begun_by(deps, ref, agent))
    save_draft(deps, shop, ref, agent, "\n\n".join(part for part in parts if part.strip())[:LONGEST_TEXT])


def begun_by(deps: Deps, ref: str, agent: str) -> str:
    """What the agent has begun to write on the ticket; "" if nothing, in one request."""
    return next((each.text for each in deps.drafts.drafts(ref, deps.now()) if each.agent == canonical(agent)), "")


def others_at(deps: Deps, shop: Shop, ref: str, agent: str) -> tuple[Writer, ...]:
    """The other agents who have begun an answer on the ticket, the latest first, in one request. For an agent who is
    writing."""
    begun = [draft for draft in deps.drafts.drafts(ref, deps.now()) if draft.text.strip()]
    return _writers(shop, (draft for draft in begun if draft.agent != canonical(agent)))


def drafts_of(deps: Deps, shop: Shop, ticket: Ticket, messages: Sequence[Message], agent: str) -> Drafts:
    """The agents writing on the ticket: one request, and one more for each ticket merged into it. A draft older than
    its agent's last sent answer in the conversation (`messages`) counts as sent."""
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
    """Whether the message was written from a draft. A request to a third party or a mail leaves the draft unsent."""
    return message.channel is Surface.DESK and message.event in (Event.WORDS, Event.QUESTION)


def _said(draft: Draft, last: datetime | None) -> bool:
    return last is not None and draft.at <= last
