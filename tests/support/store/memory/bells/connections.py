"""Passes and connections in memory."""

from datetime import datetime

from chalicelib.rules.bells.connections import TYPING_EVERY, Connection, Pass
from tests.support.store.memory.memory import Port


class Connections(Port):
    """Implements services.ports.bells.bells.Connections."""

    def put_pass(self, given: Pass) -> None:
        self._asked("write")
        self._memory.passes[given.id] = given

    def find_pass(self, id: str, now: datetime) -> Pass | None:
        self._asked("read")
        found = self._memory.passes.get(id)
        return found if found and now < found.ends_at else None

    def connect(self, used: Pass, connection: Connection, now: datetime, instead_of: str = "") -> bool:
        self._asked("write")
        given = self._memory.passes.get(used.id)
        place = connection.ref, connection.place
        held = self._memory.connected.get(place)
        if given is None or given.ends_at <= now or (held and now < held.ends_at and held.id != instead_of):
            return False
        del self._memory.passes[used.id]
        self._memory.connected[place] = self._memory.by_connection[connection.id] = connection
        return True

    def connections(self, ref: str, now: datetime) -> list[Connection]:
        self._asked("read")
        held = sorted(self._memory.connected.items())
        return [connection for (of, _), connection in held if of == ref and now < connection.ends_at]

    def note_typing(self, id: str, now: datetime) -> Connection | None:
        self._asked("write")
        held, before = self._memory.by_connection.get(id), self._memory.typed.get(id)
        if held is None or held.ends_at <= now or (before and before > now - TYPING_EVERY):
            return None
        self._memory.typed[id] = now
        return held

    def disconnect(self, id: str) -> None:
        self._asked("delete")
        if held := self._memory.by_connection.pop(id, None):
            self._free(held)

    def forget_connection(self, connection: Connection) -> None:
        self._asked("delete")
        self._memory.by_connection.pop(connection.id, None)
        self._free(connection)

    def _free(self, held: Connection) -> None:
        if self._memory.connected.get((held.ref, held.place)) == held:
            del self._memory.connected[held.ref, held.place]
