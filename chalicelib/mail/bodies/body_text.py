"""Tidies the decoded words of a mail: joins wrapped paragraphs, separates what programs added. `bodies` decides which
parts are words."""

from __future__ import annotations

import re
from collections.abc import Sequence

from chalicelib.mail.bodies import html_text
from chalicelib.patterns import pattern

MAX_COMPARED = 500_000
MAX_PIECES = 10
MAX_LINES = 20
_PARAMETERS = pattern(r"<param>[^<]{0,200}</param>", re.I)
_COMMANDS = pattern(r"<<|</?[a-z0-9-]{1,60}>", re.I)
_LINE_ENDS = pattern(r"\n+")


def unflowed(text: str, delete_space: bool) -> str:
    """Join each format=flowed paragraph (RFC 3676) to one line, per quote depth. `delete_space`: the DelSp
    parameter."""
    out: list[list[str]] = []
    open_depth = -1
    for line in text.replace("\r\n", "\n").split("\n"):
        depth = len(line) - len(line.lstrip(">"))
        body = line[depth:].removeprefix(" ") if depth or line.startswith(" ") else line
        flowed = body.endswith(" ") and body != "-- " and bool(body.strip())
        shown = body[:-1] if flowed and delete_space else body
        if open_depth == depth and body != "-- ":
            out[-1].append(shown)
        else:
            out.append([">" * depth + " " if depth else "", shown])
        open_depth = depth if flowed else -1
    return "\n".join(map("".join, out))


def unenriched(text: str) -> str:
    """The words of text/enriched (RFC 1896): without commands; "<<" becomes "<", one line end a blank, two line ends
    one."""
    text = _COMMANDS.sub(lambda match: "<" if match.group() == "<<" else "", _PARAMETERS.sub("", text))
    return _LINE_ENDS.sub(lambda match: match.group()[1:] or " ", text.replace("\r\n", "\n"))


def without_pictures(text: str, names: Sequence[str]) -> str:
    """The text without a last line that is only the names of the attached pictures in a row (as Eudora writes it)."""
    body = text.rstrip()
    above, _, last = body.rpartition("\n")
    return above + text[len(body) :] if names and above.strip() and last.strip() == "".join(names) else text


def footers_apart(htmls: list[str], plain: str) -> tuple[list[str], list[str]]:
    """Split HTML pieces that stand beside a plain alternative into (the sender's pieces, texts of added footers).

    A piece that the plain alternative lacks was added on the way, by a list or a company's gateway. If the alternative
    lacks even the first piece ("please use another program"), it proves nothing, and all pieces are the sender's.
    """
    plain_letters = _letters(plain[:MAX_COMPARED])
    first, *others = htmls
    if not others or not _lines(html_text.to_text(first)) or not _known(html_text.to_text(first), plain_letters):
        return htmls, []
    own, footers = [first], []
    for html in others[:MAX_PIECES]:
        text = html_text.to_text(html)
        if _known(text, plain_letters):
            own.append(html)
        else:
            footers.append(text)
    return own + others[MAX_PIECES:], footers


def _known(text: str, letters: str) -> bool:
    """Whether a line of the text occurs in `letters`, or the text has no lines."""
    lines = _lines(text)
    return not lines or any(line in letters for line in lines)


def _lines(text: str) -> list[str]:
    return [letters for line in text.split("\n")[: MAX_LINES * 5] if (letters := _letters(line))][:MAX_LINES]


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text)).lower()
