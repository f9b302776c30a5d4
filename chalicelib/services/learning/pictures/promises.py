"""Promises: by week, by kind, and about orders; and how soon first answers came."""

from collections.abc import Iterable
from datetime import date

from chalicelib.rendering import words
from chalicelib.rendering.charts.bars import Bars
from chalicelib.rules.learning.tally import SHARES, UNANSWERED, VERY_LATE
from chalicelib.services.learning.pictures.picture import Picture, Words, made, percent, simple, two
from chalicelib.services.learning.pictures.reading import Data

_ORDER = "order_"


def by_week(data: Data) -> Picture:
    say, rows = Words(data), list[tuple[str, int, int]]()
    for monday, days in data.weeks.items():
        kept = [data.kept[day] for day in days if day in data.kept]
        rows.append((week(data, monday), sum(each.kept for each in kept), sum(each.missed for each in kept)))
    title = _title(say, "promises", rows)
    said = [f"{percent(kept, kept + missed)} %" if kept + missed else "" for _, kept, missed in rows]
    bars = _two("promises", say, rows, said)
    heads = say.heads("week", "kept", "missed", "share_kept")
    return made(say, "promises", title, heads, _with_share(rows), bars, upright=True)


def by_kind(data: Data) -> Picture:
    say = Words(data)
    rows = [(say.kind(kind), *counts) for kind, counts in _by(data) if not kind.startswith(_ORDER)]
    return _of_kinds(say, "kinds", rows)


def of_orders(data: Data) -> Picture:
    say = Words(data)
    found = [(kind, counts) for kind, counts in _by(data) if kind.startswith(_ORDER)]
    return _of_kinds(say, "orders", [(say(f"promise.{kind}"), *counts) for kind, counts in found])


def first_answers(data: Data) -> Picture:
    """How much of the promised time they took."""
    say, counted = Words(data), data.counted("first")
    names = (*(name for _, name in SHARES), VERY_LATE, UNANSWERED)
    numbers = [counted[(name,)] for name in names]
    answered, late = sum(numbers[:-1]), counted[("late",)] + counted[(VERY_LATE,)]
    if not sum(numbers):
        title = say("title.first.none")
    elif not answered:
        title = say("title.first.open", sum(numbers))
    else:
        title = say("title.first.some", late, percent=percent(answered - late, answered), open=numbers[-1])
    labels = [say(f"first.{name}") for name in names]
    rows = [(label, n, f"{percent(n, sum(numbers))} %") for label, n in zip(labels, numbers, strict=True)]
    bars = simple("first", labels, numbers, [say.shown(n) for n in numbers])
    return made(say, "first", title, say.heads("first_answer", "tickets", "share"), rows, bars)


def week(data: Data, monday: date) -> str:
    """ "9 Nov": the day on which a week began."""
    months = words.names(data.language, "desk.time.months")
    return words.phrase(data.language, "reports.week").format(day=monday.day, month=months[monday.month - 1])


def _by(data: Data) -> Iterable[tuple[str, tuple[int, int]]]:
    sums: dict[str, tuple[int, int]] = {}
    for each in data.kept.values():
        for kind, (kept, missed) in each.by.items():
            before = sums.get(kind, (0, 0))
            sums[kind] = before[0] + kept, before[1] + missed
    return sorted(sums.items(), key=lambda item: (-item[1][1], -item[1][0], item[0]))


def _of_kinds(say: Words, id: str, rows: list[tuple[str, int, int]]) -> Picture:
    said = [f"{percent(kept, kept + missed)} %" for _, kept, missed in rows]
    title = _title(say, id, rows)
    heads = say.heads("promise" if id == "orders" else "kind", "kept", "missed", "share_kept")
    return made(say, id, title, heads, _with_share(rows), _two(id, say, rows, said) if rows else None)


def _two(id: str, say: Words, rows: list[tuple[str, int, int]], said: list[str]) -> Bars:
    kept, missed = [row[1] for row in rows], [row[2] for row in rows]
    return two(id, [row[0] for row in rows], (say("part.kept"), kept), (say("part.missed"), missed), said)


def _title(say: Words, id: str, rows: list[tuple[str, int, int]]) -> str:
    kept, missed = sum(row[1] for row in rows), sum(row[2] for row in rows)
    if not kept + missed:
        return say(f"title.{id}.none")
    if not missed:
        return say(f"title.{id}.all", kept)
    worst = max(rows, key=lambda row: row[2])
    return say(
        f"title.{id}.some", missed, percent=percent(kept, kept + missed), all=kept + missed, most=worst[0], of=worst[2]
    )


def _with_share(rows: list[tuple[str, int, int]]) -> list[tuple[str, int, int, str]]:
    return [(*row, f"{percent(row[1], row[1] + row[2])} %" if row[1] + row[2] else "–") for row in rows]
