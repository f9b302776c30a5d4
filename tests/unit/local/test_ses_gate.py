"""A mail that SES accepts is in the mailbox before the function gets its answer; a refused mail is not."""

import base64
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs

import pytest
from botocore.exceptions import BotoCoreError, ClientError, EndpointConnectionError

from chalicelib.aws.texts import TextMessages
from chalicelib.errors import NotSent
from local import console, ports, stack
from local.aws import emulator, simulator
from local.aws.ses_gate import Gate, as_sent
from local.web.serving import OnSocket, QuietHandler, serving

RAW = (
    b"From: care@help.northlight.example\r\nMessage-ID: <ours\r\n @northlight.example>\r\nTo: jo@example.com\r\n"
    b"Subject: Lamp\r\nContent-Transfer-Encoding: 8bit\r\n\r\nMessage-ID: <in the text>\r\nGr\xc3\xbc\xc3\x9fe\r\n"
)


class Emulator(QuietHandler):
    """Answers like the emulator's SES."""

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        refused = form.get("Source") == ["stranger@elsewhere.example"]
        self.send_response(400 if refused else 200)
        answer = (
            b"<ErrorResponse><Error><Code>MessageRejected</Code><Message>no</Message></Error></ErrorResponse>"
            if refused
            else b"<SendRawEmailResponse><SendRawEmailResult><MessageId>abc-1@email.amazonses.com</MessageId>"
            b"</SendRawEmailResult></SendRawEmailResponse>"
        )
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)


@pytest.fixture(autouse=True)
def going_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """No earlier test's run has ended; that would suppress messages about events."""
    monkeypatch.setattr(console, "_ending", threading.Event())


@pytest.fixture
def kept() -> list[tuple[bytes, str, list[str]]]:
    return []


@pytest.fixture
def gate(kept: list[tuple[bytes, str, list[str]]]) -> Iterator[Gate]:
    handler: type[BaseHTTPRequestHandler] = Emulator
    with ports.take(0, "one") as behind, ports.take(0, "two") as before:
        upstream = f"http://127.0.0.1:{ports.number(behind)}"
        gate = Gate(before, upstream, lambda raw, sender, to: kept.append((raw, sender, to)))
        with serving(OnSocket(behind, handler), "emulator"), serving(gate, "gate"):
            yield gate
        gate.http.clear()


def send(gate: Gate, source: str = "care@help.northlight.example") -> str:
    client = emulator.client("ses", f"http://127.0.0.1:{ports.number(gate.socket)}", retries={"total_max_attempts": 1})
    try:
        answer = client.send_raw_email(
            Source=source, Destinations=["jo@example.com", "copy@example.com"], RawMessage={"Data": RAW}
        )
        return str(answer["MessageId"])
    finally:
        client.close()


def test_the_mailbox_has_the_unchanged_mail_under_sess_own_id(
    gate: Gate, kept: list[tuple[bytes, str, list[str]]]
) -> None:
    assert send(gate) == "abc-1"
    ((raw, sender, recipients),) = kept
    assert (sender, recipients) == ("care@help.northlight.example", ["jo@example.com", "copy@example.com"])
    head, _, body = RAW.partition(b"\r\n\r\n")
    assert raw.endswith(body)
    lines = raw.partition(b"\r\n\r\n")[0].split(b"\r\n")
    assert lines[0] == b"Message-ID: <abc-1@eu-central-1.amazonses.com>"
    assert lines[1:] == [line for line in head.split(b"\r\n") if b"ours" not in line and b" @" not in line]


def test_a_refusing_gate_answers_like_a_throttling_ses(gate: Gate, kept: list[tuple[bytes, str, list[str]]]) -> None:
    gate.refuse(30)
    with pytest.raises(ClientError) as caught:
        send(gate)
    assert caught.value.response["Error"]["Code"] == "Throttling"
    assert kept == []
    gate.refuse(0)
    send(gate)
    assert len(kept) == 1


def test_a_mail_that_the_emulator_rejects_is_not_in_the_mailbox(
    gate: Gate, kept: list[tuple[bytes, str, list[str]]]
) -> None:
    with pytest.raises(ClientError, match="MessageRejected"):
        send(gate, "stranger@elsewhere.example")
    assert kept == []


def test_more_than_nine_recipients_stay_in_their_order() -> None:
    people = [f"p{number}@example.com" for number in range(1, 13)]
    form = {f"Destinations.member.{number}": [person] for number, person in enumerate(people, start=1)}
    form["RawMessage.Data"] = [base64.b64encode(RAW).decode()]
    assert as_sent(form, "x")[2] == people


def test_an_emulator_that_ends_during_a_mail_logs_one_plain_line(
    kept: list[tuple[bytes, str, list[str]]], capsys: pytest.CaptureFixture[str]
) -> None:
    """As when a run is stopped: the sender gets no answer, the mail stays owed, and no traceback is shown."""
    with ports.take(0, "gate") as before:
        with ports.take(0, "nobody there") as gone:
            upstream = f"http://127.0.0.1:{ports.number(gone)}"
        gate = Gate(before, upstream, lambda raw, sender, to: kept.append((raw, sender, to)))
        with serving(gate, "gate"), pytest.raises(BotoCoreError):
            send(gate)
        gate.http.clear()
    assert kept == []
    said = capsys.readouterr()
    (line,) = said.out.splitlines()
    assert "gave no answer" in line
    assert said.err == ""


def test_events_that_cannot_be_published_log_one_plain_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Gone:
        def publish(self, **_: object) -> None:
            raise EndpointConnectionError(endpoint_url="http://127.0.0.1:1")

    monkeypatch.setattr(simulator, "DELAY_SECONDS", 0.0)
    simulator.publishing(Gone(), "topic")(simulator.Sent("1", "care@help.northlight.example", ["jo@example.com"], {}))
    for thread in threading.enumerate():
        if isinstance(thread, threading.Timer):
            thread.join()
    said = capsys.readouterr()
    assert "could not be told" in said.out
    assert said.err == ""


class Lambda:
    """Records the called functions, and fails like an emulator that has ended."""

    def __init__(self) -> None:
        self.called: list[tuple[str, str]] = []

    def invoke(self, **asked: str) -> None:
        self.called.append((asked["FunctionName"], asked["InvocationType"]))
        raise EndpointConnectionError(endpoint_url="http://127.0.0.1:1")


def test_a_start_runs_due_work_at_once_and_again_when_leftovers_are_due(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    functions = Lambda()
    monkeypatch.setattr(emulator, "client", lambda service, address: functions)
    monkeypatch.setattr(stack, "MISSED_AFTER", timedelta())
    with ExitStack() as after:
        stack.catch_up("http://127.0.0.1:1", "escalate", after)
        for thread in threading.enumerate():
            if isinstance(thread, threading.Timer):
                thread.join()
    assert functions.called == [("escalate", "Event")] * 2


def test_a_run_that_ends_earlier_cancels_the_second_run_of_due_work(monkeypatch: pytest.MonkeyPatch) -> None:
    functions = Lambda()
    monkeypatch.setattr(emulator, "client", lambda service, address: functions)
    with ExitStack() as after:
        stack.catch_up("http://127.0.0.1:1", "escalate", after)
    assert functions.called == [("escalate", "Event")]
    waiting = [thread for thread in threading.enumerate() if isinstance(thread, threading.Timer)]
    assert all(timer.finished.is_set() for timer in waiting)


def text(gate: Gate, words: str = "Northlight: We missed your call – bis 14:20.") -> str:
    """Send a text message through the gate as the functions do; its id."""
    address = f"http://127.0.0.1:{ports.number(gate.socket)}"
    service = emulator.client("pinpoint-sms-voice-v2", address, retries={"total_max_attempts": 1})
    try:
        return TextMessages(lambda: service).send("+4915123456789", words, "NORTHLIGHT", 15, timedelta(hours=1))
    finally:
        service.close()


def test_a_text_message_stands_in_the_mailbox(gate: Gate, kept: list[tuple[bytes, str, list[str]]]) -> None:
    id = text(gate)
    ((raw, _, recipients),) = kept
    mail = message_from_bytes(raw, policy=policy.default)
    assert (mail["To"], mail["Subject"]) == ("+4915123456789@texts.localhost", "SMS to +4915123456789")
    assert recipients == [mail["To"]]
    assert mail["From"].startswith("NORTHLIGHT ")
    assert id in mail["Message-ID"]
    assert mail.get_content().strip() == "Northlight: We missed your call – bis 14:20."


def test_text_messages_are_refused_with_the_mails(gate: Gate, kept: list[tuple[bytes, str, list[str]]]) -> None:
    gate.refuse(60)
    with pytest.raises(NotSent, match="ThrottlingException") as refused:
        text(gate)
    assert not refused.value.unanswered
    assert not kept
