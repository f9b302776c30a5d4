"""Parses dates of headers and of quoted header blocks as mail programs of many countries write them. Returns an aware
datetime, or None if no date can be read."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

from chalicelib.mail.headers import month_names
from chalicelib.patterns import pattern

_RFC_5322 = pattern(
    r"(?:[A-Za-z]{3,9}[.,]?\s*,?\s*)?(\d{1,2})[\s-]+([A-Za-z]{3,9})\.?[\s-]+(\d{2,4}),?\s+"
    r"(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?(?:\.\d+)?\s*([AaPp][Mm])?\s*(?:GMT|UTC)?([+-]\s?\d{1,2}:?\d{0,2}"
    r"|[A-Za-z]{1,5})?"
)
_HALF = r"([AaPp]\.?\s?[Mm]\.?|[πμ]\.?μ\.?)"
_ZONE = r"(?:GMT|UTC)?([+-]\d{1,2}(?::?\d{2})?|[A-Z]{1,5})"
_ISO = pattern(
    r"(\d{4})[-/.]\s?(\d{1,2})[-/.]\s?(\d{1,2})(?:(?:T|[^\d+]{1,12})(\d{1,2}):(\d{2})(?::(\d{2}))?(?:\.\d+)?\s*(Z"
    r"|[+-]\d{2}:?\d{2})?)?"
)
_US = pattern(
    r"([^\W\d_]{3,14})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})(?:,?\s+(?:at\s+)?(\d{1,2}):(\d{2})(?::(\d{2}))?\s*"
    + _HALF
    + r"?)?"
    r"(?:\s*" + _ZONE + r")?"
)
_ASCTIME = pattern(
    r"[A-Za-z]{3}\s+([A-Za-z]{3})\s+(\d{1,2})\s+(\d{1,2}):(\d{2}):(\d{2})\s+(?:([A-Z]{1,5}"
    r"|[+-]\d{4})\s+)?(\d{4})"
)
_AT = r"(?:[,\s]+(?:[^\W\d]{1,8}\.?,?\s+){0,3}(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?)?"
_DOTTED = pattern(r"(?<!\d)(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4}|\d{2})\b" + _AT)
_SLASHED = pattern(r"(?<!\d)(\d{1,2})[/-](\d{1,2})[/-](\d{4}|\d{2})\b" + _AT)
_VIETNAMESE = pattern(r"(\d{1,2}) (?:thg|tháng) (\d{1,2}),? (?:năm )?(\d{4})" + _AT)
_WORDED = pattern(
    r"(\d{1,2})([.ºª])?\s+(?:de\s+|d['’])?([^\W\d_]{3,14})\.?,?\s+(?:de\s+)?(\d{4})"
    r"(?:[^\d]{1,14}(\d{1,2})[:.h](\d{2})(?::(\d{2}))?\s*" + _HALF + r"?)?(?:\s*" + _ZONE + r")?"
)
_YEAR_FIRST = pattern(
    r"(\d{4})\.?,? (?:m\. )?([^\W\d_]{3,14})\.? (\d{1,2})\.?(?:[^\d]{1,14}(\d{1,2}):(\d{2})(?::(\d{2}))?)?"
)
_CJK = pattern(
    r"(\d{4})[年년]\s?(\d{1,2})[月월]\s?(\d{1,2})[日일][^\d]{0,12}(?:(\d{1,2})[:：](\d{2})(?:[:：](\d{2}))?)?"
)

_ZONES = {
    "UT": 0, "UTC": 0, "GMT": 0, "Z": 0, "WET": 0, "WEST": 60, "BST": 60, "CET": 60, "MET": 60, "CEST": 120,
    "MEST": 120, "EET": 120, "EEST": 180, "MSK": 180, "JST": 540, "KST": 540, "EST": -300, "EDT": -240,
    "CST": -360, "CDT": -300, "MST": -420, "MDT": -360, "PST": -480, "PDT": -420, "AEST": 600, "AEDT": 660,
    "HKT": 480, "IST": 330,
}  # fmt: skip


def parse(text: str) -> datetime | None:
    """The time in a Date header or in the date line of a quoted header block; UTC if it gives no zone."""
    text = re.sub(r"\s+", " ", text[:200]).strip()
    if not text:
        return None
    for reader in (_rfc_5322, _iso, _asctime, _us, _worded, _year_first, _cjk, _numeric):
        try:
            found = reader(text)
        except (ValueError, OverflowError):
            continue
        if found:
            return found
    return None


def _rfc_5322(text: str) -> datetime | None:
    match = _RFC_5322.search(text)
    month = month_names.month(match.group(2)) or month_names.month(match.group(2)[:3]) if match else None
    if not match or not month:
        return None
    day, _, year, hour, minute, second, half, zone = match.groups()
    return _moment((_year(year), month, day), (hour, minute, second), half, zone)


def _iso(text: str) -> datetime | None:
    match = _ISO.search(text)
    if not match:
        return None
    year, month, day, hour, minute, second, zone = match.groups()
    return _moment((int(year), int(month), day), (hour, minute, second), None, zone)


def _asctime(text: str) -> datetime | None:
    match = _ASCTIME.search(text)
    month = month_names.month(match.group(1)) if match else None
    if not match or not month:
        return None
    _, day, hour, minute, second, zone, year = match.groups()
    return _moment((int(year), month, day), (hour, minute, second), None, zone)


def _us(text: str) -> datetime | None:
    match = _US.search(text)
    month = month_names.month(match.group(1)) if match else None
    if not match or not month:
        return None
    _, day, year, hour, minute, second, half, zone = match.groups()
    return _moment((int(year), month, day), (hour, minute, second), half, zone)


def _worded(text: str) -> datetime | None:
    match = _WORDED.search(text)
    month = month_names.month(match.group(3), dotted=match.group(2) == ".") if match else None
    if not match or not month:
        return None
    day, _, _, year, hour, minute, second, half, zone = match.groups()
    return _moment((int(year), month, day), (hour, minute, second), half, zone)


def _year_first(text: str) -> datetime | None:
    match = _YEAR_FIRST.search(text)
    month = month_names.month(match.group(2)) if match else None
    if not match or not month:
        return None
    year, _, day, hour, minute, second = match.groups()
    return _moment((int(year), month, day), (hour, minute, second), None, None)


def _cjk(text: str) -> datetime | None:
    match = _CJK.search(text)
    if not match:
        return None
    year, month, day, hour, minute, second = match.groups()
    half = "pm" if "下午" in text or "午後" in text or "오후" in text else None
    return _moment((int(year), int(month), day), (hour, minute, second), half, None)


def _numeric(text: str) -> datetime | None:
    match = _VIETNAMESE.search(text) or _DOTTED.search(text) or _SLASHED.search(text)
    if not match:
        return None
    day, month, year, hour, minute, second = match.groups()
    # Most of the world writes the day first; the month is first only if the other order is impossible.
    if int(month) > 12:
        day, month = month, day
    return _moment((_year(year), int(month), day), (hour, minute, second), None, None)


def _year(text: str) -> int:
    year = int(text)
    return year if year > 999 else year + 1900 if year >= 50 else year + 2000


def _moment(
    day: tuple[int, int, str], time: tuple[str | None, str | None, str | None], half: str | None, zone: str | None
) -> datetime:
    (year, month, number), (hour, minute, second) = day, time
    hours = int(hour or 0)
    if half:
        hours = hours % 12 + (12 if half[0] in "pPμ" else 0)
    seconds = min(int(second or 0), 59)
    return datetime(year, month, int(number), hours % 24, int(minute or 0), seconds, tzinfo=_zone(zone))


def _zone(text: str | None) -> timezone:
    name = (text or "").replace(" ", "").replace(":", "").upper()
    if not name or name in _ZONES:
        minutes = _ZONES.get(name, 0)
    elif name[0] in "+-" and name[1:].isdigit():
        digits = name[1:].rjust(2, "0") if len(name) <= 3 else name[1:].rjust(4, "0")
        hours, rest = (int(digits), 0) if len(digits) == 2 else (int(digits[:-2]), int(digits[-2:]))
        minutes = (hours * 60 + rest) * (-1 if name[0] == "-" else 1)
    else:
        return UTC
    return timezone(timedelta(minutes=minutes)) if abs(minutes) < 24 * 60 else UTC
