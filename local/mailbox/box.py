"""The mailbox: every sent mail in a file of its own, newest first; kept between runs and searched in memory."""

import re
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from local.mailbox import reading

_FIELDS = "to|from|cc|bcc|subject|addressed|message-id"
_QUERY = re.compile(rf'(?P<not>[-!])?(?:(?P<field>{_FIELDS}):)?(?:"(?P<q>[^"]*)"|(?P<w>\S+))')


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the list. `people` are all recipients; `words` is all searchable text in lower case."""

    id: str
    at: float
    size: int
    message_id: str
    sender: reading.Person
    to: tuple[reading.Person, ...]
    cc: tuple[reading.Person, ...]
    bcc: tuple[reading.Person, ...]
    reply_to: tuple[reading.Person, ...]
    subject: str
    attachments: int
    snippet: str
    words: str

    def people(self) -> Iterable[reading.Person]:
        """All recipients."""
        return (*self.to, *self.cc, *self.bcc)


class Mailbox:
    """Mails by id; ids sort by the time the mail was sent."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._entries: dict[str, Entry] = {}
        self._last = 0
        self.deleted = 0
        folder.mkdir(parents=True, exist_ok=True)
        for file in sorted(folder.glob("*.eml")):
            self._entries[file.stem] = _entry(file.stem, file.read_bytes())

    def add(self, raw: bytes, sender: str, recipients: list[str]) -> Entry:
        """Keep a mail, with its envelope as headers at the top, as a mail server would write it."""
        envelope = f"Return-Path: <{sender}>\r\n" + "".join(f"Delivered-To: {address}\r\n" for address in recipients)
        content = envelope.encode("utf-8", "replace") + raw
        with self._lock:
            self._last = max(self._last + 1, time.time_ns())
            mail_id = f"{self._last:016x}"
        new = self._folder / f"{mail_id}.new"
        new.write_bytes(content)
        new.replace(self._folder / f"{mail_id}.eml")
        entry = _entry(mail_id, content)
        with self._lock:
            self._entries[mail_id] = entry
        return entry

    def newest_first(self) -> list[Entry]:
        """All mails, newest first."""
        with self._lock:
            entries = list(self._entries.values())
        return sorted(entries, key=lambda entry: entry.id, reverse=True)

    def search(self, query: str) -> list[Entry]:
        """The mails that match every part of the query (`to:`, `from:`, `subject:` and others, or words), newest
        first."""
        tests = [_test(part) for part in _QUERY.finditer(query)]
        return [entry for entry in self.newest_first() if all(test(entry) for test in tests)]

    def entry(self, mail_id: str) -> Entry | None:
        """The entry of one mail; of the newest for "latest"."""
        if mail_id == "latest":
            return next(iter(self.newest_first()), None)
        with self._lock:
            return self._entries.get(mail_id)

    def raw(self, mail_id: str) -> bytes:
        """The mail as it was sent, with its envelope at the top."""
        return (self._folder / f"{mail_id}.eml").read_bytes()

    def delete(self, ids: list[str]) -> None:
        """Remove these mails; all mails if none is named."""
        with self._lock:
            removed = [mail_id for mail_id in (ids or list(self._entries)) if self._entries.pop(mail_id, None)]
            self.deleted += len(removed)
        for mail_id in removed:
            (self._folder / f"{mail_id}.eml").unlink(missing_ok=True)


def _entry(mail_id: str, content: bytes) -> Entry:
    mail = reading.read(content)
    named = {person.address.lower() for person in (*mail.to, *mail.cc)}
    bcc = tuple(person for person in mail.delivered_to if person.address.lower() not in named)
    attached = [part.filename for part in mail.parts if not part.inline]
    everyone = (mail.sender, *mail.to, *mail.cc, *bcc)
    readable = mail.readable()
    words = "\n".join([mail.subject, readable, mail.message_id, *map(str, everyone), *attached])
    return Entry(
        mail_id,
        int(mail_id, 16) / 1e9,
        len(content),
        mail.message_id,
        mail.sender,
        mail.to,
        mail.cc,
        bcc,
        mail.reply_to,
        mail.subject,
        len(attached),
        " ".join(readable.split())[:250],
        words.lower(),
    )


def _test(part: re.Match[str]) -> Callable[[Entry], bool]:
    wanted = (part["q"] if part["q"] is not None else part["w"]).lower()
    look = _LOOK_IN[part["field"] or "words"]
    return lambda entry: (wanted in look(entry).lower()) != bool(part["not"])


def _listed(people: Iterable[reading.Person]) -> str:
    return "\n".join(map(str, people))


_LOOK_IN: dict[str, Callable[[Entry], str]] = {
    "to": lambda entry: _listed(entry.to),
    "cc": lambda entry: _listed(entry.cc),
    "bcc": lambda entry: _listed(entry.bcc),
    "from": lambda entry: str(entry.sender),
    "addressed": lambda entry: _listed((entry.sender, *entry.people())),
    "subject": lambda entry: entry.subject,
    "message-id": lambda entry: entry.message_id,
    "words": lambda entry: entry.words,
}
