"""The published ratings of a shop: from the counters of its days, and the comments that may be shown."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from chalicelib.errors import NotFound
from chalicelib.rendering import words
from chalicelib.rules.feedback import published
from chalicelib.rules.feedback.published import FROM, OTHERS, SMALLEST, Published
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.procedure.rating import LIFE, MAX_CHANGES
from chalicelib.rules.tickets.ticket import Ticket
from chalicelib.services.ports.deps import Deps

MOST_COMMENTS, _LISTED = 20, 60


@dataclass(frozen=True, slots=True)
class Comment:
    """What a customer said and agreed to publish; nothing says who."""

    score: int
    text: str
    day: date
    kind: str
    language: str


@dataclass(frozen=True, slots=True)
class RatingsView:
    """`named`: what months, kinds and the row of others are called. The rest are the rules that the page states."""

    published: Published
    comments: tuple[Comment, ...]
    named: Mapping[str, str]
    least: int = FROM
    smallest: int = SMALLEST
    change_days: int = LIFE.days
    changes: int = MAX_CHANGES


def view(deps: Deps, shop: Shop, language: str) -> RatingsView:
    """Raises NotFound if the shop publishes no ratings."""
    counted = of_year(deps, shop)
    comments = _comments(deps, shop)
    rows = {row.name for row in (*counted.by_month, *counted.by_kind)} | {comment.kind for comment in comments}
    return RatingsView(counted, comments, {name: _called(shop, name, language) for name in rows})


def of_year(deps: Deps, shop: Shop) -> Published:
    """What is published, without comments. Raises NotFound."""
    if not shop.feedback.ratings:
        raise NotFound(f"{shop.id} publishes no ratings")
    today = deps.now().date()
    return published.published(deps.record.day_counts(shop.id, published.since(today), today), today)


def _comments(deps: Deps, shop: Shop) -> tuple[Comment, ...]:
    listed = deps.tickets.find_tickets(deps.record.listed_comments(shop.id, _LISTED))
    found = [comment for ticket in listed if (comment := _comment(ticket, shop))]
    return tuple(sorted(found, key=lambda each: each.day, reverse=True)[:MOST_COMMENTS])


def _comment(ticket: Ticket, shop: Shop) -> Comment | None:
    given = ticket.rating
    if ticket.shop != shop.id or given is None or not given.may_show or given.hidden or not given.text:
        return None
    return Comment(given.score, given.text, given.at.date(), given.counted_as or ticket.kind, ticket.language)


def _called(shop: Shop, name: str, language: str) -> str:
    if name in shop.kinds:
        return shop.text(shop.kinds[name].label, language)
    if name == OTHERS:
        return words.phrase(language, "ratings.others")
    month = date.fromisoformat(f"{name}-01")
    return f"{words.names(language, 'dates.months')[month.month - 1]} {month.year}"
