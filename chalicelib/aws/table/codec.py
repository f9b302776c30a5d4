"""Converts values to DynamoDB attributes and back, by the types of the dataclasses' fields.

Values that are None, empty or a field's default are left out, so that items stay small.
"""

import types
from collections.abc import Callable, Hashable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, date, datetime
from enum import Enum
from functools import cache, partial
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from chalicelib.rules.tickets.stated import is_flat, stated

Attributes = dict[str, Any]
ILL_FORMED = (ValueError, TypeError, KeyError, AttributeError, IndexError)
"""The errors raised for an item that was altered so that it is no valid item of its kind."""
_Value = TypeVar("_Value")
_Readers = dict[str, Callable[[Any], Any]]


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
    readers, flat, empties = _shape(cast(Hashable, kind))
    values = dict(empties)
    for name, attribute in item.items():
        if name in readers:
            values[name] = _read(readers[name], attribute)
    for name, hint in flat.items():
        values[name] = decode(hint, item)
    return kind(**values)


@cache
def _shape(kind: Hashable) -> tuple[dict[str, _Readers], dict[str, Any], dict[str, Any]]:
    """The readers of a dataclass's stored fields, the types of its flat ones, and the empty values of required fields,
    which `attributes` leaves out when they are empty."""
    kept = {f.name: is_flat(f) for f in fields(cast(Any, kind)) if f.compare}
    hints = {name: hint for name, hint in get_type_hints(kind).items() if name in kept}
    flat = {name: hints.pop(name) for name, is_one in kept.items() if is_one}
    required = {f.name for f in fields(cast(Any, kind)) if f.default is MISSING}
    texts = {name: "" for name in required if hints[name] is str}
    lists = {name: found for name in required if (found := _list(hints[name]))}
    readers = {name: _readers(hint) for name, hint in hints.items()}
    return readers, flat, texts | {name: make() for name, (make, _) in lists.items()}


def _list(hint: Any) -> tuple[Callable[..., Any], Any] | None:
    """The constructor for this tuple type, and the type of its parts; None if it is no tuple. A class like `Clocks`
    names the type of its parts in its base."""
    if get_origin(hint) is tuple:
        return tuple, get_args(hint)[0]
    if get_origin(hint) is None and isinstance(hint, type) and issubclass(hint, tuple):
        return hint, get_args(cast(Any, hint).__orig_bases__[0])[0]
    return None


def _read(by_type: _Readers, attribute: Mapping[str, Any]) -> Any:
    ((kind, value),) = attribute.items()
    if kind not in by_type:
        raise TypeError(f"no value for attribute type {kind}")
    return by_type[kind](value)


@cache
def _readers(hint: Any) -> _Readers:
    """What makes a value of this type from an attribute's value, by the attribute's type. A type can be optional, or
    one of several enums, which share no value. Found once for each type, because an export reads millions."""
    union = get_origin(hint) in (Union, types.UnionType)
    options = tuple(each for each in get_args(hint) if each is not type(None)) if union else (hint,)
    if len(options) > 1:
        return {"S": lambda value: next((each for each in options if value in tuple(each)), options[0])(value)}
    (only,) = options
    if only in _PLAIN:
        return _PLAIN[only]
    if found := _list(only):
        make, of = found
        return {"L": lambda value: make(_read(_readers(of), part) for part in value)}
    if isinstance(only, type) and issubclass(only, Enum):
        return {"S": only}
    return {"M": partial(decode, cast(Any, only))} if is_dataclass(only) else {}


def _same(value: Any) -> Any:
    return value


_PLAIN: dict[Any, _Readers] = {
    str: {"S": _same},
    bool: {"BOOL": _same},
    int: {"N": int},
    datetime: {"S": _moment},
    date: {"S": date.fromisoformat},
}
