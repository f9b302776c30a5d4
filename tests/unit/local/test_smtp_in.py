"""The SMTP server does what an SES receipt rule does and loses nothing: it answers 250 only when everything is done."""

import json
import smtplib
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from local import ports
from local.aws import receipt, smtp_in
from tests.support.store.fakes import world as new_world

MAIL = b"From: Jo <jo@example.com>\r\nTo: care@northlight.example\r\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n\r\nHi\r\n"
TOPIC = "arn:aws:sns:eu-central-1:000000000000:mail"


class Bucket:
    """A stand-in for S3 and SNS: stores what it gets, and fails when told to."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.published: list[dict[str, Any]] = []
        self.failing = ""
        self._lock = threading.Lock()

    def put_object(self, *, Bucket: str, Key: str, Body: bytes) -> None:
        if self.failing == "s3":
            raise OSError("no room")
        with self._lock:
            self.objects[f"{Bucket}/{Key}"] = Body

    def publish(self, *, TopicArn: str, Subject: str, Message: str) -> None:
        if self.failing == "sns":
            raise OSError("no topic")
        assert (TopicArn, Subject) == (TOPIC, "Amazon SES Email Receipt Notification")
        with self._lock:
            self.published.append(json.loads(Message))


@pytest.fixture
def bucket() -> Bucket:
    return Bucket()


@pytest.fixture
def port(bucket: Bucket) -> Iterator[int]:
    deliver = smtp_in.deliver_to(bucket, "mails", bucket, TOPIC)
    shops = list(new_world().deps.policy.shops.values())
    rule = smtp_in.Rule(smtp_in.domains(shops), smtp_in.forwards(shops), deliver, lambda _source, _text: None)
    with ports.take(0, "SMTP_PORT") as listening:
        server = smtp_in.Server(listening, rule)
        yield ports.number(listening)
        server.stop()


def send(port: int, *recipients: str, content: bytes = MAIL, sender: str = "jo@example.com") -> dict[str, Any]:
    with smtplib.SMTP("127.0.0.1", port, timeout=10) as client:
        return client.sendmail(sender, recipients, content)


def test_one_object_and_one_notification_for_a_mail_to_several(bucket: Bucket, port: int) -> None:
    send(port, "care@help.northlight.example", "care+token@HELP.NORTHLIGHT.example", "help@care.kettle.example")
    ((key, stored),) = bucket.objects.items()
    (notification,) = bucket.published
    action = notification["receipt"]["action"]
    assert key == f"{action['bucketName']}/{action['objectKey']}"
    assert action["objectKey"] == f"raw/{notification['mail']['messageId']}"
    assert stored.endswith(MAIL)
    assert notification["receipt"]["recipients"] == [
        "care@help.northlight.example", "care+token@HELP.NORTHLIGHT.example", "help@care.kettle.example",
    ]  # fmt: skip


def test_foreign_recipients_are_refused_and_ours_are_accepted(bucket: Bucket, port: int) -> None:
    refused = send(port, "care@help.northlight.example", "someone@elsewhere.example")
    assert refused["someone@elsewhere.example"][0] == 550
    assert refused["someone@elsewhere.example"][1].startswith(b"5.1.1")
    assert bucket.published[0]["receipt"]["recipients"] == ["care@help.northlight.example"]
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        send(port, "care@sub.northlight.example")


def test_a_companys_server_forwards_only_mail_to_an_alias(bucket: Bucket, port: int) -> None:
    send(port, "Care@Northlight.example", "care+token@northlight.example", "help@kettle.example")
    (notification,) = bucket.published
    assert notification["receipt"]["recipients"] == [
        "care@help.northlight.example", "care+token@help.northlight.example", "help@care.kettle.example",
    ]  # fmt: skip
    for colleague in ("ada@northlight.example", "accounting@kettle.example"):
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            send(port, colleague)


@pytest.mark.parametrize("failing", ["s3", "sns"])
def test_a_sender_is_asked_to_retry_if_anything_fails(bucket: Bucket, port: int, failing: str) -> None:
    bucket.failing = failing
    with pytest.raises(smtplib.SMTPDataError) as caught:
        send(port, "care@help.northlight.example")
    assert caught.value.smtp_code == 451
    bucket.failing = ""
    send(port, "care@help.northlight.example")
    assert len(bucket.published) == 1


def test_several_clients_are_served_at_once(bucket: Bucket, port: int) -> None:
    with ThreadPoolExecutor(8) as clients:
        list(clients.map(lambda _: send(port, "care@help.northlight.example"), range(80)))
    assert len(bucket.objects) == len(bucket.published) == 80


def test_bounces_long_lines_and_large_mails_come_through(bucket: Bucket, port: int) -> None:
    send(port, "care@help.northlight.example", content=MAIL + b"x" * 100_000 + b"\r\n", sender="")
    (stored,) = bucket.objects.values()
    assert stored.startswith(b"Return-Path: <>\r\n")
    assert b"x" * 100_000 in stored
    with smtplib.SMTP("127.0.0.1", port, timeout=10) as client:
        client.ehlo()
        assert client.esmtp_features["size"] == str(40 * 1024 * 1024)
        assert {"8bitmime", "smtputf8"} <= client.esmtp_features.keys()


def test_the_notification_has_the_form_of_sess(bucket: Bucket, port: int) -> None:
    send(port, "care@help.northlight.example")
    (notification,) = bucket.published
    assert notification["notificationType"] == "Received"
    mail, received = notification["mail"], notification["receipt"]
    assert mail["source"] == "jo@example.com"
    assert mail["destination"] == ["care@help.northlight.example"]
    assert {"name": "From", "value": "Jo <jo@example.com>"} in mail["headers"]
    assert mail["commonHeaders"]["subject"] == "Grüße"
    assert mail["commonHeaders"]["from"] == ["Jo <jo@example.com>"]
    assert mail["commonHeaders"]["returnPath"] == "jo@example.com"
    assert mail["headersTruncated"] is False
    for check in receipt.CHECKS:
        assert received[f"{check}Verdict"] == {"status": "PASS"}
    assert received["action"]["type"] == "S3"


@pytest.mark.parametrize(
    ("sender", "named", "verdict"),
    [
        ("jo@example.com", "Jo <jo@example.com>", "PASS"),
        ("bounces@EXAMPLE.com", "Jo <jo@example.com>", "PASS"),
        ("jo@example.com", "SwiftParcel <claims@swiftparcel.example>", "GRAY"),
        ("jo@example.com", "jo@example.com, claims@swiftparcel.example", "GRAY"),
        ("", "jo@example.com", "GRAY"),
    ],
)
def test_only_a_mail_from_its_own_domain_passes_dmarc(
    bucket: Bucket, port: int, sender: str, named: str, verdict: str
) -> None:
    content = MAIL.replace(b"Jo <jo@example.com>", named.encode())
    send(port, "care@help.northlight.example", content=content, sender=sender)
    assert bucket.published[0]["receipt"]["dmarcVerdict"] == {"status": verdict}


def test_a_header_sets_verdicts_and_is_not_stored(bucket: Bucket, port: int) -> None:
    send(port, "care@help.northlight.example", content=b"X-Local-Verdict: spam=FAIL virus=gray\r\n" + MAIL)
    (notification,), (stored,) = bucket.published, bucket.objects.values()
    assert notification["receipt"]["spamVerdict"] == {"status": "FAIL"}
    assert notification["receipt"]["virusVerdict"] == {"status": "GRAY"}
    assert notification["receipt"]["dmarcVerdict"] == {"status": "PASS"}
    assert b"X-Local-Verdict" not in stored
    assert b"X-SES-Spam-Verdict: FAIL" in stored


@pytest.mark.parametrize("content", [b"\xff\xfe", b"\r\n", b"Subject: \xfc\r\nFrom: \xe4 <a@b>\r\n\r\n\x00", b":\r\n"])
def test_bytes_that_are_no_mail_are_accepted_too(bucket: Bucket, port: int, content: bytes) -> None:
    send(port, "care@help.northlight.example", content=content)
    assert len(bucket.published) == 1


def test_many_headers_are_truncated_as_ses_does(bucket: Bucket, port: int) -> None:
    send(
        port,
        "care@help.northlight.example",
        content=b"".join(b"X-N%d: %s\r\n" % (n, b"y" * 500) for n in range(40)) + MAIL,
    )
    (notification,) = bucket.published
    assert notification["mail"]["headersTruncated"] is True
    assert len(json.dumps(notification)) < 20_000
