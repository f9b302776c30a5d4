"""A shop's tickets by the day they were opened (UTC). Exports, reports and checks go through them in this order."""

from collections.abc import Iterator
from datetime import date, timedelta

from chalicelib.services.ports.deps import Deps

_PAGE = 100


def days(since: date, until: date) -> Iterator[date]:
    """The days from one to another, both included."""
    return (since + timedelta(days=number) for number in range((until - since).days + 1))


def pages(deps: Deps, shop: str, day: date, after: str = "") -> Iterator[list[str]]:
    """The references of the tickets opened on a day, page by page; only those after `after`, if it is given."""
    while refs := deps.tickets.opened_on(shop, day, _PAGE, after):
        yield refs
        after = refs[-1]
