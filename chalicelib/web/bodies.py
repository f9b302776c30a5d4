"""Request bodies: JSON, urlencoded and multipart, all to the same fields and parcels, all bounded."""

import base64
import binascii
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from urllib.parse import parse_qsl

from chalice.app import Request
from multipart import MultipartError, MultipartParser, parse_options_header

from chalicelib.errors import BadInput, TooLarge
from chalicelib.mail import filenames
from chalicelib.rules.submission import LONGEST, MOST_FILES
from chalicelib.services.filing import Parcel

# Lambda takes 6 MB of event, and API Gateway puts binary bodies into it as base64.
LARGEST_BODY = 4_500_000
# What pages tell people: the files together have a little less room than the body they come in.
LIMITS = {
    "message": LONGEST["message"],
    "rating_text": LONGEST["rating_text"],
    "files": MOST_FILES,
    "bytes": LARGEST_BODY - 100_000,
}
_MOST_FIELDS = 100
JSON, URLENCODED, MULTIPART = "application/json", "application/x-www-form-urlencoded", "multipart/form-data"


@dataclass(frozen=True, slots=True)
class Form:
    """What a request brought: fields, files, and the tokens of uploads made before."""

    fields: dict[str, str] = field(default_factory=dict)
    parcels: list[Parcel] = field(default_factory=list)
    uploads: list[str] = field(default_factory=list)


def read(request: Request) -> Form:
    """The form a request carries. Raises BadInput and TooLarge."""
    body = request.raw_body
    body = body.encode() if isinstance(body, str) else body
    if len(body) > LARGEST_BODY:
        raise TooLarge("the request is larger than this endpoint takes")
    kind, options = content_type(request)
    readers: dict[str, Callable[[bytes, dict[str, str]], Form]] = {
        JSON: _json,
        URLENCODED: _urlencoded,
        MULTIPART: _multipart,
    }
    if kind not in readers:
        raise BadInput({"Content-Type": "content_type"})
    return readers[kind](body, options)


def content_type(request: Request) -> tuple[str, dict[str, str]]:
    kind, options = parse_options_header(request.headers.get("content-type", JSON))
    return kind.lower(), options


def wants_json(request: Request) -> bool:
    """Whether a program is asking rather than a browser's form: it asks for no HTML, and it sent JSON, asks for it, or
    is a script on a storefront's page (it has an Origin), which could not follow us to another page."""
    accepted = request.headers.get("accept", "")
    if "text/html" in accepted:
        return False
    return "json" in accepted or content_type(request)[0] == JSON or "origin" in request.headers


def _json(body: bytes, _: dict[str, str]) -> Form:
    try:
        value = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        raise BadInput({"body": "not_json"}) from None
    if not isinstance(value, dict):
        raise BadInput({"body": "not_json"})
    form = Form()
    problems = {}
    for name, given in list(value.items())[:_MOST_FIELDS]:
        if name == "attachments":
            _json_files(form, given)
        elif isinstance(given, str):
            form.fields[name] = given
        elif isinstance(given, bool):
            form.fields[name] = "true" if given else ""
        elif isinstance(given, int):
            form.fields[name] = str(given)
        elif given is not None:
            problems[name] = "not_text"
    if problems:
        raise BadInput(problems)
    return form


def _json_files(form: Form, given: Any) -> None:
    """Each attachment is {"upload": token} or {"filename", "content_type", "content": base64}."""
    for entry in given if isinstance(given, list) else [given]:
        match entry:
            case {"upload": str(token)} | str(token):
                form.uploads.append(token)
            case {"filename": str(name), "content": str(encoded)}:
                try:
                    content = base64.b64decode(encoded, validate=True)
                except (binascii.Error, ValueError):
                    raise BadInput({"attachments": "attachments_unreadable"}) from None
                _attach(form, name, str(entry.get("content_type", "")), content)
            case None:
                pass
            case _:
                raise BadInput({"attachments": "attachments_unreadable"})


def _urlencoded(body: bytes, _: dict[str, str]) -> Form:
    form = Form()
    try:
        pairs = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError:
        raise TooLarge("the form has more fields than this endpoint takes") from None
    for name, value in pairs:
        _take(form, name, value)
    return form


def _multipart(body: bytes, options: dict[str, str]) -> Form:
    form = Form()
    try:
        parts = MultipartParser(
            BytesIO(body), options.get("boundary", ""), len(body), part_limit=_MOST_FIELDS, spool_limit=LARGEST_BODY
        )
        for part in parts:
            if part.filename is None:
                _take(form, part.name or "", part.raw.decode("utf-8", "replace"))
            elif part.filename or part.size:  # a file input left empty sends a part with neither
                _attach(form, part.filename, part.content_type, part.raw)
    except MultipartError:
        raise BadInput({"attachments": "attachments_unreadable"}) from None
    return form


def _take(form: Form, name: str, value: str) -> None:
    if name == "uploads" and value:
        form.uploads.append(value)
    else:
        form.fields[name] = value


def _attach(form: Form, filename: str, content_type: str, content: bytes) -> None:
    plausible = content_type.isascii() and content_type.isprintable() and "/" in content_type
    kind = content_type[:100] if plausible else "application/octet-stream"
    form.parcels.append(Parcel(filenames.safe(filename, kind, len(form.parcels) + 1), kind, content))
