"""What a customer chose goes out to the shop's own system as an event, `choice.made` (decision 238).

An event is committed with the choice and sent afterwards, with growing pauses until the shop's system takes it. It says
which line of which order, and what was chosen: nothing about the customer.
"""

import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.rules.identity import derived
from chalicelib.rules.orders.order import Choice, Chosen, Order

CHOICE_MADE = "choice.made"
_PAUSES = (
    timedelta(0), timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1), timedelta(hours=4),
    timedelta(hours=12), timedelta(days=1), timedelta(days=1),
)  # fmt: skip
"""The pause before each try, the first at once."""


@dataclass(frozen=True, slots=True)
class OutgoingEvent:
    """What was chosen for one line, to be told to the shop's system. `id`: the same at each try, another for another
    choice. `next_at`: when it is tried next; `tries`: how often it was. `given_up_at`: after the last try failed."""

    id: str
    shop: str
    ref: str
    number: str
    line: str
    choice: Choice
    alternative: str
    by_silence: bool
    at: datetime
    next_at: datetime
    tries: int = 0
    given_up_at: datetime | None = None

    def due(self, now: datetime) -> bool:
        return self.given_up_at is None and self.next_at <= now

    @property
    def place(self) -> str:
        """One line has one place: what is chosen later takes that of what was not told yet."""
        return derived.source_of(self.ref, self.line)


def outgoing(before: Order | None, after: Order) -> tuple[OutgoingEvent, ...]:
    """The events for what was chosen between these versions of the order. That a choice was carried out is none."""
    known = {_said(each) for each in before.choices} if before else set()
    return tuple(_event(after, each) for each in after.choices if _said(each) not in known)


def tried(event: OutgoingEvent, now: datetime) -> OutgoingEvent:
    """The event, tried once more now; next after a longer pause. Whoever stores this first may send it."""
    tries = event.tries + 1
    pause = _PAUSES[min(tries, len(_PAUSES) - 1)]
    return replace(event, tries=tries, next_at=now + pause)


def failed(event: OutgoingEvent, now: datetime) -> OutgoingEvent:
    """The event after this try failed: given up if it was the last."""
    return replace(event, given_up_at=now) if event.tries >= len(_PAUSES) else event


def body(event: OutgoingEvent) -> bytes:
    """What the shop's system gets: the same bytes at each try."""
    data = {"order": event.number, "line": event.line, "choice": event.choice.value, "by_silence": event.by_silence}
    if event.alternative:
        data["alternative"] = event.alternative
    moment = event.at.isoformat().replace("+00:00", "Z")
    told = {"type": CHOICE_MADE, "timestamp": moment, "shop": event.shop, "data": {**data, "reference": event.ref}}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _event(order: Order, chosen: Chosen) -> OutgoingEvent:
    id = derived.source_of(CHOICE_MADE, order.ref, order.known_at.isoformat(), chosen.line, chosen.at.isoformat())
    return OutgoingEvent(
        id=f"msg_{id[:32]}",
        shop=order.shop,
        ref=order.ref,
        number=order.number,
        line=chosen.line,
        choice=chosen.choice,
        alternative=chosen.sku,
        by_silence=chosen.by_silence,
        at=chosen.at,
        next_at=chosen.at,
    )


def _said(chosen: Chosen) -> tuple[str, Choice, str, datetime]:
    return chosen.line, chosen.choice, chosen.sku, chosen.at
