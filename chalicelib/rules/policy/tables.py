"""Reads nested TOML by tables of fields. It notes every mistake with its path and goes on.

A reader gets a raw value, its path and the Reading. It returns the converted value, or BAD after it has noted the
mistake.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from chalicelib.rules.policy.toml_lines import Path

BAD: Final = object()
"""Stands for a value that could not be read; its mistake has been noted."""


@dataclass(slots=True)
class Reading:
    """The mistakes found so far, and the languages of the shop that is being read."""

    mistakes: list[tuple[Path, str]] = field(default_factory=list)
    languages: tuple[str, ...] = ()

    def bad(self, path: Path, sentence: str) -> object:
        self.mistakes.append((path, sentence))
        return BAD


Read = Callable[[Any, Path, Reading], Any]
Values = Mapping[str, Any]
Check = Callable[[Values], Iterable[tuple[str, str]]]
"""Checks the values of a table that could be read; yields the key and the sentence of each mistake."""

REQUIRED: Final = object()
FORMS = {
    str: 'text in quotes, "like this"',
    int: "a whole number, without quotes",
    bool: "true or false, without quotes",
    list: "a list in square brackets",
    dict: "a table, { like = this } or under a header of its own",
}


@dataclass(frozen=True, slots=True)
class Field:
    """How a key is read, and its default. REQUIRED: a missing key is a mistake; `example` shows what to write."""

    read: Read
    default: object = REQUIRED
    example: str = ""


def required(read: Read, example: str) -> Field:
    return Field(read, REQUIRED, example)


def optional(read: Read, default: object = None) -> Field:
    return Field(read, default)


def scalar(form: type, convert: Callable[[Any], Any] = lambda raw: raw) -> Read:
    """A reader of one plain value; `convert` raises ValueError with a sentence that says what to write instead."""

    def read(raw: Any, path: Path, reading: Reading) -> Any:
        if type(raw) is not form:
            return reading.bad(path, f"{shown(raw)} does not fit here: write {FORMS[form]}.")
        try:
            return convert(raw)
        except ValueError as mistake:
            return reading.bad(path, str(mistake))

    return read


def table(
    make: Callable[..., Any], fields: Mapping[str, Field], check: Check | None = None, *, named: bool = False
) -> Read:
    """A reader of a table with known keys; it makes `make(**values)`. `named`: the table's own key becomes the value
    `id`."""

    def read(raw: Any, path: Path, reading: Reading) -> Any:
        if not isinstance(raw, dict):
            return reading.bad(path, f"{shown(raw)} does not fit here: write {FORMS[dict]}.")
        wrong = [reading.bad((*path, key), unknown(key, fields)) for key in raw if key not in fields]
        values: dict[str, Any] = {"id": path[-1]} if named else {}
        for key, known in fields.items():
            value = known.default
            if key in raw:
                value = known.read(raw[key], (*path, key), reading)
            elif value is REQUIRED:
                value = reading.bad((*path, key), f"is missing: write {known.example}.")
            if value is not BAD:
                values[key] = value
        wrong += [reading.bad((*path, key), sentence) for key, sentence in (check(values) if check else ())]
        return BAD if wrong or len(values) < len(fields) + named else make(**values)

    return read


def entries(read_entry: Read, known: Iterable[str] | None = None, needed: Iterable[str] = ()) -> Read:
    """A reader of a table that names its entries by key. Only keys in `known` are allowed, if given; those in `needed`
    must be there."""

    def read(raw: Any, path: Path, reading: Reading) -> Any:
        if not isinstance(raw, dict):
            return reading.bad(path, f"{shown(raw)} does not fit here: write {FORMS[dict]}.")
        values = {}
        for key, value in raw.items():
            if known is not None and key not in known:
                values[key] = reading.bad((*path, key), unknown(key, known))
            else:
                values[key] = read_entry(value, (*path, key), reading)
        every = ", ".join(needed)
        for key in needed:
            if key not in raw:
                values[key] = reading.bad(
                    (*path, key), f"is missing: write it again, for there may be tickets of it; every shop has {every}."
                )
        return BAD if BAD in values.values() else values

    return read


def items(read_item: Read, unique: str = "", least: int = 0) -> Read:
    """A reader of a list into a tuple. No two of its tables may have the same value under the key `unique`."""

    def read(raw: Any, path: Path, reading: Reading) -> Any:
        if not isinstance(raw, list):
            return reading.bad(path, f"{shown(raw)} does not fit here: write {FORMS[list]}.")
        if len(raw) < least:
            return reading.bad(path, "is empty: write at least one.")
        values = [read_item(item, (*path, index), reading) for index, item in enumerate(raw)]
        places = {(*path, index): item for index, item in enumerate(raw)}
        twice = note_repeated(places, unique, reading) if unique else False
        return BAD if twice or BAD in values else tuple(values)

    return read


def note_repeated(places: Mapping[Path, Any], key: str, reading: Reading) -> bool:
    """Note each table with the same value under `key` as an earlier one (case and outer spaces are ignored)."""
    seen: dict[str, Path] = {}
    found = False
    for path, raw in places.items():
        value = raw.get(key) if isinstance(raw, dict) else None
        if not isinstance(value, str):
            continue
        first = seen.setdefault(value.strip().lower(), path)
        if first != path:
            found = True
            reading.bad((*path, key), f"{shown(value)} is taken already (see {dotted(first[-1:])}): write another.")
    return found


def unknown(key: str, known: Iterable[str]) -> str:
    """The sentence for an unknown key, with the most similar known one."""
    import difflib  # only ever needed for a mistake

    near = difflib.get_close_matches(key, list(known), n=1)
    if near:
        return f'is not known: did you mean "{near[0]}"?'
    return f"is not known: write one of {', '.join(sorted(known))}, or take it out."


def shown(raw: Any) -> str:
    """A raw value as the file writes it, shortened."""
    if isinstance(raw, bool):
        return str(raw).lower()
    words = f'"{raw}"' if isinstance(raw, str) else str(raw)
    return words if len(words) <= 60 else f"{words[:57]}..."


def dotted(path: Path) -> str:
    """shops.northlight.agents[0].address"""
    words = ""
    for part in path:
        if isinstance(part, int):
            words += f"[{part}]"
        else:
            plain = re.fullmatch(r"[A-Za-z0-9_-]+", part)
            words += ("." if words else "") + (part if plain else shown(part))
    return words
