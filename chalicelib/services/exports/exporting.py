"""Exports that need more time or memory than one run has: a multipart file in S3 that can be continued after each part.

All runs of the same event work on one export: pressing Test again continues it, no matter who does. For an hour after
it is finished the answer is the finished file, if that still exists. Only one run works on it at a time, by a claim
that expires if the run dies.

Parts that are written are never read again. A run that dies loses what it collected since its last part; a run that has
no time left saves that separately, and starts the function once more (decision 46).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from chalicelib.errors import UnknownFile
from chalicelib.rules.identity import derived
from chalicelib.services.exports.export_growth import LEASE, ClaimLost, ExportWriter, kept, run_export
from chalicelib.services.ports.deps import Deps
from chalicelib.services.ports.exports import Export
from chalicelib.services.ports.running import Run
from chalicelib.services.privacy import recording
from chalicelib.services.tickets.filing import EXPORTS

# How long the same event is answered with the same file.
_SAME = timedelta(hours=1)
LINK_SECONDS = 3600
REBUILD = "rebuild"
"""The event's field that requests a new export."""


@dataclass(frozen=True, slots=True)
class ExportJob:
    """What to export: the function, its event, the file, and how its content is made."""

    name: str
    event: Mapping[str, Any]
    id: str
    file: str
    content_type: str
    make: Callable[[str], ExportWriter]
    """Makes a writer that continues from a state."""
    rebuild: bool = False
    """Whether to make a finished export again."""


def order_id(deps: Deps, *parts: str) -> str:
    """The export's id: the same for the same event; it does not reveal the event."""
    return derived.name(deps.secret, "export", "\x00".join(parts))


def proceed(deps: Deps, job: ExportJob, run: Run) -> Export:
    """Continue the export as far as the run's time allows, unless it is finished or another run is working on it."""
    export, ours = _claimed(deps, job)
    if not ours:
        return export
    try:
        export = _worked(deps, job, export, run)
    except ClaimLost:
        return deps.exports.export(job.id) or export
    if not export.finished_at:
        run.again({name: value for name, value in job.event.items() if name != REBUILD})
    return export


def _worked(deps: Deps, job: ExportJob, export: Export, run: Run) -> Export:
    try:
        return _work(deps, job, export, run)
    except UnknownFile:
        # The parts are gone: S3 deletes parts that were not joined within a day. Start from the beginning.
        latest = deps.exports.export(job.id) or export
        begun = Export(latest.id, latest.key, deps.now(), latest.claimed_until, version=latest.version)
        return _work(deps, job, begun, run)


def _claimed(deps: Deps, job: ExportJob) -> tuple[Export, bool]:
    """The export, and whether this run may work on it."""
    now = deps.now()
    found = deps.exports.export(job.id)
    same = found and found.finished_at and now - found.finished_at < _SAME and not job.rebuild
    if found and same and deps.files.upload(found.key):
        return found, False  # the file is checked because a purge or an erasure deletes all exports
    if found and not found.finished_at and now < found.claimed_until:
        return found, False
    if found and not found.finished_at:
        wanted = replace(found, claimed_until=now + LEASE, version=found.version + 1)
    else:
        key = f"{EXPORTS}{job.id}/{now:%Y%m%dT%H%M%S}/{job.file}"
        version = found.version + 1 if found else 1
        wanted = Export(job.id, key, now, now + LEASE, version=version)
    if deps.exports.put_export(wanted):
        return wanted, True
    return deps.exports.export(job.id) or wanted, False


def _work(deps: Deps, job: ExportJob, export: Export, run: Run) -> Export:
    if not export.upload:
        # Before anything is read, so that an export that never finishes is recorded too.
        recording.note_begun(deps, job.name, job.event, run.request)
        export = replace(export, upload=deps.files.begin_parts(export.key, job.content_type))
    if not export.complete:
        export = run_export(deps, job.make(export.state), export, run)
    if not export.complete:
        return export
    deps.files.join_parts(export.key, export.upload, export.parts)
    return kept(deps, replace(export, finished_at=deps.now()))
