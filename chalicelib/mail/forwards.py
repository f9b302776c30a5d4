"""A message forwarded inside another: as an attached mail, or under a header block in the text.
Its sender, subject, date and words, and the words the forwarder wrote above."""

from __future__ import annotations

import re

from chalicelib.mail import addresses, bodies, dates, header_blocks, parts, separators, signatures
from chalicelib.mail.inbound import Address, Forwarded

MAX_LINES = 5_000
_SUBJECT = re.compile(
    r"\s*(?:(?:re|aw|antw|sv|vs|odp|tr|r)\s*:\s*)*(?:fwd?|wg|tr|rv|enc|i|doorst|vs|vl|vb|fs|pd|podaj dalej"
    r"|weitergeleitet|rif|renv|továbbítás|ilt|rsend|转发|轉寄|转寄|転送|fw|pfw|vidarebefordrat|videresendt)\s*[:：]",
    re.I,
)
_MAILTO = re.compile(r"\s*[\[<(]mailto:([^\]>)]*)[\]>)]*", re.I)


def detect(subject: str, text: str, embedded: list[bytes]) -> Forwarded | None:
    """The message within this one, or None. An attached message counts before a header block in the text."""
    said = bool(_SUBJECT.match(subject))
    for raw in embedded[:5]:
        found = _attached(raw, text)
        if found:
            return found
    lines = text.split("\n")[:MAX_LINES]
    for block in header_blocks.find(lines, 5):
        sender = _sender(block.fields.get("from", ""))
        if sender is not None:
            return _inline(lines, block, sender, said)
    return None


def _attached(raw: bytes, note: str) -> Forwarded | None:
    defects: list[str] = []
    root = parts.parse(raw, defects)
    sender = addresses.first(root.headers.get("from"), defects)
    if sender is None:
        return None
    text = bodies.whole_text(bodies.collect(root, defects))
    return Forwarded(
        sender,
        root.headers.text("subject", defects),
        dates.parse(root.headers.text("date", defects)),
        text,
        note.strip(),
        True,
    )


def _inline(lines: list[str], block: header_blocks.Block, sender: Address, said: bool) -> Forwarded:
    top = block.start
    marked = False
    while top and (
        not lines[top - 1].strip("> \t") or separators.separator(lines[top - 1]) or signatures.ruler(lines[top - 1])
    ):
        top -= 1
        marked = marked or separators.forward_marker(lines[top])
    note, _ = signatures.split(lines[:top])
    text = "\n".join(_unquoted(lines[block.end :])).strip()
    subject = " ".join(block.fields.get("subject", "").split()).strip("*_ ")
    return Forwarded(
        sender, subject, dates.parse(block.fields.get("date", "")), text, "\n".join(note).strip(), marked or said
    )


def _unquoted(lines: list[str]) -> list[str]:
    """One level of quoting taken off, if (nearly) every line has it: Apple Mail quotes what it forwards."""
    filled = [line for line in lines if line.strip()]
    if filled and sum(line.lstrip().startswith(">") for line in filled) * 10 >= len(filled) * 8:
        return [line.lstrip()[1:].removeprefix(" ") if line.lstrip().startswith(">") else line for line in lines]
    return lines


def _sender(text: str) -> Address | None:
    """The mailbox in a block's From line, as clients write it: "Ann [mailto:ann@x]", "Ann<ann@x<mailto:ann@x>>"."""
    plain = text.replace("*", "")
    mailto = _MAILTO.search(plain)
    head = _MAILTO.sub("", plain)
    if mailto and "@" not in head:
        head = f"{head.strip()} <{mailto.group(1)}>"
    found = addresses.first(head, [])
    return found if found and "@" in found.address else None
