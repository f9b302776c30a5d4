"""Signatures without a delimiter: a farewell or the writer's name above an address or a number."""

from __future__ import annotations

import re

from chalicelib.mail.signatures import closings, message_lines, name_lines, wishes
from chalicelib.mail.signatures.html_words import speaks
from chalicelib.patterns import pattern

_LETTERS = pattern(r"[\W_]+")
_LINK = pattern(r"https?://|www\.")
# A line that ends so goes on with a name.
_LEADS = pattern(
    r".*(?:[:：;–—-]|\b(?:call|phone|contact|ask|e-?mail|write|reach|tell|meet|to|at|with|by|from|for|is|are|and|or|colleague"
    r"|an|bei|mit|von|für|ist|sind|und|oder|wenden|fragen|anrufen|kontaktieren|kollegin|à|avec|par|pour|est|et|appeler"
    r"|contacter|con|por|para|es|y|llamar|contactar|da|per|è|e|chiamare|contattare|met|voor|en|bel|mail))\W{0,2}",
    re.I,
)
_SENTENCE = pattern(r".*[^\W_][.!。！]{1,3}\s*")
# A sentence that announces an address: the writer's own may be the one to send to.
_ANNOUNCES = pattern(
    r"\b(?:address|adres\w*|indirizzo|dirección|endereço|morada|osoite|return\w*|zurück\w*|rück\w*|retour\w*"
    r"|renvo\w*|devol\w*|restitu\w*|terug\w*|following|folgend\w*|below|unten|ci-dessous)\b",
    re.I,
)
_SENDS = pattern(
    r"\b(?:send\w*|ship|post|come|visit|schick\w*|bring\w*|komm\w*|find\w*|envoy\w*|env[ií]\w*|mand\w*|sped\w*"
    r"|invi\w*|stu\w*r|skick\w*|wyś\w*)\b",
    re.I,
)
_POSTAL = pattern(r"\d{4,6} [^\W\d_]|[^\W\d_]\.? \d{1,4} ?[a-z]?\Z|\A\d{1,4} [^\W\d_]")
_CONTACT = pattern(
    r"@|https?://|www\.|\+?\d[\d ()/.-]{6,}\d|\b(?:CEO|CTO|CFO|COO|Manager|Director|Head|Engineer|Sales|Support"
    r"|GmbH|Ltd|Inc|LLC|S\.?A\.?|AG|BV|AB|Oy|Tel|Phone|Mobil|Fax)\b"
)


def begins(lines: list[str], index: int, author: str = "") -> bool:
    """Whether a closing block begins here: "Regards," with a name and at least one contact line (title, telephone
    number, address)."""
    if not closings.farewell(lines[index], author):
        return False
    below = [line.strip() for line in lines[index + 1 :] if line.strip()]
    notice = next((at for at, line in enumerate(below) if message_lines.notice(line)), len(below))
    below = below[:notice]
    names = [] if closings.formula(lines[index]) else [lines[index]]
    return (
        2 <= len(names + below) <= 9
        and (name_lines.of_author(below[0], author) or " " in lines[index].strip() or not led_to(lines, index))
        and (bool(names) or _named(below[0], author))
        and all(len(line) < 80 or (len(line) < 240 and _CONTACT.search(line)) for line in below)
        and any(map(_CONTACT.search, (names + below)[1:]))
        and not _message(below)
    )


def strictly_begins(lines: list[str], index: int, author: str) -> bool:
    """Whether a signature begins here: a closing formula or the writer's name above a contact block, perhaps with a
    wish right above the name, or, at the very top, a closing formula with only names below it."""
    if begins(lines, index, author) or _author_begins(lines, index, author):
        return True
    if wishes.wish(lines[index]) and index + 1 < len(lines) and _author_begins(lines, index + 1, author):
        return True
    return message_lines.says(lines[index]) and not _above(lines, index) and _farewell_alone(lines[index:], author)


def _author_begins(lines: list[str], index: int, author: str) -> bool:
    """Whether the writer's name stands above a contact block. A line that leads into it ("please call") makes it one of
    the words."""
    if not name_lines.of_author(lines[index], author):
        return False
    above = _above(lines, index)
    below = [line for line in lines[index + 1 :] if line.strip()]
    wished = wishes.wish(above)
    apart = not above or wished or not any(map(str.isalnum, lines[index - 1])) or _sentence(above, below)
    whole = _letters(lines[index]) == _letters(author)
    unsaid = below[:1] if whole else below
    return (
        bool(below)
        and apart
        and (not above or wished or _ended(above) or not (_LEADS.fullmatch(above) or name_lines.contact(below[0])))
        and any(map(_CONTACT.search, below))
        and not any(map(speaks, unsaid))
        and all(len(line) < 80 for line in below)
        and not _message(below)
    )


def _message(below: list[str]) -> bool:
    """Whether the lines are a message. When somebody can be reached is none."""
    return message_lines.message([line for line in below if not wishes.hours(line)])


def _sentence(above: str, below: list[str]) -> bool:
    """Whether the line ends a sentence that needs no name or address below it."""
    if not _SENTENCE.fullmatch(above) or _LEADS.fullmatch(above) or _ANNOUNCES.search(above):
        return False
    return not (_SENDS.search(above) and any(map(_POSTAL.search, below)))


def _letters(text: str) -> str:
    return _LETTERS.sub(" ", text).strip().casefold()


def led_to(lines: list[str], index: int) -> bool:
    """Whether the words above end in a colon, so that they go on here."""
    return _above(lines, index).endswith((":", "："))


def _above(lines: list[str], index: int) -> str:
    """The last line with words or a picture above `index`."""
    return next((line.strip() for line in reversed(lines[:index]) if message_lines.says(line)), "")


def _ended(line: str) -> bool:
    """Whether nothing must follow the line: a sentence's end, a short answer, a link, a comma as below a farewell."""
    last = line.split()[-1]
    closed = not last[-1].isalnum() and last[-1] not in ":：;-–—"
    return closed or bool(_LINK.match(last)) or name_lines.short_answer(line)


def _farewell_alone(lines: list[str], author: str) -> bool:
    """Whether the lines are only a farewell. Thanks count as words."""
    first, *below = (line.strip() for line in lines if line.strip())
    if closings.thanks(first) or (closings.polite(first) and not below):
        return False
    return closings.farewell(first, author) and len(below) <= 4 and all(_named(line, author) for line in below)


def _named(line: str, author: str) -> bool:
    return name_lines.name(line) or name_lines.of_author(line, author)
