"""The details of a log entry in words: a code from its table of words, a number in a phrase, people's own words as they
are."""

from collections.abc import Callable, Iterable
from datetime import date
from functools import partial
from itertools import groupby

from chalicelib.rendering import durations, words
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.procedure.referring import referral_of
from chalicelib.rules.tickets.log import Detail, DetailCode
from chalicelib.rules.tickets.ticket import Ticket
from chalicelib.rules.timing.periods import parse

_Say = Callable[[Shop, Ticket, str, str], str]
"""What the value of a detail is in words, in a language."""


def in_words(shop: Shop, ticket: Ticket, details: Iterable[Detail], language: str) -> str:
    """The details in words. Those with the same code make one list."""
    said = ""
    for code, group in groupby(details, key=lambda detail: detail.code):
        listed = _BETWEEN.get(code, ", ").join(_said(shop, ticket, detail, language) for detail in group)
        said += (_BEFORE.get(code, ", ") if said else "") + listed
    return said


def _said(shop: Shop, ticket: Ticket, detail: Detail, language: str) -> str:
    say = partial(_words, detail.code, shop, ticket, language)
    if not detail.code.of_change:
        return say(detail.value)
    empty = words.phrase(language, "desk.ticket.log_detail.empty")
    was, value = (say(each) if each else empty for each in (detail.was, detail.value))
    changed = _phrase("changed", language, was=was, value=value)
    if detail.code is DetailCode.PRIORITY:  # the action says already what it is
        return changed
    return _phrase("named", language, name=words.phrase(language, f"desk.ticket.field.{detail.code}"), value=changed)


def _words(code: DetailCode, shop: Shop, ticket: Ticket, language: str, value: str) -> str:
    """The value in words. One that was altered in the table so that it has none is shown as it is."""
    try:
        return WORDS[code](shop, ticket, language, value)
    except ValueError:
        return value


def _phrase(key: str, language: str, **values: str) -> str:
    return words.phrase(language, f"desk.ticket.log_detail.{key}").format(**values)


def _as_it_is(shop: Shop, ticket: Ticket, language: str, value: str) -> str:
    return value


def _from(table: str) -> _Say:
    """The words in this table. A value that the program no longer has is shown as it is."""
    return lambda shop, ticket, language, value: words.phrase_or(language, f"{table}.{value}", value)


def _in_phrase(key: str, say: _Say = _as_it_is) -> _Say:
    return lambda shop, ticket, language, value: _phrase(key, language, value=say(shop, ticket, language, value))


def _agent(shop: Shop, ticket: Ticket, language: str, value: str) -> str:
    if not value:
        return _phrase("nobody", language)
    agent = shop.agent(value)
    return agent.name if agent else value


def _kind(shop: Shop, ticket: Ticket, language: str, value: str) -> str:
    kind = shop.kinds.get(value)
    return shop.text(kind.label, language) if kind else value


def _topic(shop: Shop, ticket: Ticket, language: str, value: str) -> str:
    topic = shop.topic(value)
    return shop.text(topic.label, language) if topic else value


def _party(shop: Shop, ticket: Ticket, language: str, value: str) -> str:
    referral = referral_of(ticket, value)
    return referral.name if referral else value


def _clock(shop: Shop, ticket: Ticket, language: str, value: str) -> str:
    return words.phrase_or(language, f"clock.{value.partition('-')[0]}", value)


def _day(shop: Shop, ticket: Ticket, language: str, value: str) -> str:
    return words.date_in_words(date.fromisoformat(value), language)


def _period(shop: Shop, ticket: Ticket, language: str, value: str) -> str:
    return durations.period(parse(value), language)


def _money(shop: Shop, ticket: Ticket, language: str, value: str) -> str:
    return words.money(value, language)


WORDS: dict[DetailCode, _Say] = {
    DetailCode.CHANNEL: _from("desk.ticket.channel"),
    DetailCode.REMARK: _from("desk.ticket.remark"),
    DetailCode.SUSPICION: _from("desk.ticket.suspicion"),
    DetailCode.BOUND: _from("desk.ticket.bound"),
    DetailCode.SCORE: _from("desk.ticket.score"),
    DetailCode.PURPOSE: _from("desk.ticket.purpose"),
    DetailCode.STATUS: _as_it_is,
    DetailCode.ERROR: _as_it_is,
    DetailCode.UNSENT: _from("unsent"),
    DetailCode.AGENT: _agent,
    DetailCode.PRIORITY: _from("desk.ticket.priority"),
    DetailCode.KIND: _kind,
    DetailCode.TOPIC: _topic,
    DetailCode.ORDER_NUMBER: _as_it_is,
    DetailCode.COUNTRY: _from("policy.country"),
    DetailCode.TAG: _as_it_is,
    DetailCode.ACT: _from("desk.ticket.do"),
    DetailCode.PART: _from("desk.ticket.part"),
    DetailCode.TICKET: _as_it_is,
    DetailCode.WITH: _in_phrase("with"),
    DetailCode.INTO: _in_phrase("into"),
    DetailCode.ORIGIN: _in_phrase("origin"),
    DetailCode.CALL: _from("desk.calls.news"),
    DetailCode.CHAT: _from("desk.chats.news"),
    DetailCode.CLOCK: _clock,
    DetailCode.UNTIL: _in_phrase("until", _day),
    DetailCode.REFERRAL: _party,
    DetailCode.FACT: _from("referral.fact"),
    DetailCode.REMINDER: _in_phrase("reminder"),
    DetailCode.FAULT: _from("desk.ticket.fault"),
    DetailCode.REMEDY_KIND: _from("desk.ticket.remedy_kind"),
    DetailCode.OWED_BY: _from("desk.ticket.fault"),
    DetailCode.PERFORMER: _from("desk.ticket.performer"),
    DetailCode.AMOUNT: _money,
    DetailCode.OUTCOME: _from("desk.ticket.outcome"),
    DetailCode.QUARANTINED_FOR: _in_phrase("quarantined_for", _period),
    DetailCode.CUSTOMER_WROTE: _in_phrase("customer_wrote"),
    DetailCode.REASON: _as_it_is,
}
# What stands before a detail that is not the first, and between details with the same code, if not a comma.
_BEFORE = {
    DetailCode.STATUS: ": ", DetailCode.ERROR: ": ", DetailCode.UNSENT: ": ", DetailCode.FACT: ": ",
    DetailCode.QUARANTINED_FOR: ": ", DetailCode.REASON: ": ", DetailCode.WITH: " ", DetailCode.INTO: " ",
    DetailCode.ORIGIN: " ",
}  # fmt: skip
_BETWEEN = {DetailCode.SUSPICION: "; "}
