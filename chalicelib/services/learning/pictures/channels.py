"""Channels: how many contacts began by each, and how many were answered in time and, where somebody waits for a person,
within three minutes."""

from collections import Counter
from collections.abc import Sequence

from chalicelib.rendering.charts.bars import Bars
from chalicelib.rendering.charts.style import Pattern
from chalicelib.rules.learning.channels import IN_TIME, LATE, PROMPT, WAITED, WAYS
from chalicelib.services.learning.pictures.calls import share
from chalicelib.services.learning.pictures.picture import Picture, Words, made, percent, stacked
from chalicelib.services.learning.pictures.reading import Data

_Row = tuple[str, int, int, int, str, int | None, int | None, str]
_Counts = Counter[tuple[str, ...]]
_PARTS = (("in_time", Pattern.SOLID), ("late", Pattern.STRIPES), ("open", Pattern.DOTS))


def by_number(data: Data) -> Picture:
    """The channel by which most came first."""
    say, counted, waits = Words(data), data.counted("channel"), data.counted("wait")
    rows = [_row(say, way, counted, waits) for way in WAYS]
    rows = sorted((row for row in rows if row[1]), key=lambda row: -row[1])
    heads = say.heads("channel", "tickets", "in_time", "late", "share_first", "waited", "soon", "share_soon")
    return made(say, "channels", _title(say, rows), heads, rows, _bars(say, rows) if rows else None)


def _row(say: Words, way: str, counted: _Counts, waits: _Counts) -> _Row:
    began = sum(number for (by, _), number in counted.items() if by == way)
    in_time, late = counted[way, IN_TIME], counted[way, LATE]
    waited, soon = waits[way, WAITED], waits[way, PROMPT]
    live = (waited, soon, share(soon, waited - soon)) if waited else (None, None, "–")
    return say(f"channel.{way}"), began, in_time, late, share(in_time, late), *live


def _bars(say: Words, rows: Sequence[_Row]) -> Bars:
    columns = ([row[2] for row in rows], [row[3] for row in rows], [row[1] - row[2] - row[3] for row in rows])
    parts = ((say(f"part.{name}"), pattern, values) for (name, pattern), values in zip(_PARTS, columns, strict=True))
    return stacked("channels", [row[0] for row in rows], parts, [say.shown(row[1]) for row in rows])


def _title(say: Words, rows: Sequence[_Row]) -> str:
    all, in_time, late = sum(row[1] for row in rows), sum(row[2] for row in rows), sum(row[3] for row in rows)
    waited, soon = sum(row[5] or 0 for row in rows), sum(row[6] or 0 for row in rows)
    if not all:
        return say("title.channels.none")
    found = [
        say("title.channels.some", channel=rows[0][0], number=rows[0][1], all=all, percent=percent(rows[0][1], all))
    ]
    if in_time + late:
        found.append(say("title.channels.answered", late, percent=percent(in_time, in_time + late)))
    if waited:
        found.append(say("title.channels.soon", soon, all=waited, percent=percent(soon, waited)))
    return " ".join(found)
