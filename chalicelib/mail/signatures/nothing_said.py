"""Whether a text says nothing: only a greeting, a farewell, and who the writer is."""

from __future__ import annotations

import re
from collections.abc import Sequence

from chalicelib.mail.signatures import closings, message_lines, name_lines, uncased_names, wishes
from chalicelib.patterns import pattern

MAX_LINES = 25
_MAX_TEAM = 80
_STREET = pattern(r"[^\W\d]\D{2,40}\s\d{1,4} ?[a-z]?|\d{1,4} ?[a-z]?,? (?:\D{3,50})", re.I)
_TOWN = pattern(
    r"(?:[a-z]{1,2}-)?\d{2,5}[- ]?\d{0,3} ?(?:[a-z]{2} )?[^\W\d]\D{1,40}|[^\W\d]\D{1,40} (?:[a-z]{2} )?\d{4,5}"
    r"|(?:[^\W\d]\D{1,40} )?[a-z]{1,2}\d[a-z\d]? \d[a-z]{2}",
    re.I,
)
_COUNTRY = pattern(r"[^\W\d]\D{2,30}")
# The shop's own people.
_WHO = r"(?P<who>[^\W\d_][\w&.'’-]*(?: [\w&.'’-]+){0,3}?)"
_TEAMS = (
    rf"(?:the|your) {_WHO} (?:(?:customer )?(?:service|care|support) )?(?:team|crew)",
    rf"(?:the|your) (?:(?:customer )?(?:service|care|support) )?(?:team|crew|friends) (?:at|from|of|behind) {_WHO}",
    rf"(?:ihr|euer|dein|das) {_WHO}[ -](?:team|kundenservice|kundendienst|service-?team|support)",
    rf"(?:ihr|euer|dein|das) (?:[^\W\d_]+-?)?team (?:von|bei|vom|der|des) {_WHO}",
    rf"(?:l['’]|votre |toute l['’])équipe (?:(?:de |d['’]|du )?{_WHO})",
    rf"(?:el|tu|su|todo el) equipo (?:de )?{_WHO}|(?:a |sua |a sua )?equipa? (?:da |do |de )?(?P<pt>\w+)",
    rf"(?:il|lo|il tuo|il vostro) (?:team|staff) (?:di )?{_WHO}|la squadra (?:di )?(?P<it>\w+)",
    rf"(?:het|uw|jouw) (?:team|klantenservice) (?:van )?{_WHO}|(?:het|uw|jouw) (?P<nl>\w+)[ -]?team",
    rf"(?:twój |państwa )?(?:zespół|ekipa) {_WHO}",
    rf"teamet (?:på|hos|bakom|bag|i) {_WHO}",
)
_TEAM = tuple(pattern(rf"\W*+(?:{one})\W*\Z", re.I) for one in _TEAMS)


def nothing_said(lines: Sequence[str], author: str) -> bool:
    """Whether no line says anything. Companies, addresses and numbers may be an answer: they count as nothing only
    below a farewell or the writer's own name. `author`: the writer's name."""
    filled = [line for line in lines if message_lines.says(line)]
    closed = any(closings.farewell(line, author) for line in filled[1:MAX_LINES])
    greeted = 0
    while greeted < len(filled) and _greets(filled[greeted], author, closed):
        greeted += 1
    filled = filled[greeted:]
    if not filled:
        return greeted > 0
    first, *below = filled
    if len(filled) > MAX_LINES or closings.thanks(first) or (closings.polite(first) and not below):
        return False
    if not _leaves(first, author):
        return False
    if name_lines.of_author(first, author) and _chosen(first, below, author):
        return False
    if name_lines.of_author(first, author) and _given_address(below):
        return False
    notice = next((at for at, line in enumerate(below) if message_lines.notice(line)), len(below))
    below = below[:notice]
    if below and closings.formula(first):
        if uncased_names.uncased(below[0]) and name_lines.name(below[0]):
            below = below[1:]
        elif not (name_lines.name(below[0]) or _signs(below[0], author, titles=False)):
            return False
    below = _without_adverts(below, 0 if _takes_leave_by_name(first, author) else 1)
    return all(_signs(line, author) for line in below) and not message_lines.message(below)


def leave(lines: Sequence[str], author: str) -> int:
    """The first line that takes leave or names the writer; the end if there is none."""
    return next((at for at, line in enumerate(lines) if _leaves(line, author)), len(lines))


def _leaves(line: str, author: str) -> bool:
    return closings.farewell(line, author) or name_lines.of_author(line, author) or _team(line)


def _takes_leave_by_name(line: str, author: str) -> bool:
    return closings.farewell(line, author) and not closings.formula(line)


def _without_adverts(below: list[str], first: int) -> list[str]:
    """The lines without those from `first` on that a link or a banner says."""
    return below[:first] + [line for line in below[first:] if not wishes.advert(line)]


def _greets(line: str, author: str, closed: bool) -> bool:
    return closings.greeting(line, author, closed) and not closings.farewell(line, author)


def _given_address(below: Sequence[str]) -> bool:
    """Whether only a postal address stands below the writer's name: people type it where it is asked for. A signature
    has a farewell, a title, a company or a telephone too."""
    lines = [closings.bare(line) for line in below]
    if len(lines) == 1:
        lines = [closings.bare(part) for part in lines[0].split(",")]
    if len(lines) == 3 and _COUNTRY.fullmatch(lines[2]):
        lines.pop()
    return len(lines) == 2 and bool(_STREET.fullmatch(lines[0])) and bool(_TOWN.fullmatch(lines[1]))


def _chosen(first: str, below: Sequence[str], author: str) -> bool:
    """Whether a part of the writer's name is an answer: a surname or initials above a farewell with the name, or
    initials above anything."""
    leave = next((at for at, line in enumerate(below) if closings.farewell(line, author)), None)
    signed = leave is not None and (len(below) > leave + 1 or not closings.formula(below[leave]))
    surname = name_lines.surname(first, author) and "." not in first
    return bool(below) and surname and (signed or name_lines.initials(first, author))


def _signs(line: str, author: str, titles: bool = True) -> bool:
    if closings.thanks(line):
        return False
    return _leaves(line, author) or (titles and name_lines.title(line))


def _team(line: str) -> bool:
    """Whether the line signs for the shop's people: "Ihr Northlight-Team", "El equipo de Northlight"."""
    if len(line) > _MAX_TEAM:
        return False
    found = next(filter(None, (one.match(line) for one in _TEAM)), None)
    return found is not None and all(map(name_lines.name, filter(None, found.groups())))
