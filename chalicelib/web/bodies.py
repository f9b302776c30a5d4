"""Request bodies: JSON, urlencoded and multipart, all to the same fields and parcels, all bounded."""

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
from chalicelib.rules.intake.submission import LARGEST_TOGETHER, LARGEST_UPLOAD, LONGEST, MAX_FILES, UPLOAD_SAID
from chalicelib.services.tickets.filing import IncomingFile
from chalicelib.services.tickets.uploading import Uploaded
from chalicelib.web import form_letters, json_bodies
from chalicelib.web.form_letters import Letters

# Lambda takes 6 MB of event, and API Gateway puts binary bodies into it as base64.
LARGEST_BODY = 4_500_000
# What pages tell people, and what their scripts go by.
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
# What the fields for files are called; PHP's forms put brackets behind the names of such.
_FILES = ("attachments", "attachments[]")
_CHARSET = "_charset_"
# A name that says its charset itself (RFC 5987), which some programs write although RFC 7578 forbids it.
_EXTENDED = re.compile(r";\s*filename\*\s*=\s*\"?([^\";]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Form:
    """What a request brought: fields, files, uploads made before. `faults`: what could not be read, by place;
    `near`: for a name that is not known, what was probably meant; `unsent`: files it only names."""

    fields: dict[str, str] = field(default_factory=dict)
    parcels: list[IncomingFile] = field(default_factory=list)
    uploads: list[Uploaded] = field(default_factory=list)
    faults: dict[str, str] = field(default_factory=dict)
    near: dict[str, str] = field(default_factory=dict)
    unsent: list[str] = field(default_factory=list)


def read(request: Request) -> Form:
    """The form a request carries. Raises InvalidFields, TooLarge and WrongType."""
    form = received(request)
    if form.faults:
        raise InvalidFields(form.faults, form.near)
    return form


def received(request: Request, known: Collection[str] = ()) -> Form:
    """The same with its faults, so that they can be told together with what else is wrong. `known`: the names that a
    program may use. Raises InvalidFields where there is nothing to read, TooLarge and WrongType."""
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


def content_type(request: Request) -> tuple[str, dict[str, str]]:
    kind, options = parse_options_header(request.headers.get("content-type", JSON))
    return kind.lower(), options


def wants_json(request: Request) -> bool:
    """Whether a program is asking rather than a browser's form: it asks for no HTML, and it asks for JSON, is a script
    on a storefront's page (it has an Origin), which could not follow us to another page, or sends what no form does."""
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
        # As Latin-1, each byte is a character of its own and can be had back.
        pairs = parse_qsl(body.decode("latin-1"), True, encoding="latin-1", max_num_fields=_MAX_FIELDS)
    except ValueError:
        raise TooLarge("the form has more fields than this endpoint takes") from None
    raw = [(_bytes(name), _bytes(value)) for name, value in pairs]
    letters = form_letters.of((value for _, value in raw), _named(raw) or charset)
    form = Form()
    for name, value in raw:
        _take(form, letters.read(name), letters.read(value))
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
    letters = form_letters.of(values, _named(fields) or options.get("charset", ""))
    form = Form()
    for part in parts:
        _part(form, part, letters)
    return form


def _part(form: Form, part: MultipartPart, letters: Letters) -> None:
    name, filename = letters.read(_bytes(part.name or "")), _filename(part, letters)
    if filename is None and name in _FILES and not part.content_type.startswith("text/"):
        filename = ""  # a file whose sender gave it no name
    if filename is None:
        own = part._segment.charset or ""
        _take(form, name, letters.read(part.raw, own))
    elif filename or part.size:  # a file input left empty sends a part with neither
        _attach(form, filename, part.content_type, part.raw)


def _filename(part: MultipartPart, letters: Letters) -> str | None:
    extended = _EXTENDED.search(part.disposition or "")
    if extended:
        charset, _, value = decode_rfc2231(extended[1])
        return letters.read(unquote_to_bytes(value.encode("latin-1", "replace")), charset or "")
    return None if part.filename is None else letters.read(_bytes(part.filename))


def _bytes(text: str) -> bytes:
    return text.encode("latin-1", "replace")


def _named(fields: list[tuple[bytes, bytes]]) -> str:
    """The charset that a browser wrote into the field it has for that."""
    return next((value.decode("latin-1") for name, value in fields if name == _CHARSET.encode()), "")


def _take(form: Form, name: str, value: str) -> None:
    if name == "uploads" and value:
        form.uploads.append(Uploaded(value))
    elif name in _FILES:
        if value:  # a form without enctype sends the file's name in its place
            form.unsent.append(value[: LONGEST["name"]])
            form.faults["attachments"] = "attachments_not_sent"
    elif name != _CHARSET:
        form.fields[name] = value


def _attach(form: Form, filename: str, content_type: str, content: bytes) -> None:
    plausible = content_type.isascii() and content_type.isprintable() and "/" in content_type
    kind = content_type[:100] if plausible else "application/octet-stream"
    form.parcels.append(IncomingFile(filenames.safe(filename, kind, len(form.parcels) + 1), kind, content))
