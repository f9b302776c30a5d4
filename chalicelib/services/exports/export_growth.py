"""How an export grows: what its maker writes is gathered until it fills a part, and after each part is put down how far
that is; what fills none when time runs short is set apart.

Whatever is written is an upload begun before what it holds was read. A purge abandons the uploads and then deletes the
files: so nothing comes to be, after it, of what was read before (decision 71).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Protocol

from chalicelib.errors import UnknownFile
from chalicelib.rules.identity import derived
from chalicelib.services.ports.deps import Deps
from chalicelib.services.ports.exports import Export
from chalicelib.services.ports.running import Run

# S3 takes no smaller part but the last.
PART = 5 * 1024 * 1024
# Whoever has put no part and said nothing for so long has died.
LEASE = timedelta(minutes=3)
_BYTES = "application/octet-stream"
# What lies before the records in a file of what was set apart: how long they are.
_LENGTH = 8


class Lost(Exception):
    """Another run has taken over: this one was taken for dead."""


@dataclass(frozen=True, slots=True)
class Step:
    """What was written last, and where to go on after it."""

    cursor: str
    content: bytes
    tickets: int = 0
    messages: int = 0


class ExportWriter(Protocol):
    """What an export consists of."""

    def steps(self, cursor: str) -> Iterator[Step]:
        """The file's content from there on."""

    def pause(self) -> bytes:
        """What has to be out before another run can go on by `state`."""

    @property
    def state(self) -> str: ...

    def drain_directory(self) -> bytes:
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


def run_export(deps: Deps, maker: ExportWriter, export: Export, run: Run) -> Export:
    """The export with as many parts more as there is time for; complete, if there was time for all. Raises UnknownFile
    where what there was of it is gone."""
    try:
        for version in _growing(deps, maker, export, run):
            export = version
    except UnknownFile:
        # By another run's doing, perhaps.
        latest = deps.exports.export(export.id)
        if latest is None or latest.version != export.version:
            raise Lost from None
        raise
    return export


def _growing(deps: Deps, maker: ExportWriter, export: Export, run: Run) -> Iterator[Export]:
    """Each version that is put down."""
    yield (export := _begun(deps, export))
    gathered = _kept_apart(deps, export)
    for step in maker.steps(export.cursor):
        gathered.add(step)
        if len(gathered.content) >= PART:
            gathered.content += maker.pause()
            yield (export := _put(deps, export, gathered, maker))
            gathered = _Gathered(export.cursor, bytearray())
        if not run.time_left():
            gathered.content += maker.pause()
            yield _keep_apart(deps, export, gathered, maker)
            return
        if deps.now() > export.claimed_until - LEASE / 2:
            yield (export := kept(deps, export))
    gathered.content += maker.close([*_records(deps, export), gathered.records])
    yield _put_last(deps, export, gathered, maker)


def _begun(deps: Deps, export: Export) -> Export:
    """With an upload for what is to lie beside the parts; that of a run which died before is given up."""
    if export.side:
        deps.files.abort_upload(*_side(export))
    return kept(deps, replace(export, side=_another_side(deps, export)))


def _put(deps: Deps, export: Export, gathered: _Gathered, maker: ExportWriter) -> Export:
    """A part more; and what is wanted of it at the end, beside it."""
    noted, side = export.noted, export.side
    if records := gathered.records + maker.drain_directory():
        noted, side = (*noted, _put_beside(deps, export, records)), _another_side(deps, export)
    return _put_part(deps, export, gathered, maker, noted=noted, side=side)


def _put_last(deps: Deps, export: Export, gathered: _Gathered, maker: ExportWriter) -> Export:
    deps.files.abort_upload(*_side(export))
    return _put_part(deps, export, gathered, maker, side="", complete=True)


def _put_part(deps: Deps, export: Export, gathered: _Gathered, maker: ExportWriter, **changes: Any) -> Export:
    name = deps.files.put_part(export.key, export.upload, len(export.parts) + 1, bytes(gathered.content))
    run_export = _counted(export, gathered, maker, parts=(*export.parts, name), rest="", **changes)
    return kept(deps, replace(run_export, size=export.size + len(gathered.content)))


def _keep_apart(deps: Deps, export: Export, gathered: _Gathered, maker: ExportWriter) -> Export:
    """What fills no part yet lies in a file of its own until the next run. The claim is over."""
    records = gathered.records + maker.drain_directory()
    number = _put_beside(deps, export, len(records).to_bytes(_LENGTH) + records + gathered.content)
    changes = {"rest": _beside(export, number), "side": "", "claimed_until": deps.now(), "version": export.version + 1}
    return stored(deps, _counted(export, gathered, maker, **changes))


def _kept_apart(deps: Deps, export: Export) -> _Gathered:
    if not export.rest:
        return _Gathered(export.cursor, bytearray())
    held = deps.files.read(export.rest)
    ends = _LENGTH + int.from_bytes(held[:_LENGTH])
    return _Gathered(export.cursor, bytearray(held[ends:]), held[_LENGTH:ends])


def _another_side(deps: Deps, export: Export) -> str:
    """An upload begun, under a number that nothing beside this export has: each version is but one run's."""
    return f"{export.version} {deps.files.begin_parts(_beside(export, export.version), _BYTES)}"


def _side(export: Export) -> tuple[str, str]:
    """Where what is put beside the parts next is to lie, and its upload."""
    number, _, upload = export.side.partition(" ")
    return _beside(export, int(number)), upload


def _put_beside(deps: Deps, export: Export, content: bytes) -> int:
    """The number under which it lies beside the parts."""
    key, upload = _side(export)
    deps.files.join_parts(key, upload, [deps.files.put_part(key, upload, 1, content)])
    return int(export.side.partition(" ")[0])


def _counted(export: Export, gathered: _Gathered, maker: ExportWriter, **changes: Any) -> Export:
    tickets, messages = export.tickets + gathered.tickets, export.messages + gathered.messages
    counts: dict[str, Any] = {"cursor": gathered.cursor, "state": maker.state, "tickets": tickets, "messages": messages}
    return replace(export, **counts, **changes)


def _records(deps: Deps, export: Export) -> Iterator[bytes]:
    """What was put down to be wanted again at the end."""
    return (deps.files.read(_beside(export, number)) for number in export.noted)


def _beside(export: Export, number: int) -> str:
    """The upload's own place: what was left behind by an earlier one is never taken for this one's."""
    place = derived.source_of(export.upload)[:16]
    return f"{export.key.rpartition('/')[0]}/work/{place}/{number}"


def kept(deps: Deps, export: Export) -> Export:
    """The export's next version, claimed for a while more. Raises Lost where another run has taken over."""
    return stored(deps, replace(export, claimed_until=deps.now() + LEASE, version=export.version + 1))


def stored(deps: Deps, export: Export) -> Export:
    if not deps.exports.put_export(export):
        raise Lost
    return export
