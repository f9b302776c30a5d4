"""A contact agreement: how a shop deals with a customer who writes more than anybody can answer, instead of a block
(decision 271).

Nothing is refused and nothing is lost. Only questions and feedback have the agreed pace. Complaints, warranty claims,
returns, withdrawals, and what is about personal data, have the same promises as everybody's, when they are opened and
for whatever is added to them later.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.errors import InvalidFields
from chalicelib.rules.identity.addressing import canonical
from chalicelib.rules.policy.model import Kind, Shop
from chalicelib.rules.policy.promises import FEEDBACK, QUESTION
from chalicelib.rules.tickets.clocks import RuleContext
from chalicelib.rules.tickets.log import Action, Detail, DetailCode, reason_detail
from chalicelib.rules.tickets.messages import Author, Event, Message, Person, Visibility, shops_message
from chalicelib.rules.tickets.outbox import Delivery, Purpose, queue
from chalicelib.rules.tickets.remarks import Remark
from chalicelib.rules.tickets.ticket import Change, LogEntry, Ticket, evolve
from chalicelib.rules.timing.periods import Period, Unit, due

MOST_DAYS = 31
LONGEST = timedelta(days=184)
"""How far ahead an agreement may end: half a year, then somebody looks at it again."""
SLOWED = (QUESTION, FEEDBACK)
"""Kinds whose tickets have the agreed pace."""
_OF_LAW = (Remark.WITHDRAWS, Remark.ABOUT_DATA)
AGREED, ENDED = "agreed", "ended"
"""What a message about an agreement says."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """What was agreed with one customer, `at` when and `by` whom, until when (UTC), and in the ticket `ref`.
    `every_days`: what they write is answered together, at least this often; 0: no pace. `agent`: the one who looks
    after them. `in_writing`: not by telephone. Why is in the ticket's log."""

    ref: str
    at: datetime
    by: str
    until: datetime
    every_days: int = 0
    agent: str = ""
    in_writing: bool = False


def agree(ticket: Ticket, id: str, agreement: Agreement, text: str, reason: str, context: RuleContext) -> Change:
    """Tell the customer what is agreed from now on, in the words `text`. Raises InvalidFields."""
    _refuse(ticket, agreement.by, context)
    faults = {}
    if not reason.strip():
        faults["reason"] = "missing"
    if not context.at < agreement.until <= context.at + LONGEST:
        faults["until"] = "agreement_until"
    if not 0 <= agreement.every_days <= MOST_DAYS:
        faults["every_days"] = "agreement_days"
    if not (agreement.every_days or agreement.agent or agreement.in_writing):
        faults["every_days"] = "agreement_empty"
    if faults:
        raise InvalidFields(faults)
    return _told(ticket, id, AGREED, text, Person(_name(context.shop, agreement.by), agreement.by), reason, context)


def end(ticket: Ticket, id: str, text: str, agent: Person, reason: str, context: RuleContext) -> Change:
    """Tell the customer that it ended. Raises InvalidFields."""
    _refuse(ticket, agent.address, context)
    if not reason.strip():
        raise InvalidFields({"reason": "missing"})
    return _told(ticket, id, ENDED, text, agent, reason, context)


def paced(shop: Shop, agreement: Agreement, kind: str, context: RuleContext) -> Shop:
    """The shop as it promises an answer to this customer's new words in a ticket of this kind: with the agreed pace, if
    the kind may be slowed and the pace is later than its promise; what a topic promises sooner stays promised."""
    known = shop.kinds[kind]
    if not agreement.every_days or kind not in SLOWED or known.first_answer is None:
        return shop
    pace = Period(agreement.every_days, Unit.DAYS)
    if _due(pace, context) <= _due(known.first_answer, context):
        return shop
    kinds: dict[str, Kind] = {**shop.kinds, kind: replace(known, first_answer=pace)}
    return replace(shop, kinds=kinds)


def is_about(agreement: Agreement, ticket: Ticket) -> bool:
    """Whether the agreement was made in this ticket, or in one that was merged into it: its mail invites to object
    there."""
    return agreement.ref in (ticket.ref, *ticket.merged_from)


def objection_heard(agreement: Agreement, messages: Sequence[Message], shop: Shop) -> bool:
    """Whether an admin or owner has answered what the customer wrote in the agreement's own ticket since it was made.
    Before that, what they write there may object to the agreement, which must not slow it."""
    wrote = (each.at for each in messages if each.author is Author.CUSTOMER and each.at > agreement.at)
    since = min(wrote, default=None)
    admins = {canonical(agent.address) for agent in shop.agents if agent.role != "agent"}
    return since is not None and any(
        each.at > since
        and each.author is Author.AGENT
        and each.visibility is Visibility.SHARED
        and each.event in (Event.WORDS, Event.QUESTION, Event.FINAL_ANSWER)
        and canonical(each.person.address) in admins
        for each in messages
    )


def names_law(remarks: Collection[Remark]) -> bool:
    """Whether words were recognised by which people use a right: they are never slowed."""
    return not set(remarks).isdisjoint(_OF_LAW)


def _due(period: Period, context: RuleContext) -> datetime:
    return due(context.at, period, context.shop.hours, context.holidays)


def _refuse(ticket: Ticket, by: str, context: RuleContext) -> None:
    known = context.shop.agent(by)
    if not context.shop.desk.agreements:
        raise InvalidFields({"action": "agreement_not_offered"})
    if known is None or known.role == "agent":
        raise InvalidFields({"action": "admins_only"})
    if not ticket.requester.address:
        raise InvalidFields({"action": "no_address"})
    if not ticket.proven:
        raise InvalidFields({"action": "agreement_unproven"})


def _name(shop: Shop, address: str) -> str:
    agent = shop.agent(address)
    return agent.name if agent else ""


def _told(ticket: Ticket, id: str, about: str, text: str, agent: Person, reason: str, context: RuleContext) -> Change:
    message = replace(shops_message(id, ticket.ref, context.at, agent, text, Event.AGREEMENT), about=about)
    mail = queue((Delivery(Purpose.CONTACT_AGREEMENT, ticket.requester.address),), context.at)
    name = "agree_contact" if about == AGREED else "end_agreement"
    entry = LogEntry(context.at, agent.address, Action.ACTED, (Detail(DetailCode.ACT, name), reason_detail(reason)))
    return Change(evolve(ticket), (replace(message, outbox=mail),), (entry,))
