"""The stored form of a record: its fields except those that are None, empty or at their default, and a digest that is
the same from wherever the record was read."""

import hashlib
import json
from collections.abc import Collection, Hashable, Iterator
from dataclasses import Field, fields
from datetime import UTC, date, datetime
from enum import Enum
from functools import cache
from types import MappingProxyType
from typing import Any, cast

FLAT = MappingProxyType({"flat": True})
"""Metadata of a field that holds a record: the record's fields are stored flat, among the fields of its owner."""


def stated(record: Any) -> Iterator[tuple[str, Any]]:
    """The fields of a dataclass that are stored. `version` is always among them, because conditions check it. A field
    that is left out of comparisons is not stored."""
    for name, default, flat in _kept(cast(Hashable, type(record))):
        part = getattr(record, name)
        if flat:
            yield from stated(part)
        elif name == "version" or not (part is default or part in (None, (), "", default)):
            yield name, part


def digest(record: Any, but: Collection[str] = ()) -> str:
    """The hash of all stored fields except those in `but`. A new field changes no existing hash while it has its
    default."""
    stored = {name: _plain(part) for name, part in stated(record) if name not in but}
    text = json.dumps(stored, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


@cache
def _kept(kind: Hashable) -> tuple[tuple[str, Any, bool], ...]:
    kept = (each for each in fields(cast(Any, kind)) if each.compare)
    return tuple((each.name, each.default, is_flat(each)) for each in kept)


def is_flat(each: Field[Any]) -> bool:
    return "flat" in each.metadata


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, str | int):
        return value
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    return {name: _plain(part) for name, part in stated(value)}
