"""What SES takes is in the mailbox before the function has its answer; what it refuses is not."""

import base64
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs

import pytest
from botocore.exceptions import ClientError

from local import emulator, ports
from local.serving import OnSocket, QuietHandler, serving
from local.ses_gate import Gate, as_sent

RAW = (
    b"From: care@northlight.example\r\nMessage-ID: <ours\r\n @northlight.example>\r\nTo: jo@example.com\r\n"
    b"Subject: Lamp\r\nContent-Transfer-Encoding: 8bit\r\n\r\nMessage-ID: <in the text>\r\nGr\xc3\xbc\xc3\x9fe\r\n"
)


class Emulator(QuietHandler):
    """Answers as the emulator's SES does."""

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


def send(gate: Gate, source: str = "care@northlight.example") -> str:
    client = emulator.client("ses", f"http://127.0.0.1:{ports.number(gate.socket)}", retries={"total_max_attempts": 1})
    try:
        answer = client.send_raw_email(
            Source=source, Destinations=["jo@example.com", "copy@example.com"], RawMessage={"Data": RAW}
        )
        return str(answer["MessageId"])
    finally:
        client.close()


def test_the_mailbox_has_it_byte_for_byte_under_sess_own_id(
    gate: Gate, kept: list[tuple[bytes, str, list[str]]]
) -> None:
    assert send(gate) == "abc-1"
    ((raw, sender, recipients),) = kept
    assert (sender, recipients) == ("care@northlight.example", ["jo@example.com", "copy@example.com"])
    head, _, body = RAW.partition(b"\r\n\r\n")
    assert raw.endswith(body)
    lines = raw.partition(b"\r\n\r\n")[0].split(b"\r\n")
    assert lines[0] == b"Message-ID: <abc-1@eu-central-1.amazonses.com>"
    assert lines[1:] == [line for line in head.split(b"\r\n") if b"ours" not in line and b" @" not in line]


def test_a_refusing_gate_answers_as_a_throttling_ses(gate: Gate, kept: list[tuple[bytes, str, list[str]]]) -> None:
    gate.refuse(30)
    with pytest.raises(ClientError) as caught:
        send(gate)
    assert caught.value.response["Error"]["Code"] == "Throttling"
    assert kept == []
    gate.refuse(0)
    send(gate)
    assert len(kept) == 1


def test_what_the_emulator_rejects_is_not_in_the_mailbox(gate: Gate, kept: list[tuple[bytes, str, list[str]]]) -> None:
    with pytest.raises(ClientError, match="MessageRejected"):
        send(gate, "stranger@elsewhere.example")
    assert kept == []


def test_more_than_nine_recipients_stay_in_their_order() -> None:
    people = [f"p{number}@example.com" for number in range(1, 13)]
    form = {f"Destinations.member.{number}": [person] for number, person in enumerate(people, start=1)}
    form["RawMessage.Data"] = [base64.b64encode(RAW).decode()]
    assert as_sent(form, "x")[2] == people
