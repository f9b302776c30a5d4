"""Address headers (RFC 5322 3.4) as the field writes them: groups, comments, missing brackets, encoded words.
One pass over the text; never fails."""

from __future__ import annotations

import re
from collections.abc import Iterable

from chalicelib.mail import words
from chalicelib.mail.inbound import Address

MAX_ADDRESSES = 500
_PIECE = re.compile(r'"(?:[^"\\]|\\.)*"?|<[^<>]*>?|[,;:()]|[^"<>,;:()]+|[<>]', re.S)
_ADDRESS = re.compile(r"[^\s@<>,;:\"'()\[\]]+@[^\s@<>,;:\"'()]+")
_QUOTED_LOCAL = re.compile(r'"[^"@]*"\s*@')


def parse(value: str, defects: list[str]) -> tuple[Address, ...]:
    """Every mailbox of an address header; group names and comments without an address are left out."""
    if not value:
        return ()
    found: list[Address] = []
    for pieces in _mailboxes(value.replace("\n", " ").replace("\t", " ")):
        address = _mailbox(pieces, defects)
        if address:
            found.append(address)
        if len(found) >= MAX_ADDRESSES:
            defects.append(f"more than {MAX_ADDRESSES} addresses: the rest not read")
            break
    return tuple(found)


def first(value: str, defects: list[str]) -> Address | None:
    """The first mailbox of an address header."""
    found = parse(value, defects)
    return found[0] if found else None


def answerable(found: Iterable[Address]) -> Address | None:
    """The first that has an address with a domain."""
    return next((one for one in found if "@" in one.address), None)


def _mailboxes(value: str) -> list[list[str]]:
    """The pieces of each mailbox: separated by commas and semicolons outside quotes, brackets and comments."""
    boxes: list[list[str]] = [[]]
    comment: list[str] = []
    depth = 0
    for piece in _PIECE.findall(value):
        if piece == "(":
            depth += 1
        elif piece == ")" and depth:
            depth -= 1
            if depth == 0:
                boxes[-1].append("(" + "".join(comment) + ")")
                comment = []
        elif depth:
            comment.append(piece)
        elif piece in (",", ";"):
            boxes.append([])
        elif piece == ":":
            # A colon ends a group's name, unless an address follows in the same word ("mailto:a@b").
            boxes[-1] = []
        else:
            boxes[-1].append(piece)
    if comment:
        boxes[-1].append(" ".join(comment))
    return _rejoined([box for box in boxes if "".join(box).strip()])


def _rejoined(boxes: list[list[str]]) -> list[list[str]]:
    """A display name with an unquoted comma ("Doe, John <j@x>") put together again."""
    out: list[list[str]] = []
    held: list[str] = []
    for box in boxes:
        text = "".join(box)
        if "@" not in text and not any(piece.startswith("<") for piece in box):
            held += [*box, ","]
            continue
        if held and any(piece.startswith("<") for piece in box):
            out.append([*held, *box])
        else:
            if held:
                out.append(held[:-1])
            out.append(box)
        held = []
    if held:
        out.append(held[:-1])
    return out


def _mailbox(pieces: list[str], defects: list[str]) -> Address | None:
    bracket = next((piece for piece in reversed(pieces) if piece.startswith("<") and len(piece) > 1), None)
    comments = [piece[1:-1] for piece in pieces if piece.startswith("(")]
    others = [piece for piece in pieces if piece is not bracket and not piece.startswith("(")]
    if bracket is not None:
        address = bare(bracket.strip("<> "))
        name = _name(others, defects)
        if not address and (inside := _ADDRESS.search(name)):
            address = inside.group()
    else:
        text = "".join(others).strip()
        address, name = _without_brackets(text, defects)
    if not name and comments:
        name = words.decode(comments[-1].strip(), defects)
    if not address and not name:
        return None
    return Address(name, address)


def _without_brackets(text: str, defects: list[str]) -> tuple[str, str]:
    if _QUOTED_LOCAL.match(text):
        return bare(text), ""
    decoded = words.decode(text, defects)
    match = _ADDRESS.search(decoded)
    if match is None:
        return bare(decoded), ""
    name = (decoded[: match.start()] + decoded[match.end() :]).strip(" \"'")
    return match.group().rstrip("."), name


def bare(text: str) -> str:
    """An address without route, "mailto:", white space around its parts, or trailing dot."""
    text = words.decode(text, []) if "=?" in text else text
    text = text.strip(" \t'").removeprefix("mailto:")
    if text.startswith("@") and ":" in text:
        text = text.rpartition(":")[2]
    if " " in text and not text.startswith('"'):
        text = "".join(text.split())
    return "".join(ch for ch in text if ch.isprintable()).rstrip(".")


def _name(pieces: list[str], defects: list[str]) -> str:
    parts: list[str] = []
    for piece in pieces:
        if piece.startswith('"'):
            inner = piece[1:-1] if piece.endswith('"') and len(piece) > 1 else piece[1:]
            parts.append(re.sub(r"\\(.)", r"\1", inner))
        else:
            parts.append(piece)
    name = words.decode("".join(parts), defects)
    return re.sub(r"\s+", " ", name).strip()
