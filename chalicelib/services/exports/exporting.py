"""Exports larger than a run's time or memory: a file in S3 that grows by parts, and can be gone on with after each.

Every export of the same event is one: it goes on where it is, whoever presses Test again, and for an hour after it is
finished it is answered as it was, while its file is there. One run at a time works on it, by a claim that runs out when
the run dies.

What was put into parts is never read again. A run that dies loses what it had gathered since its last part; one whose
time runs short keeps that apart, and has the function run once more (decision 46).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from chalicelib.errors import UnknownFile
from chalicelib.rules.identity import derived
from chalicelib.services.exports.export_growth import LEASE, ExportWriter, Lost, kept, run_export
from chalicelib.services.ports.deps import Deps
from chalicelib.services.ports.exports import Export
from chalicelib.services.ports.running import Run
from chalicelib.services.privacy import recording
from chalicelib.services.tickets.filing import EXPORTS

# How long the same event is answered by the same file.
_SAME = timedelta(hours=1)
LINK_SECONDS = 3600
REBUILD = "rebuild"
"""The event's field that says so."""


@dataclass(frozen=True, slots=True)
class ExportJob:
    """What is to be exported: by which function, in whose words, to which file, and how it is made."""

    name: str
    event: Mapping[str, Any]
    id: str
    file: str
    content_type: str
    make: Callable[[str], ExportWriter]
    """A maker that goes on from a state."""
    rebuild: bool = False
    """Whether one that is finished is to be made once more."""


def order_id(deps: Deps, *parts: str) -> str:
    """What names an export: the same for the same event, and not to be read back."""
    return derived.name(deps.secret, "export", "\x00".join(parts))


def proceed(deps: Deps, order: ExportJob, run: Run) -> Export:
    """Go on with the export as far as the run's time goes, unless it is finished or another run is at work on it."""
    export, ours = _claimed(deps, order)
    if not ours:
        return export
    try:
        export = _worked(deps, order, export, run)
    except Lost:
        return deps.exports.export(order.id) or export
    if not export.finished_at:
        run.again({name: value for name, value in order.event.items() if name != REBUILD})
    return export


def _worked(deps: Deps, order: ExportJob, export: Export, run: Run) -> Export:
    try:
        return _work(deps, order, export, run)
    except UnknownFile:
        # S3 forgets parts that nobody joined in a day: from the beginning, then.
        latest = deps.exports.export(order.id) or export
        begun = Export(latest.id, latest.key, deps.now(), latest.claimed_until, version=latest.version)
        return _work(deps, order, begun, run)


def _claimed(deps: Deps, order: ExportJob) -> tuple[Export, bool]:
    """The export, and whether it is this run's to work on."""
    now = deps.now()
    found = deps.exports.export(order.id)
    same = found and found.finished_at and now - found.finished_at < _SAME and not order.rebuild
    if found and same and deps.files.upload(found.key):
        return found, False  # its file may be gone: a purge or an erasure deletes all exports
    if found and not found.finished_at and now < found.claimed_until:
        return found, False
    if found and not found.finished_at:
        wanted = replace(found, claimed_until=now + LEASE, version=found.version + 1)
    else:
        key = f"{EXPORTS}{order.id}/{now:%Y%m%dT%H%M%S}/{order.file}"
        version = found.version + 1 if found else 1
        wanted = Export(order.id, key, now, now + LEASE, version=version)
    if deps.exports.put_export(wanted):
        return wanted, True
    return deps.exports.export(order.id) or wanted, False


def _work(deps: Deps, order: ExportJob, export: Export, run: Run) -> Export:
    if not export.upload:
        # Before anything is read: one that never comes to its end must show as well.
        recording.note_begun(deps, order.name, order.event, run.request)
        export = replace(export, upload=deps.files.begin_parts(export.key, order.content_type))
    if not export.complete:
        export = run_export(deps, order.make(export.state), export, run)
    if not export.complete:
        return export
    deps.files.join_parts(export.key, export.upload, export.parts)
    return kept(deps, replace(export, finished_at=deps.now()))
