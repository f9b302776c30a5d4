"""Values to DynamoDB attributes and back, driven by the dataclasses' own types.

What is None, empty or a field's default is left out, so that an item is as small as what it says.
"""

import types
from collections.abc import Callable, Hashable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, date, datetime
from enum import Enum
from functools import cache
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from chalicelib.rules.tickets.stated import is_flat, stated

Attributes = dict[str, Any]
ILL_FORMED = (ValueError, TypeError, KeyError, AttributeError, IndexError)
"""What reading an item raises that was altered so that it is none of its kind any more."""
_Value = TypeVar("_Value")


def instant(moment: datetime) -> str:
    """A moment as it stands in keys and attributes: UTC, fixed width, so that order of text is order of time."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a moment of no time zone")
    return moment


def encode(value: Any) -> dict[str, Any]:
    """One value as a typed DynamoDB attribute."""
    if isinstance(value, bool):
        return {"BOOL": value}
    if isinstance(value, Enum):
        return {"S": value.value}
    if isinstance(value, str):
        return {"S": value}
    if isinstance(value, int):
        return {"N": str(value)}
    if isinstance(value, datetime):
        return {"S": instant(value)}
    if isinstance(value, date):
        return {"S": value.isoformat()}
    if isinstance(value, tuple):
        return {"L": [encode(part) for part in value]}
    if is_dataclass(value):
        return {"M": attributes(value)}
    raise TypeError(f"no attribute type for {type(value).__name__}")


def attributes(value: Any) -> Attributes:
    """A dataclass's fields as attributes, but for those that are not kept."""
    return {name: encode(part) for name, part in stated(value)}


def decode(kind: type[_Value], item: Mapping[str, Any]) -> _Value:
    """The dataclass of this kind that the attributes hold; what is left out takes its default or is empty."""
    hints, flat, empties = _shape(cast(Hashable, kind))
    values = {name: _decode(hint, item[name]) for name, hint in hints.items() if name in item}
    values |= {name: decode(hint, item) for name, hint in flat.items()}
    return kind(**(empties | values))


@cache
def _shape(kind: Hashable) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """The types of a dataclass's fields, those of its flat ones, and the empty values of those that `attributes` leaves
    out when empty."""
    kept = {f.name: is_flat(f) for f in fields(cast(Any, kind)) if f.compare}
    hints = {name: hint for name, hint in get_type_hints(kind).items() if name in kept}
    flat = {name: hints.pop(name) for name, is_one in kept.items() if is_one}
    required = {f.name for f in fields(cast(Any, kind)) if f.default is MISSING}
    texts = {name: "" for name in required if hints[name] is str}
    lists = {name: found for name in required if (found := _list(hints[name]))}
    return hints, flat, texts | {name: make() for name, (make, _) in lists.items()}


def _list(hint: Any) -> tuple[Callable[..., Any], Any] | None:
    """What makes a tuple of this type, and the type of its parts; None where it is no tuple. One by a name of its own
    (`Clocks`) says among its bases of what it is."""
    if get_origin(hint) is tuple:
        return tuple, get_args(hint)[0]
    if get_origin(hint) is None and isinstance(hint, type) and issubclass(hint, tuple):
        return hint, get_args(cast(Any, hint).__orig_bases__[0])[0]
    return None


def _is_member(hint: Any, value: Any) -> bool:
    return isinstance(hint, type) and issubclass(hint, Enum) and value in {member.value for member in hint}


def _decode(hint: Any, attribute: Mapping[str, Any]) -> Any:
    ((kind, value),) = attribute.items()
    if get_origin(hint) in (Union, types.UnionType):
        options = [option for option in get_args(hint) if option is not type(None)]
        hint = next((option for option in options if _is_member(option, value)), options[0])
    match kind:
        case "S" if hint is datetime:
            return _moment(value)
        case "S" if hint is date:
            return date.fromisoformat(value)
        case "S" if hint is str:
            return value
        case "S" if isinstance(hint, type) and issubclass(hint, Enum):
            return hint(value)
        case "N" if hint is int:
            return int(value)
        case "BOOL" if hint is bool:
            return value
        case "L" if found := _list(hint):
            make, of = found
            return make(_decode(of, part) for part in value)
        case "M" if isinstance(hint, type) and is_dataclass(hint):
            return decode(hint, value)
    raise TypeError(f"no value for attribute type {kind}")
