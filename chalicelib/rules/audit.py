"""The log's chain: each entry is hashed together with all before it, and the item the entries are about holds the head,
so that a log of which an entry is missing, altered or added no longer comes out at it.

A ticket's chain begins with what opened it and the log it was opened with: opening writes nothing for it. A change of
a message alone advances a chain of that message's own, so that it need not wait for its ticket.
"""

import base64
import hmac
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC
from enum import StrEnum

from chalicelib.rules.tickets import Change, LogEntry, Message, Ticket

_HEAD = re.compile(r"[0-9]{1,9}\.[A-Za-z0-9_-]{43}")


class Verdict(StrEnum):
    """What a log says of itself when it is computed again."""

    WHOLE = "whole"
    MISSING = "missing"
    ADDED = "added"
    ALTERED = "altered"


@dataclass(frozen=True, slots=True)
class Logged:
    """A log entry as it is kept: in its ticket's chain (`message` None) or a message's, written with that item's
    `version`, as the entry of this `number` in its change."""

    entry: LogEntry
    version: int
    number: int
    message: str | None = None


def chained(secret: bytes, change: Change) -> Change:
    """The change with the heads of what its log is about advanced by its entries."""
    if not change.log:
        return change
    if change.ticket or change.also:
        return replace(
            change,
            ticket=replace(change.ticket, log_head=advanced(secret, change.ticket, change.log))
            if change.ticket
            else None,
            also=tuple(replace(also, log_head=advanced(secret, also, change.log)) for also in change.also),
        )
    first, *others = change.messages
    return replace(change, messages=(replace(first, log_head=advanced(secret, first, change.log)), *others))


def advanced(secret: bytes, item: Ticket | Message, entries: Iterable[LogEntry]) -> str:
    """The item's head when these entries have followed: how many there have been, and the hash of them all."""
    count, hashed = _parts(item.log_head) if item.log_head else (0, _genesis(secret, item))
    for entry in entries:
        count, hashed = count + 1, _hash(secret, hashed, *_said(entry))
    return f"{count}.{hashed}"


def verdict(secret: bytes, item: Ticket | Message, logged: Iterable[Logged]) -> Verdict:
    """Whether these are the entries that were written, each as it was written, and no others."""
    entries = [each.entry for each in sorted(logged, key=lambda each: (each.version, each.number))]
    if item.log_head and not _HEAD.fullmatch(item.log_head):
        return Verdict.ALTERED
    count = _parts(item.log_head)[0] if item.log_head else 0
    if len(entries) != count:
        return Verdict.MISSING if len(entries) < count else Verdict.ADDED
    begun = replace(item, log_head="")
    head = advanced(secret, begun, entries) if entries else ""
    return Verdict.WHOLE if hmac.compare_digest(head, item.log_head) else Verdict.ALTERED


def _genesis(secret: bytes, item: Ticket | Message) -> str:
    if isinstance(item, Message):
        return _hash(secret, "message", item.ref, item.id)
    return _hash(secret, "ticket", item.ref, item.source, *(part for entry in item.log for part in _said(entry)))


def _said(entry: LogEntry) -> tuple[str, ...]:
    return entry.at.astimezone(UTC).isoformat(timespec="microseconds"), entry.actor, entry.action, entry.detail


def _hash(secret: bytes, *parts: str) -> str:
    """Keyed, so that whoever can write to the table alone can't make an altered log come out."""
    said = json.dumps(parts, ensure_ascii=True).encode()
    return base64.urlsafe_b64encode(hmac.digest(secret, b"log\x00" + said, "sha256")).decode().rstrip("=")


def _parts(head: str) -> tuple[int, str]:
    count, _, hashed = head.partition(".")
    return int(count), hashed
