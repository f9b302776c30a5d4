"""Connections that ring, and the ways to them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from typing import Protocol

from chalicelib.rules.bells.connections import Bell, Connection, Pass
from chalicelib.rules.policy.model import Policy


class Connections(Protocol):
    """The passes that were given out, and the connections that are held."""

    def put_pass(self, given: Pass) -> None: ...

    def find_pass(self, id: str, now: datetime) -> Pass | None:
        """The pass, if it can still be used."""

    def connect(self, used: Pass, connection: Connection, now: datetime, instead_of: str = "") -> bool:
        """Use the pass for this connection, which takes its place, also from the connection with the id `instead_of`.
        False if the pass was used before or is over, or the place is another's: then nothing is changed."""

    def connections(self, ref: str, now: datetime) -> list[Connection]:
        """Those of a conversation, at most one for each place."""

    def note_typing(self, id: str, now: datetime) -> Connection | None:
        """Note that the connection's side types. None if that was noted within `TYPING_EVERY`, or there is no such
        connection."""

    def disconnect(self, id: str) -> None:
        """Forget the connection with this id, if there is one."""

    def forget_connection(self, connection: Connection) -> None:
        """Forget a connection that is gone, whatever is still known of it."""


class Ringing(Protocol):
    """The way to the function that rings."""

    def pass_on(self, bell: Bell) -> None:
        """Have the bell rung soon. A bell that can't be passed on is counted and left out: every page also looks by
        itself."""


class Heard(Enum):
    """What became of a sound that was sent to a connection."""

    SENT = auto()
    GONE = auto()  # the connection is no more
    FAILED = auto()


class Sockets(Protocol):
    """The wires to the browsers."""

    def post(self, id: str, sound: bytes) -> Heard: ...


@dataclass(frozen=True, slots=True)
class BellDeps:
    """What the functions of the connections work with. They are open to the internet and know no secret. `origin`: of
    our own pages, scheme and host."""

    policy: Callable[[], Policy]
    origin: str
    connections: Connections
    ringing: Ringing
    sockets: Sockets
    now: Callable[[], datetime]
