"""What docs/connect gives to shops signs as the door expects it: Python and a shell with openssl and curl."""

import importlib.util
import subprocess
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest

from chalicelib.rules.events import signatures
from chalicelib.rules.events.sources import Source
from tests.support.events.bodies import FOLDER

CONNECT = Path(__file__).parents[4] / "docs" / "connect"
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
EVENT = FOLDER / "own" / "order_placed.json"


class Door(BaseHTTPRequestHandler):
    """Answers as the door does."""

    taken: ClassVar[list[tuple[dict[str, str], bytes]]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.taken.append((headers, body))
        known = signatures.authentic(Source.OWN, headers, body, [SECRET], datetime.now(UTC))
        self.send_response(200 if known else 401)
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: Any) -> None: ...


@pytest.fixture
def door() -> Iterator[str]:
    Door.taken.clear()
    server = HTTPServer(("127.0.0.1", 0), Door)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/in/northlight/own"
    server.shutdown()
    thread.join()
    server.server_close()


def snippet() -> Any:
    spec = importlib.util.spec_from_file_location("send_event", CONNECT / "send_event.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_python_makes_the_published_signature() -> None:
    made = snippet().headers(SECRET, b'{"test": 2432232314}', "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330)
    assert made["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_python_is_taken(door: str) -> None:
    assert snippet().send(door, SECRET, EVENT.read_bytes(), "id-1") == 200
    assert Door.taken[0][1] == EVENT.read_bytes()


def test_python_with_another_secret_is_refused(door: str) -> None:
    with pytest.raises(OSError, match="401"):
        snippet().send(door, "whsec_AAAA", EVENT.read_bytes(), "id-1")


def shell(url: str, secret: str) -> subprocess.CompletedProcess[bytes]:
    environment = {"AFTERCARE_URL": url, "AFTERCARE_SECRET": secret, "PATH": "/usr/bin:/bin:/usr/local/bin"}
    command = ["sh", str(CONNECT / "send-event.sh"), str(EVENT)]
    return subprocess.run(command, env=environment, capture_output=True, timeout=60, check=False)


def test_the_shell_is_taken(door: str) -> None:
    done = shell(door, SECRET)
    assert (done.returncode, done.stdout) == (0, b"{}"), done.stderr
    assert Door.taken[0][1] == EVENT.read_bytes()


def test_the_shell_with_another_secret_is_refused(door: str) -> None:
    assert shell(door, "whsec_AAAA").returncode != 0
