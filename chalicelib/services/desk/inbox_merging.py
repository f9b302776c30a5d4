"""Reads several lists of the inbox as one, page by page: a little of each list at a time, and no more than is shown.

A signed cursor contains how far each list was read, so no page reads again what an earlier page has shown.
"""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from chalicelib.errors import InvalidLink
from chalicelib.rules.identity import derived
from chalicelib.rules.policy.model import Shop
from chalicelib.services.ports.deps import Deps
from chalicelib.services.ports.inbox import MAX_TIME, MIN_TIME, Cursor, InboxEntry
from chalicelib.services.tickets import signing

ROWS = 25
# Filters that the index can't apply are applied here, to at most this many pages of this many entries of each list.
PAGES, ENTRIES = 4, 100
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
# The cursor's value for a list that was read to its end.
_ENDED = 0
_PURPOSE = "inbox"


@dataclass(frozen=True, slots=True)
class Source:
    """One list of one shop, limited to a period."""

    shop: Shop
    place: str
    since: datetime = MIN_TIME
    before: datetime = MAX_TIME


@dataclass(frozen=True, slots=True)
class MergedPage:
    """A page: its entries, each with its list; the cursor of the next page, "" at the end. `cut`: it ends because
    enough entries were read, not because it is full; `looked_at`: how many were read."""

    entries: tuple[tuple[Source, InboxEntry], ...]
    next_cursor: str
    cut: bool
    looked_at: int


@dataclass(slots=True)
class _Reader:
    source: Source
    left_off: Cursor | None
    ended: bool
    at_once: int
    reversed: bool
    read: deque[InboxEntry] = field(default_factory=deque)
    read_to: Cursor | None = None
    pages: int = 0

    def fill(self, deps: Deps) -> None:
        source, after = self.source, self.read_to or self.left_off
        found, self.read_to = deps.inbox.inbox_page(
            source.shop.id, source.place, self.at_once, after, source.since, source.before, self.reversed
        )
        self.pages += 1
        self.read.extend(found)
        self.ended = self.read_to is None

    def take(self) -> InboxEntry:
        entry = self.read.popleft()
        self.left_off = entry.at
        return entry


def take(
    deps: Deps,
    sources: Sequence[Source],
    cursor: str,
    keep: Callable[[Source, InboxEntry], bool] | None = None,
    newest_first: bool = False,
) -> MergedPage:
    """The page after the cursor; the first page if it is "" or no cursor of these lists. Without `keep` it costs one
    request per list, and reads at most ROWS entries of each."""
    at_once = ENTRIES if keep else ROWS
    places = _places(deps, sources, cursor)
    readers = [_Reader(source, *place, at_once, newest_first) for source, place in zip(sources, places, strict=True)]
    entries: list[tuple[Source, InboxEntry]] = []
    looked_at, cut = 0, False
    while len(entries) < ROWS:
        dry = [reader for reader in readers if not reader.read and not reader.ended]
        if cut := any(reader.pages == PAGES for reader in dry):
            break
        for reader in dry:
            reader.fill(deps)
        full = [reader for reader in readers if reader.read]
        if not full:
            break
        first = (max if newest_first else min)(full, key=lambda reader: reader.read[0].at)
        entry = first.take()
        looked_at += 1
        if keep is None or keep(first.source, entry):
            entries.append((first.source, entry))
    return MergedPage(tuple(entries), _cursor(deps, readers), cut, looked_at)


def _cursor(deps: Deps, readers: Sequence[_Reader]) -> str:
    if not any(reader.read or not reader.ended for reader in readers):
        return ""
    places = [_ENDED if reader.ended and not reader.read else _written(reader.left_off) for reader in readers]
    return signing.written(deps, _PURPOSE, [_name([reader.source for reader in readers]), places])


def _places(deps: Deps, sources: Sequence[Source], cursor: str) -> list[tuple[Cursor | None, bool]]:
    """Where each list continues, and whether it has ended."""
    start: list[tuple[Cursor | None, bool]] = [(None, False)] * len(sources)
    try:
        name, places = signing.read(deps, _PURPOSE, cursor)
    except InvalidLink:
        return start
    return [_read(place) for place in places] if name == _name(sources) else start


def _written(place: Cursor | None) -> list[object] | None:
    return [*((at - _EPOCH) // _MICROSECOND for at in (place.due, place.opened_at)), place.ref] if place else None


def _read(place: list[object] | int | None) -> tuple[Cursor | None, bool]:
    if not isinstance(place, list):
        return None, place == _ENDED
    due, opened_at, ref = place
    return Cursor(_moment(due), _moment(opened_at), str(ref)), False


def _moment(microseconds: object) -> datetime:
    return _EPOCH + int(str(microseconds)) * _MICROSECOND


def _name(sources: Sequence[Source]) -> str:
    """Identifies the lists of a cursor: a cursor of other lists would not fit these."""
    return derived.source_of(*(f"{source.shop.id}#{source.place}" for source in sources))[:12]
