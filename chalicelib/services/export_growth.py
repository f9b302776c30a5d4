"""How an export grows: what its maker writes is gathered until it fills a part, and after each part is put down how far
that is; what fills none when time runs short is put aside.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Protocol

from chalicelib.rules import identity
from chalicelib.services.ports import Deps, Export, Run

# S3 takes no smaller part but the last.
PART = 5 * 1024 * 1024
# Whoever has put no part and said nothing for so long has died.
LEASE = timedelta(minutes=3)
_BYTES = "application/octet-stream"


class Lost(Exception):
    """Another run has taken over: this one was taken for dead."""


@dataclass(frozen=True, slots=True)
class Step:
    """What was written last, and where to go on after it."""

    cursor: str
    content: bytes
    tickets: int = 0
    messages: int = 0


class Maker(Protocol):
    """What an export consists of."""

    def steps(self, cursor: str) -> Iterator[Step]:
        """The file's content from there on."""

    def pause(self) -> bytes:
        """What has to be out before another run can go on by `state`."""

    @property
    def state(self) -> str: ...

    def taken(self) -> bytes:
        """What is wanted again at the end (`close`), of what came since this was last asked."""

    def close(self, earlier: Iterable[bytes]) -> bytes: ...


@dataclass(slots=True)
class _Gathered:
    """What fills no part yet, what is wanted of it at the end, and how far it goes."""

    cursor: str
    content: bytearray
    records: bytes = b""
    tickets: int = 0
    messages: int = 0

    def add(self, step: Step) -> None:
        self.cursor = step.cursor
        self.content += step.content
        self.tickets += step.tickets
        self.messages += step.messages


def grown(deps: Deps, maker: Maker, export: Export, run: Run) -> Export:
    """The export with as many parts more as there is time for; complete, if there was time for all."""
    gathered = _put_aside_before(deps, export)
    for step in maker.steps(export.cursor):
        gathered.add(step)
        if len(gathered.content) >= PART:
            gathered.content += maker.pause()
            export = _put(deps, export, gathered, maker)
            gathered = _Gathered(export.cursor, bytearray())
        if not run.time_left():
            gathered.content += maker.pause()
            return _put_aside(deps, export, gathered, maker)
        if deps.now() > export.claimed_until - LEASE / 2:
            export = kept(deps, export)
    gathered.content += maker.close([*_records(deps, export), gathered.records])
    return _put(deps, export, gathered, maker, complete=True)


def _put(deps: Deps, export: Export, gathered: _Gathered, maker: Maker, *, complete: bool = False) -> Export:
    """A part more; and what is wanted of it at the end, beside it."""
    number = len(export.parts) + 1
    if records := gathered.records + maker.taken():
        deps.files.keep(_beside(export, number), records, _BYTES)
    name = deps.files.put_part(export.key, export.upload, number, bytes(gathered.content))
    noted = (*export.noted, number) if records else export.noted
    grown = _counted(export, gathered, maker, noted=noted, parts=(*export.parts, name), rest="", complete=complete)
    return kept(deps, replace(grown, size=export.size + len(gathered.content)))


def _put_aside(deps: Deps, export: Export, gathered: _Gathered, maker: Maker) -> Export:
    """What fills no part yet lies in files of its own until the next run. The claim is over."""
    rest = f"{_beside(export, len(export.parts) + 1)}-rest-{export.version}"
    deps.files.keep(rest, bytes(gathered.content), _BYTES)
    deps.files.keep(f"{rest}-records", gathered.records + maker.taken(), _BYTES)
    aside = _counted(export, gathered, maker, rest=rest, claimed_until=deps.now(), version=export.version + 1)
    return stored(deps, aside)


def _put_aside_before(deps: Deps, export: Export) -> _Gathered:
    if not export.rest:
        return _Gathered(export.cursor, bytearray())
    content, records = (deps.files.read(f"{export.rest}{ending}") for ending in ("", "-records"))
    return _Gathered(export.cursor, bytearray(content), records)


def _counted(export: Export, gathered: _Gathered, maker: Maker, **changes: Any) -> Export:
    tickets, messages = export.tickets + gathered.tickets, export.messages + gathered.messages
    counts: dict[str, Any] = {"cursor": gathered.cursor, "state": maker.state, "tickets": tickets, "messages": messages}
    return replace(export, **counts, **changes)


def _records(deps: Deps, export: Export) -> Iterator[bytes]:
    """What was wanted again of every part."""
    return (deps.files.read(_beside(export, number)) for number in export.noted)


def _beside(export: Export, number: int) -> str:
    """The upload's own place: what was left behind by an earlier one is never taken for this one's."""
    place = identity.source_of(export.upload)[:16]
    return f"{export.key.rpartition('/')[0]}/work/{place}/{number}"


def kept(deps: Deps, export: Export) -> Export:
    """The export's next version, claimed for a while more. Raises Lost where another run has taken over."""
    return stored(deps, replace(export, claimed_until=deps.now() + LEASE, version=export.version + 1))


def stored(deps: Deps, export: Export) -> Export:
    if not deps.store.put_export(export):
        raise Lost
    return export
