"""Freezes the text of a new version, and checks when packaging that what was published stands as it was.

The numbers of a document come from the policy, and a published text does not change. So a change of the policy that
changes a text needs a new version of it: until there is one, packaging fails (decision 198).
"""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from chalicelib.external.document_files import FOLDER, INDEX, path
from chalicelib.rules.documents.published import DOCUMENTS, Edition, Version, digest, of, read, written
from chalicelib.rules.policy.model import Policy, Shop
from deploy.documents import rendering
from deploy.documents.front_matter import DocumentMistakes
from deploy.documents.sources import Source, sources

_PUBLISH = "python -m local publish-policies"


def publish(folder: Path, policy: Policy) -> list[str]:
    """Freeze the texts of new versions below `folder`, and record reviews; returns a sentence for each new version.
    Raises DocumentMistakes, and then writes nothing for that shop."""
    done: list[str] = []
    for shop in policy.shops.values():
        known, rendered = _index(folder, shop), _rendered(folder, shop)
        _refuse(_tampered(folder / shop.id, known))
        _refuse(_changed(known, rendered, folder / shop.id))
        new = [version for version, _ in rendered.values() if not _same_day(known, version)]
        _refuse(mistake for version in new if (mistake := _out_of_order(known, version, folder / shop.id)))
        for version, texts in rendered.values():
            _write(folder / shop.id, version, texts)
        done += [f"{shop.name}: {each.document}, version {each.version}, in force from {each.in_force}" for each in new]
        versions = _with_reviews([*known, *new], rendered)
        if versions:
            (folder / shop.id / INDEX).write_text(written(versions), encoding="utf-8")
        _write_html(folder / shop.id, versions)
    return done


def check(folder: Path, policy: Policy) -> None:
    """Raises DocumentMistakes if a published text was changed, or if a document does not say what was published."""
    for shop in policy.shops.values():
        known, rendered = _index(folder, shop), _rendered(folder, shop)
        _refuse(_tampered(folder / shop.id, known))
        _refuse(_changed(known, rendered, folder / shop.id))
        _refuse(_shown_otherwise(folder / shop.id, known))
        _refuse(_unpublished(folder / shop.id, known, rendered))


def _index(folder: Path, shop: Shop) -> tuple[Version, ...]:
    index = folder / shop.id / INDEX
    return read(index.read_text(encoding="utf-8")) if index.exists() else ()


Rendered = Mapping[str, tuple[Version, Mapping[str, str]]]
"""By document: the version that the shop's files describe, and its text by language."""


def _rendered(folder: Path, shop: Shop) -> Rendered:
    return {document: _version(each, shop) for document, each in sources(folder, shop).items()}


def _version(read: Sequence[Source], shop: Shop) -> tuple[Version, Mapping[str, str]]:
    texts = {each.language: rendering.text(each, shop) for each in read}
    editions = {
        each.language: Edition(rendering.title(texts[each.language], each), digest(texts[each.language]), each.reviewed)
        for each in sorted(read, key=lambda each: shop.languages.index(each.language))
    }
    first = read[0]
    return Version(first.document, first.version, first.in_force, first.replaces, editions), texts


def _same_day(known: Sequence[Version], version: Version) -> Version | None:
    return next((each for each in of(known, version.document) if each.version == version.version), None)


def _changed(known: Sequence[Version], rendered: Rendered, folder: Path) -> Iterator[str]:
    """What says something else now than the published version of the same day."""
    for version, texts in rendered.values():
        before = _same_day(known, version)
        if before is None:
            continue
        file = folder / f"{version.document}.{next(iter(texts))}.md"
        if (before.in_force, before.replaces) != (version.in_force, version.replaces):
            yield f"{file}: in_force and replaces of version {version.version} are published: leave them as they were."
        for language, edition in before.editions.items():
            if language in texts and digest(texts[language]) != edition.sha256:
                yield _reworded(folder, before, language, texts[language])


def _reworded(folder: Path, before: Version, language: str, text: str) -> str:
    published = path(folder, before, language, "md").read_text(encoding="utf-8").splitlines()
    pairs = [line for line in difflib.ndiff(published, text.splitlines()) if line[0] in "+-"]
    was, now = (next((line[2:] for line in pairs if line[0] == sign), "") for sign in "-+")
    return (
        f"{folder / before.document}.{language}.md: this file, or policy.toml, has changed what version "
        f'{before.version} says: "{was}" would become "{now}". A published version keeps its text: write another '
        f"version, its in_force, and replaces = {before.version}; then run {_PUBLISH}."
    )


def _out_of_order(known: Sequence[Version], version: Version, folder: Path) -> str | None:
    """What is wrong with a new version's place after the earlier ones."""
    earlier = of(known, version.document)
    last = earlier[-1] if earlier else None
    where = f"{folder / version.document}.*.md"
    if version.replaces != (last.version if last else None):
        wanted = f"replaces = {last.version}" if last else "no replaces: it is the first version"
        return f"{where}: version {version.version} must have {wanted}."
    if last and (version.version <= last.version or version.in_force <= last.in_force):
        return f"{where}: version and in_force must come after those of {last.version} ({last.in_force})."
    return None


def _tampered(folder: Path, known: Sequence[Version]) -> Iterator[str]:
    """Published files that are not as they were published."""
    named = [(version, language) for version in known for language in version.editions]
    expected = {path(folder, *each, suffix) for each in named for suffix in ("md", "html")}
    for file in sorted(set((folder / FOLDER).rglob("*.*")) - expected):
        yield f"{file}: {INDEX} does not name it: delete it, or restore {INDEX}."
    for version in known:
        for language, edition in version.editions.items():
            file = path(folder, version, language, "md")
            if not file.exists():
                yield f"{file}: is missing, but was published: restore it."
            elif digest(file.read_text(encoding="utf-8")) != edition.sha256:
                yield f"{file}: was published and is now another text (its SHA-256 in {INDEX} differs): restore it."


def _shown_otherwise(folder: Path, known: Sequence[Version]) -> Iterator[str]:
    """HTML that does not show its text."""
    for version in known:
        for language in version.editions:
            text = path(folder, version, language, "md").read_text(encoding="utf-8")
            shown = path(folder, version, language, "html")
            if not shown.exists() or shown.read_text(encoding="utf-8") != rendering.html(text):
                yield f"{shown}: does not show the text beside it: run {_PUBLISH}."


def _unpublished(folder: Path, known: Sequence[Version], rendered: Rendered) -> Iterator[str]:
    for version, _ in rendered.values():
        before = _same_day(known, version)
        if before is None:
            yield f"{folder / version.document}.*.md: version {version.version} is not published: run {_PUBLISH}."
        elif before.editions != version.editions:
            yield f"{folder / version.document}.*.md: its review or languages are not recorded: run {_PUBLISH}."
    for document in DOCUMENTS:
        if of(known, document) and document not in rendered:
            yield f"{folder / document}.*.md: is missing, but was published: restore it."


def _with_reviews(versions: Sequence[Version], rendered: Rendered) -> list[Version]:
    """The versions with the reviews that the files state now: a text may be reviewed after it was published."""
    now = {(version.document, version.version): version.editions for version, _ in rendered.values()}
    return [
        replace(each, editions={**each.editions, **now.get((each.document, each.version), {})}) for each in versions
    ]


def _write(folder: Path, version: Version, texts: Mapping[str, str]) -> None:
    for language, text in texts.items():
        file = path(folder, version, language, "md")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


def _write_html(folder: Path, versions: Sequence[Version]) -> None:
    for version in versions:
        for language in version.editions:
            text = path(folder, version, language, "md").read_text(encoding="utf-8")
            path(folder, version, language, "html").write_text(rendering.html(text), encoding="utf-8")


def _refuse(mistakes: Iterator[str]) -> None:
    found = list(mistakes)
    if found:
        raise DocumentMistakes("\n".join(found))
