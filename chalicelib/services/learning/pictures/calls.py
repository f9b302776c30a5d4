"""Calls back: how many were made as promised, by the hour in which they were asked for."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, time

from chalicelib.rules.learning.live import CALL_ENDED, CALL_IN_VAIN, CALL_KEPT, CALL_MISSED, CALL_OPEN, CALL_PROMPT
from chalicelib.services.learning.pictures.picture import Picture, Words, made, percent, two
from chalicelib.services.learning.pictures.reading import Data

_Row = tuple[str, int, int, int, str, int, int]
_ALL = (CALL_KEPT, CALL_MISSED, CALL_OPEN, CALL_ENDED)


def by_hour(data: Data) -> Picture:
    """By the shop's clock, from the first hour in which a call was asked for to the last."""
    say, counted = Words(data), by_the_shops_clock(data, "call")
    rows = [_row(hour, counted) for hour in hours(counted)]
    kept, missed = [row[2] for row in rows], [row[3] for row in rows]
    heads = say.heads("hour", "calls", "kept", "missed", "share_kept", "in_vain_calls", "prompt")
    said = [row[4] if row[2] + row[3] else "" for row in rows]
    names = [row[0] for row in rows]
    bars = two("calls", names, (say("part.kept"), kept), (say("part.missed"), missed), said)
    return made(say, "calls", _title(say, rows), heads, rows, bars if rows else None, upright=True)


def _row(hour: int, counted: Counter[tuple[str, int]]) -> _Row:
    of = {what: counted[what, hour] for what in (*_ALL, CALL_IN_VAIN, CALL_PROMPT)}
    kept, missed, asked = of[CALL_KEPT], of[CALL_MISSED], sum(of[became] for became in _ALL)
    return f"{hour:02}", asked, kept, missed, share(kept, missed), of[CALL_IN_VAIN], of[CALL_PROMPT]


def _title(say: Words, rows: Sequence[_Row]) -> str:
    asked, kept, missed = sum(row[1] for row in rows), sum(row[2] for row in rows), sum(row[3] for row in rows)
    in_vain, prompt = sum(row[5] for row in rows), sum(row[6] for row in rows)
    if not asked:
        return say("title.calls.none")
    if not kept + missed:
        title = say("title.calls.open", asked)
    else:
        title = say("title.calls.some", kept, all=kept + missed, percent=percent(kept, kept + missed))
    if not in_vain:
        return title
    return f"{title} {say('title.calls.prompt', prompt, all=in_vain, percent=percent(prompt, in_vain))}"


def share(kept: int, missed: int) -> str:
    return f"{percent(kept, kept + missed)} %" if kept + missed else "–"


def by_the_shops_clock(data: Data, name: str) -> Counter[tuple[str, int]]:
    """What is counted under this name, by what became of it and hour of the shop's clock; counts are by UTC."""
    found: Counter[tuple[str, int]] = Counter()
    for day in data.dates:
        for (became, hour), number in data.counted(name, days=[day]).items():
            there = datetime.combine(day, time(int(hour)), UTC).astimezone(data.shop.hours.zone)
            found[became, there.hour] += number
    return found


def hours(counted: Counter[tuple[str, int]]) -> range:
    """From the first hour in which something was counted to the last."""
    known = sorted({hour for _, hour in counted})
    return range(known[0], known[-1] + 1) if known else range(0)
