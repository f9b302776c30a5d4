"""Files of tickets, raw mails, uploads and exports; the published policy documents; the articles of the help."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:  # every function imports the ports, and most read no document
    from chalicelib.rules.documents.published import Version
    from chalicelib.rules.help.articles import Article
    from chalicelib.rules.help.index import Index
    from chalicelib.rules.help.words import Stem


@dataclass(frozen=True, slots=True)
class Upload:
    """A file in the uploads area: its size in bytes and its content type as sent."""

    size: int
    content_type: str


class Purging(Protocol):
    """Deletes files permanently: all versions and delete markers."""

    def stored(self, prefix: str) -> Mapping[str, int]:
        """The files under a prefix, with their sizes in bytes."""

    def delete_versions_page(self, prefix: str) -> int:
        """Delete up to a thousand versions under a prefix of the files bucket; returns how many there were."""

    def abandon_parts(self, prefix: str) -> None:
        """Abort all multipart uploads under a prefix of the files bucket that have not been joined."""

    def erase_files(self, keys: Iterable[str]) -> None:
        """Delete these files with all their versions."""

    def erase_raw(self, keys: Iterable[str]) -> None:
        """Delete those of these raw mails that still exist."""


class Files(Purging, Protocol):
    def raw_mail(self, key: str) -> bytes: ...

    def keep_raw_mail(self, raw_key: str, key: str) -> None:
        """Copy a raw mail under its ticket's prefix, so that it is kept and purged with the ticket."""

    def settle_raw_mail(self, key: str, *, copied: bool) -> None:
        """Mark a raw mail as one that has an outcome, and say whether its ticket keeps a copy. Only marked mails
        expire, and copied ones sooner."""

    def raw_mails(self) -> Iterator[tuple[str, datetime]]:
        """All raw mails that have not expired, in no order of time: each one's key and time of arrival."""

    def keep(self, key: str, content: bytes, content_type: str) -> None: ...

    def read(self, key: str) -> bytes: ...

    def adopt_upload(self, upload: str, key: str) -> None:
        """Copy an upload, or a file of another ticket, under this ticket's prefix."""

    def upload(self, key: str) -> Upload | None: ...

    def upload_form(self, key: str, content_type: str, largest: int) -> tuple[str, Mapping[str, str]]:
        """A presigned POST (address, fields) for one file of this type and at most `largest` bytes."""

    def link(self, key: str, filename: str, content_type: str, seconds: int) -> str:
        """A download link for the file, valid for `seconds`."""

    def begin_parts(self, key: str, content_type: str) -> str:
        """Begin a multipart file; returns the upload's id."""

    def put_part(self, key: str, upload: str, number: int, content: bytes) -> str:
        """Upload a part (numbered from 1; at least 5 MB, except the last) and return its identifier. Raises
        UnknownFile: no such upload."""

    def join_parts(self, key: str, upload: str, parts: Sequence[str]) -> None:
        """Join the parts into the file. Repeating it changes nothing. Raises UnknownFile: the upload or a part is
        gone."""

    def abort_upload(self, key: str, upload: str) -> None:
        """Discard the parts of a file that has not been joined."""


class Documents(Protocol):
    """The published policy documents of the shops, as publishing has frozen them."""

    def versions(self, shop: str) -> "tuple[Version, ...]":
        """All versions of a shop's documents; none if the shop has published none."""
        ...

    def text(self, shop: str, version: "Version", language: str) -> str:
        """The canonical text of a version, in a language that it has."""
        ...

    def html(self, shop: str, version: "Version", language: str) -> str:
        """The same as safe HTML. The links to our own pages begin with "page:", as in the text."""
        ...


class HelpCentre(Protocol):
    """The articles of the shops' help, as packaging has written them."""

    def articles(self, shop: str, language: str) -> "tuple[Article, ...]":
        """The shop's articles in this language, by slug; none if it has no help."""
        ...

    def index(self, shop: str, language: str) -> "Index | None":
        """Their index; None if there is none."""
        ...

    def stem(self, language: str) -> "Stem":
        """What cuts a folded word of this language to its stem."""
        ...

    def html(self, shop: str, language: str, slug: str) -> str:
        """An article as safe HTML. The links to our own pages begin with "page:"."""
        ...

    def text(self, shop: str, language: str, slug: str) -> str:
        """An article as plain text, its title first."""
        ...
