"""The transactional outbox: mails we owe, part of the item that gave rise to them.

    QUEUED ──claim──► CLAIMED ──sent or refused for good, each──► no outbox state: nothing is owed
                        │  └──lease ran out (we died)──► may be claimed again
                        └──the mail service would not take it now──► RETRY ──claim──► CLAIMED

QUEUED   committed; the table's stream wakes send_mail, which claims it.
CLAIMED  one sender works on it until `wake_at`, further on with each mail; nobody else touches it before then.
         After three claims in a row that ran out without a word, a short form of the mail is sent.
RETRY    a mail could not be handed over; tried again by the stream's retry, or by the due-work index from `wake_at`.
HELD     kept back until `wake_at`: a due-work run gathers more for one of its mails, and queues it at its end; or
         all that is owed is told by the mail of another item (rules.delivery.coalescing) (decision 10).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from chalicelib.rules.identity.addressing import same

# Longer than one mail can take (send_mail's mail client gives up after 15 s), so a claim that ran out means death.
LEASE = timedelta(seconds=30)
# What handing one mail over takes at the most.
ONE_MAIL = timedelta(seconds=15)
# When the due-work index looks after a mail the stream has not brought.
MISSED_AFTER = timedelta(minutes=2)
LONGEST_PAUSE = timedelta(minutes=5)
# Longer than a due-work run can take, which queues what it has gathered before it ends.
GATHERING = timedelta(minutes=4, seconds=30)
# When the due-work index looks whether what another item's mail is to tell has been told.
TOLD_AFTER = timedelta(minutes=10)
# So many senders may die of a mail before its short form is sent instead; and of that, before it is given up.
TRIES = 3


class Audience(StrEnum):
    CUSTOMER = "customer"
    AGENTS = "agents"
    THIRD_PARTY = "third_party"


class Purpose(StrEnum):
    """Which mail is owed: names the template."""

    ACKNOWLEDGEMENT = "acknowledgement"
    NOTIFICATION_NEW = "notification_new"
    NOTIFICATION_REPLY = "notification_reply"
    ANSWER = "answer"
    NOT_DELIVERED = "not_delivered_to_customer"
    LEFT_OUT = "left_out"
    UNDELIVERED = "undelivered"
    QUESTION = "question"
    CONFIRM_IDENTITY = "confirm_identity"
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
    ESCALATION = "escalation"

    @property
    def audience(self) -> Audience:
        """Who reads it, hence in which language, and what a reply to it may do."""
        return _AUDIENCES.get(self, Audience.CUSTOMER)


_AUDIENCES = {
    Purpose.NOTIFICATION_NEW: Audience.AGENTS,
    Purpose.NOTIFICATION_REPLY: Audience.AGENTS,
    Purpose.NOTIFICATION_REFERRAL: Audience.AGENTS,
    Purpose.NOT_DELIVERED: Audience.AGENTS,
    Purpose.LEFT_OUT: Audience.AGENTS,
    Purpose.UNDELIVERED: Audience.AGENTS,
    Purpose.ESCALATION: Audience.AGENTS,
    Purpose.REFERRAL: Audience.THIRD_PARTY,
    Purpose.REMINDER: Audience.THIRD_PARTY,
}


class DeliveryStatus(StrEnum):
    OWED = "owed"
    SENT = "sent"
    REFUSED = "refused"  # for good: the mail service will never take it, or we must not send it
    BOUNCED = "bounced"  # taken, but there is no such mailbox
    FAILED = "failed"  # taken and given up on, although the mailbox may be there
    COMPLAINED = "complained"  # its recipient called it spam
    SUPPRESSED = "suppressed"  # taken and not sent: the mail service holds back whatever is for this address


@dataclass(frozen=True, slots=True)
class StepRef:
    """A message that tells of a promise's step, and which: the clock's name and the stage it has reached."""

    ref: str
    message: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One mail owed to one address, and what became of it. `ses_id` is the mail service's id for it. `carries`: the
    steps of other tickets that this mail tells as well; `carried_by`: the message whose mail tells this one."""

    purpose: Purpose
    to: str
    status: DeliveryStatus = DeliveryStatus.OWED
    ses_id: str | None = None
    at: datetime | None = None
    error: str | None = None
    carries: tuple[StepRef, ...] = ()
    carried_by: StepRef | None = None


class Stage(StrEnum):
    QUEUED = "queued"
    CLAIMED = "claimed"
    RETRY = "retry"
    HELD = "held"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Outbox:
    """The mails one item owes. `wake_at`: when the due-work index looks after them if nobody else has (UTC).
    `attempts` counts the claims, so that it also names the claim in force."""

    deliveries: tuple[Delivery, ...]
    stage: Stage
    wake_at: datetime
    attempts: int = 0
    lapsed: int = 0
    """How many claims in a row ran out without a word from their holder: what it was at may have ended it."""

    @property
    def shortened(self) -> bool:
        """Whether the mail itself is taken for what ended its senders: a short form goes instead."""
        return self.lapsed >= TRIES

    @property
    def hopeless(self) -> bool:
        """Whether the short form ended its senders as well."""
        return self.lapsed >= 2 * TRIES

    def owed(self) -> tuple[Delivery, ...]:
        return tuple(d for d in self.deliveries if d.status is DeliveryStatus.OWED)

    def own(self) -> tuple[Delivery, ...]:
        """What is owed and told by a mail of this item's own."""
        return tuple(d for d in self.owed() if d.carried_by is None)

    def owes(self, *purposes: Purpose) -> bool:
        return any(d.purpose in purposes for d in self.owed())

    def instead(self, becomes: Mapping[Delivery, Delivery]) -> "Outbox":
        """The outbox with these mails changed, each in its place."""
        return replace(self, deliveries=tuple(becomes.get(d, d) for d in self.deliveries))

    def without(self, purpose: Purpose) -> "Outbox":
        """The outbox that owes no mail of this purpose any more; what became of others of it stays."""
        dropped = [d for d in self.owed() if d.purpose is purpose]
        return replace(self, deliveries=tuple(d for d in self.deliveries if d not in dropped))

    def redirect(self, was: str, to: str) -> "Outbox":
        """Mails still owed to a customer's address go to another; what somebody is just sending goes where it goes."""
        if not to or self.stage is Stage.CLAIMED:
            return self
        theirs = (d for d in self.owed() if same(d.to, was) and d.purpose.audience is Audience.CUSTOMER)
        return self.instead({d: replace(d, to=to) for d in theirs})


def queue(deliveries: Iterable[Delivery], now: datetime) -> Outbox | None:
    """An outbox owing these mails, or None when there are none."""
    owed = tuple(deliveries)
    return Outbox(owed, Stage.QUEUED, now + MISSED_AFTER) if owed else None


def wakes_at(outbox: Outbox | None) -> datetime | None:
    """When the due-work index looks after it; None when it owes nothing."""
    return outbox.wake_at if outbox and outbox.stage is not Stage.DONE else None


def awaited(outbox: Outbox | None, now: datetime) -> bool:
    """Whether what it owes is to go out before its words may be erased: a mail to a customer or third party, or one
    that a living sender has taken on. A notice to agents is of those very words, and goes with them."""
    if outbox is None or outbox.stage is Stage.DONE:
        return False
    if outbox.stage is Stage.CLAIMED and now < outbox.wake_at:
        return True
    return any(mail.purpose.audience is not Audience.AGENTS for mail in outbox.owed())


def claimable(outbox: Outbox | None, now: datetime) -> bool:
    """Whether a sender may take this outbox on: something is owed and no living sender holds it."""
    if outbox is None or outbox.stage is Stage.DONE:
        return False
    return outbox.stage not in (Stage.CLAIMED, Stage.HELD) or now >= outbox.wake_at


def claim(outbox: Outbox, now: datetime) -> Outbox:
    lapsed = outbox.lapsed + 1 if outbox.stage is Stage.CLAIMED else 0
    return replace(outbox, stage=Stage.CLAIMED, wake_at=now + LEASE, attempts=outbox.attempts + 1, lapsed=lapsed)


def heard_of(outbox: Outbox, claim: int) -> Outbox:
    """The outbox whose holder lives, though the mail service did not answer: the claim runs on, and its running out
    will be no sign that the mail ended its sender."""
    return replace(outbox, lapsed=-1) if holds(outbox, claim) else outbox


def claimed_at(outbox: Outbox | None, now: datetime) -> datetime:
    """When its sender took the mail on: what the mail says and what is noted of it are reckoned from one moment."""
    return outbox.wake_at - LEASE if outbox and outbox.stage in (Stage.CLAIMED, Stage.DONE) else now


def holds(outbox: Outbox, claim: int) -> bool:
    """Whether the sender of this claim still holds the outbox: nobody has taken it over."""
    return outbox.stage is Stage.CLAIMED and outbox.attempts == claim


def in_time(outbox: Outbox, now: datetime) -> bool:
    """Whether the lease leaves time for one more mail. Noting the last one may have taken longer than it should."""
    return now + ONE_MAIL <= outbox.wake_at


def settle(outbox: Outbox, claim: int, delivery: Delivery, outcome: Delivery, now: datetime) -> Outbox:
    """The outbox after `delivery` was sent or refused for good: DONE when it was the last one owed, else the holder's
    lease begins again."""
    settled = outbox.instead({delivery: outcome})
    if not settled.own():
        return rest(settled, now)
    if not holds(outbox, claim):
        return settled
    # Beside a mail that ended its senders the others are of the same words.
    return replace(settled, wake_at=now + LEASE, lapsed=TRIES if outbox.shortened else 0)


def rest(outbox: Outbox, now: datetime) -> Outbox:
    """The outbox when it has no mail of its own to send any more: what others' mails tell is looked after later."""
    if outbox.owed():
        return replace(outbox, stage=Stage.HELD, wake_at=now + TOLD_AFTER)
    return replace(outbox, stage=Stage.DONE)


def release(outbox: Outbox, now: datetime) -> Outbox | None:
    """The outbox with nothing more to be gathered for it: to be sent. None when that is not what it waits for."""
    if outbox.stage is not Stage.HELD or not outbox.own():
        return None
    return replace(outbox, stage=Stage.QUEUED, wake_at=now + MISSED_AFTER)


def add(outbox: Outbox, deliveries: Iterable[Delivery], now: datetime) -> Outbox:
    """The outbox owing these mails as well. One that a sender holds stays held: the due-work index finds what is
    left."""
    more = tuple(delivery for delivery in deliveries if delivery not in outbox.owed())
    if not more:
        return outbox
    together = replace(outbox, deliveries=outbox.deliveries + more)
    if outbox.stage is Stage.CLAIMED:
        return together
    return replace(together, stage=Stage.QUEUED, wake_at=now + MISSED_AFTER)


def defer(outbox: Outbox, claim: int, now: datetime) -> Outbox:
    """The outbox after the mail service would not take a mail now; pauses double up to five minutes. One that another
    sender has taken over meanwhile is not taken from them."""
    if not holds(outbox, claim):
        return outbox
    pause = min(timedelta(minutes=2 ** min(outbox.attempts, 6)), LONGEST_PAUSE)
    return replace(outbox, stage=Stage.RETRY, wake_at=now + pause)
