"""The words people read: a folder for each language, templates/words/<language>, with a file for each area. Looked up
by dotted key.

A missing key or an unfilled placeholder is a KeyError: a customer never gets half a sentence.
"""

import json
import tomllib
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Protocol
from zoneinfo import ZoneInfo

FOLDER = Path(__file__).resolve().parents[2] / "templates" / "words"
# The package has all words of a language in one file, too (deploy.compiling.templates); the checkout has not.
COMPILED = FOLDER.parents[1] / "compiled/words"
PLURAL = {"one", "other"}
# A word with plural forms may have this one too, for a count that is not exact.
MORE = "more"
_LAST_MINUTE = time(23, 59)
_INSTANT = timedelta(microseconds=1)


class DueTime(Protocol):
    """When something is due, and whether only the day is shown (rules.tickets.due_dates)."""

    @property
    def at(self) -> datetime: ...

    @property
    def by_day(self) -> bool: ...


Word = str | list[str] | Mapping[str, str]


@cache
def languages() -> tuple[str, ...]:
    """The languages that have a folder."""
    return tuple(sorted(folder.name for folder in FOLDER.iterdir() if folder.is_dir()))


@cache
def book(language: str) -> Mapping[str, Word]:
    """All words of a language by dotted key. Raises KeyError for a language without a folder."""
    if language not in languages():
        raise KeyError(f"there is no folder templates/words/{language}")
    compiled = COMPILED / f"{language}.json"
    return json.loads(compiled.read_text(encoding="utf-8")) if compiled.exists() else read(language)


def read(language: str) -> dict[str, Word]:
    """All words of a language, from its files."""
    areas = (tomllib.loads(file.read_text(encoding="utf-8")) for file in sorted((FOLDER / language).glob("*.toml")))
    return {key: word for area in areas for key, word in _flat(area)}


def _flat(table: Mapping[str, Any], prefix: str = "") -> list[tuple[str, Word]]:
    flat: list[tuple[str, Word]] = []
    for name, value in table.items():
        if isinstance(value, dict) and set(value) - {MORE} != PLURAL:
            flat += _flat(value, f"{prefix}{name}.")
        else:
            flat.append((f"{prefix}{name}", value))
    return flat


def phrase(language: str, key: str, count: int | None = None, *, more: bool = False) -> str:
    """The words under a key, with placeholders still in braces. `count` chooses between `one` and `other`; with `more`,
    there are more than `count`."""
    word = book(language).get(key)
    if isinstance(word, Mapping):
        word = word[MORE if more else "one" if count == 1 else "other"]
    if not isinstance(word, str):
        raise KeyError(f"templates/words/{language} has no phrase {key}")
    return word


def phrase_or(language: str, key: str, otherwise: str = "") -> str:
    """The words under a key, or `otherwise` if there are none: for codes that come from outside or have words only in
    some places."""
    word = book(language).get(key)
    return word if isinstance(word, str) else otherwise


def names(language: str, key: str) -> list[str]:
    """The list of words under a key, such as the months."""
    word = book(language).get(key)
    if not isinstance(word, list):
        raise KeyError(f"templates/words/{language} has no list {key}")
    return word


def under(language: str, table: str) -> list[str]:
    """The keys of a table, in the file's order."""
    return [key.removeprefix(f"{table}.") for key in book(language) if key.startswith(f"{table}.")]


def problem(field: str, code: str, language: str, **values: object) -> str:
    """What to correct, in words: those for this field if there are any, otherwise those for this code."""
    known = book(language)
    key = next((key for key in (f"problem.{field}.{code}", f"problem.{code}") if key in known), "problem.unknown")
    count = values.get("count")
    return phrase(language, key, count if isinstance(count, int) else None).format(**values)


def moment(at: datetime, timezone: str, language: str) -> str:
    """Friday, 27 November 2026, 16:30: day and time in the shop's time zone. The last minute of a day is shown as that
    day."""
    last = at.astimezone(ZoneInfo(timezone)).time().replace(second=0, microsecond=0) == _LAST_MINUTE
    return _dated("dates.whole_day" if last else "dates.moment", at, timezone, language)


def to_the_minute(at: datetime, timezone: str, language: str) -> str:
    """Friday, 27 November 2026, 16:30 (Europe/Berlin, UTC+01:00): for a moment that must be proven."""
    offset = at.astimezone(ZoneInfo(timezone)).isoformat()[-6:]
    return f"{_dated('dates.moment', at, timezone, language)} ({timezone}, UTC{offset})"


def due(due: DueTime, timezone: str, language: str) -> str:
    """When it is due: only the day if a day was promised, otherwise to the minute. Midnight is the end of the day
    before."""
    if not due.by_day:
        return moment(due.at, timezone, language)
    return _dated("dates.whole_day", due.at - _INSTANT, timezone, language)


def day(at: datetime, timezone: str, language: str) -> str:
    """27 November 2026: only the day, in the shop's time zone."""
    return _dated("dates.day", at, timezone, language)


def date_in_words(on: date, language: str) -> str:
    """27 November 2026: a date without a time zone."""
    return day(datetime.combine(on, time(12), UTC), "UTC", language)


def _dated(form: str, at: datetime, timezone: str, language: str) -> str:
    there = at.astimezone(ZoneInfo(timezone))
    return phrase(language, form).format(
        weekday=names(language, "dates.weekdays")[there.weekday()],
        day=there.day,
        month=names(language, "dates.months")[there.month - 1],
        year=there.year,
        time=f"{there:%H:%M}",
    )


def number(count: int, language: str) -> str:
    """12,500: thousands are separated."""
    return f"{count:,}".replace(",", phrase(language, "sizes.thousands"))


def money(amount: str, language: str) -> str:
    """An amount such as "1250.50 EUR" with the language's decimal sign: 1250,50 EUR."""
    return amount.replace(".", phrase(language, "sizes.decimal"))


def size(count: int, language: str) -> str:
    """A number of bytes in decimal units: 740 bytes, 12 KB, 3.4 MB."""
    if count < 1000:
        return phrase(language, "sizes.bytes", count).format(count=count)
    if count < 999_500:
        return f"{round(count / 1000)} KB"
    return f"{count / 1_000_000:.1f} MB".replace(".0 ", " ").replace(".", phrase(language, "sizes.decimal"))
