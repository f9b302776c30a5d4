"""What docs/connect gives to shops signs as the door expects it: Python and a shell with openssl and curl."""

import importlib.util
import subprocess
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest

from chalicelib.rules.events import signatures
from chalicelib.rules.events.calls.call import AnsweredCall, Call, MissedCall
from chalicelib.rules.events.mapping import calls
from chalicelib.rules.events.sources import Delivery, Source
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


def snippet(name: str = "send_event") -> Any:
    spec = importlib.util.spec_from_file_location(name, CONNECT / f"{name}.py")
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


QUEUED = datetime(2026, 11, 23, 9, 58, tzinfo=UTC)


class Connect:
    """Amazon Connect, as far as the snippet asks it. `contact`: what it knows of the call, which ended after two
    minutes; `first`: of the contact that the call began with."""

    def __init__(self, first: dict[str, Any] | None = None, **contact: Any) -> None:
        known = {
            "Id": "c-1", "Channel": "VOICE", "DisconnectTimestamp": QUEUED + timedelta(minutes=2),
            "QueueInfo": {"Id": "q-1", "EnqueueTimestamp": QUEUED},
            "CustomerEndpoint": {"Type": "TELEPHONE_NUMBER", "Address": "+4915123456789"},
        }  # fmt: skip
        self.contact = {name: value for name, value in (known | contact).items() if value is not None}
        self.first = first

    def describe_contact(self, InstanceId: str, ContactId: str) -> dict[str, Any]:
        assert InstanceId == "i-1"
        found = {"c-1": self.contact, "c-0": self.first}[ContactId]
        assert found
        return {"Contact": found}


def connected(monkeypatch: pytest.MonkeyPatch, door: str, connect: Connect) -> str:
    """What the Lambda function for Amazon Connect answers to a call that ended."""
    monkeypatch.setenv("AFTERCARE_URL", door)
    monkeypatch.setenv("AFTERCARE_SECRET", SECRET)
    module = snippet("connect_calls")
    monkeypatch.setattr(module.boto3, "client", lambda service: connect)
    detail = {"contactId": "c-1", "instanceArn": "arn:aws:connect:eu-central-1:111122223333:instance/i-1"}
    return str(module.handler({"detail": detail}, None))


def heard(door: str) -> tuple[Call, ...]:
    ((headers, body),) = Door.taken
    return calls(Source.OWN, Delivery(id=headers["webhook-id"]), body, datetime.now(UTC))


def agent(seconds: float) -> dict[str, Any]:
    """Who answered so many seconds after the call was put into its first queue."""
    return {"Id": "a-1", "ConnectedToAgentTimestamp": QUEUED + timedelta(seconds=seconds)}


@pytest.mark.parametrize("number", ["+4915123456789", "anonymous"])
def test_amazon_connect_tells_of_who_hung_up_in_a_queue(
    monkeypatch: pytest.MonkeyPatch, door: str, number: str
) -> None:
    assert connected(monkeypatch, door, Connect(CustomerEndpoint={"Address": number})) == "told"
    assert heard(door) == (MissedCall("c-1", number, QUEUED + timedelta(minutes=2), 120),)


@pytest.mark.parametrize("changes", [{"AgentInfo": {"Id": "a-1"}}, {"QueueInfo": {"Id": "q-1"}}])
def test_amazon_connect_tells_of_a_missed_call_with_less_to_go_on(
    monkeypatch: pytest.MonkeyPatch, door: str, changes: dict[str, Any]
) -> None:
    assert connected(monkeypatch, door, Connect(**changes)) == "told"
    (call,) = heard(door)
    assert isinstance(call, MissedCall)


@pytest.mark.parametrize(("seconds", "waited"), [(41.6, 42), (0, 0), (-0.4, 0)])
def test_amazon_connect_tells_how_long_one_waited_and_not_who(
    monkeypatch: pytest.MonkeyPatch, door: str, seconds: float, waited: int
) -> None:
    assert connected(monkeypatch, door, Connect(AgentInfo=agent(seconds))) == "told"
    assert b"4915" not in Door.taken[0][1]
    assert heard(door) == (AnsweredCall("c-1", waited, (QUEUED + timedelta(seconds=seconds)).replace(microsecond=0)),)


def test_a_call_in_two_queues_of_amazon_connect_is_one_and_waits_from_the_first(
    monkeypatch: pytest.MonkeyPatch, door: str
) -> None:
    passed_on = {"Id": "c-0", "Channel": "VOICE", "QueueInfo": {"Id": "q-0", "EnqueueTimestamp": QUEUED}}
    later = {"Id": "q-1", "EnqueueTimestamp": QUEUED + timedelta(seconds=90)}
    assert connected(monkeypatch, door, Connect(NextContacts=[{"NextContactEntry": {}}])) == "no call in a queue"
    second = Connect(passed_on, InitialContactId="c-0", QueueInfo=later, AgentInfo=agent(100))
    assert connected(monkeypatch, door, second) == "told"
    assert heard(door) == (AnsweredCall("c-0", 100, QUEUED + timedelta(seconds=100)),)


@pytest.mark.parametrize(
    "changes",
    [{"QueueInfo": None}, {"Channel": "CHAT"}, {"QueueInfo": {"Id": "q-1"}, "AgentInfo": agent(1)}],
)
def test_amazon_connect_tells_of_no_other_call(
    monkeypatch: pytest.MonkeyPatch, door: str, changes: dict[str, Any]
) -> None:
    assert connected(monkeypatch, door, Connect(**changes)) == "no call in a queue"
    assert not Door.taken


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
