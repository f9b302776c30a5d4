"""Reads a message forwarded inside another, as an attached mail or below a header block in the text: its sender,
subject, date and words, and the words that the forwarder wrote above."""

from __future__ import annotations

import hashlib
import re
import textwrap
from collections.abc import Iterable
from dataclasses import replace
from urllib.parse import unquote

from chalicelib.mail.attachments import parts
from chalicelib.mail.bodies import bodies
from chalicelib.mail.forwards import forward_tops, one_line_blocks, side_by_side
from chalicelib.mail.headers import addresses, dates, senders
from chalicelib.mail.inbound import MAILS, Address, Forwarded
from chalicelib.mail.quoting import answering, fresh, header_blocks, separators
from chalicelib.mail.signatures import signatures
from chalicelib.patterns import pattern

MAX_LINES = 5_000
# Old Thunderbird, Pegasus and Pine do not write it as a prefix.
_SUBJECT = pattern(r"\s{0,4}[\[(]\s?fwd?\s?[:)]|.{0,500}\(fwd?\)\s{0,4}\Z", re.I | re.S)
_COLON = pattern("[:：]")
_LINK = pattern(r"\s{0,4}[\[<(](?:mailto|smtp):([^\]>)]{0,300})[\]>)]*", re.I)
_SHOWN_TWICE = pattern(r"(?<=\S)\s?\([^\s()]{1,200}%40[^\s()]{1,200}\)")


def detect(subject: str, text: str, embedded: list[bytes]) -> Forwarded | None:
    """The message forwarded inside this mail, or None: the outermost one, never one inside it. An attached message
    counts only if the text holds none."""
    lines = one_line_blocks.expanded(text.split("\n")[:MAX_LINES])
    found = _in_text(subject, text, lines)
    if found or not embedded or forward_tops.attribution(lines, len(lines), True):
        return found
    beside = len(set(embedded)) > 1
    found = next(filter(None, (_attached(raw, text) for raw in embedded[:5])), None)
    return replace(found, beside=beside) if found else None


def _in_text(subject: str, text: str, lines: list[str]) -> Forwarded | None:
    """The message below a header block, or below an attribution if the mail says that it forwards. None if the text
    answers a message, whatever that one forwards."""
    says_forwarded = _says_forwarded(subject, text)
    blocks = [one for one in header_blocks.find(lines) if "from" in one.fields]
    while blocks and not says_forwarded and forward_tops.of_a_person(lines, blocks[0]):
        del blocks[0]
    block = blocks[0] if blocks else None
    top, marked = forward_tops.top(lines, block.start) if block else (len(lines), False)
    forwarding = forward_tops.attribution(lines, top, says_forwarded)
    if block:
        above = forwarding or forward_tops.attribution(lines, top, True)
        if above is None or forward_tops.introduces(lines, above, top, block.fields["from"]):
            beside = side_by_side.below_block(lines, block, blocks[1:])
            return replace(_inline(lines, block, top, says_forwarded or marked), beside=beside)
    if forwarding is None:
        return None
    found = _attributed(
        _COLON.split(subject, maxsplit=1)[-1].strip(" ])") if says_forwarded else subject, lines, forwarding
    )
    # Above a block, it may as well be a sentence of the agent's that cites somebody.
    sure = block is None or forward_tops.holds(lines, forwarding, block.start)
    if block and found.sender and not marked:
        sure = sure or side_by_side.names(block, found.sender)
    beside = side_by_side.below_attribution(lines, forwarding, blocks)
    return replace(found, sender=found.sender if sure else None, beside=beside)


def _says_forwarded(subject: str, text: str) -> bool:
    return bool(_SUBJECT.match(subject)) or answering.kind(subject, False, text) is answering.Kind.FORWARD


def said(subject: str, text: str, names: Iterable[str]) -> bool:
    """Whether a mail says that it forwards another. `names`: of its files."""
    if _says_forwarded(subject, text):
        return True
    kind = answering.kind(subject, False, text)
    if any(name.lower().endswith(MAILS) for name in names):
        return True
    lines = text.split("\n")[:MAX_LINES]
    return kind is answering.Kind.UNSAID and any(map(_marker, lines))


def _marker(line: str) -> bool:
    return separators.forward_marker(line) and (separators.separator(line) or line.rstrip(" *").endswith((":", "：")))


def answered(subject: str, text: str, *, says_so: bool) -> Forwarded | None:
    """The mail that this one answers, as quoted below "On 1 March, Mira wrote:", or None. Some attributions name no
    address. `says_so`: a header or the subject says that it answers; otherwise only a mail that holds another one
    counts as answered."""
    lines = one_line_blocks.expanded(text.split("\n")[:MAX_LINES])
    found = forward_tops.attribution(lines, len(lines), True)
    if found is None or not (says_so or any("from" in one.fields for one in header_blocks.find(lines, 1))):
        return None
    answers = answering.kind(subject, False, text) is answering.Kind.ANSWER
    quoted = _attributed(_COLON.split(subject, maxsplit=1)[-1].strip() if answers else subject, lines, found)
    return replace(quoted, certain=False)


def _attached(raw: bytes, note: str) -> Forwarded | None:
    defects: list[str] = []
    root = parts.parse(raw, defects)
    sender = senders.counting(senders.all_of(root.headers, defects))
    if sender is None:
        return None
    text = bodies.whole_text(bodies.collect(root, defects, fresh.of_html))
    return Forwarded(
        sender,
        root.headers.text("subject", defects),
        dates.parse(root.headers.text("date", defects)),
        text,
        note.strip(),
        True,
        reply_to=addresses.first(root.headers.get("reply-to"), defects),
        all_reply_to=addresses.parse(", ".join(root.headers.all("reply-to")), defects),
        original_sender=senders.original(root.headers, defects),
        attached=hashlib.sha256(raw).hexdigest(),
    )


def _inline(lines: list[str], block: header_blocks.Block, top: int, certain: bool) -> Forwarded:
    """The message below a header block. Only the first block names its author; blocks further down belong to its
    history."""
    note, _ = signatures.split(lines[:top])
    return Forwarded(
        _mailbox(block.fields["from"]),
        " ".join(block.fields.get("subject", "").split()).strip("*_ "),
        dates.parse(block.fields.get("date", "")),
        "\n".join(_unquoted(forward_tops.without_markers(lines[block.end :]))).strip(),
        "\n".join(note).strip(),
        certain,
        reply_to=_mailbox(block.fields.get("reply-to", "")),
        all_reply_to=addresses.parse(_LINK.sub(" ", block.fields.get("reply-to", "").replace("*", "")), []),
        original_sender=_mailbox(block.fields.get("original", "")),
    )


def _attributed(subject: str, lines: list[str], found: forward_tops.Attribution) -> Forwarded:
    """The message below an attribution ("On 1 March, Mira <mira@example.com> wrote:") in a mail that says
    "forwarded"."""
    top, _ = forward_tops.top(lines, found.start)
    note, _ = signatures.split(lines[:top])
    text = "\n".join(_unquoted(forward_tops.without_markers(lines[found.end :]))).strip("\n")
    return Forwarded(
        found.sender,
        subject,
        dates.parse(found.text),
        textwrap.dedent(text).strip(),
        "\n".join(note).strip(),
        True,
    )


def _unquoted(lines: list[str]) -> list[str]:
    """The lines without one level of quoting, if at least 80 % of them are quoted: Apple Mail quotes what it
    forwards."""
    filled = [line for line in lines if line.strip()]
    if filled and sum(line.lstrip().startswith(">") for line in filled) * 10 >= len(filled) * 8:
        return [line.lstrip()[1:].removeprefix(" ") if line.lstrip().startswith(">") else line for line in lines]
    return lines


def _mailbox(text: str) -> Address | None:
    """The mailbox in a header block's line as clients write it: "Ann [mailto:ann@x]", "Ann<ann@x<mailto:ann@x>>"."""
    plain = _SHOWN_TWICE.sub("", text[: addresses.MAX_LENGTH].replace("*", ""))
    link = _LINK.search(plain)
    head = _LINK.sub(" ", plain)
    if link and "@" not in head:
        head = f"{head.strip()} <{unquote(link.group(1))}>"
    found = addresses.first(head, [])
    return found if found and "@" in found.address else None
