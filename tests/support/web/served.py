"""The application with its world in memory, served to a browser on this machine: one request after the other."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any
from urllib.parse import urlsplit

import pytest
from chalice.test import Client

import app
from chalicelib import wiring
from tests.support.store.fakes import World
from tests.support.store.fakes import world as new_world
from tests.unit.web.conftest import SETTINGS

_STAGE = "/api"


@contextmanager
def served() -> Iterator[tuple[World, str]]:
    """The world, and the address of its pages."""
    made, lock = new_world(limits_on=False), Lock()
    with pytest.MonkeyPatch.context() as patched, Client(app.app) as client:

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _answer(self) -> None:
                length = int(self.headers.get("content-length") or 0)
                body, path = self.rfile.read(length), self.path.removeprefix(_STAGE) or "/"
                sent = {name.lower(): value for name, value in self.headers.items()}
                with lock:
                    answer = client.http.request(self.command, path, headers=sent, body=body)
                content = answer.body if isinstance(answer.body, bytes) else str(answer.body).encode()
                self.send_response(answer.status_code)
                headers: dict[str, Any] = answer.headers
                for name, value in headers.items():
                    for each in value if isinstance(value, list) else [value]:
                        self.send_header(name, each)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = _answer

            def log_message(self, format: str, *args: object) -> None: ...

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        root = f"http://127.0.0.1:{server.server_port}{_STAGE}"
        made.deps = replace(made.deps, public_url=root)
        for name, value in (SETTINGS | {"PUBLIC_URL": root}).items():
            patched.setenv(name, value)
        patched.setattr(wiring, "client", lambda *_: None)
        patched.setattr(wiring, "secret", lambda *_: made.deps.secret)
        patched.setattr(wiring, "Deps", lambda **_: made.deps)
        wiring.deps.cache_clear()
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield made, root
        finally:
            server.shutdown()
            server.server_close()
            wiring.deps.cache_clear()


def path_of(url: str) -> str:
    return urlsplit(url).path.removeprefix(_STAGE)
