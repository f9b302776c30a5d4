"""How a form or mail becomes a ticket with its clocks and the mails it owes."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.rules.documents.accepted import AcceptedTerms
from chalicelib.rules.intake.limits import Bound
from chalicelib.rules.intake.submission import is_reachable
from chalicelib.rules.intake.withdrawing import withdrawn
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.policy.promises import WITHDRAWAL
from chalicelib.rules.tickets.clocks import (
    ACKNOWLEDGE,
    FIRST_ANSWER,
    QUARANTINE,
    RESOLVE,
    Promised,
    RuleContext,
    opening_clocks,
    set_clock,
)
from chalicelib.rules.tickets.log import Action, DetailCode, details_of
from chalicelib.rules.tickets.messages import NOBODY, AutomaticMark, Surface
from chalicelib.rules.tickets.outbox import Delivery, Purpose, queue
from chalicelib.rules.tickets.procedure_facts import AdvertFacts, Claim, Withdrawal
from chalicelib.rules.tickets.remarks import Remark, Suspicion
from chalicelib.rules.tickets.ticket import AFTERCARE, Author, Channel, File, LogEntry, Message, Person, State, Ticket
from chalicelib.rules.timing.periods import Holidays

# The promises that are recorded for the person who posts a form. The acknowledgement is due within minutes and never
# moves.
_KEPT = (FIRST_ANSWER, RESOLVE)


@dataclass(frozen=True, slots=True)
class Inbound:
    """An incoming form or mail, read and within its limits, before it becomes a ticket or a message.

    `source`: the digest that recognises the same thing when it comes again. `fingerprint`: the digest of its content.
    `automatic` and `suspicions`: why it gets no acknowledgement. `remarks`: how it was read. `acknowledge` and
    `notify`: whether its ticket is confirmed to the customer, and whether agents are notified. `ask`: the agent who is
    notified in any case. `about`, `sender` and `writer`: as on a message. `confirmed`: it is proven that the writer
    reads mail to their address. `poster`: the (blinded) source of a form.
    """

    channel: Channel | Surface
    person: Person
    subject: str
    text: str
    source: str
    fingerprint: str
    kind: str
    language: str
    topic: str | None = None
    order_number: str | None = None
    files: tuple[File, ...] = ()
    text_key: str | None = None
    message_id: str | None = None
    raw_key: str | None = None
    participants: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    automatic: tuple[AutomaticMark, ...] = ()
    suspicions: tuple[Suspicion, ...] = ()
    remarks: tuple[Remark, ...] = ()
    named: tuple[str, ...] = ()
    about: str = ""
    sender: str = ""
    writer: Person = NOBODY
    left_out: tuple[str, ...] = ()
    unsent: str = ""
    """An agent's words that were left out of their answer."""
    told_left_out: str = ""
    """The agent who is mailed about what was left out."""
    confirmed: bool = False
    poster: str = ""
    beyond: tuple[Bound, ...] = ()
    """The used-up budgets of automatic mail that prevent the confirmation."""
    acknowledge: bool = True
    notify: bool = True
    ask: str = ""
    agent: str = ""
    """The agent who looks after this customer by a contact agreement."""
    terms_accepted: bool = False
    adverts: AdvertFacts | None = None
    terms: AcceptedTerms | None = None
    country: str | None = None
    claim: Claim | None = None
    withdrawal: Withdrawal | None = None


def confirms(inbound: Inbound) -> bool:
    """Whether the ticket it opens is confirmed, by a mail or in its channel."""
    return inbound.acknowledge and not _is_quarantined(inbound) and is_reachable(inbound.person.address)


def bounded(inbound: Inbound, used_up: Collection[Bound]) -> Inbound:
    """The arrival after these limits are used up: quarantined without notification, or only not confirmed."""
    if any(bound.firm for bound in used_up):
        return replace(inbound, suspicions=(*inbound.suspicions, Suspicion.TOO_MANY), notify=False)
    if not used_up:
        return inbound
    remarks = (*inbound.remarks, Remark.BEYOND_BUDGET)
    return replace(inbound, acknowledge=False, beyond=tuple(sorted(used_up)), remarks=remarks)


def open_ticket(ref: str, inbound: Inbound, shop: Shop, now: datetime, holidays: Holidays) -> Ticket:
    """The ticket that an arrival opens. Its opening message and log are part of it, so that it is one write."""
    quarantined = _is_quarantined(inbound)
    kind = shop.kinds[inbound.kind]
    clocks = opening_clocks(shop, kind, now, holidays, inbound.topic)
    if not (
        is_reachable(inbound.person.address) and (inbound.acknowledge or quarantined)
    ):  # nothing will be sent, so there is no promise
        clocks = clocks.without(ACKNOWLEDGE)
    posted = inbound.channel is Channel.FORM or (inbound.channel is Channel.CHAT and inbound.poster)
    recorded = clocks.only(*_KEPT) if posted else ()
    if quarantined:
        clocks = clocks.put(set_clock(QUARANTINE, shop.quarantine, kind, RuleContext(now, shop, holidays)))
    ticket = Ticket(
        ref=ref,
        shop=shop.id,
        kind=inbound.kind,
        state=State.QUARANTINED if quarantined else State.OPEN,
        channel=inbound.channel,
        subject=inbound.subject,
        requester=inbound.person,
        language=inbound.language,
        opened_at=now,
        source=inbound.source,
        opening=as_message(inbound, "opening", ref, now, Author.CUSTOMER),
        clocks=clocks,
        log=(
            LogEntry(now, "customer", Action.OPENED, details_of(DetailCode.CHANNEL, inbound.channel)),
            *_left_out(inbound, now),
        ),
        topic=inbound.topic,
        order_number=inbound.order_number,
        suspicions=(*inbound.suspicions, Suspicion.AUTOMATIC) if inbound.automatic else inbound.suspicions,
        related=inbound.related,
        unconfirmed=not inbound.confirmed,
        poster=inbound.poster,
        promised=tuple(Promised(clock.name, clock.period, clock.due) for clock in recorded),
        participants=inbound.participants,
        terms_accepted=inbound.terms_accepted,
        adverts=inbound.adverts,
        terms=inbound.terms,
        last_message_id=inbound.message_id,
        country=inbound.country,
        assignee=inbound.agent or None,
        claim=inbound.claim,
        withdrawal=inbound.withdrawal,
        outbox=queue(_mails_owed(inbound, shop), now),
    )
    return withdrawn(ticket, RuleContext(now, shop, holidays)) if inbound.kind == WITHDRAWAL else ticket


def as_message(inbound: Inbound, id: str, ref: str, now: datetime, author: Author) -> Message:
    return Message(
        id=id,
        ref=ref,
        at=now,
        author=author,
        person=inbound.person,
        channel=inbound.channel,
        text=inbound.text,
        fingerprint=inbound.fingerprint,
        text_key=inbound.text_key,
        files=inbound.files,
        message_id=inbound.message_id,
        raw_key=inbound.raw_key,
        automatic=inbound.automatic,
        remarks=inbound.remarks,
        named=inbound.named,
        about=inbound.about,
        sender=inbound.sender,
        writer=inbound.writer,
        left_out=inbound.left_out,
        unsent=inbound.unsent,
    )


def notifications(shop: Shop, purpose: Purpose, assignee: str | None = None) -> Iterator[Delivery]:
    """A mail to each agent with `notify` in the policy, and to the assignee or the agent who must be asked."""
    return (Delivery(purpose, a.address) for a in shop.agents if a.notify or a.address == assignee)


def _mails_owed(inbound: Inbound, shop: Shop) -> Iterator[Delivery]:
    """A suspicious or automatic arrival gets no automatic answer. Agents are notified of it, except above a firm limit
    (`notify`)."""
    if confirms(inbound):
        yield Delivery(Purpose.ACKNOWLEDGEMENT, inbound.person.address)
    if inbound.notify:
        yield from notifications(shop, Purpose.NOTIFICATION_NEW, inbound.ask or inbound.agent)
    if inbound.told_left_out and not _is_quarantined(inbound):
        yield Delivery(Purpose.LEFT_OUT, inbound.told_left_out)


def _is_quarantined(inbound: Inbound) -> bool:
    return bool(inbound.suspicions or inbound.automatic)


def _left_out(inbound: Inbound, now: datetime) -> Iterator[LogEntry]:
    if inbound.beyond:
        yield LogEntry(now, AFTERCARE, Action.NOT_CONFIRMED, details_of(DetailCode.BOUND, inbound.beyond[0]))
