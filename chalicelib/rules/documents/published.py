"""The versions of a shop's policy documents, as publishing has frozen them, and which of them is in force.

A published version keeps its text for ever (decision 198). Its canonical text is Markdown with the policy's numbers
filled in; the text's SHA-256 identifies it.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

DOCUMENTS = ("terms", "returns", "delivery", "guarantees", "privacy", "accessibility")
"""The documents that a shop may publish, in the order in which lists show them."""
TERMS = "terms"


@dataclass(frozen=True, slots=True)
class Review:
    """That a legal adviser has read a text: who, and on which day."""

    by: str
    on: date


@dataclass(frozen=True, slots=True)
class Edition:
    """A version in one language. `sha256`: of its canonical text, in hexadecimal digits."""

    title: str
    sha256: str
    reviewed: Review | None = None


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a document. `replaces`: the version before it, if there is one."""

    document: str
    version: date
    in_force: date
    replaces: date | None
    editions: Mapping[str, Edition]
    """By language."""

    def language(self, wanted: str) -> str:
        """The wanted language if there is an edition in it, otherwise the first that there is."""
        return wanted if wanted in self.editions else next(iter(self.editions))


def canonical(text: str) -> str:
    """The form of a text whose digest counts: without a byte order mark, with "\\n" as line end, without blanks at the
    ends of lines and without empty lines around it. So a copy by mail or editor is still the same text."""
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(line.rstrip() for line in lines).strip("\n") + "\n"


def digest(text: str) -> str:
    """The SHA-256 of a text's canonical form."""
    return hashlib.sha256(canonical(text).encode()).hexdigest()


def read(text: str) -> tuple[Version, ...]:
    """The versions in the text of a published.json, the oldest of each document first."""
    found: Mapping[str, list[dict[str, Any]]] = json.loads(text)
    return tuple(_version(document, entry) for document in DOCUMENTS for entry in found.get(document, ()))


def written(versions: Sequence[Version]) -> str:
    """The text that `read` reads."""
    content = {document: [_entry(each) for each in of(versions, document)] for document in DOCUMENTS}
    return (
        json.dumps(
            {document: entries for document, entries in content.items() if entries}, ensure_ascii=False, indent=1
        )
        + "\n"
    )


def of(versions: Sequence[Version], document: str) -> tuple[Version, ...]:
    """The versions of one document, the oldest first."""
    return tuple(sorted((each for each in versions if each.document == document), key=lambda each: each.version))


def in_force(versions: Sequence[Version], document: str, today: date) -> Version | None:
    """The version of a document that is in force: the newest whose day has come."""
    return next((each for each in reversed(of(versions, document)) if each.in_force <= today), None)


def before(versions: Sequence[Version], version: Version) -> Version | None:
    """The version that was in force before this one."""
    earlier = [each for each in of(versions, version.document) if each.version < version.version]
    return earlier[-1] if earlier else None


def _version(document: str, entry: Mapping[str, Any]) -> Version:
    return Version(
        document=document,
        version=date.fromisoformat(entry["version"]),
        in_force=date.fromisoformat(entry["in_force"]),
        replaces=date.fromisoformat(entry["replaces"]) if entry["replaces"] else None,
        editions={language: _edition(each) for language, each in entry["editions"].items()},
    )


def _edition(entry: Mapping[str, Any]) -> Edition:
    review = entry["reviewed"]
    reviewed = Review(review["by"], date.fromisoformat(review["on"])) if review else None
    return Edition(entry["title"], entry["sha256"], reviewed)


def _entry(version: Version) -> dict[str, Any]:
    return {
        "version": version.version.isoformat(),
        "in_force": version.in_force.isoformat(),
        "replaces": version.replaces.isoformat() if version.replaces else None,
        "editions": {
            language: {
                "title": each.title,
                "sha256": each.sha256,
                "reviewed": {"by": each.reviewed.by, "on": each.reviewed.on.isoformat()} if each.reviewed else None,
            }
            for language, each in version.editions.items()
        },
    }
