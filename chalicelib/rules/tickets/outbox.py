"""The transactional outbox: the mails an item owes, stored as part of that item.

    QUEUED ──claim──► CLAIMED ──sent or refused for good, each──► no outbox state: nothing is owed
                        │  └──lease ran out (we died)──► may be claimed again
                        └──the mail service would not take it now──► RETRY ──claim──► CLAIMED

QUEUED   committed; the table's stream wakes send_mail, which claims it.
CLAIMED  one sender works on it until `wake_at`, which each mail moves on; no other sender touches it before then.
         After three claims in a row that ran out without a sign of life, a short form of the mail is sent.
RETRY    a mail could not be handed over; the stream's retry tries again, or the due-work index from `wake_at` on.
WAITING  an agent's answer that leaves at `wake_at`, and may be taken back until a sender claims it (decision 268).
HELD     kept back until `wake_at`: a due-work run gathers more for one of its mails and queues it when the run ends;
         or the mail of another item carries all that is owed (rules.delivery.coalescing) (decision 10).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from chalicelib.rules.identity import handles
from chalicelib.rules.identity.addressing import same

# Longer than one mail can take (send_mail's mail client gives up after 13 s, decision 10), so a lapsed claim means that
# the sender died.
LEASE = timedelta(seconds=30)
# The longest time that handing over one mail takes.
ONE_MAIL = timedelta(seconds=15)
# When the due-work index picks up a mail that the stream did not bring.
MISSED_AFTER = timedelta(minutes=2)
LONGEST_PAUSE = timedelta(minutes=5)
# Longer than a due-work run takes; it queues the mails it has gathered before it ends.
GATHERING = timedelta(minutes=4, seconds=30)
# When the due-work index checks that another item's mail has carried this item's.
TOLD_AFTER = timedelta(minutes=10)
# This many senders may die on a mail before its short form is sent; and on the short form before it is given up.
TRIES = 3


class Audience(StrEnum):
    CUSTOMER = "customer"
    AGENTS = "agents"
    THIRD_PARTY = "third_party"


class Nature(StrEnum):
    """What a mail is to its reader in law: part of what they asked for, or an advert, which they may forbid."""

    SERVICE = "service"
    ADVERT = "advert"


class Purpose(StrEnum):
    """Which mail is owed; it selects the template."""

    ACKNOWLEDGEMENT = "acknowledgement"
    NOTIFICATION_NEW = "notification_new"
    NOTIFICATION_REPLY = "notification_reply"
    ANSWER = "answer"
    NOT_DELIVERED = "not_delivered_to_customer"
    LEFT_OUT = "left_out"
    UNDELIVERED = "undelivered"
    QUESTION = "question"
    CONFIRM_IDENTITY = "confirm_identity"
    IDENTITY_CONFIRMED = "identity_confirmed"
    CONFIRM_ADDRESS = "confirm_address"  # to an address that a messenger's user gave: whether it is theirs
    EXTENSION = "extension"
    REFERRAL = "referral"
    REMINDER = "reminder"
    REFERRED = "referred"
    REFERRAL_ANSWERED = "referral_answered"
    NOTIFICATION_REFERRAL = "notification_referral"
    INSTRUCTIONS = "instructions"
    REMEDY_DONE = "remedy_done"
    FINAL_ANSWER = "final_answer"
    REVIEW_REQUEST = "review_request"
    RATED = "rated"  # what stands as the rating now, and how to change it or take it back
    SELF_SERVED = "self_served"  # that the ticket is closed, since an article answered it, and how to go on
    PUBLICATION_OFFERED = "publication_offered"
    PUBLISHED = "published"
    CONTACT_AGREEMENT = "contact_agreement"  # what is agreed from now on, or that it ended
    CALL_CHANGED = "call_changed"  # moved or cancelled
    CALL_FAILED = "call_failed"  # we could not reach the customer; a new time can be chosen
    ESCALATION = "escalation"
    TRANSCRIPT = "transcript"  # what was said in a chat that is over
    ANSWER_TO_READ = "answer_to_read"  # to the other agents: an answer waits for one of them to read it
    ORDER_CONFIRMED = "order_confirmed"
    ORDER_CHANGED = "order_changed"
    ORDER_CANCELLED = "order_cancelled"
    ORDER_SENT = "order_sent"
    ORDER_DELIVERED = "order_delivered"
    ORDER_REFUNDED = "order_refunded"
    ORDER_STATUS = "order_status"  # how far it is, because nothing was said for long, or a promise is late
    ORDER_OUT_OF_STOCK = "order_out_of_stock"
    ORDER_CHOICE_MADE = "order_choice_made"
    ORDER_CHECK_ADDRESS = "order_check_address"
    ORDER_PRICE_ERROR = "order_price_error"
    ORDER_LINK = "order_link"  # the link to the order's page, asked for by number and address
    ORDER_THANKS = "order_thanks"
    ORDER_FOLLOWUP = "order_followup"
    ORDER_TASK = "order_task"  # to the shop's people: something about an order waits for them

    @property
    def audience(self) -> Audience:
        """Who reads the mail; it decides the language, and what a reply to it may do."""
        return _AUDIENCES.get(self, Audience.CUSTOMER)

    @property
    def nature(self) -> Nature:
        """Whether it is sent to everybody whom it concerns, or only as adverts may be (rules.tickets.advertising)."""
        return _NATURES[self]


_AUDIENCES = {
    Purpose.NOTIFICATION_NEW: Audience.AGENTS,
    Purpose.NOTIFICATION_REPLY: Audience.AGENTS,
    Purpose.NOTIFICATION_REFERRAL: Audience.AGENTS,
    Purpose.NOT_DELIVERED: Audience.AGENTS,
    Purpose.LEFT_OUT: Audience.AGENTS,
    Purpose.UNDELIVERED: Audience.AGENTS,
    Purpose.ESCALATION: Audience.AGENTS,
    Purpose.ANSWER_TO_READ: Audience.AGENTS,
    Purpose.ORDER_TASK: Audience.AGENTS,
    Purpose.REFERRAL: Audience.THIRD_PARTY,
    Purpose.REMINDER: Audience.THIRD_PARTY,
}


# Each purpose is named here: what a new mail is in law must be decided, so there is no default.
_NATURES = {
    Purpose.ACKNOWLEDGEMENT: Nature.SERVICE,
    Purpose.NOTIFICATION_NEW: Nature.SERVICE,
    Purpose.NOTIFICATION_REPLY: Nature.SERVICE,
    Purpose.ANSWER: Nature.SERVICE,
    Purpose.TRANSCRIPT: Nature.SERVICE,
    Purpose.NOT_DELIVERED: Nature.SERVICE,
    Purpose.LEFT_OUT: Nature.SERVICE,
    Purpose.UNDELIVERED: Nature.SERVICE,
    Purpose.QUESTION: Nature.SERVICE,
    Purpose.CONFIRM_IDENTITY: Nature.SERVICE,
    Purpose.IDENTITY_CONFIRMED: Nature.SERVICE,
    Purpose.CONFIRM_ADDRESS: Nature.SERVICE,
    Purpose.EXTENSION: Nature.SERVICE,
    Purpose.REFERRAL: Nature.SERVICE,
    Purpose.REMINDER: Nature.SERVICE,
    Purpose.REFERRED: Nature.SERVICE,
    Purpose.REFERRAL_ANSWERED: Nature.SERVICE,
    Purpose.NOTIFICATION_REFERRAL: Nature.SERVICE,
    Purpose.INSTRUCTIONS: Nature.SERVICE,
    Purpose.REMEDY_DONE: Nature.SERVICE,
    Purpose.FINAL_ANSWER: Nature.SERVICE,
    Purpose.REVIEW_REQUEST: Nature.ADVERT,
    Purpose.RATED: Nature.SERVICE,
    Purpose.SELF_SERVED: Nature.SERVICE,
    Purpose.PUBLICATION_OFFERED: Nature.SERVICE,
    Purpose.PUBLISHED: Nature.SERVICE,
    Purpose.CONTACT_AGREEMENT: Nature.SERVICE,
    Purpose.CALL_CHANGED: Nature.SERVICE,
    Purpose.CALL_FAILED: Nature.SERVICE,
    Purpose.ESCALATION: Nature.SERVICE,
    Purpose.ANSWER_TO_READ: Nature.SERVICE,
    Purpose.ORDER_CONFIRMED: Nature.SERVICE,
    Purpose.ORDER_CHANGED: Nature.SERVICE,
    Purpose.ORDER_CANCELLED: Nature.SERVICE,
    Purpose.ORDER_SENT: Nature.SERVICE,
    Purpose.ORDER_DELIVERED: Nature.SERVICE,
    Purpose.ORDER_REFUNDED: Nature.SERVICE,
    Purpose.ORDER_STATUS: Nature.SERVICE,
    Purpose.ORDER_OUT_OF_STOCK: Nature.SERVICE,
    Purpose.ORDER_CHOICE_MADE: Nature.SERVICE,
    Purpose.ORDER_CHECK_ADDRESS: Nature.SERVICE,
    Purpose.ORDER_PRICE_ERROR: Nature.SERVICE,
    Purpose.ORDER_LINK: Nature.SERVICE,
    Purpose.ORDER_THANKS: Nature.ADVERT,
    Purpose.ORDER_FOLLOWUP: Nature.SERVICE,
    Purpose.ORDER_TASK: Nature.SERVICE,
}


class DeliveryStatus(StrEnum):
    OWED = "owed"
    SENT = "sent"
    REFUSED = "refused"  # permanently: the mail service will never take it, or we must not send it
    BOUNCED = "bounced"  # accepted, but there is no such mailbox
    FAILED = "failed"  # accepted and given up, although the mailbox may exist
    DELIVERED = "delivered"  # by a messenger: on the customer's device
    READ = "read"
    COMPLAINED = "complained"  # its recipient reported it as spam
    SUPPRESSED = "suppressed"  # accepted and not sent: the mail service suppresses all mail to this address


class Unsent(StrEnum):
    """Why we did not hand a mail to the mail service. templates/words has the words for each (`desk.ticket.unsent`)."""

    SUPPRESSED = "suppressed"  # mail to the address bounced before, or its owner asked for none
    OVERTAKEN = "overtaken"  # the promise that it extends is broken by now
    NOTHING_TO_ASK = "nothing_to_ask"
    OBJECTED = "objected"  # to adverts
    NOT_ALLOWED = "not_allowed"  # an advert, and the policy and what is known of the customer do not allow it
    WINDOW_CLOSED = "window_closed"  # the messenger takes nothing more until the customer writes again
    BEYOND_BUDGET = "beyond_budget"  # more automatic mail than the policy allows in this time
    ENDED_ITS_SENDERS = "ended_its_senders"  # in short form too


@dataclass(frozen=True, slots=True)
class StepRef:
    """A message about a promise's step. `about`: the clock's name and its stage."""

    ref: str
    message: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One mail owed to one address, and its status. `ses_id`: the mail service's id for it. `error`: what a mail server
    said; `unsent`: why we did not try. `carries`: steps of other tickets that this mail reports as well. `carried_by`:
    the message with the mail that reports this delivery's step. `about`: for an order's mail, its parcel, line, refund
    or task (rules.orders.order.LetterRef).
    """

    purpose: Purpose
    to: str
    status: DeliveryStatus = DeliveryStatus.OWED
    ses_id: str | None = None
    at: datetime | None = None
    error: str | None = None
    unsent: Unsent | None = None
    carries: tuple[StepRef, ...] = ()
    carried_by: StepRef | None = None
    about: str = ""
    stands_for: tuple[str, ...] = ()
    """The addresses of the agents who are away, and to whom it was owed."""
    parts: int = 0
    """By a messenger: how many parts of a long text it has taken, if not all."""

    @property
    def shown(self) -> str:
        """Its address as people read it."""
        return handles.shown(self.to)

    def meant_for(self, address: str) -> bool:
        """Whether it reaches what is for this agent."""
        return any(same(address, each) for each in (self.to, *self.stands_for))


class Stage(StrEnum):
    QUEUED = "queued"
    CLAIMED = "claimed"
    RETRY = "retry"
    WAITING = "waiting"
    HELD = "held"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Outbox:
    """The mails one item owes. `wake_at`: when the due-work index picks them up if nothing else has (UTC). `attempts`
    counts the claims; its value identifies the current claim."""

    deliveries: tuple[Delivery, ...]
    stage: Stage
    wake_at: datetime
    attempts: int = 0
    lapsed: int = 0
    """How many claims in a row ran out without a sign of life. The mail itself may have killed the senders."""
    cause: str = ""
    """The correlation id of the request or raw mail by which the mails became owed. For logs only."""

    @property
    def shortened(self) -> bool:
        """Whether the mail itself probably killed its senders: then a short form is sent instead."""
        return self.lapsed >= TRIES

    @property
    def hopeless(self) -> bool:
        """Whether the short form probably killed its senders as well."""
        return self.lapsed >= 2 * TRIES

    def owed(self) -> tuple[Delivery, ...]:
        return tuple(d for d in self.deliveries if d.status is DeliveryStatus.OWED)

    def own(self) -> tuple[Delivery, ...]:
        """The deliveries that this item's own mails must make; other items' mails carry the rest."""
        return tuple(d for d in self.owed() if d.carried_by is None)

    def owes(self, *purposes: Purpose) -> bool:
        return any(d.purpose in purposes for d in self.owed())

    def instead(self, becomes: Mapping[Delivery, Delivery]) -> "Outbox":
        """The outbox with these deliveries replaced, each in its position."""
        return replace(self, deliveries=tuple(becomes.get(d, d) for d in self.deliveries))

    def without(self, purpose: Purpose) -> "Outbox":
        """The outbox without owed mails of this purpose. Those already sent or refused stay recorded."""
        dropped = [d for d in self.owed() if d.purpose is purpose]
        return replace(self, deliveries=tuple(d for d in self.deliveries if d not in dropped))

    def redirect(self, was: str, to: str) -> "Outbox":
        """The outbox with the mails owed to the customer's address `was` directed to `to`. Unchanged while a sender has
        claimed it, because the mails may be on their way."""
        if not to or self.stage is Stage.CLAIMED:
            return self
        customer_mails = (d for d in self.owed() if same(d.to, was) and d.purpose.audience is Audience.CUSTOMER)
        return self.instead({d: replace(d, to=to) for d in customer_mails})


def queue(deliveries: Iterable[Delivery], now: datetime) -> Outbox | None:
    """An outbox owing these mails, or None when there are none."""
    owed = tuple(deliveries)
    return Outbox(owed, Stage.QUEUED, now + MISSED_AFTER) if owed else None


def queue_for(deliveries: Iterable[Delivery], leaves_at: datetime) -> Outbox:
    """An outbox owing these mails, none of which leaves before `leaves_at`."""
    return Outbox(tuple(deliveries), Stage.WAITING, leaves_at)


def wakes_at(outbox: Outbox | None) -> datetime | None:
    """When the due-work index picks it up; None if it owes nothing."""
    return outbox.wake_at if outbox and outbox.stage is not Stage.DONE else None


def awaited(outbox: Outbox | None, now: datetime) -> bool:
    """Whether a mail it owes must go out before the item's words may be erased: a mail to a customer or third party, or
    one that a living sender has claimed. A notification to agents contains those words and is dropped with them."""
    if outbox is None or outbox.stage is Stage.DONE:
        return False
    if outbox.stage is Stage.CLAIMED and now < outbox.wake_at:
        return True
    return any(mail.purpose.audience is not Audience.AGENTS for mail in outbox.owed())


def claimable(outbox: Outbox | None, now: datetime) -> bool:
    """Whether a sender may claim this outbox: something is owed and no living sender has claimed it."""
    if outbox is None or outbox.stage is Stage.DONE:
        return False
    return outbox.stage not in (Stage.CLAIMED, Stage.HELD, Stage.WAITING) or now >= outbox.wake_at


def claim(outbox: Outbox, now: datetime) -> Outbox:
    lapsed = outbox.lapsed + 1 if outbox.stage is Stage.CLAIMED else 0
    return replace(outbox, stage=Stage.CLAIMED, wake_at=now + LEASE, attempts=outbox.attempts + 1, lapsed=lapsed)


def heard_of(outbox: Outbox, claim: int) -> Outbox:
    """Record that the claim's sender is alive although the mail service did not answer. The claim runs on; if it runs
    out, that does not count as a lapse."""
    return replace(outbox, lapsed=-1) if holds(outbox, claim) else outbox


def claimed_at(outbox: Outbox | None, now: datetime) -> datetime:
    """When the sender claimed the mail, so that the mail's text and its record use the same time. `now` if nobody has
    claimed it."""
    return outbox.wake_at - LEASE if outbox and outbox.stage in (Stage.CLAIMED, Stage.DONE) else now


def holds(outbox: Outbox, claim: int) -> bool:
    """Whether this claim is still the current one: no other sender has taken over."""
    return outbox.stage is Stage.CLAIMED and outbox.attempts == claim


def in_time(outbox: Outbox, now: datetime) -> bool:
    """Whether the lease leaves time for one more mail. Recording the last one may have taken too long."""
    return now + ONE_MAIL <= outbox.wake_at


def settle(outbox: Outbox, claim: int, delivery: Delivery, outcome: Delivery, now: datetime) -> Outbox:
    """The outbox after `delivery` was sent or refused permanently: DONE if it was the last one owed, else the sender's
    lease starts again."""
    settled = outbox.instead({delivery: outcome})
    if not settled.own():
        return rest(settled, now)
    if not holds(outbox, claim):
        return settled
    # After a short form, the item's other mails go in short form too: they contain the same words.
    return replace(settled, wake_at=now + LEASE, lapsed=TRIES if outbox.shortened else 0)


def rest(outbox: Outbox, now: datetime) -> Outbox:
    """The outbox when it has no more mails of its own to send. The due-work index checks later on those that other
    items' mails carry."""
    if outbox.owed():
        return replace(outbox, stage=Stage.HELD, wake_at=now + TOLD_AFTER)
    return replace(outbox, stage=Stage.DONE)


def make_due(outbox: Outbox, now: datetime) -> Outbox | None:
    """The outbox, queued after its gathering has ended. None if it was not held for that."""
    if outbox.stage is not Stage.HELD or not outbox.own():
        return None
    return replace(outbox, stage=Stage.QUEUED, wake_at=now + MISSED_AFTER)


def add(outbox: Outbox, deliveries: Iterable[Delivery], now: datetime) -> Outbox:
    """The outbox with these mails added. A claimed outbox stays claimed: the due-work index finds the mails that are
    left."""
    more = tuple(delivery for delivery in deliveries if delivery not in outbox.owed())
    if not more:
        return outbox
    together = replace(outbox, deliveries=outbox.deliveries + more)
    if outbox.stage is Stage.CLAIMED:
        return together
    cause = "" if outbox.stage is Stage.DONE else outbox.cause
    return replace(together, stage=Stage.QUEUED, wake_at=now + MISSED_AFTER, cause=cause)


def caused(outbox: Outbox, cause: str) -> Outbox:
    """The outbox with the correlation id under which its mails became owed. Unchanged if it has one."""
    return replace(outbox, cause=cause) if not outbox.cause and outbox.owed() else outbox


def defer(outbox: Outbox, claim: int, now: datetime) -> Outbox:
    """The outbox after the mail service could not take a mail now. Pauses double, up to five minutes. Unchanged if
    another sender has taken over."""
    if not holds(outbox, claim):
        return outbox
    pause = min(timedelta(minutes=2 ** min(outbox.attempts, 6)), LONGEST_PAUSE)
    return replace(outbox, stage=Stage.RETRY, wake_at=now + pause)
