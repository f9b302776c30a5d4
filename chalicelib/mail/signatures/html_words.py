"""Which lines of a signature element are no signature, but words that were written into it: the cursor stood there."""

from __future__ import annotations

import re
from collections.abc import Sequence

from chalicelib.mail.signatures import closings, device_lines, message_lines, name_lines, wishes
from chalicelib.mail.signatures.element_lines import Line
from chalicelib.patterns import pattern

_DELIMITER = pattern(r"\s*(?:--|__|—|–)\s*\Z")
# What stands in signatures above the name, and tells nothing.
_WISH = pattern(
    r"\W*(?:have an? \w+ \w+|merry christmas(?: and a happy new year)?|happy (?:holidays|new year)|season.s greetings"
    r"|stay (?:safe|healthy)|(?:einen |ich wünsche ihnen einen )?schönen (?:tag|abend)(?: noch)?|bleiben sie gesund"
    r"|frohe weihnachten(?: und ein (?:gutes|frohes) neues jahr)?|bonne (?:journée|année)|que tenga un buen día"
    r"|(?:(?:many )?thanks|thank you|vielen dank|danke|merci|gracias|grazie)(?: (?:for|für|pour) (?:your|ihr|votre)"
    r" (?:business|trust|vertrauen|confiance))?|(?:always )?here to help|(?:immer|gerne) für sie da)\W*\Z",
    re.I,
)
_ANSWERED = pattern(
    r"\W*+(?:yes|yep|no|ok(?:ay)?|ja|nein|doch|oui|non|sí|sì|sim|não|nee|nej|tak|nie|ano|ne|да|нет|так|ні|evet|hayır"
    r"|igen|nem|kyllä|ei)(?:\W*\Z|[,.!;:])",
    re.I,
)
_QUOTES = "\"'“„«»‹「『"


def kept(lines: Sequence[Line], author: str) -> list[Line]:
    """The lines that are words or pictures of the writer's: those above the first name, farewell or app's line, if they
    say something; if there is none, all, if they are a message. A photo above a farewell or an app's line stays too.
    Who writes into a signature makes a block or a blank line: what is in one run of lines with the name is stored."""
    texts = [line.text for line in lines]
    at = next((index for index in range(len(texts)) if _begins(texts, index, author)), None)
    if at is None:
        return list(lines) if _message_alone(list(filter(None, texts)), author) else []
    above, first, below = lines[:at], lines[at].text, lines[at + 1 :]
    device = device_lines.device_line(first)
    late = list(below) if device and message_lines.message(texts[at + 1 :]) else []
    words = above if device or _DELIMITER.match(first) else _apart(lines, at)
    if any(speaks(line.text, author) for line in words):
        return [*words, *late]
    photos = [line for line in above if line.picture and not line.text]
    return [*(photos if device or closings.farewell(first, author) else ()), *late]


def _apart(lines: Sequence[Line], at: int) -> list[Line]:
    """The lines above `at` without those in one run with it. A greeting or a yes in the run shows that it was typed."""
    begin = at
    while begin and not lines[begin].apart:
        begin -= 1
    if any(closings.greeting(line.text) or _ANSWERED.match(line.text) for line in lines[begin:at]):
        return list(lines[:at])
    return list(lines[:begin])


def _begins(lines: Sequence[str], index: int, author: str) -> bool:
    line = lines[index]
    if closings.thanks(line) and any(map(speaks, lines[index + 1 : index + 2])):
        return False
    return bool(
        _DELIMITER.match(line)
        or device_lines.device_line(line)
        or closings.farewell(line, author)
        or wishes.leave(line)
        or name_lines.of_author(line, author)
    )


def _message_alone(lines: Sequence[str], author: str) -> bool:
    """Whether lines without a name or farewell are a message. Below an address or a company stand mottoes."""
    at = next((index for index, line in enumerate(lines) if name_lines.contact(line) or name_lines.firm(line)), None)
    if at is None:
        return any(speaks(line, author) for line in lines)
    return message_lines.message(lines[:at])


def speaks(line: str, author: str = "") -> bool:
    """Whether the line says something that is no greeting, title, address, notice, wish, offer, hour or motto."""
    if not any(map(str.isalnum, line)) or message_lines.notice(line) or line[0] in _QUOTES:
        return False
    if wishes.wish(line) or wishes.leave(line) or wishes.hours(line) or wishes.offers(line, author):
        return False
    return not (_WISH.match(line) or closings.greeting(line) or name_lines.title(line))
