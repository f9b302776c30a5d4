"""Waiting on the telephone: how many calls a person answered within three minutes, by hour."""

from collections import Counter
from collections.abc import Sequence

from chalicelib.rendering.charts.bars import Bars
from chalicelib.rendering.charts.style import Pattern
from chalicelib.rules.learning.phone import CLASSES, IN_VAIN, PHONE, SOON_CLASSES, median
from chalicelib.services.learning.pictures.calls import by_the_shops_clock, hours
from chalicelib.services.learning.pictures.picture import Picture, Words, made, stacked
from chalicelib.services.learning.pictures.reading import Data

_Row = tuple[str, int, int, int, int, str]
_PARTS = (("soon", Pattern.SOLID), ("longer", Pattern.STRIPES), ("in_vain", Pattern.DOTS))


def by_hour(data: Data) -> Picture:
    """By the shop's clock, from the first hour with a call to the last. Nothing where no system tells of calls that a
    person answered: a share of the others alone would say nothing."""
    say, phone = Words(data), by_the_shops_clock(data, PHONE)
    answered = {each: sum(n for (became, _), n in phone.items() if became == each) for each in CLASSES}
    rows = [_row(hour, phone) for hour in hours(phone)] if any(answered.values()) else []
    heads = say.heads("hour", "phoned", "answered_soon", "answered_longer", "given_up", "share_soon")
    title = _title(say, rows, answered)
    return made(say, "phone", title, heads, rows, _bars(say, rows) if rows else None, upright=True)


def _row(hour: int, phone: Counter[tuple[str, int]]) -> _Row:
    soon = sum(phone[each, hour] for each in SOON_CLASSES)
    longer = sum(phone[each, hour] for each in CLASSES) - soon
    all = soon + longer + phone[IN_VAIN, hour]
    return f"{hour:02}", all, soon, longer, phone[IN_VAIN, hour], f"{_percent(soon, all)} %" if all else "–"


def _percent(part: int, whole: int) -> int:
    """Rounded down: 94.9 per cent are not the 95 that a law asks for."""
    return 100 * part // whole


def _bars(say: Words, rows: Sequence[_Row]) -> Bars:
    columns = ([row[2] for row in rows], [row[3] for row in rows], [row[4] for row in rows])
    parts = ((say(f"part.{name}"), pattern, values) for (name, pattern), values in zip(_PARTS, columns, strict=True))
    return stacked("phone", [row[0] for row in rows], parts, [row[5] if row[1] else "" for row in rows])


def _title(say: Words, rows: Sequence[_Row], answered: dict[str, int]) -> str:
    if not rows:
        return say("title.phone.none")
    all, soon, in_vain = sum(row[1] for row in rows), sum(row[2] for row in rows), sum(row[4] for row in rows)
    some = say("title.phone.some", soon=soon, all=all, percent=_percent(soon, all))
    found = (some, say("title.phone.median", most=say(f"wait.{median(answered)}")))
    return " ".join((*found, say("title.phone.in_vain", in_vain)) if in_vain else found)
