"""Reads JSON bodies. Reports all faults at once: each with its place, a code, and for an unknown name the name that was
probably meant."""

import base64
import binascii
import difflib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from chalicelib.errors import InvalidFields, TooLarge
from chalicelib.rules.intake.submission import MAX_FILES, YES
from chalicelib.services.tickets.uploading import Uploaded
from chalicelib.web import form_decoding

MAX_FIELDS = 100
FILE_FIELDS = ("filename", "content_type", "content", "upload")
_LONGEST_NAME = 60
_YES_NO = ("terms_accepted", "advert_notice", "advert_consent")
_NO = {"", "0", "false", "no", "off"}


@dataclass(slots=True)
class Given:
    """The content of a JSON body. `faults`: codes by place; `near`: for an unknown name, the name that was probably
    meant."""

    fields: dict[str, str] = field(default_factory=dict)
    files: list[tuple[str, str, bytes]] = field(default_factory=list)
    uploads: list[Uploaded] = field(default_factory=list)
    faults: dict[str, str] = field(default_factory=dict)
    near: dict[str, str] = field(default_factory=dict)


def read(body: bytes, charset: str, known: Collection[str]) -> Given:
    """Read a body. `known`: the names it may use (empty: any). Raises InvalidFields if it is not a JSON object, and
    TooLarge."""
    given = Given()
    value = _object(body, charset, given)
    if len(value) > MAX_FIELDS:
        raise TooLarge("the request has more fields than this endpoint takes")
    for name, member in value.items():
        if known and name not in known:
            _unknown(given, "", name, known)
        elif name == "attachments":
            _files(given, member)
        else:
            _field(given, name, member)
    return given


def _object(body: bytes, charset: str, given: Given) -> dict[str, Any]:
    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        """Record names that occur twice: JSON would keep only the last value, and the other would be lost."""
        found: dict[str, Any] = {}
        for name, value in pairs:
            if name in found and len(given.faults) < MAX_FIELDS:
                given.faults[_shown(name)] = "twice"
            found[name] = value
        return found

    try:
        value = json.loads(_text(body or b"{}", charset), object_pairs_hook=members)
    except (ValueError, RecursionError):
        raise InvalidFields({"body": "not_json"}) from None
    if not isinstance(value, dict):
        raise InvalidFields({"body": "not_an_object"})
    return value


def _text(body: bytes, charset: str) -> str:
    try:
        return body.decode(json.detect_encoding(body))
    except UnicodeDecodeError:
        return form_decoding.of([body], charset).read(body)


def _field(given: Given, name: str, value: Any) -> None:
    match value:
        case None:
            pass
        case _ if name in _YES_NO:
            meant = str(value).lower()
            if meant not in YES | _NO:
                given.faults[name] = "not_yes_or_no"
            given.fields[name] = "true" if meant in YES else ""
        case bool():
            given.faults[_shown(name)] = "not_text"
        case int() | str():
            given.fields[name] = str(value)
        case _:
            given.faults[_shown(name)] = "not_text"


def _files(given: Given, value: Any) -> None:
    if value is None:
        return
    if not isinstance(value, list):
        given.faults["attachments"] = "not_a_list"
        return
    if len(value) > MAX_FILES:
        given.faults["attachments"] = "attachments_too_many"
    for number, entry in enumerate(value[:MAX_FILES]):
        place = f"attachments[{number}]"
        match entry:
            case str():
                given.uploads.append(Uploaded(entry, place))
            case {"upload": _}:
                _upload(given, place, entry)
            case dict():
                _file(given, place, entry)
            case _:
                given.faults[place] = "not_a_file"


def _upload(given: Given, place: str, entry: Mapping[str, Any]) -> None:
    """A file uploaded earlier. It already has a name and type; given again here, they would be ignored, so they are
    faults."""
    for name in list(entry)[: len(FILE_FIELDS)]:
        if name in FILE_FIELDS and name != "upload":
            given.faults[f"{place}.{name}"] = "beside_upload"
        elif name != "upload":
            _unknown(given, f"{place}.", name, FILE_FIELDS)
    token = entry["upload"]
    if isinstance(token, str):
        given.uploads.append(Uploaded(token, f"{place}.upload"))
    else:
        given.faults[f"{place}.upload"] = "not_text"


def _file(given: Given, place: str, entry: Mapping[str, Any]) -> None:
    for name in [name for name in entry if name not in FILE_FIELDS][: len(FILE_FIELDS)]:
        _unknown(given, f"{place}.", name, FILE_FIELDS)
    texts: dict[str, str] = {}
    for name, needed in (("filename", True), ("content_type", False), ("content", True)):
        value = entry.get(name)
        if value is None or (needed and value == "" and name == "filename"):
            if needed:
                given.faults[f"{place}.{name}"] = "missing"
        elif isinstance(value, str):
            texts[name] = value
        else:
            given.faults[f"{place}.{name}"] = "not_text"
    content = _content(given, f"{place}.content", texts["content"]) if "content" in texts else None
    if content is not None and "filename" in texts:
        given.files.append((texts["filename"], texts.get("content_type", ""), content))


def _content(given: Given, place: str, encoded: str) -> bytes | None:
    try:
        # Many libraries break base64 into lines.
        return base64.b64decode("".join(encoded.split()), validate=True)
    except (binascii.Error, ValueError):
        given.faults[place] = "not_base64"
        return None


def _unknown(given: Given, before: str, name: str, known: Iterable[str]) -> None:
    place, names = before + _shown(name), list(known)
    close = difflib.get_close_matches(name[:_LONGEST_NAME].lower().replace("-", "_"), names, 1)
    given.faults[place] = "unknown_field"
    given.near[place] = ", ".join(close or names)


def _shown(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}…"
