"""Serves the mailbox: its pages, its Mailpit-shaped API, and the switch that makes SES refuse for a while."""

import json
import re
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from local.mailbox import api, pages, reading
from local.mailbox.box import Entry, Mailbox
from local.web.serving import OnSocket, QuietHandler

HTML = "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Answer:
    """A status, a content type, and the content; `policy` is its Content-Security-Policy."""

    status: int
    content_type: str
    content: bytes
    policy: str = pages.POLICY


class Server(OnSocket):
    """The mailbox over HTTP. `refuse(seconds)` makes SES refuse mail for that time."""

    def __init__(self, listening: socket.socket, mailbox: Mailbox, refuse: Callable[[float], None]) -> None:
        super().__init__(listening, _Handler)
        self.mailbox = mailbox
        self.refuse = refuse
        self.since = time.time()


class _Handler(QuietHandler):
    server: Server

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        self._answer(answer(self.server.mailbox, url.path, query, self.server.since))

    def do_DELETE(self) -> None:
        body = self._body()
        if self._foreign() or urlsplit(self.path).path != "/api/v1/messages":
            self._answer(_plain(404, "not found"))
            return
        self.server.mailbox.delete(list(body.get("IDs") or []))
        self._answer(_plain(200, "ok"))

    def do_POST(self) -> None:
        self._body()
        url = urlsplit(self.path)
        seconds = parse_qs(url.query).get("seconds", [""])[0]
        if self._foreign() or url.path != "/local/refuse":
            self._answer(_plain(404, "not found"))
        elif not re.fullmatch(r"\d+(\.\d+)?", seconds):
            self._answer(_plain(400, "say for how long: /local/refuse?seconds=20"))
        else:
            self.server.refuse(float(seconds))
            self._answer(_plain(200, f"SES refuses mail for {seconds} s"))

    def _foreign(self) -> bool:
        """Whether the request comes from another site's page, which may not delete anything here."""
        origin = self.headers.get("Origin")
        return origin is not None and urlsplit(origin).netloc != self.headers.get("Host")

    def _body(self) -> dict[str, Any]:
        content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        try:
            parsed = json.loads(content or b"{}")
        except ValueError:
            return {}
        return parsed if isinstance(parsed, dict) else {}

    def _answer(self, given: Answer) -> None:
        self.send_response(given.status)
        self.send_header("Content-Type", given.content_type)
        self.send_header("Content-Length", str(len(given.content)))
        self.send_header("Content-Security-Policy", given.policy)
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(given.content)


def answer(mailbox: Mailbox, path: str, query: dict[str, str], since: float) -> Answer:
    """The answer to a GET."""
    start, limit = _count(query.get("start"), 0), _count(query.get("limit"), api.PAGE)
    words = query.get("query", "")
    match path.strip("/").split("/"):
        case [""]:
            found = mailbox.search(words)
            total = len(mailbox.newest_first())
            return Answer(200, HTML, pages.list_page(found, total, words, start).encode())
        case ["style.css"]:
            return Answer(200, "text/css; charset=utf-8", pages.STYLE.encode())
        case ["script.js"]:
            return Answer(200, "text/javascript; charset=utf-8", pages.SCRIPT.encode())
        case ["api", "v1", "messages"]:
            return _json(api.listing(mailbox, mailbox.newest_first(), start, limit))
        case ["api", "v1", "search"]:
            return _json(api.listing(mailbox, mailbox.search(words), start, limit))
        case ["api", "v1", "info"]:
            return _json(api.info(mailbox, since, time.time()))
        case ["mail", mail_id, *rest] | ["api", "v1", "message", mail_id, *rest]:
            entry = mailbox.entry(mail_id)
            return _plain(404, "no such mail") if entry is None else _mail(mailbox, entry, path, rest)
        case _:
            return _plain(404, "not found")


def _mail(mailbox: Mailbox, entry: Entry, path: str, rest: list[str]) -> Answer:
    raw = mailbox.raw(entry.id)
    mail = reading.read(raw)
    match rest:
        case []:
            if path.startswith("/mail/"):
                return Answer(200, HTML, pages.mail_page(entry, mail).encode("utf-8", "replace"))
            return _json(api.message(entry, mail))
        case ["html"]:
            html = pages.mail_html(mail).encode("utf-8", "replace")
            return Answer(200, HTML, html, pages.MAIL_POLICY)
        case ["raw"]:
            return Answer(200, "text/plain; charset=utf-8", raw)
        case ["headers"]:
            return _json(api.headers_of(mail))
        case ["part", part_id]:
            for part in mail.parts:
                if part.id == part_id:
                    return Answer(200, part.content_type, part.content, pages.MAIL_POLICY)
    return _plain(404, "not found")


def _count(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isdigit() else otherwise


def _json(value: object) -> Answer:
    return Answer(200, "application/json", json.dumps(value).encode())


def _plain(status: int, text: str) -> Answer:
    return Answer(status, "text/plain; charset=utf-8", text.encode())
