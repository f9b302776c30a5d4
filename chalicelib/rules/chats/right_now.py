"""What customers are told about the chat right now: a person answers, nobody is there, or from when on somebody is
(decision 313)."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from chalicelib.rules.access.absences import Absences
from chalicelib.rules.tickets.clocks import RuleContext
from chalicelib.rules.timing.opening_times import SAID_FOR, opening_after, shift_at


class ChatReach(StrEnum):
    """Whether a person can be written with."""

    ANSWERS = "answers"
    NOBODY = "nobody"  # within the hours, but nobody takes chats
    OPENS = "opens"


@dataclass(frozen=True, slots=True)
class ChatLine:
    """`at`: until when people answer, or from when on; None with nobody."""

    reach: ChatReach
    at: datetime | None = None


def chat_line(
    context: RuleContext,
    present: Callable[[], Collection[str]],
    running: Callable[[], int],
    away: Absences,
) -> ChatLine | None:
    """The line of this moment; None if nothing can be promised, as while all who are there have as many chats as they
    may. `present`: who takes chats now; `running`: how many chats run or seem to. Both are asked only where they
    matter."""
    shop = context.shop
    if not shop.chat.offered:
        return None
    hours, end = shop.chat_hours, context.at + SAID_FOR
    now = shift_at(context.at, hours, context.holidays)
    if now and end < now[1]:
        there = present()
        if not there:
            return ChatLine(ChatReach.NOBODY)
        free = running() < shop.chat.per_agent * len(there)
        return ChatLine(ChatReach.ANSWERS, now[1]) if free else None

    def staffed(at: datetime) -> bool:
        return bool(away.there(shop, at))

    opens = opening_after(context.at, hours, context.holidays, staffed)
    return ChatLine(ChatReach.OPENS, opens) if opens else None
