"""What an SES receipt rule writes: the stored mail with its trace headers, and the notification about it.
Shape: Amazon SES Developer Guide, "Contents of notifications for Amazon SES email receiving"."""

import email
import re
import secrets
import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.header import decode_header, make_header
from email.utils import format_datetime, getaddresses
from typing import Any

from local.aws.emulator import REGION

SUBJECT = "Amazon SES Email Receipt Notification"
PREFIX = "raw/"
CHECKS = ("spam", "virus", "spf", "dkim", "dmarc")
# SES lists at most this much of the headers and then says that it truncated them.
HEADER_BYTES = 10 * 1024
# The DMARC policy assumed for a domain if the mail sets none (dmarcPolicy=none).
_USUAL_POLICY = "reject"
_VERDICT_HEADER = re.compile(rb"^x-local-verdict:[ \t]*([^\r\n]*)\r?\n", re.IGNORECASE | re.MULTILINE)
_ALPHABET = string.ascii_lowercase + string.digits


@dataclass(frozen=True, slots=True)
class ReceivedMail:
    """A mail as it came in by SMTP, its envelope, and the results of the checks on it."""

    id: str
    raw: bytes
    sender: str
    recipients: tuple[str, ...]
    peer: str
    at: datetime
    verdicts: Mapping[str, str]
    policy: str = _USUAL_POLICY


def received(raw: bytes, sender: str, recipients: Sequence[str], peer: str, at: datetime) -> ReceivedMail:
    """The mail with its verdicts. Its header `X-Local-Verdict: spam=FAIL virus=FAIL` sets verdicts and is not stored;
    `dmarcPolicy=none` there sets the domain's DMARC policy."""
    head, separator, body = _split(raw)
    asked = dict(re.findall(r"(\w+)=(\w+)", b" ".join(_VERDICT_HEADER.findall(head)).decode("ascii", "replace")))
    default = dict.fromkeys(CHECKS, "PASS") | {"dmarc": _dmarc(head, sender)}
    verdicts = {check: asked.get(check, default[check]).upper() for check in CHECKS}
    policy = asked.get("dmarcPolicy", _USUAL_POLICY).lower()
    raw = _VERDICT_HEADER.sub(b"", head) + separator + body
    mail_id = "".join(secrets.choice(_ALPHABET) for _ in range(40))
    return ReceivedMail(mail_id, raw, sender, tuple(recipients), peer, at.astimezone(UTC), verdicts, policy)


def _dmarc(head: bytes, sender: str) -> str:
    """The DMARC verdict, without DNS: PASS if the From has the envelope's domain, since that domain's server would have
    sent the mail; else GRAY (unknown)."""
    named = getaddresses([str(value) for value in email.message_from_bytes(head).get_all("From", [])])
    domains = {address.rpartition("@")[2].lower() for _, address in named}
    return "PASS" if domains == {sender.rpartition("@")[2].lower()} and sender else "GRAY"


def stored(mail: ReceivedMail) -> bytes:
    """The object to put into the bucket: the mail below the trace headers that SES adds."""
    trace = (
        f"Return-Path: <{mail.sender}>\r\n"
        f"Received: from {mail.peer} by inbound-smtp.{REGION}.amazonaws.com with SMTP id {mail.id}\r\n"
        f" for {mail.recipients[0]}; {format_datetime(mail.at)}\r\n"
        f"X-SES-Spam-Verdict: {mail.verdicts['spam']}\r\n"
        f"X-SES-Virus-Verdict: {mail.verdicts['virus']}\r\n"
    )
    return trace.encode("utf-8", "replace") + mail.raw


def notification(mail: ReceivedMail, bucket: str, topic: str) -> dict[str, Any]:
    """The notification that SES publishes to the topic about a stored mail."""
    at = mail.at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{mail.at.microsecond // 1000:03d}Z"
    headers, cut = _headers(stored(mail))
    return {
        "notificationType": "Received",
        "mail": {
            "timestamp": at,
            "source": mail.sender,
            "messageId": mail.id,
            "destination": list(mail.recipients),
            "headersTruncated": cut,
            "headers": headers,
            "commonHeaders": _common(headers),
        },
        "receipt": {
            "timestamp": at,
            "processingTimeMillis": 0,
            "recipients": list(mail.recipients),
            **{f"{check}Verdict": {"status": status} for check, status in mail.verdicts.items()},
            **({"dmarcPolicy": mail.policy} if mail.verdicts["dmarc"] == "FAIL" else {}),
            "action": {
                "type": "S3",
                "topicArn": topic,
                "bucketName": bucket,
                "objectKeyPrefix": PREFIX,
                "objectKey": PREFIX + mail.id,
            },
        },
    }


def _split(raw: bytes) -> tuple[bytes, bytes, bytes]:
    end = re.search(rb"(?<=\n)\r?\n", raw)
    return (raw, b"", b"") if end is None else (raw[: end.start()], end[0], raw[end.end() :])


def _headers(raw: bytes) -> tuple[list[dict[str, str]], bool]:
    listed: list[dict[str, str]] = []
    size = 0
    for name, value in email.message_from_bytes(_split(raw)[0]).items():
        text = re.sub(r"\r?\n[ \t]*", " ", str(value)).encode("utf-8", "replace").decode()
        size += len(name) + len(text)
        if size > HEADER_BYTES:
            return listed, True
        listed.append({"name": name, "value": text})
    return listed, False


def _common(headers: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    first: dict[str, str] = {}
    for header in headers:
        first.setdefault(header["name"].lower(), header["value"])
    common: dict[str, Any] = {"returnPath": first.get("return-path", "").strip("<> ")}
    for name in ("from", "to", "cc"):
        if name in first:
            people = getaddresses([first[name]])
            common[name] = [f"{_decoded(person)} <{address}>" if person else address for person, address in people]
    for name, key in (("date", "date"), ("message-id", "messageId")):
        if name in first:
            common[key] = first[name]
    if "subject" in first:
        common["subject"] = _decoded(first["subject"])
    return common


def _decoded(text: str) -> str:
    try:
        return str(make_header(decode_header(text)))
    except (ValueError, LookupError):
        return text
