"""The log's chain: each entry is hashed together with all before it, and the item the entries are about holds the head,
so that a log of which an entry is missing, altered or added no longer comes out at it.

A ticket's chain begins with what opened it and the log it was opened with, a message's with what it is: both have a
head from their first version on, so that none at all is never right. A change of a message alone advances a chain of
that message's own, so that it need not wait for its ticket.
"""

import base64
import hmac
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC
from enum import StrEnum
from typing import TypeVar

from chalicelib.rules.tickets import Change, LogEntry, Message, Ticket

_Item = TypeVar("_Item", Ticket, Message)
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
    """The change with the heads of what is new begun, and of what its log is about advanced by its entries."""
    ticket, also, messages = change.ticket, change.also, change.messages
    if ticket or also:
        ticket = _linked(secret, ticket, change.log) if ticket else None
        also = tuple(_linked(secret, each, change.log) for each in also)
        messages = tuple(_linked(secret, message, ()) for message in messages)
    else:
        messages = tuple(
            _linked(secret, message, () if number else change.log) for number, message in enumerate(messages)
        )
    return replace(change, ticket=ticket, also=also, messages=messages)


def _linked(secret: bytes, item: _Item, entries: Sequence[LogEntry]) -> _Item:
    """The item with its chain as these entries leave it. One that has no chain any more gets none: whoever took it away
    would have it back."""
    begun = replace(item, log_head="") if item.version == 1 else item
    if item.version > 1 and not (entries and _HEAD.fullmatch(item.log_head)):
        return item
    return replace(begun, log_head=advanced(secret, begun, entries))


def advanced(secret: bytes, item: Ticket | Message, entries: Iterable[LogEntry]) -> str:
    """The item's head when these entries have followed: how many there have been, and the hash of them all."""
    count, hashed = _parts(item.log_head) if item.log_head else (0, _genesis(secret, item))
    for entry in entries:
        count, hashed = count + 1, _hash(secret, hashed, *_said(entry))
    return f"{count}.{hashed}"


def verdict(secret: bytes, item: Ticket | Message, logged: Iterable[Logged]) -> Verdict:
    """Whether these are the entries that were written, each as it was written, and no others."""
    entries = [each.entry for each in sorted(logged, key=lambda each: (each.version, each.number))]
    if not _HEAD.fullmatch(item.log_head):
        return Verdict.ALTERED
    count, _ = _parts(item.log_head)
    if len(entries) != count:
        return Verdict.MISSING if len(entries) < count else Verdict.ADDED
    head = advanced(secret, replace(item, log_head=""), entries)
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
