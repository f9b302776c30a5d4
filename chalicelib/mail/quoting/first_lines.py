"""Reads only the first lines of a mail that the full reader failed on: its sender, recipients and id.

Anything in the mail may have crashed the earlier readers. So everything here is short and read once: parts, encodings
and charsets are not decoded.
"""

from __future__ import annotations

from chalicelib.mail.inbound import LOOP_HEADER, Address, InboundMail, Mark, MarkCode, Naming
from chalicelib.patterns import pattern

_MAX_BYTES = 32 * 1024
_MAX_LINES = 500
_LONGEST_LINE = 998
# Folded lines read per field.
_MAX_FOLDS = 10
_QUOTED = pattern(r'"[^"]*"')
_BRACKETED = pattern(r"<\s*([^<>\s]+)\s*>")
_PLAIN = pattern(r"[^\s<>,;:\"()]+@[^\s<>,;:\"()]+")
_CHECKED = ("x-ses-spam-verdict", "x-ses-virus-verdict", "authentication-results", "received", LOOP_HEADER.lower())
_DELIVERED = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-forwarded-to")
# Field names of programs begin so; those of people's mail programs do not.
_MARKS = (
    "list-",
    "precedence",
    "x-auto",
    "x-loop",
    "x-vacation",
    "x-failed-recipients",
    "x-ms-exchange-inbox-rules-loop",
)


def read(raw: bytes) -> InboundMail:
    """What is surely known of the mail. The result has no text, no files and no references."""
    fields = _fields(raw[:_MAX_BYTES].decode("utf-8", "replace"))
    named = fields.get("from", [""])
    sender = _mailbox(named[0])
    return InboundMail(
        message_id=_id(fields.get("message-id", [""])[0]),
        sender=sender,
        senders=(sender,) if sender else (),
        naming=Naming.LOOSE if len(named) == 1 and named[0].count("@") == 1 else Naming.UNCLEAR,
        to=tuple(Address("", address) for value in fields.get("to", [])[:1] for address in _PLAIN.findall(value)[:20]),
        recipients=tuple(address for name in _DELIVERED for address in _PLAIN.findall(fields.get(name, [""])[0])[:1]),
        no_auto_reply=tuple(_marks(fields)),
        headers={name: tuple(fields[name][:20]) for name in _CHECKED if name in fields},
    )


def _fields(head: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    values: list[str] = []
    folds = 0
    for line in head.replace("\r\n", "\n").split("\n", _MAX_LINES)[:_MAX_LINES]:
        if not line.strip():
            break
        if line[0] in " \t":
            folds += 1
            if values and folds <= _MAX_FOLDS:
                values[-1] = f"{values[-1]} {line.strip()[:_LONGEST_LINE]}"
            continue
        name, colon, value = line[:_LONGEST_LINE].partition(":")
        folds = 0
        values = found.setdefault(name.strip().lower(), []) if colon and name.strip().isascii() else []
        if colon:
            values.append(value.strip())
    return found


def _mailbox(value: str) -> Address | None:
    outside = _QUOTED.sub(" ", value)
    bracketed = [one for one in _BRACKETED.findall(outside) if "@" in one]
    found = bracketed or _PLAIN.findall(outside) or _PLAIN.findall(value)
    return Address("", found[0]) if found else None


def _id(value: str) -> str | None:
    bracketed = _BRACKETED.search(value)
    return (bracketed[1] if bracketed else "".join(value.strip("<> ").split())[:990]) or None


def _marks(fields: dict[str, list[str]]) -> list[Mark]:
    submitted = fields.get("auto-submitted", ["no"])[0].lower()
    marks = [] if submitted.startswith("no") else [Mark(MarkCode.HEADER, "Auto-Submitted")]
    if any(value.replace(" ", "") == "<>" for value in fields.get("return-path", ())):
        marks.append(Mark(MarkCode.NULL_RETURN_PATH))
    named = (Mark(MarkCode.HEADER, name.title()) for name in fields if name.startswith(_MARKS))
    return [*marks, *named][:5]
