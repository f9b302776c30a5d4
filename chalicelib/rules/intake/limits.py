"""The limits for everything that strangers can do: one model, with a name for each limit.

There are two kinds. A *firm* limit counts what came from one place: from a mailbox at a source, or from a source. Above
it, what comes is quarantined, or refused while its words are kept. A *soft* limit is a budget of automatic mail: above
it that mail is left out and nothing else happens. An address that was only named counts only towards soft limits, so
that no customer's words are hidden because strangers used their address. Who has shown that they read its mail has a
budget of their own, and what the law wants acknowledged is acknowledged whatever the budgets say (decision 235).

A window slides. It is divided into slots, and each event is counted in every slot in which it still matters. So the
number of the current slot is the count, and one condition on it is enough (decisions 125 and 127).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from chalicelib.rules.help.gaps import COUNTED_A_DAY, PER_MINUTE, TOLD_AT_ONCE
from chalicelib.rules.identity.mailboxes import mailbox, shared
from chalicelib.rules.policy.model import Limits, MailBudget

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
DAY, MONTH = timedelta(days=1), timedelta(days=30)
SLOTS = 30
"""Slots per window. An event is forgotten up to a thirtieth of the window too early, and never too late."""
# A mistyped address or a lost mail takes a few tries; an office may be behind one source.
SIGN_INS_BY_BOTH, SIGN_INS_BY_SOURCE = 6, 30
# However many sources ask, only this many links are mailed to an address within this time, which is shorter than a link
# is valid. So a person who gets no link because others asked still has a working one in the mailbox. The number equals
# what one source may ask for, so a single source never reaches this limit.
SIGN_INS_BY_ADDRESS, SIGN_INS_WITHIN = 6, timedelta(minutes=6)
# A person has few orders, and tries a number they misread a few times; an office may be behind one source.
ORDER_FINDS, ORDER_LINKS = 30, 6
# An office may be behind one source. The links of a day's mails about a product all work for two days, so who gets no
# mail because others asked in their name has one already.
WAITINGS, WAITING_MAILS = 30, 3
# Calls that one source asks for in a day.
CALLS = 5
# Chats that one mailbox begins at one source in an hour, and all at one source; lines of one chat in a minute and in an
# hour: nobody talks for an hour as fast as they may for a minute.
CHATS, CHATS_AT_SOURCE, LINES, LINES_AN_HOUR = 3, 10, 20, 200
# Passes by which one reader's pages of a conversation connect. Each opening of a page takes one, and so does each try
# to connect again, of which three pages make twenty in their first minute.
PASSES, PASSES_AN_HOUR = 20, 200
# Missed calls of one number that open a ticket in a day (further ones join an open call back), and how many text
# messages a number gets in a day.
MISSED_CALLS, TEXTS = 5, 1
# Whoever bought something is not written to about it more often, whatever it was.
ADVERTS = 1
# Mails in a day that ask whether an address is a messenger's user's: for one ticket, whose link only its customer has,
# and to one mailbox, by all shops. Who mistypes has a second and third try.
ADDRESSES, ADDRESS_MAILS = 5, 3
# Nobody types faster by hand.
MESSAGES = 10
# An office may be behind one source; nobody has more to say about a site within an hour.
FEEDBACK = 20
_UPLOADS_PER_TICKET = 10
_EVERYWHERE = "*"


class Bound(StrEnum):
    """The names of the limits."""

    SENDER_HOUR = "sender_hour"  # tickets from one mailbox at one source
    SENDER_DAY = "sender_day"
    SOURCE_HOUR = "source_hour"  # tickets from a source
    SOURCE_DAY = "source_day"
    UPLOADS_HOUR = "uploads_hour"
    UPLOADS_DAY = "uploads_day"
    REPLIES_HOUR = "replies_hour"  # to one ticket, from one source
    SEARCHES_MINUTE = "searches_minute"  # of the help, from a source, counted by tens
    VAIN_SEARCHES_DAY = "vain_searches_day"  # of the help, from a source, whose words are counted
    FEEDBACK_HOUR = "feedback_hour"  # on the electronic services, from a source
    SIGN_INS_BY_BOTH = "sign_ins_by_both"
    SIGN_INS_BY_ADDRESS = "sign_ins_by_address"  # from all sources
    SIGN_INS_BY_SOURCE = "sign_ins_by_source"
    ORDER_FINDS_HOUR = "order_finds_hour"  # orders looked for from one source
    ORDER_LINKS_HOUR = "order_links_hour"  # links to one order mailed to one address
    WAITING_HOUR = "waiting_hour"  # requests to be told when a product is back, from one source
    WAITING_MAILS_DAY = "waiting_mails_day"  # mails that ask one mailbox about one product, from all sources
    CALLS_DAY = "calls_day"  # calls asked for from one source
    CHATS_HOUR = "chats_hour"  # begun by one mailbox at one source
    CHATS_SOURCE_HOUR = "chats_source_hour"
    LINES_MINUTE = "lines_minute"  # of the customer in one chat
    LINES_HOUR = "lines_hour"
    PASSES_MINUTE = "passes_minute"  # to be rung on one ticket's pages, for one reader
    PASSES_HOUR = "passes_hour"
    MISSED_NUMBER_DAY = "missed_number_day"  # missed calls of one number that become call backs
    MISSED_DAY = "missed_day"  # missed calls of a shop that become call backs
    TEXTS_NUMBER_DAY = "texts_number_day"  # text messages to one number
    TEXTS_DAY = "texts_day"  # text messages of a shop
    MESSAGES_MINUTE = "messages_minute"  # of one messenger's user to a shop
    NEWCOMERS_ACCOUNT_HOUR = "newcomers_account_hour"  # tickets of people new to a shop, at one of its accounts
    NEWCOMERS_HOUR = "newcomers_hour"  # the same at all of a shop's accounts
    ADDRESSES_DAY = "addresses_day"  # mail addresses given on one ticket
    ADDRESS_MAILS_DAY = "address_mails_day"  # mails that ask one mailbox whether it is a messenger's user's
    ADVERTS_MONTH = "adverts_month"  # adverts of a shop to one mailbox
    RECIPIENT_HOUR = "recipient_hour"  # automatic mails to one mailbox, by all shops
    RECIPIENT_DAY = "recipient_day"
    DOMAIN_DAY = "domain_day"  # automatic mails to one domain, by all shops
    SHOP_HOUR = "shop_hour"  # automatic mails of one shop
    SHOP_DAY = "shop_day"

    @property
    def firm(self) -> bool:
        """Whether anything above it is quarantined or refused. Otherwise only a mail is left out."""
        return self not in _BUDGETS

    @property
    def costs_money(self) -> bool:
        """Whether one more costs money or wakes people: what could not be counted counts as too much."""
        return self in _COSTLY

    @property
    def subject(self) -> str:
        """What is counted, without the window. Limits of one subject and key differ only in their windows."""
        return self.removesuffix("_minute").removesuffix("_hour").removesuffix("_day").removesuffix("_month")


_BUDGETS = (
    Bound.SIGN_INS_BY_ADDRESS, Bound.ORDER_LINKS_HOUR, Bound.WAITING_MAILS_DAY, Bound.ADVERTS_MONTH,
    Bound.ADDRESS_MAILS_DAY, Bound.RECIPIENT_HOUR, Bound.RECIPIENT_DAY,
    Bound.DOMAIN_DAY, Bound.SHOP_HOUR, Bound.SHOP_DAY, Bound.TEXTS_NUMBER_DAY, Bound.TEXTS_DAY,
)  # fmt: skip

_COSTLY = (Bound.MISSED_NUMBER_DAY, Bound.MISSED_DAY, Bound.TEXTS_NUMBER_DAY, Bound.TEXTS_DAY)


class Cause(StrEnum):
    """Who causes an automatic mail to an address, as far as it is proven. Each has budgets of its own, so that what
    strangers do in a person's name uses up nothing of the person's, and nothing of the shop's (decision 235)."""

    NAMED = "named"  # somebody who named the address; it may be theirs
    READER = "reader"  # somebody who has shown that they read mail at the address
    SHOP = "shop"  # the shop itself


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `maximum` events of `key` within any `window`."""

    bound: Bound
    key: str
    maximum: int
    window: timedelta


@dataclass(frozen=True, slots=True)
class Source:
    """Where something came from: a network (rules.identity.mailboxes) or, for a mail, the domain that vouches for it.
    Both are empty if nothing is known that a sender could not forge."""

    network: str = ""
    domain: str = ""

    @property
    def name(self) -> str:
        return f"@{self.domain}" if self.domain else self.network


def openings(limits: Limits, shop: str, address: str, source: Source) -> tuple[Limit, ...]:
    """The limits on tickets that one sender opens."""
    both, place = _key(shop, mailbox(address), source.name), _key(shop, source.name)
    sender = (
        Limit(Bound.SENDER_HOUR, both, limits.per_address_hour, HOUR),
        Limit(Bound.SENDER_DAY, both, limits.per_address_day, DAY),
    )
    if not source.name or shared(source.domain, limits.mails.providers):
        return sender  # a provider's customers do not know each other
    return (
        *(sender if address else ()),  # nobody is named: it is only known where it came from
        Limit(Bound.SOURCE_HOUR, place, limits.per_source_hour, HOUR),
        Limit(Bound.SOURCE_DAY, place, limits.per_source_day, DAY),
    )


def automatic_mails(budget: MailBudget, shop: str, address: str, cause: Cause) -> tuple[Limit, ...]:
    """The limits on automatic mail to one address. Mailboxes and domains are counted across all shops."""
    box = mailbox(address)
    domain = box.rpartition("@")[2]
    maximum = budget.per_provider_day if shared(domain, budget.providers) else budget.per_domain_day

    def key(of: str) -> str:
        return of if cause is Cause.NAMED else _key(cause, of)

    return (
        Limit(Bound.RECIPIENT_HOUR, key(box), budget.per_recipient_hour, HOUR),
        Limit(Bound.RECIPIENT_DAY, key(box), budget.per_recipient_day, DAY),
        Limit(Bound.DOMAIN_DAY, key(domain), maximum, DAY),
        Limit(Bound.SHOP_HOUR, key(shop), budget.per_shop_hour, HOUR),
        Limit(Bound.SHOP_DAY, key(shop), budget.per_shop_day, DAY),
    )


def adverts(shop: str, address: str) -> tuple[Limit, ...]:
    """The limit on adverts of one shop to one address, about whatever ticket or order."""
    return (Limit(Bound.ADVERTS_MONTH, _key(shop, mailbox(address)), ADVERTS, MONTH),)


def replies(limits: Limits, ref: str, source: Source, *, by_receipt: bool = False) -> tuple[Limit, ...]:
    """The limits on what one source says to a ticket, ratings included. Anybody can get a receipt, and its link works
    from everywhere; so with `by_receipt` all sources also share one limit."""
    places = (source.name, _EVERYWHERE) if by_receipt else (source.name,)
    return tuple(Limit(Bound.REPLIES_HOUR, _key(ref, place), limits.replies_hour, HOUR) for place in places)


def uploads(limits: Limits, shop: str, source: Source) -> tuple[Limit, ...]:
    """The limit on uploaded files: as many as the tickets allowed from that source could have."""
    key = _key(shop, source.name)
    return (
        Limit(Bound.UPLOADS_HOUR, key, limits.per_source_hour * _UPLOADS_PER_TICKET, HOUR),
        Limit(Bound.UPLOADS_DAY, key, limits.per_source_day * _UPLOADS_PER_TICKET, DAY),
    )


def searches(shop: str, source: Source) -> tuple[Limit, ...]:
    """The limit on searches of the help. One count stands for several searches (rules.help.gaps)."""
    return (Limit(Bound.SEARCHES_MINUTE, _key(shop, source.name), PER_MINUTE // TOLD_AT_ONCE, MINUTE),)


def vain_searches(shop: str, source: Source) -> tuple[Limit, ...]:
    """The limit on searches in vain whose words are counted. What is beyond it is answered and not counted."""
    return (Limit(Bound.VAIN_SEARCHES_DAY, _key(shop, source.name), COUNTED_A_DAY, DAY),)


def feedback(shop: str, source: Source) -> tuple[Limit, ...]:
    """The limit on feedback from one source."""
    return (Limit(Bound.FEEDBACK_HOUR, _key(shop, source.name), FEEDBACK, HOUR),)


def sign_ins(address: str, source: Source) -> tuple[Limit, ...]:
    """The limits on sign-in links requested from one source, whether or not the address is known."""
    return (
        Limit(Bound.SIGN_INS_BY_BOTH, _key(mailbox(address), source.name), SIGN_INS_BY_BOTH, HOUR),
        Limit(Bound.SIGN_INS_BY_SOURCE, source.name, SIGN_INS_BY_SOURCE, HOUR),
    )


def sign_in_mails(address: str) -> tuple[Limit, ...]:
    """The limit on sign-in links mailed to one address, from however many sources."""
    return (Limit(Bound.SIGN_INS_BY_ADDRESS, mailbox(address), SIGN_INS_BY_ADDRESS, SIGN_INS_WITHIN),)


def order_finds(shop: str, source: Source) -> tuple[Limit, ...]:
    """The limit on orders looked for from one source, whether or not they exist."""
    return (Limit(Bound.ORDER_FINDS_HOUR, _key(shop, source.name), ORDER_FINDS, HOUR),)


def order_links(shop: str, address: str, order: str) -> tuple[Limit, ...]:
    """The limit on links to one order mailed to one address, from however many sources they are asked for. Whoever gets
    no more has one of the last hour, which still works."""
    return (Limit(Bound.ORDER_LINKS_HOUR, _key(shop, mailbox(address), order), ORDER_LINKS, HOUR),)


def waitings(shop: str, source: Source) -> tuple[Limit, ...]:
    """The limit on requests from one source to be told when a product is back."""
    return (Limit(Bound.WAITING_HOUR, _key(shop, source.name), WAITINGS, HOUR),)


def waiting_mails(shop: str, sku: str, address: str) -> tuple[Limit, ...]:
    """The limit on mails that ask a mailbox whether it wants to be told of a product, from however many sources."""
    return (Limit(Bound.WAITING_MAILS_DAY, _key(shop, sku, mailbox(address)), WAITING_MAILS, DAY),)


def calls(shop: str, source: Source) -> tuple[Limit, ...]:
    """The limit on calls that one source asks for, to whatever number."""
    return (Limit(Bound.CALLS_DAY, _key(shop, source.name), CALLS, DAY),)


def chats(shop: str, address: str, source: Source) -> tuple[Limit, ...]:
    """The limits on chats that are begun. An address counts together with the source that named it, so nobody uses up
    its owner's."""
    return (
        Limit(Bound.CHATS_HOUR, _key(shop, mailbox(address), source.name), CHATS, HOUR),
        Limit(Bound.CHATS_SOURCE_HOUR, _key(shop, source.name), CHATS_AT_SOURCE, HOUR),
    )


def lines(ticket: str) -> tuple[Limit, ...]:
    """The limits on what the customer says in one chat: only who has its link can."""
    key = _key(ticket)
    return Limit(Bound.LINES_MINUTE, key, LINES, MINUTE), Limit(Bound.LINES_HOUR, key, LINES_AN_HOUR, HOUR)


def passes(ticket: str, reader: str) -> tuple[Limit, ...]:
    """The limits on passes for one reader of a ticket: who has its link, who has its chat's, or an agent. Each has
    their own, so nobody uses up another's."""
    key = _key(ticket, reader)
    return Limit(Bound.PASSES_MINUTE, key, PASSES, MINUTE), Limit(Bound.PASSES_HOUR, key, PASSES_AN_HOUR, HOUR)


def missed_calls(shop: str, number: str, a_day: int) -> tuple[Limit, ...]:
    """The limits on missed calls that become call backs. A caller's number can be forged, so all numbers share one
    limit besides."""
    return (
        Limit(Bound.MISSED_NUMBER_DAY, _key(shop, number), MISSED_CALLS, DAY),
        Limit(Bound.MISSED_DAY, _key(shop), a_day, DAY),
    )


def texts(shop: str, number: str, a_day: int) -> tuple[Limit, ...]:
    """The limits on text messages to one number, and of a shop."""
    return (
        Limit(Bound.TEXTS_NUMBER_DAY, _key(shop, number), TEXTS, DAY),
        Limit(Bound.TEXTS_DAY, _key(shop), a_day, DAY),
    )


def messages(shop: str, address: str) -> tuple[Limit, ...]:
    """The limit on messages of one messenger's user."""
    return (Limit(Bound.MESSAGES_MINUTE, _key(shop, address), MESSAGES, MINUTE),)


def newcomers(shop: str, account: str, an_hour: int) -> tuple[Limit, ...]:
    """The limits on tickets that people open by messengers who had none before. Whoever floods one account leaves half
    of the shop's to the others."""
    return (
        Limit(Bound.NEWCOMERS_ACCOUNT_HOUR, _key(shop, account), an_hour, HOUR),
        Limit(Bound.NEWCOMERS_HOUR, _key(shop), 2 * an_hour, HOUR),
    )


def addresses(ref: str) -> tuple[Limit, ...]:
    """The limit on mail addresses given on one ticket: only who has its link can."""
    return (Limit(Bound.ADDRESSES_DAY, _key(ref), ADDRESSES, DAY),)


def address_mails(address: str) -> tuple[Limit, ...]:
    """The limit on mails that ask one mailbox whether it is a messenger's user's, from however many tickets."""
    return (Limit(Bound.ADDRESS_MAILS_DAY, mailbox(address), ADDRESS_MAILS, DAY),)


def slot(window: timedelta, moment: datetime) -> int:
    """The slot of this moment, counted from the epoch."""
    return int(moment.timestamp() * SLOTS // window.total_seconds())


def slots(window: timedelta, now: datetime) -> range:
    """The slots in which an event of now counts; the current one first."""
    first = slot(window, now)
    return range(first, first + SLOTS)


def _key(*parts: str) -> str:
    return "\x00".join(parts)
