"""Connections that ring: a page that shows a conversation holds a WebSocket, by which it only hears that something is
new there or that somebody types. What is new it reads by HTTP, as it would without a connection (decision 280)."""

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, StrEnum, auto

# A pass is used by the script that asked for it, at once.
PASS_LIFE = timedelta(seconds=60)
# API Gateway ends a connection after two hours.
LIFE = timedelta(hours=2, minutes=10)
# API Gateway lets in who connects when our function has answered, for which it waits at most 29 s.
OPENING = timedelta(seconds=30)
# Nobody sees more often than this that somebody types.
TYPING_EVERY = timedelta(seconds=3)
# A client has nothing longer to say.
LONGEST_SAID = 100


class Side(StrEnum):
    """Whose page holds the connection."""

    CUSTOMER = "customer"
    DESK = "desk"


PLACES = {Side.CUSTOMER: ("1", "2", "3"), Side.DESK: ("4", "5")}
"""The places of a conversation: at most one connection has each. Neither side can take the other's."""


@dataclass(frozen=True, slots=True)
class Pass:
    """Lets one connection be made. `id`: the digest of its random token, which only the page knows; `ref`: the ticket
    with the conversation."""

    id: str
    ref: str
    shop: str
    side: Side
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Connection:
    """A page's connection. `id`: what API Gateway calls it; `place`: which of the conversation's places it has."""

    id: str
    ref: str
    side: Side
    place: str
    ends_at: datetime

    def may_be_opening(self, now: datetime) -> bool:
        """Whether it may not be open yet: until it is, API Gateway says that there is none."""
        return now < self.ends_at - LIFE + OPENING


@dataclass(frozen=True, slots=True)
class Bell:
    """What the connections of a conversation are to hear: that something is new; that this side types, which the side
    itself is not told; or that another customer waits for an agent, which only the desk is told."""

    ref: str
    typing: Side | None = None
    waits: bool = False

    def is_for(self, connection: Connection) -> bool:
        return connection.side is Side.DESK if self.waits else connection.side is not self.typing

    @property
    def sound(self) -> bytes:
        """What goes through the wire: nothing of the conversation."""
        if self.waits:
            return b'{"waits": true}'
        return b'{"typing": true}' if self.typing else b'{"ring": true}'


class Said(Enum):
    """What a client says."""

    TYPING = auto()
    NOTHING = auto()  # it keeps its connection open, or says what no client of ours says


def said(body: str) -> Said:
    """What a client means by these bytes, whatever they are."""
    if len(body) > LONGEST_SAID:
        return Said.NOTHING
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return Said.NOTHING
    return Said.TYPING if isinstance(told, dict) and told.get("typing") is True else Said.NOTHING


def connecting(used: Pass, id: str, place: str, now: datetime) -> Connection:
    """The connection that is made by this pass."""
    return Connection(id, used.ref, used.side, place, now + LIFE)


def free_places(side: Side, taken: Collection[str]) -> list[str]:
    return [place for place in PLACES[side] if place not in taken]


def gives_way(side: Side, held: Iterable[Connection]) -> Connection | None:
    """Whose place a new connection of this side takes if none is free: the oldest's. It may be gone without a word, as
    after a reload whose end was never told; if it is not, its page looks by itself."""
    return min((each for each in held if each.side is side), key=lambda each: (each.ends_at, each.place), default=None)


def may_come_from(origin: str, side: Side, own: str, storefronts: Iterable[str]) -> bool:
    """Whether a page of this origin may connect: one of ours (`own`), or for customers one of the shop's storefronts.
    Browsers send the origin with each WebSocket (RFC 6455, 10.2) and pages can't change it."""
    return origin == own or (side is Side.CUSTOMER and origin in storefronts)
