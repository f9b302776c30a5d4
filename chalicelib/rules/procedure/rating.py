"""What a customer says of how they were dealt with: a score and, if they like, some words. Of a closed ticket, for a
while, and never by more than a form that was sent: programs that look at links send none (decision 69)."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from chalicelib.errors import InvalidFields
from chalicelib.rules.intake.submission import LONGEST, clean
from chalicelib.rules.tickets.log import Action
from chalicelib.rules.tickets.procedure_facts import Outcome, Rating
from chalicelib.rules.tickets.ticket import Change, LogEntry, State, Ticket, evolve

"""The log's action; its detail is the score."""
LIFE = timedelta(days=30)
"""For so long after the ticket was closed it may be rated, and the rating changed."""
SCORES = (1, 2, 3, 4, 5)
"""From very unhappy to very happy."""
# Each change is logged, and the words it takes back are noted on the ticket, which has room for a hundred such changes.
MAX_CHANGES = 10


def open_until(ticket: Ticket, now: datetime) -> datetime | None:
    """Until when the ticket may be rated; None when it may not be now."""
    if ticket.state is not State.CLOSED or ticket.closed_at is None:
        return None
    if ticket.outcome is Outcome.SPAM or ticket.merged_into:
        return None
    until = ticket.closed_at + LIFE
    return until if now <= until else None


def rated(ticket: Ticket, fields: Mapping[str, str], former_words: tuple[str, ...], now: datetime) -> Change | None:
    """The ticket with what the form's fields say; None when they said the same before. `former_words` (blinded): those
    of the rating so far that these take back. Raises InvalidFields."""
    before = ticket.rating
    if open_until(ticket, now) is None:
        raise InvalidFields({"form": "rating_not_now"})
    score, text = _read(fields)
    if before and (before.score, before.text) == (score, text):
        return None
    if before and before.changes >= MAX_CHANGES:
        raise InvalidFields({"form": "rating_too_often"})
    return Change(
        evolve(
            ticket,
            rating=Rating(score, text, now, before.changes + 1 if before else 0),
            custody=ticket.custody.with_former_words(former_words),
        ),
        log=(LogEntry(now, "customer", Action.RATED, str(score)),),
    )


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
