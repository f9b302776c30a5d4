"""What a record says: its fields but for those that are None, empty or as usual, which are not kept; and the one text
that stands for it, whatever it was read from."""

import hashlib
import json
from collections.abc import Collection, Hashable, Iterator
from dataclasses import fields
from datetime import UTC, date, datetime
from enum import Enum
from functools import cache
from typing import Any, cast


def stated(record: Any) -> Iterator[tuple[str, Any]]:
    """The fields that are kept of a dataclass. Conditions ask for the version, so that always stands; what does not
    count when two are compared is nobody's to keep."""
    for name, usual in _kept(cast(Hashable, type(record))):
        part = getattr(record, name)
        if name == "version" or not (part is usual or part in (None, (), "", usual)):
            yield name, part


def digest(record: Any, but: Collection[str] = ()) -> str:
    """The hash of all that a record states but for these fields. A field that comes to be with a usual value changes it
    for none."""
    said = {name: _plain(part) for name, part in stated(record) if name not in but}
    text = json.dumps(said, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


@cache
def _kept(kind: Hashable) -> tuple[tuple[str, Any], ...]:
    return tuple((each.name, each.default) for each in fields(cast(Any, kind)) if each.compare)


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
