"""Waiting on the telephone: how many callers had a person within three minutes, by the hour of their call."""

from collections import Counter
from collections.abc import Sequence

from chalicelib.rendering.charts.bars import Bars, Part
from chalicelib.rendering.charts.style import Pattern
from chalicelib.rules.learning.live import CALL_PROMPT
from chalicelib.rules.learning.phone import CLASSES, IN_VAIN, PHONE, SOON_CLASSES, median
from chalicelib.services.learning.pictures.calls import by_the_shops_clock, share
from chalicelib.services.learning.pictures.picture import Picture, Words, made, percent
from chalicelib.services.learning.pictures.reading import Data

_Row = tuple[str, int, int, int, int, int, str]
_Counts = Counter[tuple[str, int]]
_PARTS = (("soon", Pattern.SOLID), ("longer", Pattern.STRIPES), ("in_vain", Pattern.DOTS))


def by_hour(data: Data) -> Picture:
    """By the shop's clock, from the first hour with a call to the last."""
    say, rows = Words(data), _rows(data)
    heads = say.heads("hour", "phoned", "answered_soon", "answered_longer", "in_vain_calls", "prompt", "share_soon")
    return made(say, "phone", _title(say, data, rows), heads, rows, _bars(say, rows) if rows else None, upright=True)


def waited(data: Data) -> tuple[int, int]:
    """How many called, and how many of them had a person within three minutes; (0, 0) as `_rows` says."""
    return _sums(_rows(data))


def _rows(data: Data) -> list[_Row]:
    """None where no system tells of calls that a person picked up: a share of the others alone would say nothing."""
    phone, back = by_the_shops_clock(data, PHONE), by_the_shops_clock(data, "call")
    if not any(became in CLASSES for became, _ in phone):
        return []
    known = sorted({hour for _, hour in phone})
    return [_row(hour, phone, back) for hour in range(known[0], known[-1] + 1)]


def _row(hour: int, phone: _Counts, back: _Counts) -> _Row:
    soon = sum(phone[each, hour] for each in SOON_CLASSES)
    longer = sum(phone[each, hour] for each in CLASSES) - soon
    in_vain = phone[IN_VAIN, hour]
    prompt = min(back[CALL_PROMPT, hour], in_vain)  # a ticket may be opened in the hour after its call
    all = soon + longer + in_vain
    return f"{hour:02}", all, soon, longer, in_vain, prompt, share(soon + prompt, all - soon - prompt)


def _sums(rows: Sequence[_Row]) -> tuple[int, int]:
    return sum(row[1] for row in rows), sum(row[2] + row[5] for row in rows)


def _bars(say: Words, rows: Sequence[_Row]) -> Bars:
    columns = ([row[2] for row in rows], [row[3] for row in rows], [row[4] for row in rows])
    parts = (
        Part(say(f"part.{name}"), pattern, tuple(values))
        for (name, pattern), values in zip(_PARTS, columns, strict=True)
    )
    said = tuple(row[6] if row[1] else "" for row in rows)
    return Bars("phone", "", "", tuple(row[0] for row in rows), tuple(parts), said)


def _title(say: Words, data: Data, rows: Sequence[_Row]) -> str:
    if not rows:
        return say("title.phone.none")
    (all, soon), in_vain = _sums(rows), sum(row[4] for row in rows)
    phone = data.counted(PHONE)
    answered = {each: sum(n for (became, _), n in phone.items() if became == each) for each in CLASSES}
    said = [
        say("title.phone.some", soon, all=all, percent=percent(soon, all)),
        say("title.phone.half", most=say(f"wait.{median(answered)}")),
    ]
    return " ".join((*said, say("title.phone.in_vain", in_vain)) if in_vain else said)
