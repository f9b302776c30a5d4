"""How an export grows: its content is collected until it fills a part, and the progress is saved after each part. If
time runs out, the rest that fills no part is put into a file of its own.

Every file written is a multipart upload that was begun before its content was read. A purge aborts the uploads and then
deletes the files, so nothing that was read before the purge can appear after it (decision 71).
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

# S3 accepts no smaller part, except the last.
PART = 5 * 1024 * 1024
# A run that has saved no progress for this time has died.
LEASE = timedelta(minutes=3)
_BYTES = "application/octet-stream"
# The number of bytes before the records in a file of the rest: they contain the records' length.
_LENGTH = 8


class ClaimLost(Exception):
    """Another run has taken over, because this one seemed dead."""


@dataclass(frozen=True, slots=True)
class Step:
    """The content written last, and the cursor after it."""

    cursor: str
    content: bytes
    tickets: int = 0
    messages: int = 0


class ExportWriter(Protocol):
    """Writes the content of an export."""

    def steps(self, cursor: str) -> Iterator[Step]:
        """The file's content from this cursor on."""

    def pause(self) -> bytes:
        """The bytes that must be written before another run can continue from `state`."""

    @property
    def state(self) -> str: ...

    def drain_directory(self) -> bytes:
        """The records collected since the last call, such as a ZIP's directory entries; pass them all to `close`."""

    def close(self, earlier: Iterable[bytes]) -> bytes: ...


@dataclass(slots=True)
class _Gathered:
    """Content that does not fill a part yet, its records for `close`, and its cursor."""

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


def run_export(deps: Deps, writer: ExportWriter, export: Export, run: Run) -> Export:
    """Extend the export by as many parts as time allows; it is complete if time was enough for all. Raises UnknownFile
    if its parts are gone."""
    try:
        for version in _growing(deps, writer, export, run):
            export = version
    except UnknownFile:
        # Perhaps because of another run.
        latest = deps.exports.export(export.id)
        if latest is None or latest.version != export.version:
            raise ClaimLost from None
        raise
    return export


def _growing(deps: Deps, writer: ExportWriter, export: Export, run: Run) -> Iterator[Export]:
    """Each version that is saved."""
    yield (export := _begun(deps, export))
    gathered = _kept_apart(deps, export)
    for step in writer.steps(export.cursor):
        gathered.add(step)
        if len(gathered.content) >= PART:
            gathered.content += writer.pause()
            yield (export := _put(deps, export, gathered, writer))
            gathered = _Gathered(export.cursor, bytearray())
        if not run.time_left():
            gathered.content += writer.pause()
            yield _keep_apart(deps, export, gathered, writer)
            return
        if deps.now() > export.claimed_until - LEASE / 2:
            yield (export := kept(deps, export))
    gathered.content += writer.close([*_records(deps, export), gathered.records])
    yield _put_last(deps, export, gathered, writer)


def _begun(deps: Deps, export: Export) -> Export:
    """The export with an upload for the next file beside the parts; a crashed run's upload is aborted."""
    if export.side:
        deps.files.abort_upload(*_side(export))
    return kept(deps, replace(export, side=_another_side(deps, export)))


def _put(deps: Deps, export: Export, gathered: _Gathered, writer: ExportWriter) -> Export:
    """Add a part; its records go into a file beside it."""
    noted, side = export.noted, export.side
    if records := gathered.records + writer.drain_directory():
        noted, side = (*noted, _put_beside(deps, export, records)), _another_side(deps, export)
    return _put_part(deps, export, gathered, writer, noted=noted, side=side)


def _put_last(deps: Deps, export: Export, gathered: _Gathered, writer: ExportWriter) -> Export:
    deps.files.abort_upload(*_side(export))
    return _put_part(deps, export, gathered, writer, side="", complete=True)


def _put_part(deps: Deps, export: Export, gathered: _Gathered, writer: ExportWriter, **changes: Any) -> Export:
    name = deps.files.put_part(export.key, export.upload, len(export.parts) + 1, bytes(gathered.content))
    updated = _counted(export, gathered, writer, parts=(*export.parts, name), rest="", **changes)
    return kept(deps, replace(updated, size=export.size + len(gathered.content)))


def _keep_apart(deps: Deps, export: Export, gathered: _Gathered, writer: ExportWriter) -> Export:
    """Put the content that fills no part into a file of its own for the next run, and end the claim."""
    records = gathered.records + writer.drain_directory()
    number = _put_beside(deps, export, len(records).to_bytes(_LENGTH) + records + gathered.content)
    changes = {"rest": _beside(export, number), "side": "", "claimed_until": deps.now(), "version": export.version + 1}
    return stored(deps, _counted(export, gathered, writer, **changes))


def _kept_apart(deps: Deps, export: Export) -> _Gathered:
    if not export.rest:
        return _Gathered(export.cursor, bytearray())
    stored_rest = deps.files.read(export.rest)
    ends = _LENGTH + int.from_bytes(stored_rest[:_LENGTH])
    return _Gathered(export.cursor, bytearray(stored_rest[ends:]), stored_rest[_LENGTH:ends])


def _another_side(deps: Deps, export: Export) -> str:
    """Begin an upload under a number that no other file beside this export has: each version belongs to one run."""
    return f"{export.version} {deps.files.begin_parts(_beside(export, export.version), _BYTES)}"


def _side(export: Export) -> tuple[str, str]:
    """The key of the next file beside the parts, and its upload."""
    number, _, upload = export.side.partition(" ")
    return _beside(export, int(number)), upload


def _put_beside(deps: Deps, export: Export, content: bytes) -> int:
    """Write a file beside the parts; returns its number."""
    key, upload = _side(export)
    deps.files.join_parts(key, upload, [deps.files.put_part(key, upload, 1, content)])
    return int(export.side.partition(" ")[0])


def _counted(export: Export, gathered: _Gathered, writer: ExportWriter, **changes: Any) -> Export:
    tickets, messages = export.tickets + gathered.tickets, export.messages + gathered.messages
    counts: dict[str, Any] = {
        "cursor": gathered.cursor,
        "state": writer.state,
        "tickets": tickets,
        "messages": messages,
    }
    return replace(export, **counts, **changes)


def _records(deps: Deps, export: Export) -> Iterator[bytes]:
    """The saved records, for `close`."""
    return (deps.files.read(_beside(export, number)) for number in export.noted)


def _beside(export: Export, number: int) -> str:
    """The key includes this upload, so files left by an earlier upload are never taken for this one's."""
    place = derived.source_of(export.upload)[:16]
    return f"{export.key.rpartition('/')[0]}/work/{place}/{number}"


def kept(deps: Deps, export: Export) -> Export:
    """Save the export's next version, with the claim renewed. Raises ClaimLost if another run has taken over."""
    return stored(deps, replace(export, claimed_until=deps.now() + LEASE, version=export.version + 1))


def stored(deps: Deps, export: Export) -> Export:
    """Save the export. Raises ClaimLost if another run has taken over."""
    if not deps.exports.put_export(export):
        raise ClaimLost
    return export
