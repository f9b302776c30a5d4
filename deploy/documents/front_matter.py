"""The beginning of a file that a shop writes: TOML between two lines of "+++", then Markdown."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from deploy.runtime import PackagingFailed

FENCE = "+++"


class DocumentMistakes(PackagingFailed):
    """What a shop wrote can't be published or packaged; the message has a line for each mistake."""


class Written(Protocol):
    """A text as the shop wrote it. `begins`: the line of the file where `body` begins."""

    @property
    def file(self) -> Path: ...

    @property
    def language(self) -> str: ...

    @property
    def body(self) -> str: ...

    @property
    def begins(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Head:
    """A file divided: the facts of its beginning, and the Markdown after it, which begins on line `begins`."""

    text: str
    facts: Mapping[str, Any]
    body: str
    begins: int


@dataclass(frozen=True, slots=True)
class Form:
    """What a key of the beginning must be, and how that is said to whoever writes it."""

    kind: type
    said: str
    needed: bool = False


def begun(file: Path) -> Head:
    """The file, divided. Raises DocumentMistakes."""
    text = file.read_text(encoding="utf-8")
    opening, _, rest = text.partition(f"{FENCE}\n")
    head, closing, body = rest.partition(f"\n{FENCE}\n")
    if opening.strip() or not closing:
        raise DocumentMistakes(f'{file}, line 1: begin with a line "{FENCE}", then the keys, then "{FENCE}".')
    try:
        facts = tomllib.loads(head)
    except tomllib.TOMLDecodeError as mistake:
        raise DocumentMistakes(f"{file}: its beginning is no valid TOML: {mistake}") from None
    return Head(text, facts, body, text[: len(text) - len(body)].count("\n") + 1)


def wrong_keys(facts: Mapping[str, Any], forms: Mapping[str, Form]) -> Iterator[tuple[str, str]]:
    """Each key that is missing, not known or of the wrong form, with a sentence."""
    for key, form in forms.items():
        if form.needed and key not in facts:
            yield key, f"{key} is missing: write {form.said}."
    for key, value in facts.items():
        if key not in forms:
            yield key, f"{key} is not known: write one of {', '.join(forms)}."
        elif type(value) is not forms[key].kind:
            yield key, f"{key} does not fit: write {forms[key].said}."


def line_of(text: str, key: str) -> int:
    """The line of a key in the beginning of the file; 1 if it is not there."""
    lines = text.splitlines()
    return next((number for number, line in enumerate(lines, 1) if line.split("=")[0].strip() == key), 1)
