"""Files of tickets, raw mails, uploads and exports."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Upload:
    """A file in the uploads area: its size in bytes and the type it was sent as."""

    size: int
    content_type: str


class Purging(Protocol):
    """What deletes files for good: all versions and delete markers."""

    def stored(self, prefix: str) -> Mapping[str, int]:
        """The files under a prefix and their sizes."""

    def delete_versions_page(self, prefix: str) -> int:
        """Delete up to a thousand versions under a prefix of the files bucket; how many there were."""

    def abandon_parts(self, prefix: str) -> None:
        """Forget the parts of all files under a prefix of the files bucket that have not been joined."""

    def erase_files(self, keys: Iterable[str]) -> None:
        """Delete these files with all their versions."""

    def erase_raw(self, keys: Iterable[str]) -> None:
        """Delete these raw mails, where they are still there."""


class Files(Purging, Protocol):
    def raw_mail(self, key: str) -> bytes: ...

    def keep_raw_mail(self, raw_key: str, key: str) -> None:
        """Copy a raw mail under its ticket, to be kept and purged with it."""

    def settle_raw_mail(self, key: str) -> None:
        """Mark a raw mail as one with an outcome: only such may be deleted after a while."""

    def raw_mails(self, since: datetime) -> Iterator[tuple[str, datetime]]:
        """The raw mails that came since then, each with its key and when it came."""

    def keep(self, key: str, content: bytes, content_type: str) -> None: ...

    def read(self, key: str) -> bytes: ...

    def adopt_upload(self, upload: str, key: str) -> None:
        """Copy an upload, or what another ticket has, under its ticket."""

    def upload(self, key: str) -> Upload | None: ...

    def upload_form(self, key: str, content_type: str, largest: int) -> tuple[str, Mapping[str, str]]:
        """A presigned POST (address, fields) for one file of this type and at most `largest` bytes."""

    def link(self, key: str, filename: str, content_type: str, seconds: int) -> str:
        """A link that downloads the file and works for so many seconds."""

    def begin_parts(self, key: str, content_type: str) -> str:
        """Begin a file that comes in parts; the upload's id."""

    def put_part(self, key: str, upload: str, number: int, content: bytes) -> str:
        """Put a part (from 1; all but the last of 5 MB at least); what names it. Raises UnknownFile: no such upload."""

    def join_parts(self, key: str, upload: str, parts: Sequence[str]) -> None:
        """Make them the file. Again, it changes nothing. Raises UnknownFile: the upload or a part is gone."""

    def abort_upload(self, key: str, upload: str) -> None:
        """Forget the parts of a file that has not been joined."""
