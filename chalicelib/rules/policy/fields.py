"""The plain values of policy.toml: each function takes the written value and returns the value it means.

Each raises ValueError with a sentence that says what to write instead.
"""

import re
from collections.abc import Callable
from datetime import date, datetime, time
from enum import StrEnum
from itertools import pairwise
from typing import Any, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from chalicelib.contrast import ENOUGH, contrast
from chalicelib.patterns import pattern
from chalicelib.rules.policy.model import ClosedDay
from chalicelib.rules.policy.tables import BAD, FORMS, Read, Reading, items, scalar, shown, unknown
from chalicelib.rules.policy.toml_lines import Path
from chalicelib.rules.timing import periods
from chalicelib.rules.timing.worktime import MIDNIGHT, Interval

LANGUAGES = ("en", "de")
"""The languages that a shop may use: those with words in templates/words."""
ADDRESS = pattern(r"[A-Za-z0-9.!#$%&'*+/=?^_{|}~-]+@([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,}")
INTERVAL = pattern(r"([0-9]{2}):([0-9]{2}) ?[-\N{EN DASH}] ?([0-9]{2}):([0-9]{2})")
_Member = TypeVar("_Member", bound=StrEnum)
THIS_MACHINE = ("localhost", "127.0.0.1")
_WHITE = "#ffffff"  # the words on buttons of the shop's colour


def words(raw: str) -> str:
    if not raw.strip() or not raw.replace("\n", " ").isprintable():
        raise ValueError("is empty or has characters that can't be shown: write it in plain words.")
    return raw.strip()


def matching(pattern: str, wanted: str) -> Callable[[str], str]:
    def convert(raw: str) -> str:
        if not re.fullmatch(pattern, raw):
            raise ValueError(f"{shown(raw)} does not fit here: write {wanted}.")
        return raw

    return convert


def one_of(*known: str) -> Callable[[str], str]:
    def convert(raw: str) -> str:
        if raw not in known:
            raise ValueError(f"{shown(raw)} {unknown(raw, known)}")
        return raw

    return convert


def member(enum: type[_Member]) -> Callable[[str], _Member]:
    known = one_of(*enum)
    return lambda raw: enum(known(raw))


def number(minimum: int, maximum: int) -> Read:
    def convert(raw: int) -> int:
        if not minimum <= raw <= maximum:
            raise ValueError(f"{raw} does not fit here: write a whole number from {minimum} to {maximum}.")
        return raw

    return scalar(int, convert)


def lasting(raw: str) -> periods.Period:
    """A period longer than zero: for how long something is kept or extended, or how long before a due date a warning
    comes."""
    found = periods.parse(raw)
    if found.amount == 0:
        raise ValueError('"immediately" makes no sense here: write a time that passes, such as "30 days".')
    return found


def minutes(raw: str) -> periods.Period:
    """A time for which somebody waits before a screen."""
    found = lasting(raw)
    if found.unit is not periods.Unit.MINUTES:
        raise ValueError(f'{shown(raw)} is too long before a screen: write minutes, such as "2 minutes".')
    return found


def address(raw: str) -> str:
    """A mail address in lower case: two spellings never mean two people."""
    if not ADDRESS.fullmatch(raw.strip()):
        raise ValueError(f'{shown(raw)} is no mail address: write one such as "care@help.northlight.example".')
    return raw.strip().lower()


def mail_domain(raw: str) -> str:
    if not re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", raw):
        raise ValueError(f'{shown(raw)} is no domain of mail addresses: write one such as "gmail.com".')
    return raw


def support_address(raw: str) -> str:
    if "+" in raw:
        raise ValueError(f'{shown(raw)} has a "+", which Aftercare adds itself to tell replies apart: leave it out.')
    return address(raw)


def url(raw: str) -> str:
    try:
        parts = urlsplit(raw)
        host, _ = parts.hostname, parts.port
    except ValueError:
        parts, host = urlsplit(""), None
    local = host in THIS_MACHINE
    if not host or "@" in parts.netloc or re.search(r"[\s\"<>\\^`{|}]", raw) or not (local or "." in host):
        raise ValueError(f'{shown(raw)} is no web address: write one such as "https://www.northlight.example/help".')
    if parts.scheme != "https" and not (local and parts.scheme == "http"):
        raise ValueError(f'{shown(raw)} is not secure: write it with "https://" (only localhost may do without).')
    return raw


def webhook(raw: str) -> str:
    """Where events are posted: a name and no number, because a number names a machine within some network."""
    host = urlsplit(url(raw)).hostname or ""
    if host not in THIS_MACHINE and (":" in host or host.rpartition(".")[2].isdigit()):
        raise ValueError(f"{shown(raw)} has a number for its host: write the name of the shop's server.")
    return raw


def origin(raw: str) -> str:
    parts = urlsplit(url(raw))
    whole = f"{parts.scheme}://{parts.netloc}".lower()
    if raw != whole:
        raise ValueError(f'{shown(raw)} is more than a web origin: write "{whole}", without path or final slash.')
    return raw


def colour(raw: str) -> str:
    """A shop's colour: written as #rrggbb, and dark enough for white words on it."""
    if not re.fullmatch("#[0-9a-fA-F]{6}", raw):
        raise ValueError(f'{shown(raw)} is no colour: write six hexadecimal digits such as "#1f5fa8".')
    shade, ratio = raw, contrast(raw, _WHITE)
    if ratio >= ENOUGH:
        return raw.lower()
    while contrast(shade, _WHITE) < ENOUGH:
        shade = "#" + "".join(f"{int(shade[i : i + 2], 16) * 97 // 100:02x}" for i in (1, 3, 5))
    raise ValueError(
        f"{shown(raw)} is too light for buttons with white words (contrast {ratio:.1f}, "
        f'{ENOUGH} is needed): write a darker one such as "{shade}".'
    )


def timezone(raw: str) -> str:
    try:
        ZoneInfo(raw)
    except (ValueError, OSError, LookupError):
        raise ValueError(f'{shown(raw)} is no time zone: write one such as "Europe/Berlin".') from None
    return raw


def interval(raw: str) -> Interval:
    try:
        match = INTERVAL.fullmatch(raw.strip())
        if not match:
            raise ValueError
        opens = time(int(match[1]), int(match[2]))
        closes = MIDNIGHT if (match[3], match[4]) == ("24", "00") else time(int(match[3]), int(match[4]))
        if (closes <= opens and closes != MIDNIGHT) or match[3] == "00":
            raise ValueError
    except ValueError:
        raise ValueError(
            f'{shown(raw)} is no working time: write opening and closing such as "09:00-12:30" (up to "24:00"); '
            "a night is written on both its days."
        ) from None
    return opens, closes


def time_of_day(raw: str) -> time:
    try:
        return datetime.strptime(raw.strip(), "%H:%M").time()
    except ValueError:
        raise ValueError(f'{shown(raw)} is no time of day: write it such as "08:00".') from None


def intervals(raw: Any, path: Path, reading: Reading) -> Any:
    """One day's intervals, in order and without overlap."""
    found = items(scalar(str, interval))(raw, path, reading)
    if found is BAD:
        return BAD
    for index, (earlier, later) in enumerate(pairwise(found)):
        if earlier[1] == MIDNIGHT or later[0] <= earlier[1]:
            return reading.bad(
                (*path, index + 1), f"{shown(raw[index + 1])} begins before the last is over: write them in order."
            )
    return found


def day(raw: Any, path: Path, reading: Reading) -> Any:
    if type(raw) is date:
        return raw
    return reading.bad(path, f"{shown(raw)} is no date: write one such as 2026-11-01, without quotes.")


def closed_day(raw: Any, path: Path, reading: Reading) -> Any:
    """A date (2026-12-24), or month and day for each year ("12-24"), as (month, day, year or None)."""
    if type(raw) is date:
        return raw.month, raw.day, raw.year
    try:
        found = date.fromisoformat(f"2000-{raw}")  # a leap year, so that 02-29 is a valid day
    except ValueError:
        return reading.bad(path, f'{shown(raw)} is no day: write 2026-12-24, or "12-24" for each year.')
    return found.month, found.day, None


def make_closed_day(day: tuple[int, int, int | None], name: str) -> ClosedDay:
    return ClosedDay(name, *day)


def a_table(raw: Any, path: Path, reading: Reading) -> Any:
    """A table that is read elsewhere."""
    return raw if isinstance(raw, dict) else reading.bad(path, f"{shown(raw)} does not fit here: write {FORMS[dict]}.")


def text(raw: Any, path: Path, reading: Reading) -> Any:
    """The same words per language: in all of the shop's languages, and in any other that Aftercare knows."""
    if not isinstance(raw, dict):
        return reading.bad(path, f'{shown(raw)} does not fit here: write {{ en = "…" }} with each of the languages.')
    read = scalar(str, words)
    values = {}
    for language, said in raw.items():
        if language not in LANGUAGES:
            values[language] = reading.bad((*path, language), unknown(language, LANGUAGES))
        else:
            values[language] = read(said, (*path, language), reading)
    for language in reading.languages:
        if language not in raw:
            values[language] = reading.bad((*path, language), "is missing: write the words in this language too.")
    return BAD if BAD in values.values() else values
