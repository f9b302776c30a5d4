"""Buckets in memory."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from chalicelib.errors import UnknownFile
from chalicelib.services.ports.files import Upload

LEAST_PART = 5 * 1024 * 1024


class FakeFiles:
    """Buckets in memory."""

    def __init__(self) -> None:
        self.raw: dict[str, bytes] = {}
        self.came: dict[str, datetime] = {}
        self.settled: dict[str, bool] = {}
        self.kept: dict[str, tuple[bytes, str]] = {}
        self.uploads: dict[str, tuple[bytes, str]] = {}
        # What S3 keeps of what was overwritten, or has expired, until its lifecycle forgets it.
        self.old: list[tuple[str, bytes]] = []
        self.old_raw: list[tuple[str, bytes]] = []
        # By upload: the key, the content type, and the parts by number.
        self.begun: dict[str, tuple[str, str, dict[int, bytes]]] = {}
        self.begun_in_all = 0

    def raw_mail(self, key: str) -> bytes:
        if key not in self.raw:
            raise UnknownFile(key)
        return self.raw[key]

    def keep_raw_mail(self, raw_key: str, key: str) -> None:
        self._put(key, self.raw[raw_key], "message/rfc822")

    def settle_raw_mail(self, key: str, *, copied: bool) -> None:
        if copied:
            assert any(kept.endswith(f"/{key}") for kept in self.kept), key
        self.settled[key] = copied

    def raw_mails(self) -> Iterator[tuple[str, datetime]]:
        return iter(self.came.items())

    def keep(self, key: str, content: bytes, content_type: str) -> None:
        # S3 takes it as a header.
        assert content_type.isascii(), content_type
        assert content_type.isprintable(), content_type
        self._put(key, content, content_type)

    def _put(self, key: str, content: bytes, content_type: str) -> None:
        if key in self.kept:
            self.old.append((key, self.kept[key][0]))
        self.kept[key] = (content, content_type)

    def expire_raw(self, key: str) -> None:
        """What the bucket's lifecycle does: the mail is gone, but its version is not yet."""
        self.old_raw.append((key, self.raw.pop(key)))

    def stored(self, prefix: str) -> Mapping[str, int]:
        return {key: len(content) for key, (content, _) in self.kept.items() if key.startswith(prefix)}

    def delete_versions_page(self, prefix: str) -> int:
        versions = [*self.old, *((key, content) for key, (content, _) in self.kept.items())]
        page = [(key, content) for key, content in versions if key.startswith(prefix)][:1000]
        for version in page:
            if version in self.old:
                self.old.remove(version)
            else:
                del self.kept[version[0]]
        return len(page)

    def abandon_parts(self, prefix: str) -> None:
        self.begun = {id: begun for id, begun in self.begun.items() if not begun[0].startswith(prefix)}

    def erase_files(self, keys: Iterable[str]) -> None:
        for key in keys:
            self.kept.pop(key, None)
            self.old = [version for version in self.old if version[0] != key]

    def erase_raw(self, keys: Iterable[str]) -> None:
        for key in keys:
            self.raw.pop(key, None)
            self.came.pop(key, None)
            self.old_raw = [version for version in self.old_raw if version[0] != key]

    def read(self, key: str) -> bytes:
        found = self.kept.get(key) or self.uploads.get(key)
        if found is None:
            raise UnknownFile(key)
        return found[0]

    def adopt_upload(self, upload: str, key: str) -> None:
        self._put(key, *(self.uploads.get(upload) or self.kept[upload]))

    def upload(self, key: str) -> Upload | None:
        found = self.uploads.get(key) or self.kept.get(key)
        return Upload(len(found[0]), found[1]) if found else None

    def upload_form(self, key: str, content_type: str, largest: int) -> tuple[str, Mapping[str, str]]:
        return "https://files.example", {"key": key, "Content-Type": content_type, "largest": str(largest)}

    def link(self, key: str, filename: str, content_type: str, seconds: int) -> str:
        return f"https://files.example/{key}?as={filename}&for={seconds}"

    def begin_parts(self, key: str, content_type: str) -> str:
        self.begun_in_all += 1
        upload = f"upload-{self.begun_in_all}"
        self.begun[upload] = (key, content_type, {})
        return upload

    def put_part(self, key: str, upload: str, number: int, content: bytes) -> str:
        if upload not in self.begun:
            raise UnknownFile(key)
        self.begun[upload][2][number] = content
        return _etag(content)

    def join_parts(self, key: str, upload: str, parts: Sequence[str]) -> None:
        _, content_type, held = self.begun.get(upload, ("", "", {}))
        if key in self.kept and upload not in self.begun:
            return  # joined before
        named = [held.get(number, b"") for number in range(1, len(parts) + 1)]
        if not parts or [_etag(content) for content in named] != list(parts):
            raise UnknownFile(key)
        # S3's least, but for the last.
        assert all(len(content) >= LEAST_PART for content in named[:-1])
        self._put(key, b"".join(named), content_type)
        del self.begun[upload]

    def abort_upload(self, key: str, upload: str) -> None:
        self.begun.pop(upload, None)


def _etag(content: bytes) -> str:
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'
