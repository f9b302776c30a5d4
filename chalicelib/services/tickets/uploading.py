"""Large files are uploaded directly to S3: a presigned form for one file of a stated type and size; a token names the
file later."""

import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from chalicelib.errors import InvalidFields, InvalidLink
from chalicelib.mail.attachments import filenames
from chalicelib.patterns import pattern
from chalicelib.rules.identity import derived
from chalicelib.rules.intake.submission import LARGEST_UPLOAD, MAX_FILES, one_line
from chalicelib.rules.policy.model import Shop
from chalicelib.services.ports.deps import Deps
from chalicelib.services.tickets import limiting, links
from chalicelib.services.tickets.filing import IncomingFile

_TYPE = pattern(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,63}/[a-z0-9][a-z0-9!#$&^_.+-]{0,127}", re.IGNORECASE)
# Of a size in bytes; Python refuses to read very long numbers.
_MAX_DIGITS = 20


@dataclass(frozen=True, slots=True)
class Uploaded:
    """A file uploaded earlier, by its token; `field` is the form field that held the token."""

    token: str
    field: str = "attachments"


def begin(deps: Deps, shop: Shop, fields: Mapping[str, str], caller: str) -> dict[str, Any]:
    """Where and how to post the file (`url`, `fields`), and the token (`upload`) that names it in the ticket.

    Raises InvalidFields, and RateLimited if this source has requested more uploads than its tickets could hold.
    """
    filename, content_type = one_line(fields.get("filename", ""))[:1000], fields.get("content_type", "").strip()
    size = fields.get("size", "").strip()
    problems = {}
    if not filename:
        problems["filename"] = "missing"
    if not _TYPE.fullmatch(content_type):
        problems["content_type"] = "unknown"
    if not size.isdecimal() or not size.strip("0"):
        problems["size"] = "missing"
    elif len(size) > _MAX_DIGITS or int(size) > LARGEST_UPLOAD:
        problems["size"] = "attachments_too_large"
    if problems:
        raise InvalidFields(problems)
    filename = filenames.safe(filename, content_type, 1)
    limiting.upload(deps, shop, caller)
    source = derived.source_of(shop.id, caller, filename, content_type, size, deps.now().isoformat())
    key = f"uploads/{shop.id}/{derived.name(deps.secret, 'upload', source)}"
    url, form = deps.files.upload_form(key, content_type, int(size))
    return {"url": url, "fields": dict(form), "upload": links.upload_token(deps, key, filename)}


def incoming_file(deps: Deps, shop: Shop, upload: Uploaded) -> IncomingFile:
    """The uploaded file, to attach it to a ticket. Raises InvalidFields if it does not exist or belongs to another
    shop."""
    try:
        key, filename = links.read_upload_token(deps, upload.token)
    except InvalidLink:
        key, filename = "", ""
    if not key.startswith(f"uploads/{shop.id}/"):
        raise InvalidFields({upload.field: "upload_not_ours"})
    found = deps.files.upload(key)
    if found is None:
        raise InvalidFields({upload.field: "upload_not_there"})
    if found.size > LARGEST_UPLOAD:
        raise InvalidFields({upload.field: "attachments_too_large"})
    return IncomingFile(filename, found.content_type, upload=key, upload_size=found.size)


def collected(
    deps: Deps, shop: Shop, sent: Sequence[IncomingFile], uploads: Sequence[Uploaded]
) -> tuple[list[IncomingFile], dict[str, str]]:
    """The files sent with a form and those uploaded before it, and the problems with the uploads."""
    incoming_files: list[IncomingFile] = list(sent)
    problems: dict[str, str] = {}
    # Reads one more than allowed, so that too many files are reported, not cut off.
    for upload in uploads[: MAX_FILES + 1]:
        try:
            incoming_files.append(incoming_file(deps, shop, upload))
        except InvalidFields as fault:
            problems |= fault.codes
    return incoming_files, problems


def all_incoming_files(
    deps: Deps, shop: Shop, sent: Sequence[IncomingFile], uploads: Sequence[Uploaded]
) -> list[IncomingFile]:
    """Like `collected`, but raises InvalidFields if there is any problem."""
    incoming_files, problems = collected(deps, shop, sent, uploads)
    if problems:
        raise InvalidFields(problems)
    return incoming_files


def names(deps: Deps, uploads: Iterable[Uploaded]) -> list[str]:
    """The file names of these uploads; invalid tokens are skipped."""
    found = []
    for upload in uploads:
        with suppress(InvalidLink):
            found.append(links.read_upload_token(deps, upload.token)[1])
    return found
