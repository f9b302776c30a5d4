"""The hash chain of the log, and the seal of each version. They show when somebody with write access to the table, but
without the secret, has changed stored data.

Each log entry is hashed together with all entries before it. Each version of a ticket and of a message is sealed: its
head has a keyed hash over all its fields, over the end of its chain and, on a ticket, over its messages' contents. So
no part can be changed, removed, or restored from an older version. An erasure, merge or correction writes a next
version, which is sealed as usual; this distinguishes it from tampering.

Tampering stays visible. Before a version is sealed, the seal of the version it was made from is checked. If that check
fails, the head stays unchanged and never matches again.

A change of only a message affects its mails, never its words. It advances the message's own chain, so that it need not
wait for the ticket (decisions 51, 132 and 133).
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from typing import TypeVar

from chalicelib.patterns import pattern
from chalicelib.rules.identity.keys import Secret, Use
from chalicelib.rules.tickets.stated import digest
from chalicelib.rules.tickets.ticket import Change, LogEntry, Message, Ticket

_Item = TypeVar("_Item", Ticket, Message)
_HASH = r"[A-Za-z0-9_-]"
_NUMBER = r"([0-9]{1,9})"
_HEAD = pattern(rf"([0-9a-z])\.{_NUMBER}\.{_NUMBER}\.{_NUMBER}\.({_HASH}{{32}}|)\.({_HASH}{{22,23}}|)\.({_HASH}{{22}})")
_SUM = 128
# Characters of `said`: the letter of a key version, and 22 for these bits.
_SAID = 23
_HEADS = ("log_head",)
# The fields of a message that change without its ticket.
_MAILS = ("outbox", "log_head", "version")


class Verdict(StrEnum):
    """The result of checking stored data against its hashes."""

    WHOLE = "whole"
    MISSING = "missing"
    ADDED = "added"
    ALTERED = "altered"


@dataclass(frozen=True, slots=True)
class Logged:
    """A log entry as it is stored: in its ticket's chain (`message` None) or in a message's. It was written with that
    item's `version`, and is the entry of this `number` (from 0) in its change."""

    entry: LogEntry
    version: int
    number: int
    message: str | None = None


@dataclass(frozen=True, slots=True)
class Head:
    """The head of an item after `entries` log entries: the end of its chain, and the seal of its `version`, made with
    the key of version `key`. `said`: the hash of the words and files; on a message for its own, on a ticket for those
    of all its `messages`. Without entries `chain` is empty, and without messages `said` is, because every byte of a new
    ticket costs."""

    key: str
    version: int
    entries: int
    messages: int
    chain: str
    said: str
    seal: str = ""

    def __str__(self) -> str:
        parts = (self.key, self.version, self.entries, self.messages, self.chain, self.said, self.seal)
        return ".".join(map(str, parts))


def head_of(text: str) -> Head | None:
    """Parse a head; None if the text is not one."""
    found = _HEAD.fullmatch(text) if text.isascii() else None
    if not found:
        return None
    key, version, entries, messages, chain, said, seal = found.groups()
    return Head(key, int(version), int(entries), int(messages), chain, said, seal)


def as_read(item: _Item) -> _Item:
    """The item as it was read from the table. Versions made from it keep the digest of this one."""
    return replace(item, was=partial(_digest, item))


def chained(secret: Secret, change: Change) -> Change:
    """The change with its log entries chained and all its items sealed."""
    tickets = [ticket for ticket in (change.ticket, *change.also) if ticket]
    refs = {ticket.ref for ticket in tickets}
    messages = tuple(
        _message(secret, message, () if tickets or number else change.log, with_ticket=message.ref in refs)
        for number, message in enumerate(change.messages)
    )
    pairs = list(zip(change.messages, messages, strict=True))
    sealed = [_ticket(secret, ticket, change.log, [p for p in pairs if p[0].ref == ticket.ref]) for ticket in tickets]
    first = sealed.pop(0) if change.ticket else None
    return replace(change, ticket=first, also=tuple(sealed), messages=messages)


def verdict(
    secret: Secret, item: Ticket | Message, logged: Iterable[Logged], messages: Sequence[Message] = ()
) -> Verdict:
    """Whether the item is unchanged since it was last written, and has exactly these log entries and, for a ticket,
    these messages."""
    entries = sorted(logged, key=lambda each: (each.version, each.number))
    head = head_of(item.log_head)
    if head is None or not is_sealed(secret, item):
        return Verdict.ALTERED
    for there, written in ((len(entries), head.entries), (len(messages), head.messages)):
        if there != written:
            return Verdict.MISSING if there < written else Verdict.ADDED
    said = _text(_total(0, (("", each.log_head) for each in messages))) if isinstance(item, Ticket) else head.said
    if isinstance(item, Message) and not _is_said(secret, item, head):
        return Verdict.ALTERED
    return Verdict.WHOLE if (_chain(entries), said) == (head.chain, head.said) else Verdict.ALTERED


def is_sealed(secret: Secret, item: Ticket | Message) -> bool:
    """Whether the item itself is unchanged since it was last written."""
    head = head_of(item.log_head)
    return head is not None and head.version == item.version and _is_sealed(secret, head, _digest(item))


def _ticket(
    secret: Secret, ticket: Ticket, log: Sequence[LogEntry], messages: Sequence[tuple[Message, Message]]
) -> Ticket:
    """The ticket with the head of its version. `messages`: its messages in this change, each before and after it was
    sealed."""
    before = _before(secret, ticket)
    if before is None:
        return ticket
    moved = ((old.log_head if old.version > 1 else "", new.log_head) for old, new in messages)
    new = sum(message.version == 1 for message, _ in messages)
    said = _text(_total(_number(before.said), moved))
    return _sealed(secret, ticket, replace(before, messages=before.messages + new, said=said), log)


def _message(secret: Secret, message: Message, log: Sequence[LogEntry], *, with_ticket: bool) -> Message:
    before = _before(secret, message)
    if before is None:
        return message
    # Words change only together with their ticket, which has their sum.
    if message.version == 1 or (with_ticket and not _is_said(secret, message, before)):
        key = secret.now(Use.LOG)
        before = replace(before, said=key.version + _said(key.key, message))
    return _sealed(secret, message, before, log)


def _before(secret: Secret, item: Ticket | Message) -> Head | None:
    """The head that this version follows; None if the seal of the version it was made from fails."""
    if item.version == 1:
        return Head("", 0, 0, 0, "", "")
    head = head_of(item.log_head)
    if head is None or item.was is None or head.version != item.version - 1:
        return None
    return head if _is_sealed(secret, head, item.was()) else None


def _sealed(secret: Secret, item: _Item, before: Head, log: Sequence[LogEntry]) -> _Item:
    key, chain = secret.now(Use.LOG), before.chain
    for number, entry in enumerate(log):
        chain = _next(chain, Logged(entry, item.version, number))
    head = replace(before, key=key.version, version=item.version, entries=before.entries + len(log), chain=chain)
    head = replace(head, seal=_seal(key.key, head, _digest(item)))
    return as_read(_with_head(item, str(head)))


def _with_head(item: _Item, head: str) -> _Item:
    if isinstance(item, Ticket):
        return replace(item, custody=replace(item.custody, log_head=head), was=None)
    return replace(item, log_head=head, was=None)


def _is_sealed(secret: Secret, head: Head, stated: str) -> bool:
    key = secret.of(head.key, Use.LOG)
    return key is not None and hmac.compare_digest(_seal(key, head, stated), head.seal)


def _seal(key: bytes, head: Head, stated: str) -> str:
    return mac(key, "seal", stated, str(replace(head, seal="")))


def _is_said(secret: Secret, message: Message, head: Head) -> bool:
    key = secret.of(head.said[:1], Use.LOG)
    return key is not None and hmac.compare_digest(_said(key, message), head.said[1:])


def _said(key: bytes, message: Message) -> str:
    """The hash of all of a message but its mails, which change without its ticket."""
    return mac(key, "said", digest(message, _MAILS))


def _total(before: int, heads: Iterable[tuple[str, str]]) -> int:
    """The sum for a ticket's messages after each pair in `heads` (old, new) has changed. The order does not matter, and
    other messages need not be read. Without the key nobody can find other messages with the same sum."""
    return (before + sum(_weight(new) - _weight(old) for old, new in heads)) % (1 << _SUM)


def _weight(head: str) -> int:
    found = head_of(head)
    return _number(found.said[1:]) if found and len(found.said) == _SAID else 0


def _chain(entries: Iterable[Logged]) -> str:
    chain = ""
    for entry in entries:
        chain = _next(chain, entry)
    return chain


def _next(chain: str, logged: Logged) -> str:
    return hashed([chain, logged.version, logged.number, digest(logged.entry)])


def _digest(item: Ticket | Message) -> str:
    return digest(item, _HEADS)


def hashed(parts: list[str | int]) -> str:
    """The hash of these parts, without a key."""
    return _letters(hashlib.sha256(json.dumps(parts).encode()).digest())[:32]


def mac(key: bytes, *parts: str) -> str:
    """Keyed, so that write access to the table is not enough to make one."""
    return _letters(hmac.digest(key, json.dumps(parts).encode(), "sha256")[: _SUM // 8])


def _letters(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _text(number: int) -> str:
    return _letters(number.to_bytes(_SUM // 8)) if number else ""


def _number(text: str) -> int:
    return int.from_bytes(base64.urlsafe_b64decode(f"{text}=="))
