"""Exports that are being written."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Export:
    """The progress of an export: a multipart file in the exports area. The run that works on it claims it until
    `claimed_until`, and each new version renews the claim; if the run dies, the next run takes over after that time.
    `cursor`: everything up to here is in the parts or in `rest` (a file with what does not fill a part yet). `state`:
    what the format needs to continue."""

    id: str
    key: str
    begun_at: datetime
    claimed_until: datetime
    upload: str = ""
    parts: tuple[str, ...] = ()
    side: str = ""
    """The number and the upload of the next file to be put beside the parts."""
    noted: tuple[int, ...] = ()
    """The numbers of the files beside the parts, which are needed at the end."""
    cursor: str = ""
    state: str = ""
    rest: str = ""
    tickets: int = 0
    messages: int = 0
    size: int = 0
    complete: bool = False
    """Whether the parts contain everything and only need to be joined."""
    finished_at: datetime | None = None
    version: int = 1


class Exports(Protocol):
    """The progress of each export."""

    def export(self, id: str) -> Export | None: ...

    def put_export(self, export: Export) -> bool:
        """Store a new export, or the next version of a stored one; False if another change came first."""
