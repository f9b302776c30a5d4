"""A ticket found by its reference, however that is written."""

import re
from collections.abc import Sequence

from chalicelib.rules.identity import derived
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.tickets.ticket import Ticket
from chalicelib.services.ports.deps import Deps

# What is read out or typed by hand: Crockford's base 32 takes these for the digits they look like.
_LOOKALIKES = str.maketrans("OIL", "011")
_SEPARATED = re.compile(r"[\s.\-–—]+")


def reference(shops: Sequence[Shop], query: str) -> str:
    """The reference that a query is, in the form we write them: in any case, with or without what separates it."""
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
    """The ticket of these shops whose reference the query is, however it is written."""
    ref = reference(shops, query)
    ticket = deps.tickets.ticket(ref) if ref else None
    return ticket if ticket and ticket.shop in {shop.id for shop in shops} else None
