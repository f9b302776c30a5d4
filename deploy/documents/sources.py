"""Reads the files in which a shop writes its documents: `<document>.<language>.md`, TOML between two lines of "+++",
then Markdown."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from chalicelib.rules.documents.published import DOCUMENTS, Review
from chalicelib.rules.policy.model import Shop
from deploy.documents.front_matter import DocumentMistakes, Form, begun, line_of, wrong_keys

_DAY = "a day such as 2026-11-01, without quotes"
_KEYS = {
    "version": Form(date, _DAY, needed=True),
    "in_force": Form(date, _DAY, needed=True),
    "replaces": Form(date, _DAY),
    "reviewed": Form(dict, '{ by = "who read it", on = 2026-10-20 }'),
}


@dataclass(frozen=True, slots=True)
class Source:
    """A document in one language as the shop wrote it. `begins`: the line of the file where `body` begins."""

    file: Path
    document: str
    language: str
    version: date
    in_force: date
    replaces: date | None
    reviewed: Review | None
    body: str
    begins: int


def sources(folder: Path, shop: Shop) -> dict[str, tuple[Source, ...]]:
    """The shop's documents below `folder`, each in all the shop's languages. Raises DocumentMistakes."""
    found: dict[str, tuple[Source, ...]] = {}
    files = sorted((folder / shop.id).glob("*.md"))
    mistakes = [mistake for file in files if (mistake := _misnamed(file, shop))]
    for document in DOCUMENTS:
        named = [file for file in files if file.name.partition(".")[0] == document]
        if not named or mistakes:
            continue
        lacking = [language for language in shop.languages if folder / shop.id / _name(document, language) not in named]
        mistakes += [f"{named[0].parent / _name(document, each)}: is missing: write it too." for each in lacking]
        read = tuple(_read(file) for file in named)
        mistakes += [f"{each.file}: {mistake}" for each in read if (mistake := _apart(read[0], each))]
        found[document] = read
    if mistakes:
        raise DocumentMistakes("\n".join(mistakes))
    return found


def _name(document: str, language: str) -> str:
    return f"{document}.{language}.md"


def _misnamed(file: Path, shop: Shop) -> str | None:
    document, _, language = file.name.removesuffix(".md").partition(".")
    if document not in DOCUMENTS:
        return f"{file}: {document} is not known: write one of {', '.join(DOCUMENTS)}."
    if language not in shop.languages:
        return f"{file}: {shop.name} has no language {language!r}: name it after one of {', '.join(shop.languages)}."
    return None


def _apart(first: Source, other: Source) -> str | None:
    for key in ("version", "in_force", "replaces"):
        if getattr(first, key) != getattr(other, key):
            return f"{key} is {getattr(other, key)}, but {getattr(first, key)} in {first.file.name}: write the same."
    return None


def _read(file: Path) -> Source:
    head = begun(file)
    if wrong := list(_wrong(head.facts)):
        raise DocumentMistakes(
            "\n".join(f"{file}, line {line_of(head.text, key)}: {sentence}" for key, sentence in wrong)
        )
    document, _, language = file.name.removesuffix(".md").partition(".")
    facts, review = head.facts, head.facts.get("reviewed")
    return Source(
        file=file,
        document=document,
        language=language,
        version=facts["version"],
        in_force=facts["in_force"],
        replaces=facts.get("replaces"),
        reviewed=Review(review["by"], review["on"]) if review else None,
        body=head.body,
        begins=head.begins,
    )


def _wrong(facts: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield from wrong_keys(facts, _KEYS)
    review = facts.get("reviewed")
    if isinstance(review, dict) and not (
        set(review) == {"by", "on"} and isinstance(review["by"], str) and type(review["on"]) is date
    ):
        yield "reviewed", f"reviewed does not fit: write {_KEYS['reviewed'].said}."
