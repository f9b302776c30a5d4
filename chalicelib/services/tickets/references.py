"""Finds a ticket by its reference, in any spelling."""

from collections.abc import Sequence

from chalicelib.patterns import pattern
from chalicelib.rules.identity import derived
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.tickets.ticket import Ticket
from chalicelib.services.ports.deps import Deps

# For references read aloud or typed by hand: Crockford's base 32 reads these letters as the digits they resemble.
_LOOKALIKES = str.maketrans("OIL", "011")
_SEPARATED = pattern(r"[\s.\-–—]+")


def reference(shops: Sequence[Shop], query: str) -> str:
    """The reference in a query, in the form we write it: upper and lower case and separators do not matter; "" if there
    is none."""
    letters = _SEPARATED.sub("", query).upper()
    for shop in shops:
        rest = letters.removeprefix(shop.prefix)
        if rest != letters and len(rest) == 10:
            rest = rest.translate(_LOOKALIKES)
            found = derived.references_in(f"{shop.prefix}-{rest[:5]}-{rest[5:]}")
            if found:
                return found[0]
    return ""


def find(deps: Deps, shops: Sequence[Shop], query: str) -> Ticket | None:
    """The ticket of these shops that has the query as its reference, in any spelling."""
    ref = reference(shops, query)
    ticket = deps.tickets.ticket(ref) if ref else None
    return ticket if ticket and ticket.shop in {shop.id for shop in shops} else None
