"""A ticket's log in words: who did what, and when. The log itself is stored as codes, and never contains a message's
words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from chalicelib.rendering import words
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.procedure.referring import referral_of
from chalicelib.rules.tickets.ticket import AFTERCARE, LogEntry, Ticket
from chalicelib.services.desk import log_details, times

LIMIT = 200
_REFERRAL = "referral "


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
            detail=log_details.in_words(shop, ticket, entry.details, language),
        )
        for entry in all_entries
    ]


def _who(shop: Shop, ticket: Ticket, entry: LogEntry, language: str) -> str:
    who = _called(shop, ticket, entry.actor, language)
    return _phrase(language, "actor.at_console", who=who) if entry.at_console else who


def _called(shop: Shop, ticket: Ticket, actor: str, language: str) -> str:
    if actor in ("customer", "other", "console", AFTERCARE):
        return words.phrase_or(language, f"desk.ticket.actor.{actor}", actor)
    if actor.startswith(_REFERRAL):
        referral = referral_of(ticket, actor.removeprefix(_REFERRAL))
        return referral.name if referral else actor
    agent = shop.agent(actor)
    return agent.name if agent else actor


def _phrase(language: str, key: str, **values: str) -> str:
    return words.phrase(language, f"desk.ticket.{key}").format(**values)
