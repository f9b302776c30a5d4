"""How many messages are committed in one request: a transaction takes a hundred items, and four megabytes."""

from collections.abc import Iterator, Sequence

from chalicelib.rules.privacy import participants
from chalicelib.rules.tickets.messages import Message

# What else the request changes has room beside these: the ticket, and its log.
_LIMIT = 90
_MAX_BYTES = 3_000_000
# Of an item besides its texts, generously.
_NAMES_AND_NUMBERS = 4096


def batches(messages: Sequence[Message]) -> Iterator[tuple[Message, ...]]:
    """The messages, as many at once as there is room for; one that is larger than that by itself."""
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
