"""Requests as browsers and programs send them, for tests of the web layer."""

import itertools
import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from chalice.test import Client, HTTPResponse
from selectolax.lexbor import LexborHTMLParser, LexborNode

from tests.support.store.fakes import PUBLIC_URL

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
HTML = "text/html,application/xhtml+xml,*/*;q=0.8"
STORE = "https://www.northlight.example"
_numbers = itertools.count(1)
# How Python writes an object: a template shows it in place of one of its fields.
_OBJECT = re.compile(rb"\b[A-Z]\w+\(\w+=| object at 0x")

Answer = HTTPResponse


def fields(**changes: Any) -> dict[str, Any]:
    """The fields of a complaint that has not been posted yet."""
    number = next(_numbers)
    return {
        "name": "Mira Holm",
        "email": f"mira{number}@example.com",
        "kind": "complaint",
        "message": "The shade is cracked.",
        "submission_id": f"page-{number}",
    } | changes


@dataclass(frozen=True, slots=True)
class Browser:
    """Posts as browsers and programs do."""

    client: Client

    def get(self, path: str, **headers: str) -> Answer:
        return self.client.http.get(_path(path), headers={"accept": HTML} | _named(headers))

    def post(self, path: str, body: bytes | str, kind: str, **headers: str) -> Answer:
        content = body.encode() if isinstance(body, str) else body
        sent = {"content-type": kind, "content-length": str(len(content))} | _named(headers)
        return self.client.http.post(_path(path), headers=sent, body=content)

    def json(self, values: object, path: str = "/shops/northlight/tickets", **headers: str) -> Answer:
        body = values if isinstance(values, bytes) else json.dumps(values)
        return self.post(path, body, JSON, **({"accept": JSON} | headers))

    def form(self, values: dict[str, Any], path: str = "/shops/northlight/tickets", **headers: str) -> Answer:
        return self.post(path, urlencode(values), FORM, **({"accept": HTML} | headers))

    def multipart(
        self, values: dict[str, Any], files: list[tuple[str, str, bytes]], path: str = "/shops/northlight/tickets"
    ) -> Answer:
        """`files`: names, types and contents."""
        lines = [
            b'--x\r\nContent-Disposition: form-data; name="%b"\r\n\r\n%b' % (k.encode(), str(v).encode())
            for k, v in values.items()
        ]
        lines += [
            b'--x\r\nContent-Disposition: form-data; name="attachments"; filename="%b"\r\nContent-Type: %b\r\n\r\n%b'
            % (name.encode(), kind.encode(), content)
            for name, kind, content in files
        ]
        return self.post(path, b"\r\n".join(lines) + b"\r\n--x--\r\n", "multipart/form-data; boundary=x", accept=HTML)

    def options(self, path: str, **headers: str) -> Answer:
        return self.client.http.options(_path(path), headers=_named(headers))


def page(answer: Answer) -> LexborHTMLParser:
    """The page, which shows no object as Python writes it."""
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert not _OBJECT.search(answer.body)
    return LexborHTMLParser(answer.body)


def first(shown: Answer | LexborHTMLParser, selector: str) -> LexborNode:
    """The first element of a page that matches."""
    found = (shown if isinstance(shown, LexborHTMLParser) else page(shown)).css_first(selector)
    assert found, selector
    return found


def typed(answer: Answer, name: str) -> str:
    """The value of a field on the page."""
    (found,) = page(answer).css(f'[name="{name}"]')
    return (found.text() if found.tag == "textarea" else found.attributes.get("value") or "").strip()


def said(answer: Answer) -> Any:
    """The JSON of an answer to a program."""
    assert answer.headers["Content-Type"] in (JSON, "application/problem+json")
    return json.loads(answer.body)


def problems(answer: Answer) -> dict[str, str]:
    """The code of each faulty field."""
    assert answer.headers["Content-Type"] == "application/problem+json"
    body = said(answer)
    assert body["status"] == answer.status_code
    assert body["type"] == "about:blank"
    assert body["title"]
    assert all(error["detail"] for error in body["errors"])
    return {error["field"]: error["code"] for error in body["errors"]}


def _path(url: str) -> str:
    """The path that API Gateway passes on: the part after the stage."""
    parts = urlsplit(url)
    path = url.removeprefix(PUBLIC_URL) if url.startswith(PUBLIC_URL) else url.removeprefix(urlsplit(PUBLIC_URL).path)
    assert not parts.scheme or url.startswith(PUBLIC_URL)
    return path


def _named(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}
