"""Reads the files in which a shop writes its help: `help/<shop>/<language>/<slug>.md`, TOML between two lines of "+++",
then Markdown; and `help/synonyms.<language>.toml`."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from chalicelib.rules.help.articles import Section
from chalicelib.rules.help.building import Vocabulary
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.policy.promises import KINDS
from deploy.documents.front_matter import DocumentMistakes, Form, begun, line_of, wrong_keys

RESERVED = ("search", "suggest")
"""Addresses of the help centre that are no articles."""
MOST, LARGEST = 2000, 100_000
"""Articles of a shop in one language; bytes of one article."""
_VOCABULARY = ("stop", "same", "forms", "elsewhere", "things")
_LIST = 'a list of texts, such as ["late"]'
_KEYS = {
    "title": Form(str, "the question that the article answers, in quotes", needed=True),
    "section": Form(str, f"one of {', '.join(Section)}, in quotes", needed=True),
    "topics": Form(list, _LIST),
    "kinds": Form(list, _LIST),
    "skus": Form(list, _LIST),
    "keywords": Form(list, _LIST),
    "asked": Form(list, _LIST),
    "reviewed": Form(date, "the day of the last review, such as 2026-11-01, without quotes", needed=True),
}
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class ArticleSource:
    """An article in one language as the shop wrote it. `begins`: the line of the file where `body` begins."""

    file: Path
    language: str
    facts: Mapping[str, Any]
    body: str
    begins: int

    @property
    def slug(self) -> str:
        return self.file.stem

    @property
    def asked(self) -> tuple[str, ...]:
        """Questions that it answers, as people ask them."""
        return tuple(self.facts.get("asked", ()))


def sources(folder: Path, shop: Shop) -> dict[str, tuple[ArticleSource, ...]]:
    """The shop's articles below `folder` by language: the same ones in each. Raises DocumentMistakes."""
    found = {language: sorted((folder / shop.id / language).glob("*.md")) for language in shop.languages}
    slugs = sorted({file.stem for files in found.values() for file in files})
    mistakes = [
        f"{folder / shop.id / language / slug}.md: is missing: write it in this language too."
        for language, files in found.items()
        for slug in slugs
        if slug not in {file.stem for file in files}
    ]
    if len(slugs) > MOST:
        mistakes.append(f"{folder / shop.id}: has {len(slugs)} articles: {MOST} are allowed.")
    mistakes += [f"{each}: {shop.name} has no such language." for each in _strangers(folder / shop.id, shop)]
    mistakes += [mistake for files in found.values() for file in files for mistake in _refused(file)]
    if mistakes:
        raise DocumentMistakes("\n".join(mistakes))
    return {language: tuple(_read(file, language, shop) for file in files) for language, files in found.items()}


def vocabulary(folder: Path, language: str) -> Vocabulary:
    """What `synonyms.<language>.toml` says; without it, nothing."""
    file = folder / f"synonyms.{language}.toml"
    if not file.exists():
        return Vocabulary((), ())
    try:
        said = tomllib.loads(file.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as mistake:
        raise DocumentMistakes(f"{file}: no valid TOML: {mistake}") from None
    stop, same, forms, elsewhere, things = (said.pop(key, []) for key in _VOCABULARY)
    if (
        said
        or not all(map(_texts, (stop, elsewhere, things)))
        or not all(isinstance(each, list) and all(map(_texts, each)) for each in (same, forms))
    ):
        raise DocumentMistakes(
            f'{file}: write stop = ["the", …], same = [["late", "delayed"], …], '
            'forms = [["break", "broke"], …], elsewhere = ["are you hiring", …] and things = ["pizza", …], '
            "and nothing else."
        )
    return Vocabulary(stop, same, forms, elsewhere, things)


def _strangers(folder: Path, shop: Shop) -> Iterator[Path]:
    for each in sorted(folder.iterdir()) if folder.exists() else ():
        if each.name not in shop.languages:
            yield each


def _refused(file: Path) -> Iterator[str]:
    if not _SLUG.fullmatch(file.stem) or file.stem in RESERVED:
        yield f"{file}: name it with small letters, digits and hyphens, and not {' or '.join(RESERVED)}."
    if (size := file.stat().st_size) > LARGEST:
        yield f"{file}: has {size} bytes: {LARGEST} are allowed."


def _read(file: Path, language: str, shop: Shop) -> ArticleSource:
    head = begun(file)
    wrong = list(wrong_keys(head.facts, _KEYS)) or list(_unknown(head.facts, shop))
    if wrong:
        raise DocumentMistakes(
            "\n".join(f"{file}, line {line_of(head.text, key)}: {sentence}" for key, sentence in wrong)
        )
    return ArticleSource(file, language, head.facts, head.body, head.begins)


def _unknown(facts: Mapping[str, Any], shop: Shop) -> Iterator[tuple[str, str]]:
    known = {
        "topics": [topic.id for topic in shop.topics],
        "kinds": list(KINDS),
        "skus": None,
        "keywords": None,
        "asked": None,
    }
    for key, values in known.items():
        given = facts.get(key, [])
        if not _texts(given):
            yield key, f"{key} does not fit: write {_LIST}."
        elif values is not None and (strange := [each for each in given if each not in values]):
            yield key, f"{', '.join(strange)} is not known: the {key} are {', '.join(values)}."
    if facts["section"] not in list(Section):
        yield "section", f"section does not fit: write {_KEYS['section'].said}."


def _texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) and each.strip() for each in value)
