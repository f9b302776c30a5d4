"""The lists of words by which heat is found (rules.procedure.answers.heat): templates/heat has a file per language.

A language's lists differ from another's in length, so they are no words of pages.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "templates" / "heat"


@cache
def languages() -> tuple[str, ...]:
    """The languages that have a file."""
    return tuple(sorted(file.stem for file in FOLDER.glob("*.toml")))


@cache
def lists(language: str) -> Mapping[str, tuple[str, ...]]:
    """The lists of a language, by the sign that they are for."""
    read = tomllib.loads((FOLDER / f"{language}.toml").read_text(encoding="utf-8"))
    return {sign: tuple(words) for sign, words in read.items()}
