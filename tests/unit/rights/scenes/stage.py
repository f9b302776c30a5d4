"""The whole application on moto, each function by its own name: requests go through app.py, and AWS's part in between
(the table's stream, arriving mail, the mail service's events) is played here."""

import itertools
import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any
from urllib.parse import urlencode

import boto3
import pytest
from chalice.local import LambdaContext
from chalice.test import Client
from moto.dynamodb.models import dynamodb_backends

from chalicelib import wiring
from chalicelib.aws.clients import client
from chalicelib.errors import StillOwed
from deploy import own_rights
from tests.support.store import tables
from tests.support.store.fakes import PUBLIC_URL, Clock, written
from tests.support.store.whole import WholeStore
from tests.support.web.browsing import Browser
from tests.unit.rights import policies
from tests.unit.rights.recording import Recorder

CARE = "care@help.northlight.example"
PLENTY = 900_000
_CHECKS = ("spam", "virus", "spf", "dkim", "dmarc")


@dataclass(slots=True)
class Stage:
    """`recorder` knows each function's requests; `store` reads the table for the tests, without being recorded."""

    client: Client
    recorder: Recorder
    clock: Clock
    store: WholeStore
    client_secret: str
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    streamed: set[tuple[str, str]] = field(default_factory=set)

    @property
    def browser(self) -> Browser:
        return Browser(self.client)

    def run(self, function: str, event: Any, millis: int = PLENTY) -> Any:
        """The answer of a function that has this much time."""

        def context(function_name: str, memory_size: int, **_: Any) -> LambdaContext:
            made = LambdaContext(function_name, memory_size, max_runtime_ms=millis)
            made.invoked_function_arn = policies.arn(own_rights.logical(function_name))
            return made

        with pytest.MonkeyPatch.context() as patched:
            patched.setattr("chalice.test.LambdaContext", context)
            return self.client.lambda_.invoke(function, event).payload

    def flows(self) -> None:
        """Deliver the table's stream until nothing new comes of it."""
        while True:
            new = [item for item in self.items() if self._key(item) not in self.streamed]
            self.streamed |= set(map(self._key, new))
            said = [item for item in new if _is_indexed(item)]
            if said:
                self.run("index_words", stream(said, "INSERT"))
            owing = self.owing()
            if owing:
                self.run("send_mail", stream(owing, "MODIFY"))
            elif not said:
                return

    def owing(self) -> list[Any]:
        return [item for item in self.items() if item.get("outbox") == {"S": "queued"}]

    def brings(self, function: str) -> None:
        """Send, or try to send, everything owed: by the stream's function, or by due work."""
        if function == "send_mail":
            with suppress(StillOwed):
                self.run(function, stream(self.owing(), "MODIFY"))
        else:
            self.clock.advance(minutes=10)
            self.run(function, {})

    def _key(self, item: Any) -> tuple[str, str]:
        return item["pk"]["S"], item["sk"]["S"]

    def items(self) -> list[dict[str, Any]]:
        """All items of all tickets and orders; read past moto, because a scan takes a second."""
        table = dynamodb_backends[policies.ACCOUNT][tables.REGION].tables[policies.name("Table")]
        found = (
            item.attrs
            for of, kept in table.items.items()
            if of.value.startswith(("TICKET#", "ORDER#"))
            for item in kept.values()
        )
        return [{name: value.to_regular_json() for name, value in attrs.items()} for attrs in found]

    def arrives(self, mail: EmailMessage | bytes, to: str = CARE, failed: Sequence[str] = (), received: int = 1) -> str:
        """A mail arrives and is received; return its key."""
        key = f"raw/{next(self.numbers):08}"
        # One id per line, as mail servers write them: moto's ids are long.
        raw = mail if isinstance(mail, bytes) else mail.as_bytes(policy=mail.policy.clone(max_line_length=998))
        boto3.client("s3").put_object(Bucket=policies.name("MailBucket"), Key=key, Body=raw)
        self.receives(key, to, failed, received)
        return key

    def receives(self, key: str, to: str = CARE, failed: Sequence[str] = (), received: int = 1) -> None:
        verdicts = {f"{check}Verdict": {"status": "FAIL" if check in failed else "PASS"} for check in _CHECKS}
        receipt = {"recipients": [to], "action": {"type": "S3", "objectKey": key}} | verdicts
        body = json.dumps({"notificationType": "Received", "receipt": receipt})
        self.run("receive_mail", queued(body, received))

    def mail(self, who: str, text: str, to: str = CARE, subject: str = "My lamp", **headers: str) -> EmailMessage:
        """A mail with a file."""
        number = next(self.numbers)
        made = written(who, f"{subject} {number}", text, To=to, Message_ID=f"<{number}@m.example>", **headers)
        made.add_attachment(b"%PDF-1.7", "application", "pdf", filename="receipt.pdf")
        return made

    def told(self, kind: str, recipient: str, **more: Any) -> None:
        """The mail service's event about the latest mail to this recipient."""
        sent = self.sent(recipient)[-1]
        tags = {name: [value] for name, value in sent.tags.items()}
        about = {"messageId": sent.id, "destination": [recipient], "tags": tags}
        self.run("note_delivery", queued(json.dumps({"eventType": kind, "mail": about} | more)))

    def sent(self, recipient: str) -> list["SentMail"]:
        """The mails to this recipient, in order."""
        found = (SentMail(params) for params in self.recorder.mails if "answered" in params)
        return [mail for mail in found if mail.recipient == recipient]

    def refs(self, address: str = "") -> list[str]:
        """A customer's tickets, or all, in the order they were opened."""
        tickets = [item for item in self.items() if item["sk"] == {"S": "TICKET"} and "purging" not in item]
        theirs = [t for t in tickets if not address or t.get("customer", {}).get("S", "").endswith(f"#{address}")]
        return [t["ref"]["S"] for t in sorted(theirs, key=lambda t: str(t["opened_at"]))]

    @contextmanager
    def at(self, moment: datetime) -> Iterator[None]:
        """Inside this block, it is another time."""
        before, self.clock.at = self.clock.at, moment
        yield
        self.clock.at = before

    @contextmanager
    def settings(self, **named: str) -> Iterator[None]:
        """Inside this block, the functions have these settings."""
        with pytest.MonkeyPatch.context() as patched:
            for name, value in named.items():
                patched.setenv(name, value)
            wiring.deps.cache_clear()
            yield
        wiring.deps.cache_clear()

    @contextmanager
    def refused(self, code: str) -> Iterator[None]:
        """Inside this block, the mail service refuses mails."""
        ses = client("ses")
        refusal = ses.exceptions.ClientError({"Error": {"Code": code, "Message": "no"}}, "SendRawEmail")

        def refuse(**_: Any) -> None:
            raise refusal

        ses.meta.events.register("before-call.ses.SendRawEmail", refuse)
        yield
        ses.meta.events.unregister("before-call.ses.SendRawEmail", refuse)


class SentMail:
    """A mail that was handed to the mail service."""

    def __init__(self, params: Any) -> None:
        self.recipient: str = params["Destinations"][0]
        self.tags = {tag["Name"]: tag["Value"] for tag in params["Tags"]}
        self.mail = message_from_bytes(params["RawMessage"]["Data"], policy=policy.default)
        self.id: str = params["answered"]

    @property
    def text(self) -> str:
        assert isinstance(self.mail, EmailMessage)
        body = self.mail.get_body(("plain",))
        assert body is not None
        return str(body.get_content())

    @property
    def reply_to(self) -> str:
        return str(self.mail["Reply-To"].addresses[0].addr_spec)

    def link(self, path: str) -> str:
        """The URL in the mail that leads to this path."""
        found = re.search(rf"{re.escape(PUBLIC_URL)}{path}\S*", self.text)
        assert found, self.text
        return found[0]


def _is_indexed(item: Any) -> bool:
    """Whether the stream delivers it to index_words: new tickets and messages, and log entries that it listens for."""
    sk, action = item["sk"]["S"], item.get("action", {}).get("S")
    events = policies.template()["Resources"]["IndexWords"]["Properties"]["Events"]["IndexWordsDynamodbEventSource"]
    return sk == "TICKET" or sk.startswith("MSG#") or (sk.startswith("LOG#") and f'"{action}"' in str(events))


def stream(images: Sequence[Any], kind: str) -> dict[str, Any]:
    """The table's stream delivers these items unchanged."""
    return {"Records": [{"eventName": kind, "dynamodb": {"NewImage": image}} for image in images]}


def queued(body: str, received: int = 1) -> dict[str, Any]:
    """A queue delivers a message."""
    attributes = {"ApproximateReceiveCount": str(received)}
    return {"Records": [{"messageId": "1", "receiptHandle": "1", "body": body, "attributes": attributes}]}


def query(path: str, **asked: str) -> str:
    return f"{path}?{urlencode(asked)}"


def now() -> datetime:
    """The real time, which moto uses for the dates of files."""
    return datetime.now(UTC) + timedelta(minutes=20)
