"""The log's chain and the seal: by both it shows when somebody who can write to the table has changed what was kept.

Each entry is hashed together with all before it. Each version of a ticket and of a message is sealed: its head holds a
keyed hash of all it states, of where its chain stands and, on a ticket, of what its messages say. So nothing of it can
be changed, taken away or put back in parts. Whoever erases, merges or corrects does so by a next version, which is
sealed as any other: that is how it is told apart from tampering.

What was changed behind our back stays told: before a version is sealed, the seal of the one it was made from is looked
at. Where that fails the head stays as it is, and fits nothing from then on.

A change of a message alone, which is of its mails and never of its words, advances the message's own chain, so that it
need not wait for its ticket (decisions 51, 132 and 133).
"""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from typing import TypeVar

from chalicelib.rules.identity.keys import Secret, Use
from chalicelib.rules.tickets.stated import digest
from chalicelib.rules.tickets.ticket import Change, LogEntry, Message, Ticket

_Item = TypeVar("_Item", Ticket, Message)
_HASH = r"[A-Za-z0-9_-]"
_NUMBER = r"([0-9]{1,9})"
_HEAD = re.compile(
    rf"([0-9a-z])\.{_NUMBER}\.{_NUMBER}\.{_NUMBER}\.({_HASH}{{32}}|)\.({_HASH}{{22,23}}|)\.({_HASH}{{22}})"
)
_SUM = 128
# A version's letter, and so many bits.
_SAID = 23
_HEADS = ("log_head",)
# What of a message changes without its ticket.
_MAILS = ("outbox", "log_head", "version")


class Verdict(StrEnum):
    """What is found when what is kept is computed again."""

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


@dataclass(frozen=True, slots=True)
class Head:
    """Where an item's chain stands after `entries` entries, and the seal of its `version`, made by the `key` of that
    letter. `said` stands for words and files: on a message for its own, on a ticket for those of all its `messages`. Of
    none the chain and what is said are empty: every byte of a new ticket counts in what it costs."""

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
    """The head that a text is; None where it is none."""
    found = _HEAD.fullmatch(text) if text.isascii() else None
    if not found:
        return None
    key, version, entries, messages, chain, said, seal = found.groups()
    return Head(key, int(version), int(entries), int(messages), chain, said, seal)


def as_read(item: _Item) -> _Item:
    """The item as it came from the table: what is made of it remembers what it was."""
    return replace(item, was=partial(_digest, item))


def chained(secret: Secret, change: Change) -> Change:
    """The change with its log chained and all that it writes sealed."""
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
    """Whether the item is as it was written last, these are the entries that were written of it, and these, of a
    ticket, the messages."""
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
    """Whether the item itself is as it was written last."""
    head = head_of(item.log_head)
    return head is not None and head.version == item.version and _is_sealed(secret, head, _digest(item))


def _ticket(
    secret: Secret, ticket: Ticket, log: Sequence[LogEntry], messages: Sequence[tuple[Message, Message]]
) -> Ticket:
    """The ticket with the head of its version. `messages`: those of its own that it changes with, as their heads were
    and are."""
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
    # Words change with their ticket, which counts them, or not at all.
    if message.version == 1 or (with_ticket and not _is_said(secret, message, before)):
        key = secret.now(Use.LOG)
        before = replace(before, said=key.version + _said(key.key, message))
    return _sealed(secret, message, before, log)


def _before(secret: Secret, item: Ticket | Message) -> Head | None:
    """The head that the item's version follows, None where what it was made from was not as it was sealed."""
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
    return _mac(key, "seal", stated, str(replace(head, seal="")))


def _is_said(secret: Secret, message: Message, head: Head) -> bool:
    key = secret.of(head.said[:1], Use.LOG)
    return key is not None and hmac.compare_digest(_said(key, message), head.said[1:])


def _said(key: bytes, message: Message) -> str:
    """What stands for all of a message but its mails, which change without its ticket."""
    return _mac(key, "said", digest(message, _MAILS))


def _total(before: int, heads: Iterable[tuple[str, str]]) -> int:
    """What stands for a ticket's messages when of these the head was one and is another: whatever order they come in,
    and without reading the others. Who has no key finds no other messages of the same sum."""
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
    return _hash([chain, logged.version, logged.number, digest(logged.entry)])


def _digest(item: Ticket | Message) -> str:
    return digest(item, _HEADS)


def _hash(parts: list[str | int]) -> str:
    return _letters(hashlib.sha256(json.dumps(parts).encode()).digest())[:32]


def _mac(key: bytes, *parts: str) -> str:
    """Keyed, so that whoever can write to the table alone can't make another."""
    return _letters(hmac.digest(key, json.dumps(parts).encode(), "sha256")[: _SUM // 8])


def _letters(made: bytes) -> str:
    return base64.urlsafe_b64encode(made).decode().rstrip("=")


def _text(number: int) -> str:
    return _letters(number.to_bytes(_SUM // 8)) if number else ""


def _number(text: str) -> int:
    return int.from_bytes(base64.urlsafe_b64decode(f"{text}=="))
