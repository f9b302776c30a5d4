"""Splits messages into batches that fit one transaction, which takes a hundred items and four megabytes."""

from collections.abc import Iterator, Sequence

from chalicelib.rules.privacy import participants
from chalicelib.rules.tickets.messages import Message

# This leaves room for the rest of the request: the ticket and its log entries.
_LIMIT = 90
_MAX_BYTES = 3_000_000
# Bytes of an item besides its texts, a generous estimate.
_NAMES_AND_NUMBERS = 4096


def batches(messages: Sequence[Message]) -> Iterator[tuple[Message, ...]]:
    """The messages in batches as large as possible. A message that is larger than a batch has one of its own."""
    batch: list[Message] = []
    room = _MAX_BYTES
    for message in messages:
        size = _size(message)
        if batch and (len(batch) == _LIMIT or size > room):
            yield tuple(batch)
            batch, room = [], _MAX_BYTES
        batch.append(message)
        room -= size
    if batch:
        yield tuple(batch)


def _size(message: Message) -> int:
    return _NAMES_AND_NUMBERS + sum(len(text.encode()) for text in participants.texts(message))
