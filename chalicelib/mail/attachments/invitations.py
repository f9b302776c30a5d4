"""Summarises a calendar part (RFC 5545) in one line, so that agents see what was proposed without opening a file. Only
the first event is read; a calendar without an event gives no line. The line becomes part of a message's text, which
people of several languages read; so it has signs and no words of ours."""

from __future__ import annotations

import re

from chalicelib.patterns import pattern

MAX_CHARS = 100_000
_LINE = pattern(r"^([A-Z-]+)((?:;[^:\n]*)?):([^\n]*)", re.M)
_WHEN = pattern(r"(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2}))?")
EVENT = "📅"
# Cancelled, answered, another time proposed (RFC 5546).
_SIGNS = {"CANCEL": "❌", "REPLY": "↩", "COUNTER": "🔄"}
_UNTITLED = "–"


def summary(calendar: str) -> str:
    """For example "📅 Visit, 2026-03-02 10:00 (Europe/Berlin), Main Street 1"; "" if there is no event."""
    text = re.sub(r"\r?\n[ \t]", "", calendar[:MAX_CHARS]).replace("\r", "")
    begin = text.upper().find("BEGIN:VEVENT")
    if begin < 0:
        return ""
    method = next(
        (match.group(3).strip().upper() for match in _LINE.finditer(text, 0, begin) if match.group(1) == "METHOD"), ""
    )
    event: dict[str, tuple[str, str]] = {}
    for match in _LINE.finditer(text, begin):
        if match.group(1) == "END":
            break
        event.setdefault(match.group(1), (match.group(2), match.group(3).strip()))
    title = _plain(event.get("SUMMARY", ("", ""))[1])
    pieces = [title or _UNTITLED, _when(*event.get("DTSTART", ("", ""))), _plain(event.get("LOCATION", ("", ""))[1])]
    return " ".join(filter(None, (EVENT, _SIGNS.get(method), ", ".join(filter(None, pieces)))))


def _when(parameters: str, value: str) -> str:
    match = _WHEN.match(value)
    if not match:
        return ""
    year, month, day, hour, minute = match.groups()
    text = f"{year}-{month}-{day}"
    if hour:
        text += f" {hour}:{minute}"
        zone = re.search(r"TZID=\"?([^;:\"]{1,60})", parameters)
        text += " (UTC)" if value.rstrip().endswith("Z") else f" ({zone.group(1)})" if zone else ""
    return text


def _plain(value: str) -> str:
    return re.sub(
        r"\s+", " ", re.sub(r"\\[nN]", " ", value).replace("\\,", ",").replace("\\;", ";").replace("\\\\", "\\")
    )[:200].strip()
