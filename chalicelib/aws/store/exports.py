"""The progress of each export."""

from chalicelib.aws.table import items
from chalicelib.aws.table.codec import decode
from chalicelib.aws.table.table import Table
from chalicelib.services.ports.exports import Export


class Exports:
    """Implements services.ports.exports.Exports."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def export(self, id: str) -> Export | None:
        item = self._table.get(items.export_key(id))
        return decode(Export, item) if item else None

    def put_export(self, export: Export) -> bool:
        return self._table.put_version(items.export_item(export), export.version)
