"""Exports that are being written."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Export:
    """How far an export is: a file of parts in the exports area. Whoever works on it has claimed it until a moment, as
    each version says; who dies leaves it to the next after that. `cursor` says up to where what was exported is
    in the parts and in `rest` (a file of what fills no part yet), `state` what its format needs to go on."""

    id: str
    key: str
    begun_at: datetime
    claimed_until: datetime
    upload: str = ""
    parts: tuple[str, ...] = ()
    side: str = ""
    """The number and the upload of what is to be put beside the parts next."""
    noted: tuple[int, ...] = ()
    """The numbers of what lies beside the parts and is wanted at the end."""
    cursor: str = ""
    state: str = ""
    rest: str = ""
    tickets: int = 0
    messages: int = 0
    size: int = 0
    complete: bool = False
    """Whether everything is in the parts, and they are only to be joined."""
    finished_at: datetime | None = None
    version: int = 1


class Exports(Protocol):
    """How far each export is."""

    def export(self, id: str) -> Export | None: ...

    def put_export(self, export: Export) -> bool:
        """Keep a new export, or a kept one's next version; False when another change came first."""
