"""The published policy documents, in the folder beside the policy: each shop has a published.json that lists all
versions, and for each version and language a text and its HTML."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chalicelib.rules.documents.published import Version

INDEX, FOLDER = "published.json", "published"
"""The list of a shop's versions, and the folder with their texts."""


class DocumentFiles:
    """Reads the documents below `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def versions(self, shop: str) -> "tuple[Version, ...]":
        return _versions(self._folder / shop / INDEX)

    def text(self, shop: str, version: "Version", language: str) -> str:
        return self._read(shop, version, language, "md")

    def html(self, shop: str, version: "Version", language: str) -> str:
        return self._read(shop, version, language, "html")

    def _read(self, shop: str, version: "Version", language: str, suffix: str) -> str:
        return path(self._folder / shop, version, language, suffix).read_text(encoding="utf-8")


@cache
def _versions(index: Path) -> "tuple[Version, ...]":
    from chalicelib.rules.documents.published import read  # most functions read no document

    return read(index.read_text(encoding="utf-8")) if index.exists() else ()


def path(folder: Path, version: "Version", language: str, suffix: str) -> Path:
    """Where a version's text ("md") or HTML ("html") is, in a shop's folder."""
    return folder / FOLDER / version.document / f"{version.version}.{language}.{suffix}"
