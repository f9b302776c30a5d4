"""Questions to third parties: with only the facts that an agent selects, a clock of their own, and reminders.

The customer is informed about who was asked, and again when the answer has come. The customer's own promises keep
running.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.errors import InvalidFields
from chalicelib.rules.identity.addressing import canonical, same
from chalicelib.rules.intake.opening import Inbound, as_message, notifications
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.tickets.clock_steps import resumed, stepped
from chalicelib.rules.tickets.clocks import CLOSE, QUARANTINE, REFERRAL, Clock, RuleContext, SetBy
from chalicelib.rules.tickets.due_dates import given_time
from chalicelib.rules.tickets.log import Action, Detail, DetailCode, details_of, reason_detail
from chalicelib.rules.tickets.messages import (
    Author,
    Event,
    Message,
    Person,
    Visibility,
    internal_message,
    system_message,
)
from chalicelib.rules.tickets.outbox import Delivery, Purpose, queue
from chalicelib.rules.tickets.procedure_facts import Referral
from chalicelib.rules.tickets.remarks import Remark
from chalicelib.rules.tickets.ticket import AFTERCARE, Change, LogEntry, State, Ticket, evolve
from chalicelib.rules.timing.periods import Period, due

ATTACHMENTS = "attachments"
"""The fact that stands for files; the message with the question lists them."""
# The facts that a third party may be given, in the order of the mail.
FACTS = (
    "order_number", "topic", "subject", "message", "product", "serial", "purchase_date", "name", "email", ATTACHMENTS,
)  # fmt: skip
# The maximum of files with one referral.
MAX_FILES = 50
# The maximum that fits into a reply token.
MAX_REFERRALS = 99
# From this reminder on, agents are notified that none was answered.
_AGENTS_HEAR_FROM = 2


@dataclass(frozen=True, slots=True)
class Party:
    """A third party to ask: from the policy (`id`), or at an address that an agent gave."""

    name: str
    address: str
    language: str
    answer: Period
    remind: Period
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """The question to a third party, with the facts and files it is given."""

    text: str
    facts: Sequence[str] = ()
    files: tuple[str, ...] = ()


def party_of(shop: Shop, id: str, language: str) -> Party | None:
    """The policy's third party with this id. It is written to in the ticket's language, or in its own first one if it
    does not read that."""
    known = shop.third_party(id)
    if known is None:
        return None
    spoken = language if language in known.languages else known.languages[0]
    return Party(known.name, known.address, spoken, known.answer, known.reminder, known.id)


def other_party(shop: Shop, name: str, address: str, language: str) -> Party:
    """A third party that is not in the policy, with the policy's general periods."""
    return Party(name, address, language, shop.referrals.answer, shop.referrals.reminder)


def refer(ticket: Ticket, id: str, party: Party, question: Question, agent: Person, context: RuleContext) -> Change:
    """Ask the party, give it these facts and files, inform the customer, and start the clock for its answer. Raises
    InvalidFields."""
    if any(fact not in FACTS for fact in question.facts):
        raise InvalidFields({"facts": "unknown"})
    if not question.text.strip():
        raise InvalidFields({"text": "missing"})
    if len(ticket.referrals) >= MAX_REFERRALS:
        raise InvalidFields({"to": "referrals_too_many"})
    if any(referral.open and same(referral.address, party.address) for referral in ticket.referrals):
        raise InvalidFields({"to": "referral_open"})
    _refuse_ours(ticket, party.address, context.shop)
    if ticket.state is State.CLOSED:
        raise InvalidFields({"action": "closed"})
    number = len(ticket.referrals) + 1
    given_facts = tuple(fact for fact in FACTS if fact in question.facts)
    referral = Referral(
        number, party.name, party.address, party.language, context.at, agent.address, given_facts, party.id, id
    )
    given = (Detail(DetailCode.FACT, fact) for fact in given_facts)
    kind = context.shop.kinds[ticket.kind]
    clock = given_time(f"{REFERRAL}-{number}", party.answer, kind, context, SetBy.REFERRAL)
    clocks = ticket.clocks.without(CLOSE, QUARANTINE).ensure_promise(kind, context, SetBy.REFERRAL)
    message = internal_message(id, ticket.ref, context.at, agent, question.text.strip(), Event.REFERRAL)
    mails = [Delivery(Purpose.REFERRAL, party.address)]
    if ticket.requester.address:
        mails.append(Delivery(Purpose.REFERRED, ticket.requester.address))
    return Change(
        evolve(
            ticket,
            state=State.REFERRED,
            referrals=(*ticket.referrals, referral),
            clocks=clocks.put(replace(clock, warn_at=None)),
        ),
        (replace(message, about=str(number), passed_on=question.files, outbox=queue(mails, context.at)),),
        (LogEntry(context.at, agent.address, Action.REFERRED, (_numbered(number), *given)),),
    )


def remind(ticket: Ticket, clock: Clock, context: RuleContext, id: str) -> tuple[Ticket, Message, LogEntry] | None:
    """The reminder that is due; None if the referral has ended."""
    referral = referral_of(ticket, clock.name.removeprefix(f"{REFERRAL}-"))
    if referral is None or not referral.open:
        return None
    period = (context.shop.third_party(referral.party) or context.shop.referrals).reminder
    going_on = stepped(clock, context.at, lambda step: due(step, period, context.shop.hours, context.holidays))
    reminded = replace(referral, reminded=referral.reminded + 1)
    mails = [Delivery(Purpose.REMINDER, referral.address)]
    if reminded.reminded >= _AGENTS_HEAR_FROM:
        mails += notifications(context.shop, Purpose.ESCALATION, ticket.assignee)
    message = system_message(id, ticket.ref, context.at, Event.REMINDER, str(referral.number))
    after = replace(
        ticket,
        clocks=ticket.clocks.update(going_on),
        referrals=_with(ticket, reminded),
    )
    details = (_numbered(referral.number), Detail(DetailCode.REMINDER, str(reminded.reminded)))
    entry = LogEntry(context.at, AFTERCARE, Action.REMINDED, details)
    return after, replace(message, outbox=queue(mails, context.at)), entry


def answered(
    ticket: Ticket,
    id: str,
    inbound: Inbound,
    number: int,
    context: RuleContext,
    *,
    counts: bool = True,
    tell: bool = True,
) -> Change:
    """A third party wrote. Only agents can read its words; the customer is informed that it has answered.

    An automatic reply is no answer, nor is a mail that may not be the third party's (`counts` is False). Agents are
    notified of those, and may end the referral if it is the answer after all. They are also notified of further mails
    after the answer. Without `tell` nobody is notified: for a mail of ours that came back.
    """
    referral = referral_of(ticket, str(number))
    message = replace(
        as_message(inbound, id, ticket.ref, context.at, Author.THIRD_PARTY),
        visibility=Visibility.INTERNAL,
        event=Event.REFERRAL_ANSWER,
        about=str(number),
    )
    entry = LogEntry(
        context.at, f"referral {number}", Action.THIRD_PARTY_WROTE, details_of(DetailCode.CHANNEL, inbound.channel)
    )
    if inbound.automatic:
        entry = replace(entry, action=Action.AUTOMATIC_MAIL_KEPT)
    about = Purpose.NOTIFICATION_REFERRAL if referral else Purpose.NOTIFICATION_REPLY
    mails = list(notifications(context.shop, about, ticket.assignee)) if tell else []
    if referral is None or not referral.open:
        message = message if inbound.automatic else replace(message, outbox=queue(mails, context.at))
        return Change(evolve(ticket), (message,), (entry,))
    if inbound.automatic or not counts:
        message = replace(message, remarks=(*message.remarks, Remark.UNCOUNTED), outbox=queue(mails, context.at))
        return Change(evolve(ticket), (message,), (entry,))
    if ticket.requester.address and ticket.state is not State.CLOSED:
        mails.append(Delivery(Purpose.REFERRAL_ANSWERED, ticket.requester.address))
    ended = _ended(ticket, replace(referral, answered_at=context.at), context.at)
    if ended.state is not State.REFERRED:
        ended = _shops_turn(ended, context)
    return Change(evolve(ended), (replace(message, outbox=queue(mails, context.at)),), (entry,))


def end(ticket: Ticket, number: int, reason: str, agent: Person, now: datetime) -> Change:
    """An agent stops waiting for this party's answer. Raises InvalidFields."""
    referral = referral_of(ticket, str(number))
    if referral is None or not referral.open:
        raise InvalidFields({"number": "no_open_referral"})
    if not reason.strip():
        raise InvalidFields({"reason": "missing"})
    ended = _ended(ticket, replace(referral, ended_at=now), now)
    entry = LogEntry(now, agent.address, Action.REFERRAL_ENDED, (_numbered(number), reason_detail(reason)))
    return Change(evolve(ended), log=(entry,))


def referral_of(ticket: Ticket, number: str) -> Referral | None:
    return next((referral for referral in ticket.referrals if str(referral.number) == number), None)


def referral_from(ticket: Ticket, address: str) -> Referral | None:
    """The latest referral to this address; a mail from the address answers that one."""
    wanted = canonical(address)
    return next((r for r in reversed(ticket.referrals) if canonical(r.address) == wanted), None)


def _refuse_ours(ticket: Ticket, address: str, shop: Shop) -> None:
    """Raises InvalidFields for the customer and for the shop's own addresses: a third party is somebody else."""
    if shop.is_ours(address) or shop.agent(address):
        raise InvalidFields({"address": "referral_to_us"})
    if same(address, ticket.requester.address):
        raise InvalidFields({"address": "referral_to_customer"})


def _ended(ticket: Ticket, referral: Referral, now: datetime) -> Ticket:
    """The ticket after the referral ended, with its clock met. If no other referral is open, the shop owes the next
    word, or the customer does if the shop answered or asked in the time between."""
    referrals = _with(ticket, referral)
    clocks = ticket.clocks.meet(f"{REFERRAL}-{referral.number}", at=now)
    state = ticket.state
    if state is State.REFERRED and not any(r.open for r in referrals):
        waiting = clocks.named(CLOSE) or any(clock.paused_at for clock in clocks.unmet)
        state = State.WAITING if waiting else State.OPEN
    return replace(ticket, referrals=referrals, clocks=clocks, state=state)


def _shops_turn(ticket: Ticket, context: RuleContext) -> Ticket:
    """The ticket when the shop must report a third party's answer: no clock waits for the customer any more."""
    kind = context.shop.kinds[ticket.kind]
    clocks = ticket.clocks.without(CLOSE).each(lambda clock: resumed(clock, kind, context))
    return replace(ticket, state=State.OPEN, clocks=clocks.ensure_promise(kind, context, SetBy.REFERRAL))


def _numbered(number: int) -> Detail:
    return Detail(DetailCode.REFERRAL, str(number))


def _with(ticket: Ticket, referral: Referral) -> tuple[Referral, ...]:
    return tuple(referral if r.number == referral.number else r for r in ticket.referrals)
