"""The words of a mail put together: paragraphs unwrapped, what programs added to them set apart.
Works on texts already decoded; which parts are words is decided elsewhere."""

from __future__ import annotations

import re
from collections.abc import Sequence

from chalicelib.mail.bodies import html_text

MAX_COMPARED = 500_000
MAX_PIECES = 10
MAX_LINES = 20
_PARAMETERS = re.compile(r"<param>[^<]{0,200}</param>", re.I)
_COMMANDS = re.compile(r"<<|</?[a-z0-9-]{1,60}>", re.I)
_LINE_ENDS = re.compile(r"\n+")


def unflowed(text: str, delete_space: bool) -> str:
    """Format=flowed paragraphs (RFC 3676) put back on one line each, quote depth respected."""
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
    """The words of text/enriched (RFC 1896): no commands, "<<" is "<", one line end a blank and two are one."""
    text = _COMMANDS.sub(lambda match: "<" if match.group() == "<<" else "", _PARAMETERS.sub("", text))
    return _LINE_ENDS.sub(lambda match: match.group()[1:] or " ", text.replace("\r\n", "\n"))


def without_pictures(text: str, names: Sequence[str]) -> str:
    """The text without a last line that only strings together the names of the pictures shown in it (Eudora)."""
    body = text.rstrip()
    above, _, last = body.rpartition("\n")
    return above + text[len(body) :] if names and above.strip() and last.strip() == "".join(names) else text


def footers_apart(htmls: list[str], plain: str) -> tuple[list[str], list[str]]:
    """HTML pieces beside a plain alternative: those that say the same, and the texts of what was put below them.

    What the alternative does not know a list or a company's gateway added on the way. Where it does not even know
    the first piece ("please use another program"), it tells nothing, and every piece is the sender's."""
    said = _letters(plain[:MAX_COMPARED])
    first, *others = htmls
    if not others or not _lines(html_text.to_text(first)) or not _known(html_text.to_text(first), said):
        return htmls, []
    own, footers = [first], []
    for html in others[:MAX_PIECES]:
        text = html_text.to_text(html)
        if _known(text, said):
            own.append(html)
        else:
            footers.append(text)
    return own + others[MAX_PIECES:], footers


def _known(text: str, said: str) -> bool:
    """Whether any line of the text was said, or there is none in it."""
    lines = _lines(text)
    return not lines or any(line in said for line in lines)


def _lines(text: str) -> list[str]:
    return [letters for line in text.split("\n")[: MAX_LINES * 5] if (letters := _letters(line))][:MAX_LINES]


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text)).lower()
