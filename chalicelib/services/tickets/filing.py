"""Putting files and long texts under their ticket's prefix, before the ticket that names them is written.

Keys are derived from content, so repeating it overwrites each file with the same content.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from chalicelib.rules.intake.opening import Inbound
from chalicelib.rules.tickets.ticket import File, Message
from chalicelib.services.ports.deps import Deps

EXPORTS = "exports/"
"""The prefix of admins' exports in the files bucket."""
# In bytes of UTF-8; a DynamoDB item holds 400 KB in total.
LONGEST_TEXT = 64 * 1024
# In characters: how much of a longer text the table keeps.
FIRST_WORDS = 2000
# In characters; SES accepts 10 MB of mail, and nobody reads more.
_LONGEST_MAILED = 1_000_000


@dataclass(frozen=True, slots=True)
class IncomingFile:
    """A file that came with a submission or mail: its content, or the key of the upload that holds it."""

    filename: str
    content_type: str
    content: bytes = b""
    upload: str | None = None
    upload_size: int = 0

    @property
    def size(self) -> int:
        return self.upload_size if self.upload else len(self.content)

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.upload.encode() if self.upload else self.content).hexdigest()


def prefix(ref: str) -> str:
    """The prefix of all of a ticket's files in the files bucket. A purge deletes this one prefix."""
    return f"tickets/{ref}/"


def file_away(deps: Deps, ref: str, inbound: Inbound, incoming_files: Sequence[IncomingFile]) -> Inbound:
    """The arrival with its files and raw mail stored under the ticket; a text over the limit is stored as a file."""
    files = keep_files(deps, ref, incoming_files)
    if inbound.raw_key:
        raw_key = f"{prefix(ref)}raw/{inbound.raw_key.rpartition('/')[2]}"
        deps.files.keep_raw_mail(inbound.raw_key, raw_key)
        inbound = replace(inbound, raw_key=raw_key)
    whole = inbound.text.encode()
    if len(whole) <= LONGEST_TEXT:
        return replace(inbound, files=files)
    key = f"{prefix(ref)}text-{hashlib.sha256(whole).hexdigest()[:32]}"
    deps.files.keep(key, whole, "text/plain; charset=utf-8")
    return replace(inbound, files=files, text=inbound.text[:FIRST_WORDS], text_key=key)


def keep_files(deps: Deps, ref: str, incoming_files: Sequence[IncomingFile]) -> tuple[File, ...]:
    """The files as a message names them, stored under the ticket."""
    return tuple(_keep(deps, ref, number, each) for number, each in enumerate(incoming_files, 1))


def _keep(deps: Deps, ref: str, number: int, incoming_file: IncomingFile) -> File:
    key = f"{prefix(ref)}{incoming_file.digest[:32]}"
    if incoming_file.upload:
        deps.files.adopt_upload(incoming_file.upload, key)
    else:
        deps.files.keep(key, incoming_file.content, incoming_file.content_type)
    return File(
        file_id(number, incoming_file), incoming_file.filename, incoming_file.content_type, incoming_file.size, key
    )


def file_id(number: int, incoming_file: IncomingFile) -> str:
    """The id that the file has in its message, where it is the one with this number."""
    return f"{number}-{incoming_file.digest[:12]}"


def shown_text(deps: Deps, message: Message) -> str:
    """A message's text for mails and pages: up to what a mail holds. Raises UnknownFile."""
    return whole_text(deps, message)[:_LONGEST_MAILED]


def whole_text(deps: Deps, message: Message) -> str:
    """A message's full text, read from its file if it is too long for the table. Raises UnknownFile."""
    return deps.files.read(message.text_key).decode() if message.text_key else message.text
