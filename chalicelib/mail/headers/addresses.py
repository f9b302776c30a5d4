"""Parses address headers (RFC 5322 3.4) as real mails have them: groups, comments, missing or doubled brackets,
encoding.
Linear in the length of the header; never fails."""

from __future__ import annotations

import re
from collections.abc import Iterable

from chalicelib.mail.headers import address_words, encoded_words
from chalicelib.mail.headers.address_words import Box
from chalicelib.mail.inbound import Address
from chalicelib.patterns import pattern

MAX_ADDRESSES = 500
MAX_LENGTH = 10 * 1024
_AROUND = " \t\"'<>[]():;,-"
_ACCOUNT = pattern(r"[\w.+-]+")
_QUOTED_PAIR = pattern(r"\\(.)", re.S)


def parse(value: str, defects: list[str]) -> tuple[Address, ...]:
    """Every mailbox of an address header, without group names and comments that hold no address."""
    if len(value) > MAX_LENGTH:
        defects.append("address header longer than 10 KB: the rest not read")
        value = value[:MAX_LENGTH]
    found: list[Address] = []
    for box in address_words.boxes(value):
        address = _mailbox(box, defects)
        if address:
            found.append(address)
        if len(found) >= MAX_ADDRESSES:
            defects.append(f"more than {MAX_ADDRESSES} addresses: the rest not read")
            break
    return tuple(found)


def first(value: str, defects: list[str]) -> Address | None:
    """The first mailbox with a usable address; else the first with at least a name."""
    found = parse(value, defects)
    return answerable(found) or (found[0] if found else None)


def answerable(found: Iterable[Address]) -> Address | None:
    """The first that has an address with a domain."""
    return next((one for one in found if "@" in one.address), None)


def bare(text: str) -> str:
    """The address without route, "mailto:", inner white space, a trailing dot, or anything after a blank."""
    text = encoded_words.decode(text, []) if "=?" in text else text
    text = address_words.closed_up(text).strip(" \t'").removeprefix("mailto:")
    if text.startswith("@") and ":" in text:
        text = text.rpartition(":")[2]
    span = address_words.find(text)
    return _printable(text[slice(*span)] if span else (text.split() or [""])[0])


def _printable(address: str) -> str:
    """The address without unprintable characters around it. Those inside stay: removing them could give another
    address."""
    seen = [index for index, ch in enumerate(address) if ch.isprintable()]
    return address[seen[0] : seen[-1] + 1].rstrip(".") if seen else ""


def _mailbox(box: Box, defects: list[str]) -> Address | None:
    name, address = _name(box.outside, defects), ""
    if box.bracket:
        inside = box.bracket.strip("<> \t")
        address = bare(inside[1:-1] if inside.startswith("[") else inside)
    if "@" not in address:
        name, address = _unbracketed(box, name, address, defects)
    if not name and box.comments:
        name = encoded_words.decode(box.comments[-1].strip(), defects)
    return Address(name, address) if address or name else None


def _unbracketed(box: Box, name: str, inside: str, defects: list[str]) -> tuple[str, str]:
    """(name, address) if the brackets hold no address: it stands beside them, or there is none."""
    text = address_words.closed_up(encoded_words.decode("".join(box.outside), defects))
    if "@" not in text and not inside:
        text = " ".join([text, *box.comments])
    span = address_words.find(text)
    if span:
        rest = f"{text[: span[0]]} {text[span[1] :]}".strip(_AROUND)
        return _spaced(rest) or _spaced(box.bracket.strip(_AROUND)), _printable(text[slice(*span)])
    if inside and (name or " " not in box.bracket.strip("<>[] ")):
        return name, inside
    if inside:
        return _spaced(box.bracket.strip(_AROUND)), ""
    return ("", name) if not box.bracket and _ACCOUNT.fullmatch(name) else (name, "")


def _name(pieces: list[str], defects: list[str]) -> str:
    parts = [_QUOTED_PAIR.sub(r"\1", piece[1:-1]) if piece.startswith('"') else piece for piece in pieces]
    return _spaced(encoded_words.decode("".join(parts), defects)).strip(" :")


def _spaced(text: str) -> str:
    return " ".join(text.split())
