"""The published policy documents of the shops."""

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:  # every function imports the ports, and most read no document
    from chalicelib.rules.documents.published import Version


class Documents(Protocol):
    """Reads what publishing has frozen."""

    def versions(self, shop: str) -> "tuple[Version, ...]":
        """All versions of a shop's documents; none if the shop has published none."""
        ...

    def text(self, shop: str, version: "Version", language: str) -> str:
        """The canonical text of a version, in a language that it has."""
        ...

    def html(self, shop: str, version: "Version", language: str) -> str:
        """The same as safe HTML. The links to our own pages begin with "page:", as in the text."""
        ...
