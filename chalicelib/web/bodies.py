"""Reads request bodies: JSON, urlencoded and multipart forms all become fields and files, within limits."""

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from email.utils import decode_rfc2231
from io import BytesIO
from urllib.parse import parse_qsl, unquote_to_bytes

from chalice.app import Request
from multipart import MultipartError, MultipartParser, MultipartPart, parse_options_header

from chalicelib.errors import InvalidFields, TooLarge, WrongType
from chalicelib.mail.attachments import filenames
from chalicelib.patterns import pattern
from chalicelib.rules.intake.submission import LARGEST_TOGETHER, LARGEST_UPLOAD, LONGEST, MAX_FILES, UPLOAD_SAID
from chalicelib.services.ports.deps import Deps
from chalicelib.services.tickets import uploading
from chalicelib.services.tickets.filing import IncomingFile
from chalicelib.services.tickets.uploading import Uploaded
from chalicelib.web import form_decoding, json_bodies
from chalicelib.web.form_decoding import FormDecoder

# Bytes. Lambda accepts events of 6 MB, and API Gateway encodes binary bodies as base64.
LARGEST_BODY = 4_500_000
# Limits that pages show and that their scripts check.
LIMITS = {
    "message": LONGEST["message"],
    "rating_text": LONGEST["rating_text"],
    "files": MAX_FILES,
    "bytes": LARGEST_TOGETHER,
    "upload": LARGEST_UPLOAD,
    "upload_said": UPLOAD_SAID,
}
JSON, URLENCODED, MULTIPART = "application/json", "application/x-www-form-urlencoded", "multipart/form-data"
_MAX_FIELDS = json_bodies.MAX_FIELDS
# Names of file fields; PHP forms append brackets to such names.
_FILES = ("attachments", "attachments[]")
_CHARSET = "_charset_"
# A file name with its own charset (RFC 5987). Some programs write it although RFC 7578 forbids it.
_EXTENDED = pattern(r";\s*filename\*\s*=\s*\"?([^\";]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Form:
    """The content of a request: fields, files (`incoming_files`) and earlier uploads. `faults`: error codes by field;
    `near`: for an unknown name, the name that was probably meant; `unsent`: names of files that came without their
    content."""

    fields: dict[str, str] = field(default_factory=dict)
    incoming_files: list[IncomingFile] = field(default_factory=list)
    uploads: list[Uploaded] = field(default_factory=list)
    faults: dict[str, str] = field(default_factory=dict)
    near: dict[str, str] = field(default_factory=dict)
    unsent: list[str] = field(default_factory=list)


def read(request: Request) -> Form:
    """The form in a request's body. Raises InvalidFields, TooLarge and WrongType."""
    form = received(request)
    if form.faults:
        raise InvalidFields(form.faults, form.near)
    return form


def received(request: Request, known: Collection[str] = ()) -> Form:
    """Like `read`, but returns the faults, so that they can be reported together with later ones. `known`: the names
    that JSON may use. Raises InvalidFields if the body can't be read at all, TooLarge and WrongType."""
    body = request.raw_body
    body = body.encode() if isinstance(body, str) else body
    if len(body) > LARGEST_BODY:
        raise TooLarge("the request is larger than this endpoint takes")
    kind, options = content_type(request)
    if kind == JSON:
        return _json(body, options.get("charset", ""), known)
    if kind == URLENCODED:
        return _urlencoded(body, options.get("charset", ""))
    if kind == MULTIPART:
        return _multipart(body, options)
    raise WrongType(kind)


def chosen(deps: Deps, form: Form) -> list[str]:
    """The names of the form's files: a page that shows the form again says which have to be chosen again."""
    return [file.filename for file in form.incoming_files] + uploading.names(deps, form.uploads)


def content_type(request: Request) -> tuple[str, dict[str, str]]:
    kind, options = parse_options_header(request.headers.get("content-type", JSON))
    return kind.lower(), options


def wants_json(request: Request) -> bool:
    """Whether a program sent the request, not a browser's form. A program does not accept HTML, and: it accepts JSON,
    or it has an Origin (a script on a storefront's page, which could not follow a redirect), or its content type is not
    a form's."""
    accepted = request.headers.get("accept", "")
    if "text/html" in accepted:
        return False
    return "json" in accepted or "origin" in request.headers or content_type(request)[0] not in (URLENCODED, MULTIPART)


def _json(body: bytes, charset: str, known: Collection[str]) -> Form:
    given = json_bodies.read(body, charset, known)
    form = Form(given.fields, uploads=given.uploads, faults=given.faults, near=given.near)
    for file in given.files:
        _attach(form, *file)
    return form


def _urlencoded(body: bytes, charset: str) -> Form:
    try:
        # In Latin-1 each byte is one character, so the bytes can be restored.
        pairs = parse_qsl(body.decode("latin-1"), True, encoding="latin-1", max_num_fields=_MAX_FIELDS)
    except ValueError:
        raise TooLarge("the form has more fields than this endpoint takes") from None
    raw = [(_bytes(name), _bytes(value)) for name, value in pairs]
    decoder = form_decoding.of((value for _, value in raw), _named(raw) or charset)
    form = Form()
    for name, value in raw:
        _take(form, decoder.read(name), decoder.read(value))
    return form


def _multipart(body: bytes, options: dict[str, str]) -> Form:
    try:
        parts = MultipartParser(
            BytesIO(body), options.get("boundary", ""), len(body), "latin-1", part_limit=_MAX_FIELDS,
            spool_limit=LARGEST_BODY, headersize_limit=16_000, header_limit=32,
        ).parts()  # fmt: skip
    except MultipartError:
        raise InvalidFields({"attachments": "attachments_unreadable"}) from None
    fields = [(_bytes(part.name or ""), part.raw) for part in parts if part.filename is None]
    names = [_bytes(part.filename) for part in parts if part.filename]
    values = [*(value for _, value in fields), *names]
    decoder = form_decoding.of(values, _named(fields) or options.get("charset", ""))
    form = Form()
    for part in parts:
        _part(form, part, decoder)
    return form


def _part(form: Form, part: MultipartPart, decoder: FormDecoder) -> None:
    name, filename = decoder.read(_bytes(part.name or "")), _filename(part, decoder)
    if filename is None and name in _FILES and not part.content_type.startswith("text/"):
        filename = ""  # a file without a name
    if filename is None:
        own = part._segment.charset or ""
        _take(form, name, decoder.read(part.raw, own))
    elif filename or part.size:  # an empty file input sends a part with neither
        _attach(form, filename, part.content_type, part.raw)


def _filename(part: MultipartPart, decoder: FormDecoder) -> str | None:
    extended = _EXTENDED.search(part.disposition or "")
    if extended:
        charset, _, value = decode_rfc2231(extended[1])
        return decoder.read(unquote_to_bytes(value.encode("latin-1", "replace")), charset or "")
    return None if part.filename is None else decoder.read(_bytes(part.filename))


def _bytes(text: str) -> bytes:
    return text.encode("latin-1", "replace")


def _named(fields: list[tuple[bytes, bytes]]) -> str:
    """The charset that a browser wrote into the form's "_charset_" field."""
    return next((value.decode("latin-1") for name, value in fields if name == _CHARSET.encode()), "")


def _take(form: Form, name: str, value: str) -> None:
    if name == "uploads" and value:
        form.uploads.append(Uploaded(value))
    elif name in _FILES:
        if value:  # a form without enctype sends the file's name instead of the file
            form.unsent.append(value[: LONGEST["name"]])
            form.faults["attachments"] = "attachments_not_sent"
    elif name != _CHARSET:
        form.fields[name] = value


def _attach(form: Form, filename: str, content_type: str, content: bytes) -> None:
    plausible = content_type.isascii() and content_type.isprintable() and "/" in content_type
    kind = content_type[:100] if plausible else "application/octet-stream"
    form.incoming_files.append(
        IncomingFile(filenames.safe(filename, kind, len(form.incoming_files) + 1), kind, content)
    )
