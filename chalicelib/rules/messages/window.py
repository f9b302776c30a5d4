"""Until when a message may be answered in its channel, by each provider's terms of 2026.

WhatsApp: free text for 24 hours after the person's last message, then only templates that WhatsApp approved (Business
Messaging Policy, "Customer service window"). Messenger and Instagram: 24 hours, and for people who answer 7 days with
the tag HUMAN_AGENT (Messenger Platform, "Message tags"). Telegram and text messages have no such end.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from chalicelib.rules.identity.handles import Provider

DAY, WEEK = timedelta(hours=24), timedelta(days=7)
WARNED = timedelta(hours=3)
"""So long before the end, whoever looks after the ticket is told."""
LAST_LINE = timedelta(minutes=20)
"""So long before the end, an unanswered customer is told how they get the answer in any case."""
_ENDS = {Provider.WHATSAPP: DAY, Provider.MESSENGER: WEEK, Provider.INSTAGRAM: WEEK}
_TAGGED = (Provider.MESSENGER, Provider.INSTAGRAM)


class How(StrEnum):
    """What may be sent now."""

    FREE = "free"
    TAGGED = "tagged"  # by a person, with the tag HUMAN_AGENT
    CLOSED = "closed"  # nothing that anybody wrote freely


@dataclass(frozen=True, slots=True)
class Window:
    """`until`: when nothing may be written freely any more; None if that never ends."""

    how: How
    until: datetime | None


def ends(provider: Provider, last: datetime) -> datetime | None:
    """When the window closes that the person's last message has opened."""
    period = _ENDS.get(provider)
    return last + period if period else None


def window(provider: Provider, last: datetime, now: datetime) -> Window:
    """What may be sent at `now`, if the person wrote last at `last`."""
    until = ends(provider, last)
    if until is None:
        return Window(How.FREE, None)
    if now >= until:
        return Window(How.CLOSED, until)
    return Window(How.TAGGED if provider in _TAGGED and now >= last + DAY else How.FREE, until)
