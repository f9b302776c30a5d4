"""Contacts: for each hundred orders, when they come and who is there then; and how old records are still needed."""

from collections import Counter
from datetime import UTC, datetime, time, timedelta

from chalicelib.rendering import words
from chalicelib.rendering.charts.grid import Grid, grid
from chalicelib.rules.learning.tally import AGES, OLDER
from chalicelib.rules.timing.worktime import working_shifts
from chalicelib.services.learning.pictures.picture import Picture, Words, made, percent, simple
from chalicelib.services.learning.pictures.promises import week
from chalicelib.services.learning.pictures.reading import Data

_HOURS = range(24)


def per_order(data: Data) -> Picture:
    """Tickets for each hundred orders that became known in the same week."""
    say, rows = Words(data), list[tuple[str, int, int, float | None]]()
    for monday, days in data.weeks.items():
        tickets, orders = sum(data.counted("kind", days=days).values()), data.orders(days)
        rows.append((week(data, monday), tickets, orders, 100 * tickets / orders if orders else None))
    tickets, orders = sum(row[1] for row in rows), sum(row[2] for row in rows)
    if orders:
        title = say("title.contacts.some", tickets, rate=100 * tickets / orders, orders=orders)
    else:
        title = say("title.contacts.no_orders" if tickets else "title.contacts.none", tickets)
    rates = [row[3] or 0.0 for row in rows]
    bars = simple("contacts", [row[0] for row in rows], rates, [say.shown(row[3]) if row[2] else "" for row in rows])
    heads = say.heads("week", "tickets", "orders", "per_hundred")
    return made(say, "contacts", title, heads, rows, bars, upright=True)


def hours(data: Data) -> Picture:
    """When tickets were opened, by weekday and hour of the shop's clock, beside its opening hours."""
    say, counted = Words(data), _by_hour(data)
    staffed = _staffed(data)
    total = sum(counted.values())
    alone = sum(number for place, number in counted.items() if place not in staffed)
    title = say("title.hours.some", alone, percent=percent(alone, total), all=total) if total else say(
        "title.hours.none")  # fmt: skip
    names = words.names(data.language, "dates.weekdays")
    cells = tuple(tuple(counted[d, h] for h in _HOURS) for d in range(7))
    marked = tuple(tuple((d, h) not in staffed for h in _HOURS) for d in range(7))
    hour_names = tuple(f"{h:02}" for h in _HOURS)
    rows = [
        (name, *(f"{number or ''}{'*' if away else ''}" for number, away in zip(cells[d], marked[d], strict=True)))
        for d, name in enumerate(names)
    ]
    description = say("description.hours")
    meaning = say("hours_away"), say("hours_there")
    svg = grid(Grid("hours", title, description, tuple(names), hour_names, cells, marked, meaning))
    shown = tuple(tuple(map(str, row)) for row in rows) if total else ()
    return Picture("hours", title, description, svg, (say("column.weekday"), *hour_names), shown, shown,
                   tuple(None for _ in shown))  # fmt: skip


def ages(data: Data) -> Picture:
    """At which age somebody still needed a record, of the tickets opened in this time."""
    say, counted = Words(data), data.counted("needed")
    classes = (*map(str, AGES), OLDER)
    numbers = [counted[(each,)] for each in classes]
    late = sum(numbers[1:])
    if not sum(numbers):
        title = say("title.ages.none")
    elif not late:
        title = say("title.ages.young")
    else:
        oldest = max(n for n, number in enumerate(numbers) if number)
        title = say("title.ages.some", late, age=say(f"age.{classes[oldest]}"))
    labels = [say(f"age.{each}") for each in classes]
    bars = simple("ages", labels, numbers, [say.shown(n) for n in numbers])
    cells = list(zip(labels, numbers, strict=True))
    return made(say, "ages", title, say.heads("age", "tickets"), cells, bars)


def _by_hour(data: Data) -> Counter[tuple[int, int]]:
    """Tickets by weekday and hour on the shop's clock: counts are by UTC, and the day says which hour that was here."""
    found: Counter[tuple[int, int]] = Counter()
    for day in data.dates:
        for (hour,), number in data.counted("hour", days=[day]).items():
            there = datetime.combine(day, time(int(hour)), UTC).astimezone(data.shop.hours.zone)
            found[there.weekday(), there.hour] += number
    return found


def _staffed(data: Data) -> set[tuple[int, int]]:
    """The hours of a week of which the shop works at least half, without holidays."""
    zone, found = data.shop.hours.zone, set[tuple[int, int]]()
    monday = data.until - timedelta(days=data.until.weekday())
    for day in (monday + timedelta(days=n) for n in range(7)):
        shifts = working_shifts(day, data.shop.hours)
        for hour in _HOURS:
            middle = datetime.combine(day, time(hour, 30), zone)
            if any(opens <= middle < closes for opens, closes in shifts):
                found.add((day.weekday(), hour))
    return found
