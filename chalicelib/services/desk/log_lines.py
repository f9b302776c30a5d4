"""A ticket's log in words: who did what, and when. The log itself is stored as codes, and never contains a message's
words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from chalicelib.rendering import words
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.procedure.referring import referral_of
from chalicelib.rules.tickets.log import Action
from chalicelib.rules.tickets.ticket import AFTERCARE, LogEntry, Ticket
from chalicelib.services.desk import log_details, times

LIMIT = 200
_REFERRAL = "referral "
# The type of the first part of each action's detail: its table of words.
_DETAILS = {
    Action.OPENED: "channel", Action.WROTE: "channel", Action.ANSWERED: "channel", Action.THIRD_PARTY_WROTE: "channel",
    Action.AUTOMATIC_MAIL_KEPT: "channel", Action.FOUND_AT_FAULT: "fault", Action.FINAL_ANSWER_WRITTEN: "outcome",
    Action.CLOSED: "outcome", Action.REMEDY_DONE: "cure", Action.RATED: "score", Action.NOT_CONFIRMED: "bound",
    Action.NOT_SENT: "purpose", Action.MAIL_BOUNCED: "purpose", Action.MAIL_FAILED: "purpose",
    Action.MAIL_DELAYED: "purpose", Action.MAIL_COMPLAINED: "purpose", Action.MAIL_SUPPRESSED: "purpose",
    Action.ACTED: "do",
}  # fmt: skip
_OF_PROMISES = (Action.PROMISE_WARNED, Action.PROMISE_MISSED, Action.PROMISE_STILL_MISSED)


@dataclass(frozen=True, slots=True)
class Line:
    at: str
    moment: datetime
    who: str
    what: str
    detail: str


def lines(shop: Shop, ticket: Ticket, log: Iterable[LogEntry], now: datetime, language: str) -> list[Line]:
    """The log in words, the latest first: the entries of `log` and those of the opening, which are on the ticket."""
    all_entries = sorted((*log, *ticket.log), key=lambda entry: entry.at, reverse=True)
    return [
        Line(
            at=times.short(entry.at, now, shop, language),
            moment=entry.at,
            who=_who(shop, ticket, entry, language),
            what=_phrase(language, f"log.{entry.action.replace(' ', '_')}"),
            detail=_detail(shop, ticket, entry, language),
        )
        for entry in all_entries
    ]


def _who(shop: Shop, ticket: Ticket, entry: LogEntry, language: str) -> str:
    who = _called(shop, ticket, entry.actor, language)
    return _phrase(language, "actor.at_console", who=who) if entry.at_console else who


def _called(shop: Shop, ticket: Ticket, actor: str, language: str) -> str:
    if actor in ("customer", "other", AFTERCARE):
        return words.phrase_or(language, f"desk.ticket.actor.{actor}", actor)
    if actor.startswith(_REFERRAL):
        referral = referral_of(ticket, actor.removeprefix(_REFERRAL))
        return referral.name if referral else actor
    agent = shop.agent(actor)
    return agent.name if agent else actor


def _detail(shop: Shop, ticket: Ticket, entry: LogEntry, language: str) -> str:
    if said := log_details.in_words(ticket, entry, language):
        return said
    if entry.action in _OF_PROMISES:
        return words.phrase(language, f"clock.{entry.detail.partition('-')[0]}")
    if entry.action is Action.ASSIGNED and (agent := shop.agent(entry.detail)):
        return agent.name
    said, colon, more = entry.detail.partition(": ")
    table = _DETAILS.get(entry.action)
    if table is None:
        return entry.detail
    return f"{words.phrase_or(language, f'desk.ticket.{table}.{said}', said)}{colon}{more}"


def _phrase(language: str, key: str, **values: str) -> str:
    return words.phrase(language, f"desk.ticket.{key}").format(**values)
