"""A customer's rating of the handling: a score and optionally some words. Possible for a limited time after the close,
and only by pressing the button of a form (decisions 69 and 196)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.errors import InvalidFields
from chalicelib.rules.identity.addressing import domain_of
from chalicelib.rules.intake.submission import LONGEST, YES, clean
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.record.counting import Tally
from chalicelib.rules.tickets.log import Action, DetailCode, details_of
from chalicelib.rules.tickets.procedure_facts import HiddenFor, Outcome, Rating
from chalicelib.rules.tickets.ticket import Change, LogEntry, Person, State, Ticket, evolve

LIFE = timedelta(days=30)
"""How long after the close the ticket may be rated and the rating changed."""
SCORES = (1, 2, 3, 4, 5)
"""From very unhappy to very happy."""
# Each change is logged, and the words it removes are recorded on the ticket, which has room for a hundred such changes.
MAX_CHANGES = 10
RATED, CLOSED, REMOVED = "rated", "closed", "removed"
"""What the counters of a day name: a rating with its kind and score, a matter that was closed, a removed comment."""


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
    may_show = fields.get("may_show", "").strip().lower() in YES
    if before and (before.score, before.text, before.may_show) == (score, text, may_show):
        return None
    if before and nonce and nonce in before.nonces:
        raise InvalidFields({"nonce": "press_again"})
    if before and before.changes >= MAX_CHANGES:
        raise InvalidFields({"form": "rating_too_often"})
    given = Rating(
        score,
        text,
        now,
        before.changes + 1 if before else 0,
        _used(before, nonce),
        counted_as=ticket.kind,
        may_show=may_show,
        hidden=before.hidden if before else None,
    )
    return Change(
        evolve(ticket, rating=given, custody=ticket.custody.with_former_words(former_words)),
        log=(LogEntry(now, "customer", Action.RATED, details_of(DetailCode.SCORE, str(score))),),
        tallies=moved(ticket.shop, before, given),
    )


def moved(shop: str, before: Rating | None, after: Rating | None) -> tuple[Tally, ...]:
    """What a changed rating adds to the counters of the published ratings: the new one counts, the old one no more.
    None: there is none. A rating from before they were counted is taken from nothing."""
    taken = [_tally(shop, before, -1)] if before and before.counted_as else []
    return (*taken, *([_tally(shop, after, 1)] if after else []))


def _tally(shop: str, rating: Rating, by: int) -> Tally:
    return Tally(shop, rating.at, f"{RATED} {rating.counted_as} {rating.score}", by)


def closings(change: Change) -> tuple[Tally, ...]:
    """What closing a ticket that may be rated then, and was not yet, adds to the counters."""
    ticket = change.ticket
    if ticket is None or ticket.rating or not any(entry.action is Action.CLOSED for entry in change.log):
        return ()
    if ticket.closed_at is None or open_until(ticket, ticket.closed_at) is None:
        return ()
    return (Tally(ticket.shop, ticket.closed_at, f"{CLOSED} {ticket.kind}"),)


def by_shop(shop: Shop, address: str) -> bool:
    """Whether the address is an agent's, or of a domain of the shop or its agents that no mail provider has: whoever
    works there rates nothing (UK: Digital Markets, Competition and Consumers Act 2024, schedule 20; EU: Directive
    2005/29/EC, annex I, no. 23c)."""
    own = {shop.domain, *(domain_of(each.address) for each in shop.agents)} - set(shop.limits.mails.providers)
    return shop.agent(address) is not None or shop.is_ours(address) or domain_of(address) in own


def hide(ticket: Ticket, why: str, agent: Person, now: datetime) -> Change | None:
    """Take the words of the rating out of the published ones; None if they were before. Raises InvalidFields."""
    given = ticket.rating
    if given is None or not given.may_show:
        raise InvalidFields({"action": "no_comment"})
    if given.hidden:
        return None
    hidden = HiddenFor(why)
    entry = LogEntry(now, agent.address, Action.ACTED, details_of(DetailCode.ACT, "hide_comment"))
    return Change(
        evolve(ticket, rating=replace(given, hidden=hidden)),
        log=(entry,),
        tallies=(Tally(ticket.shop, now, f"{REMOVED} {hidden}"),),
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
