"""What connections say, and what they hear."""

from chalicelib.rules.bells.connections import Bell, Said, said
from chalicelib.services.ports.bells.bells import BellDeps, Heard
from chalicelib.services.ports.deps import Deps
from chalicelib.telemetry import count

# The metrics' names, by what became of a sound.
_COUNTED = {Heard.SENT: "BellsRung", Heard.GONE: "ConnectionsGone", Heard.FAILED: "BellsNotRung"}


def pass_on(deps: Deps, ref: str) -> None:
    """Something was committed in this conversation."""
    deps.ringing.pass_on(Bell(ref))


def listen(deps: BellDeps, id: str, body: str) -> None:
    """A client says something. Only that it types goes on, to the other side, and not more often than anybody sees."""
    if said(body) is Said.TYPING and (connection := deps.connections.note_typing(id, deps.now())):
        deps.ringing.pass_on(Bell(connection.ref, connection.side))


def hang_up(deps: BellDeps, id: str) -> None:
    deps.connections.disconnect(id)


def ring(deps: BellDeps, bell: Bell) -> None:
    """Ring at each connection that the bell is for. One that can't be reached is left out, because its page looks by
    itself; one that is gone is forgotten, unless it is only about to open."""
    now = deps.now()
    for connection in filter(bell.is_for, deps.connections.connections(bell.ref, now)):
        heard = deps.sockets.post(connection.id, bell.sound)
        count(_COUNTED[heard])
        if heard is Heard.GONE and not connection.may_be_opening(now):
            deps.connections.forget_connection(connection)
