"""Converts values to DynamoDB attributes and back, by the types of the dataclasses' fields.

Values that are None, empty or a field's default are left out, so that items stay small.
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
"""The errors raised for an item that was altered so that it is no valid item of its kind."""
_Value = TypeVar("_Value")


def instant(moment: datetime) -> str:
    """A moment as text in keys and attributes: UTC, fixed width, so that the order of texts is the order of times."""
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
    """The stored fields of a dataclass as attributes."""
    return {name: encode(part) for name, part in stated(value)}


def decode(kind: type[_Value], item: Mapping[str, Any]) -> _Value:
    """The dataclass of this kind from its attributes. A missing attribute means the default or the empty value."""
    hints, flat, empties = _shape(cast(Hashable, kind))
    values = {name: _decode(hint, item[name]) for name, hint in hints.items() if name in item}
    values |= {name: decode(hint, item) for name, hint in flat.items()}
    return kind(**(empties | values))


@cache
def _shape(kind: Hashable) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """The types of a dataclass's stored fields, the types of its flat ones, and the empty values of required fields,
    which `attributes` leaves out when they are empty."""
    kept = {f.name: is_flat(f) for f in fields(cast(Any, kind)) if f.compare}
    hints = {name: hint for name, hint in get_type_hints(kind).items() if name in kept}
    flat = {name: hints.pop(name) for name, is_one in kept.items() if is_one}
    required = {f.name for f in fields(cast(Any, kind)) if f.default is MISSING}
    texts = {name: "" for name in required if hints[name] is str}
    lists = {name: found for name in required if (found := _list(hints[name]))}
    return hints, flat, texts | {name: make() for name, (make, _) in lists.items()}


def _list(hint: Any) -> tuple[Callable[..., Any], Any] | None:
    """The constructor for this tuple type, and the type of its parts; None if it is no tuple. A class like `Clocks`
    names the type of its parts in its base."""
    if get_origin(hint) is tuple:
        return tuple, get_args(hint)[0]
    if get_origin(hint) is None and isinstance(hint, type) and issubclass(hint, tuple):
        return hint, get_args(cast(Any, hint).__orig_bases__[0])[0]
    return None


@cache
def _options(hint: Any) -> tuple[Any, ...]:
    """The types that a value of this type can have, besides None. Several only for enums, which share no value."""
    if get_origin(hint) not in (Union, types.UnionType):
        return (hint,)
    return tuple(option for option in get_args(hint) if option is not type(None))


def _decode(hint: Any, attribute: Mapping[str, Any]) -> Any:
    ((kind, value),) = attribute.items()
    options = _options(hint)
    hint = options[0] if len(options) == 1 else next((o for o in options if value in tuple(o)), options[0])
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
