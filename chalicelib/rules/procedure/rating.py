"""A customer's rating of the handling: a score and optionally some words. Possible for a limited time after the close,
and only by pressing the button of a form (decisions 69 and 196)."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from chalicelib.errors import InvalidFields
from chalicelib.rules.intake.submission import LONGEST, clean
from chalicelib.rules.tickets.log import Action, DetailCode, details_of
from chalicelib.rules.tickets.procedure_facts import Outcome, Rating
from chalicelib.rules.tickets.ticket import Change, LogEntry, State, Ticket, evolve

LIFE = timedelta(days=30)
"""How long after the close the ticket may be rated and the rating changed."""
SCORES = (1, 2, 3, 4, 5)
"""From very unhappy to very happy."""
# Each change is logged, and the words it removes are recorded on the ticket, which has room for a hundred such changes.
MAX_CHANGES = 10


def open_until(ticket: Ticket, now: datetime) -> datetime | None:
    """The time until which the ticket may be rated; None if it may not be rated now."""
    if ticket.state is not State.CLOSED or ticket.closed_at is None:
        return None
    if ticket.outcome is Outcome.SPAM or ticket.merged_into:
        return None
    until = ticket.closed_at + LIFE
    return until if now <= until else None


def rated(
    ticket: Ticket, fields: Mapping[str, str], former_words: tuple[str, ...], now: datetime, nonce: str = ""
) -> Change | None:
    """The ticket with the rating of these form fields; None if it is unchanged. `former_words` (blinded): words of the
    present rating that the new one lacks. `nonce`: the id of the page's nonce. Raises InvalidFields, also if the form
    of that page has rated before."""
    before = ticket.rating
    if open_until(ticket, now) is None:
        raise InvalidFields({"form": "rating_not_now"})
    score, text = _read(fields)
    if before and (before.score, before.text) == (score, text):
        return None
    if before and nonce and nonce in before.nonces:
        raise InvalidFields({"nonce": "press_again"})
    if before and before.changes >= MAX_CHANGES:
        raise InvalidFields({"form": "rating_too_often"})
    return Change(
        evolve(
            ticket,
            rating=Rating(score, text, now, before.changes + 1 if before else 0, _used(before, nonce)),
            custody=ticket.custody.with_former_words(former_words),
        ),
        log=(LogEntry(now, "customer", Action.RATED, details_of(DetailCode.SCORE, str(score))),),
    )


def _used(before: Rating | None, nonce: str) -> tuple[str, ...]:
    return (*(before.nonces if before else ()), *((nonce,) if nonce else ()))


def text_of(fields: Mapping[str, str]) -> str:
    return clean(fields.get("rating_text", "")).strip()


def _read(fields: Mapping[str, str]) -> tuple[int, str]:
    score, text = fields.get("score", "").strip(), text_of(fields)
    problems = {}
    if score not in map(str, SCORES):
        problems["score"] = "unknown" if score else "missing"
    if len(text) > LONGEST["rating_text"]:
        problems["rating_text"] = "too_long"
    if problems:
        raise InvalidFields(problems)
    return int(score), text
