"""Whether a text says something, however it is written: a period in figures or in words, a name across lines."""

import re
from collections.abc import Iterable, Iterator, Mapping

from chalicelib.patterns import pattern
from chalicelib.rules.timing.periods import Period, Unit

_ENGLISH = (
    "", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
    "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_ENGLISH_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_GERMAN = (
    "", "ein", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn", "elf", "zwölf", "dreizehn",
    "vierzehn", "fünfzehn", "sechzehn", "siebzehn", "achtzehn", "neunzehn",
)  # fmt: skip
_GERMAN_TENS = ("", "", "zwanzig", "dreißig", "vierzig", "fünfzig", "sechzig", "siebzig", "achtzig", "neunzig")
_WEEKS = "weeks"
_UNITS: Mapping[str, Mapping[str, str]] = {
    "en": {
        Unit.MINUTES: "minutes?",
        Unit.HOURS: "hours?",
        Unit.DAYS: "(?:calendar )?days?",
        Unit.MONTHS: "months?",
        Unit.YEARS: "years?",
        Unit.WORKING_HOURS: "working hours?",
        Unit.WORKING_DAYS: "(?:working|business) days?",
        _WEEKS: "weeks?",
    },
    "de": {
        Unit.MINUTES: "minuten?",
        Unit.HOURS: "stunden?",
        Unit.DAYS: "(?:kalender)?tage?n?",
        Unit.MONTHS: "monate?n?",
        Unit.YEARS: "jahre?n?",
        Unit.WORKING_HOURS: "arbeitsstunden?",
        Unit.WORKING_DAYS: "(?:arbeits|werk)tage?n?",
        _WEEKS: "wochen?",
    },
}
# The same time in another unit, as people write it too.
_ALSO: Mapping[Unit, tuple[str, int]] = {
    Unit.DAYS: (_WEEKS, 7),
    Unit.YEARS: (Unit.MONTHS, -12),
    Unit.MONTHS: (Unit.YEARS, 12),
}
_JOINED = pattern(r"[\s*_\u00a0\u202f]+")
_QUOTES = str.maketrans("’‘ʼ‐‑", "'''--")


def plain(text: str) -> str:
    """The text in small letters and one line, without emphasis, with simple quotes and hyphens."""
    return _JOINED.sub(" ", text.translate(_QUOTES)).casefold()


def names(text: str, wanted: Iterable[str]) -> bool:
    """Whether the text has one of these."""
    said = plain(text)
    return any(plain(each) in said for each in wanted)


def states(text: str, period: Period, language: str) -> bool:
    """Whether the text states this period, in the language's words or in figures."""
    said = plain(text)
    return any(
        re.search(rf"\b(?:{amounts})[ -]{unit}\b", said)
        for amount, unit in _units(period, language)
        if (amounts := "|".join(_written(amount, language)))
    )


def _units(period: Period, language: str) -> Iterator[tuple[int, str]]:
    units = _UNITS.get(language, _UNITS["en"])
    yield period.amount, plain(units[period.unit])
    other, factor = _ALSO.get(period.unit, ("", 1))
    if other and factor < 0:
        yield period.amount * -factor, units[other]
    elif other and period.amount % factor == 0:
        yield period.amount // factor, units[other]


def _written(amount: int, language: str) -> Iterator[str]:
    yield str(amount)
    if 0 < amount < 100:
        tens, ones = divmod(amount, 10)
        yield from map(plain, _german(amount, tens, ones) if language == "de" else _english(amount, tens, ones))


def _english(amount: int, tens: int, ones: int) -> Iterator[str]:
    if amount < 20:
        yield _ENGLISH[amount]
    else:
        yield _ENGLISH_TENS[tens] + (f"[ -]{_ENGLISH[ones]}" if ones else "")
    if amount == 1:
        yield "an?"


def _german(amount: int, tens: int, ones: int) -> Iterator[str]:
    if amount == 1:
        yield "eine[mnrs]?|ein"
    elif amount < 20:
        yield _GERMAN[amount]
    else:
        yield (f"{_GERMAN[ones]}und" if ones else "") + _GERMAN_TENS[tens]
