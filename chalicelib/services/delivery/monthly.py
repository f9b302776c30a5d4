"""The mail to owners about a month: what each picture of the reports found, with its table. Sent with the digest of the
month's first working day (decision 260)."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from chalicelib.mail.composing import compose, deliverable
from chalicelib.rendering import pages, words
from chalicelib.rules.identity import derived
from chalicelib.rules.identity.derived import ServiceToken
from chalicelib.rules.policy.model import Agent, Shop
from chalicelib.rules.tickets.ticket import Person
from chalicelib.services.ports.deps import Deps
from chalicelib.services.ports.inbox import MAX_TIME
from chalicelib.services.tickets.service_letters import service_letter

# A month's mail is late after this day of the next; then the reports at the desk are enough.
LATEST = 7
# The mail has so many rows of a table; the desk has them all.
_ROWS = 8
_LEASE, _MOMENT = timedelta(minutes=10), timedelta(seconds=1)
# A table as wide as a week in hours is for the desk.
_LEFT_OUT = ("hours",)


def is_due(shop: Shop, today: date) -> bool:
    """On a day of a digest: whether the month before may still be told. It is told once."""
    return shop.reports.monthly and today.day <= LATEST


def send(deps: Deps, shop: Shop, owner: Agent, today: date, names: Sequence[str] = ()) -> bool:
    """Send the owner, or who stands in for those with these names, the mail about the month before, unless it was sent.
    Raises NotSent."""
    now, month = deps.now(), today.replace(day=1)
    claimed = f"month#{owner.address}"
    if not deps.digests.claim_digest(shop.id, claimed, month, now, now + _LEASE):
        return False
    rendered = pages.mail("monthly_report", shop.languages[0], **contents(deps, shop, today), stands_for=names)
    serial = derived.source_of("monthly report", shop.id, month.isoformat(), owner.address)[:12]
    letter = service_letter(shop, Person.of(owner), rendered, ServiceToken.DIGEST, serial, now)
    deps.mailer.send(shop.support, deliverable(owner.address), compose(letter), {"purpose": "monthly_report"})
    deps.digests.claim_digest(shop.id, claimed, month, now + _LEASE + _MOMENT, MAX_TIME)
    return True


def contents(deps: Deps, shop: Shop, today: date) -> dict[str, Any]:
    """The template values of the mail about the month before."""
    from chalicelib.services.learning.pictures.every import pictures
    from chalicelib.services.learning.pictures.reading import read

    last = today.replace(day=1) - timedelta(days=1)
    first, language = last.replace(day=1), shop.languages[0]
    drawn = [each for each in pictures(read(deps, shop, language, first, last)) if each.id not in _LEFT_OUT]
    query = f"shop={shop.id}&from={first}&to={last}"
    return {
        "shop": shop,
        "month": _in_words(last, language),
        "pictures": [
            {
                "id": each.id,
                "title": each.title,
                "heads": each.heads,
                "rows": list(zip(each.rows, each.shares, strict=True))[:_ROWS],
            }
            for each in drawn
        ],
        "url": f"{deps.public_url}/desk/reports?{query}",
    }


def _in_words(day: date, language: str) -> str:
    """ "November 2026"."""
    return f"{words.names(language, 'dates.months')[day.month - 1]} {day.year}"
