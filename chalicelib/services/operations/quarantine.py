"""Tickets in quarantine: listed so that nothing is dropped silently, and released if they are genuine."""

from datetime import UTC, datetime
from typing import Any, TypedDict

from chalicelib.errors import InvalidEvent
from chalicelib.patterns import pattern
from chalicelib.rules.procedure import replying
from chalicelib.rules.tickets.clocks import QUARANTINE
from chalicelib.rules.tickets.ticket import Change, State, Ticket
from chalicelib.services import console_events
from chalicelib.services.ports.deps import Deps
from chalicelib.services.ports.inbox import Cursor
from chalicelib.services.tickets.commits import change_ticket, commit_unless_done

_LIMIT = 100
_REFERENCE = pattern(r"[A-Z0-9-]{3,40}")

Quarantined = TypedDict(  # by a call, because "from" is a keyword of Python
    "Quarantined",
    {
        "reference": str,
        "opened_at": str,
        "channel": str,
        "from": str,
        "subject": str,
        "text": str,
        "why": list[str],
        "until": str | None,
        "original": str | None,
    },
)


class Quarantine(TypedDict):
    """`next`: the value of `after` for the next page."""

    shop: str
    count: int
    tickets: list[Quarantined]
    next: str | None


class Released(TypedDict):
    """`released`: whether this call released it; `state`: its state now."""

    reference: str
    released: bool
    state: str


class LinksWithdrawn(TypedDict):
    reference: str
    withdrawn: bool


def list_quarantine(deps: Deps, event: Any) -> Quarantine:
    """The newest tickets in quarantine of the event's `shop`; with an answer's `next` as `after`, those that follow.
    Raises InvalidEvent with a sentence on what to type."""
    fields = console_events.fields(event, "shop", "after")
    shop = console_events.shop(deps, fields)
    tickets, left_off = deps.inbox.quarantined(shop.id, _LIMIT, _place(fields.get("after")))
    return {
        "shop": shop.id,
        "count": len(tickets),
        "tickets": [
            {
                "reference": ticket.ref,
                "opened_at": ticket.opened_at.isoformat(),
                "channel": ticket.channel,
                "from": ticket.requester.address,
                "subject": ticket.subject,
                "text": ticket.opening.text[:500],
                "why": [*ticket.suspicions, *map(str, ticket.opening.automatic)],
                "until": clock.due.isoformat() if (clock := ticket.clock(QUARANTINE)) else None,
                "original": ticket.opening.raw_key,
            }
            for ticket in tickets
        ],
        "next": _next(left_off) if left_off else None,
    }


def release_from_quarantine(deps: Deps, event: Any) -> Released:
    """Release one ticket: `shop` and `reference`. A ticket released twice is acknowledged once. Raises InvalidEvent."""
    fields = console_events.fields(event, "shop", "reference")
    shop = console_events.shop(deps, fields)
    ticket = console_events.ticket(deps, shop, fields)

    state = ticket.state

    def decide(current: Ticket) -> Change | None:
        nonlocal state  # somebody else may have released or answered it since
        state = current.state
        return (
            replying.release_from_quarantine(current, shop, deps.now(), "console")
            if state is State.QUARANTINED
            else None
        )

    change = commit_unless_done(deps, ticket, decide, lambda: console_events.ticket(deps, shop, fields))
    return {"reference": ticket.ref, "released": change is not None, "state": State.OPEN if change else state}


def withdraw_links(deps: Deps, event: Any) -> LinksWithdrawn:
    """Make every link to a ticket that was issued so far invalid: `shop` and `reference`. Raises InvalidEvent."""
    fields = console_events.fields(event, "shop", "reference")
    shop = console_events.shop(deps, fields)
    ticket = console_events.ticket(deps, shop, fields)

    def decide(current: Ticket) -> Change:
        merged = (deps.tickets.ticket(ref) for ref in current.merged_from)
        return replying.withdraw(current, deps.now(), "console", [other for other in merged if other])

    change_ticket(deps, ticket, decide)
    return {"reference": ticket.ref, "withdrawn": True}


def _next(place: Cursor) -> str:
    return "/".join((*(at.astimezone(UTC).isoformat() for at in (place.due, place.opened_at)), place.ref))


def _place(after: Any) -> Cursor | None:
    """The cursor in `next`: it stays valid even if its ticket was released since."""
    if after is None:
        return None
    *moments, ref = str(after).split("/")
    due, opened_at = map(_moment, moments) if len(moments) == 2 else (None, None)
    if not (due and opened_at and _REFERENCE.fullmatch(ref)):
        raise InvalidEvent({"after": "leave it out to begin with the newest, or copy the `next` of the answer before"})
    return Cursor(due, opened_at, ref)


def _moment(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
        return at.astimezone(UTC) if at.tzinfo else None
    except (ValueError, OverflowError):
        return None
