"""How often is too often: one model for all that strangers can do, each bound by its name.

Two kinds. What is *firm* counts what came from one place: a mailbox at a source, or a source. Beyond it what comes is
quarantined, or refused with its words kept. What is *soft* is the budget of mail that nobody writes by hand: beyond it
that mail is left out and nothing else. An address that was only named uses up soft bounds alone, so that nobody's words
are hidden for what strangers did in their name.

A window slides: it is cut into slots, and what is counted stands in every slot in which it still counts. So one
condition on the slot of now tells how many there were, and nothing need be read first (decisions 125 and 127).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from chalicelib.rules.identity.mailboxes import mailbox, shared
from chalicelib.rules.policy.model import Limits, MailBudget

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SLOTS = 30
"""Of one window: what is counted is forgotten a thirtieth of it early at the most, and never late."""
SPAN = 4 * SLOTS
"""So many slots lie in one item."""
# A mistyped address or a lost mail takes a few tries; an office may be behind one source.
SIGN_INS_BY_BOTH, SIGN_INS_BY_SOURCE = 6, 30
# Whoever asks, from wherever: so many links are mailed to an address in a time that is shorter than each of them works.
# So whoever gets none because others asked has one of theirs in the mailbox that works still. As many as one source may
# ask for, which alone never meets this.
SIGN_INS_BY_ADDRESS, SIGN_INS_WITHIN = 6, timedelta(minutes=6)
_UPLOADS_PER_TICKET = 10
_EVERYWHERE = "*"


class Bound(StrEnum):
    """What is bounded."""

    SENDER_HOUR = "sender_hour"  # tickets from a mailbox at a source
    SENDER_DAY = "sender_day"
    SOURCE_HOUR = "source_hour"  # tickets from a source
    SOURCE_DAY = "source_day"
    UPLOADS_HOUR = "uploads_hour"
    UPLOADS_DAY = "uploads_day"
    REPLIES_HOUR = "replies_hour"  # to a ticket, from a source
    SIGN_INS_BY_BOTH = "sign_ins_by_both"
    SIGN_INS_BY_ADDRESS = "sign_ins_by_address"  # from everywhere
    SIGN_INS_BY_SOURCE = "sign_ins_by_source"
    RECIPIENT_HOUR = "recipient_hour"  # automatic mails to a mailbox, of all shops
    RECIPIENT_DAY = "recipient_day"
    DOMAIN_DAY = "domain_day"  # automatic mails to a domain, of all shops
    SHOP_HOUR = "shop_hour"  # automatic mails of a shop
    SHOP_DAY = "shop_day"

    @property
    def firm(self) -> bool:
        """Whether what is beyond it is quarantined or refused. Else a mail is left out."""
        return self not in _BUDGETS


_BUDGETS = (
    Bound.SIGN_INS_BY_ADDRESS, Bound.RECIPIENT_HOUR, Bound.RECIPIENT_DAY, Bound.DOMAIN_DAY, Bound.SHOP_HOUR,
    Bound.SHOP_DAY,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` of `key` within any `window`."""

    bound: Bound
    key: str
    maximum: int
    window: timedelta


@dataclass(frozen=True, slots=True)
class Source:
    """Where something came from: a network (rules.identity.mailboxes), or of a mail the domain that vouches for it.
    Neither, where nothing is known that can't be made up."""

    network: str = ""
    domain: str = ""

    @property
    def name(self) -> str:
        return f"@{self.domain}" if self.domain else self.network


def openings(limits: Limits, shop: str, address: str, source: Source) -> tuple[Limit, ...]:
    """What bounds the tickets that somebody opens."""
    both, place = _key(shop, mailbox(address), source.name), _key(shop, source.name)
    sender = (
        Limit(Bound.SENDER_HOUR, both, limits.per_address_hour, HOUR),
        Limit(Bound.SENDER_DAY, both, limits.per_address_day, DAY),
    )
    if not source.name or shared(source.domain, limits.mails.providers):
        return sender  # a provider's customers do not know each other
    return (
        *sender,
        Limit(Bound.SOURCE_HOUR, place, limits.per_source_hour, HOUR),
        Limit(Bound.SOURCE_DAY, place, limits.per_source_day, DAY),
    )


def automatic_mails(budget: MailBudget, shop: str, address: str) -> tuple[Limit, ...]:
    """What bounds the automatic mail to an address. Mailboxes and domains are the same in all shops."""
    box = mailbox(address)
    domain = box.rpartition("@")[2]
    maximum = budget.per_provider_day if shared(domain, budget.providers) else budget.per_domain_day
    return (
        Limit(Bound.RECIPIENT_HOUR, box, budget.per_recipient_hour, HOUR),
        Limit(Bound.RECIPIENT_DAY, box, budget.per_recipient_day, DAY),
        Limit(Bound.DOMAIN_DAY, domain, maximum, DAY),
        Limit(Bound.SHOP_HOUR, shop, budget.per_shop_hour, HOUR),
        Limit(Bound.SHOP_DAY, shop, budget.per_shop_day, DAY),
    )


def replies(limits: Limits, ref: str, source: Source, *, by_receipt: bool = False) -> tuple[Limit, ...]:
    """What bounds what is said to a ticket from one place, ratings included. A receipt anybody can have, and its link
    may be used from everywhere: by that, all places are one."""
    places = (source.name, _EVERYWHERE) if by_receipt else (source.name,)
    return tuple(Limit(Bound.REPLIES_HOUR, _key(ref, place), limits.replies_hour, HOUR) for place in places)


def uploads(limits: Limits, shop: str, source: Source) -> tuple[Limit, ...]:
    """As many files as the tickets from there could hold."""
    key = _key(shop, source.name)
    return (
        Limit(Bound.UPLOADS_HOUR, key, limits.per_source_hour * _UPLOADS_PER_TICKET, HOUR),
        Limit(Bound.UPLOADS_DAY, key, limits.per_source_day * _UPLOADS_PER_TICKET, DAY),
    )


def sign_ins(address: str, source: Source) -> tuple[Limit, ...]:
    """What bounds the sign-in links asked for from one place, known address or not."""
    return (
        Limit(Bound.SIGN_INS_BY_BOTH, _key(mailbox(address), source.name), SIGN_INS_BY_BOTH, HOUR),
        Limit(Bound.SIGN_INS_BY_SOURCE, source.name, SIGN_INS_BY_SOURCE, HOUR),
    )


def sign_in_mails(address: str) -> tuple[Limit, ...]:
    """What bounds the links mailed to an address, whoever asks."""
    return (Limit(Bound.SIGN_INS_BY_ADDRESS, mailbox(address), SIGN_INS_BY_ADDRESS, SIGN_INS_WITHIN),)


def slot(window: timedelta, now: datetime) -> int:
    """The slot of now, counted from the epoch. What is counted in it stands in this one and the SLOTS - 1 after it."""
    return int(now.timestamp() * SLOTS // window.total_seconds())


def spans(window: timedelta, now: datetime) -> Iterator[tuple[int, range]]:
    """The slots in which what is counted now stands: by the item that holds them (its number), first that of now."""
    first = slot(window, now)
    while first < slot(window, now) + SLOTS:
        number = first // SPAN
        end = min(slot(window, now) + SLOTS, (number + 1) * SPAN)
        yield number, range(first - number * SPAN, end - number * SPAN)
        first = end


def span_ends(window: timedelta, number: int) -> float:
    """When nothing in the item of this number counts any more (seconds since the epoch)."""
    return (number + 1) * SPAN * window.total_seconds() / SLOTS


def _key(*parts: str) -> str:
    return "\x00".join(parts)
