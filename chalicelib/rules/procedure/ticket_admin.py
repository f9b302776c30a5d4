"""Agents' actions on whole tickets: tags, links, legal hold, spam, and splitting one message off into a ticket."""

from dataclasses import replace
from datetime import datetime

from chalicelib.errors import InvalidFields
from chalicelib.patterns import pattern
from chalicelib.rules.intake.opening import Inbound
from chalicelib.rules.intake.submission import clean
from chalicelib.rules.procedure.concluding import close
from chalicelib.rules.procedure.contacting import opened_since
from chalicelib.rules.tickets.clocks import RuleContext
from chalicelib.rules.tickets.log import Action, Detail, DetailCode, details_of, reason_detail
from chalicelib.rules.tickets.messages import Author, Event, Message, Person, Visibility, internal_message
from chalicelib.rules.tickets.outbox import Outbox, Purpose, Stage
from chalicelib.rules.tickets.procedure_facts import Outcome
from chalicelib.rules.tickets.ticket import Change, LogEntry, State, Ticket, evolve

MAX_TAGS = 20
LONGEST_TAG = 40
_BETWEEN_TAGS = pattern(r"[,;\s]+")


def tags_in(text: str) -> tuple[str, ...]:
    """The tags in a text, separated by commas or spaces, each once. Raises InvalidFields."""
    named = (tag.lstrip("#").lower() for tag in _BETWEEN_TAGS.split(clean(text)))
    tags = tuple(dict.fromkeys(tag for tag in named if tag))
    if any(len(tag) > LONGEST_TAG for tag in tags):
        raise InvalidFields({"tags": "tag_too_long"})
    if len(tags) > MAX_TAGS:
        raise InvalidFields({"tags": "tags_too_many"})
    return tags


def tag(ticket: Ticket, tags: tuple[str, ...], agent: Person, now: datetime) -> Change | None:
    """Replace the ticket's tags with these."""
    if tags == ticket.tags:
        return None
    details = details_of(DetailCode.TAG, *tags)
    return Change(evolve(ticket, tags=tags), log=(LogEntry(now, agent.address, Action.TAGGED, details),))


def place_legal_hold(ticket: Ticket, reason: str, agent: Person, now: datetime) -> Change | None:
    """Nothing of the ticket may be deleted until the hold is lifted. Raises InvalidFields."""
    if not reason.strip():
        raise InvalidFields({"reason": "missing"})
    if ticket.custody.legal_hold == reason.strip():
        return None
    entry = LogEntry(now, agent.address, Action.LEGAL_HOLD_PLACED, (reason_detail(reason),))
    return Change(evolve(ticket, custody=replace(ticket.custody, legal_hold=reason.strip())), log=(entry,))


def lift_legal_hold(ticket: Ticket, reason: str, agent: Person, now: datetime) -> Change | None:
    """From now on only the retention of its kind applies to the ticket again. Raises InvalidFields."""
    if not reason.strip():
        raise InvalidFields({"reason": "missing"})
    if ticket.custody.legal_hold is None:
        return None
    entry = LogEntry(now, agent.address, Action.LEGAL_HOLD_LIFTED, (reason_detail(reason),))
    return Change(evolve(ticket, custody=replace(ticket.custody, legal_hold=None)), log=(entry,))


def object_to_adverts(ticket: Ticket, id: str, reason: str, agent: Person, now: datetime) -> Change:
    """Note and log that the customer objects to adverts; `reason`: how they said so. Raises InvalidFields."""
    return _about_adverts(ticket, id, "note_objection", reason, agent, now)


def want_adverts(ticket: Ticket, id: str, reason: str, agent: Person, now: datetime) -> Change:
    """Note and log that the customer takes their objection back. Nobody else can: the ticket must be known to come from
    the owner of the address. `reason`: how they asked for it. Raises InvalidFields."""
    if not ticket.proven:
        raise InvalidFields({"action": "not_proven"})
    return _about_adverts(ticket, id, "lift_objection", reason, agent, now)


def _about_adverts(ticket: Ticket, id: str, act: str, reason: str, agent: Person, now: datetime) -> Change:
    if not reason.strip():
        raise InvalidFields({"reason": "missing"})
    if not ticket.requester.address:
        raise InvalidFields({"action": "no_address"})
    details = (*details_of(DetailCode.ACT, act), reason_detail(reason))
    entry = LogEntry(now, agent.address, Action.ACTED, details)
    return Change(evolve(ticket), (internal_message(id, ticket.ref, now, agent, reason.strip()),), (entry,))


def link(ticket: Ticket, other: Ticket, agent: Person, now: datetime) -> Change | None:
    """Link two tickets of one shop to each other. Raises InvalidFields."""
    if ticket.ref == other.ref:
        raise InvalidFields({"to": "itself"})
    if ticket.shop != other.shop:
        raise InvalidFields({"to": "no_ticket"})
    if other.ref in ticket.related and ticket.ref in other.related:
        return None
    linked = (Detail(DetailCode.TICKET, ticket.ref), Detail(DetailCode.WITH, other.ref))
    entry = LogEntry(now, agent.address, Action.LINKED, linked)
    return Change(_related(ticket, other.ref), log=(entry,), also=(_related(other, ticket.ref),))


def spam(ticket: Ticket, agent: Person, context: RuleContext) -> Change | None:
    """Close as spam. The sender gets no answer, not even an acknowledgement that is still owed. Raises
    InvalidFields."""
    if ticket.state is State.CLOSED and ticket.outcome is Outcome.SPAM:
        return None
    change = close(replace(ticket, outbox=_unanswered(ticket.outbox)), Outcome.SPAM, "spam", agent, context)
    return replace(change, log=(LogEntry(context.at, agent.address, Action.MARKED_AS_SPAM),))


def refuse_to_split(ticket: Ticket, message: Message | None, kind: str) -> None:
    """Raises InvalidFields unless it is a customer's message that can open a ticket of its own. What opened the ticket
    can do so for another matter that it is about too, which has a kind of its own."""
    if message == ticket.opening and kind in ("", ticket.kind):
        raise InvalidFields({"kind": "opening_needs_kind"})
    if message is None:
        raise InvalidFields({"message": "no_message"})
    words = message.event is Event.WORDS and message.visibility is Visibility.SHARED and not message.automatic
    if message.author is not Author.CUSTOMER or not words:
        raise InvalidFields({"message": "no_customers_message"})


def split(ticket: Ticket, message: Message, ref: str, inbound: Inbound, agent: Person, context: RuleContext) -> Change:
    """Open a ticket of its own from the customer's message, with promises from when the message came. The message stays
    where it is and names the new ticket."""
    parted = (Detail(DetailCode.TICKET, ref), Detail(DetailCode.ORIGIN, ticket.ref))
    entry = LogEntry(context.at, agent.address, Action.SPLIT_OFF, parted)
    opened = opened_since(ref, inbound, message.at, context, agent)
    # The ticket is the customer's, but the words are their writer's, who may be a participant.
    opening = replace(opened.opening, person=message.person, writer=message.writer)
    opened = replace(opened, opening=opening, related=(ticket.ref,), active_at=context.at)
    if message == ticket.opening:
        marked = replace(ticket, opening=replace(message, split_into=ref))
        return Change(_related(marked, ref), log=(entry,), also=(opened,))
    return Change(_related(ticket, ref), (evolve(message, split_into=ref),), (entry,), also=(opened,))


def _related(ticket: Ticket, ref: str) -> Ticket:
    return evolve(ticket, related=tuple(dict.fromkeys((*ticket.related, ref))))


def _unanswered(outbox: Outbox | None) -> Outbox | None:
    """The outbox without the acknowledgement it still owes."""
    if outbox is None:
        return None
    left = outbox.without(Purpose.ACKNOWLEDGEMENT)
    return left if left.owed() or left == outbox else replace(left, stage=Stage.DONE)
