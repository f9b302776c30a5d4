"""What DynamoDB would refuse, as the store in memory refuses it."""

from collections.abc import Hashable
from dataclasses import fields, is_dataclass
from datetime import datetime
from functools import cache
from typing import Any, cast

from chalicelib.rules.tickets.ticket import Change

MAX_ITEM = 400 * 1024
MAX_WRITES = 100
MAX_WRITTEN = 4 * 1024 * 1024


def check_storable(change: Change) -> None:
    items = [item for item in (change.ticket, *change.also, *change.messages, *change.log, *change.sent) if item]
    assert len(items) <= MAX_WRITES
    assert len({message.id for message in change.messages}) == len(change.messages)
    weights = [_weight(item) for item in items]
    assert max(weights, default=0) <= MAX_ITEM
    assert sum(weights) <= MAX_WRITTEN


def _weight(value: Any) -> int:
    if isinstance(value, str):
        return len(value) if value.isascii() else len(value.encode())
    if isinstance(value, datetime):
        assert value.tzinfo is not None
        return 27
    if isinstance(value, tuple):
        return sum(_weight(part) for part in value) + 3
    if is_dataclass(value):
        return sum(len(name) + _weight(getattr(value, name)) for name in _names(cast(Hashable, type(value))))
    return 8


@cache
def _names(kind: Hashable) -> tuple[str, ...]:
    return tuple(part.name for part in fields(cast(Any, kind)))
