"""How far each export is."""

from chalicelib.services.ports.exports import Export
from tests.support.store.memory.memory import Port


class Exports(Port):
    """Implements services.ports.exports.Exports."""

    def export(self, id: str) -> Export | None:
        self._asked("read")
        return self._memory.exports.get(id)

    def put_export(self, export: Export) -> bool:
        self._asked("write")
        before = self._memory.exports.get(export.id)
        if (before.version if before else 0) != export.version - 1:
            return False
        self._memory.exports[export.id] = export
        return True
