"""For tests from the outside: a running stack, used by HTTP and mail as storefronts, customers and agents use it."""

import json
import re
import smtplib
import subprocess
import sys
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from typing import Any, TypeVar
from urllib.parse import quote

import urllib3

from local.aws import emulator
from local.testing import Started

# Seconds to wait for what usually takes less than one: machines are shared and can be slow.
PATIENCE = 300.0
HTTP = urllib3.PoolManager(maxsize=16, retries=False, timeout=60.0)
_Found = TypeVar("_Found")
# The stage of an outbox that owes no mail.
_DONE = {"S": "done"}


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail in the mailbox. `at`: when the mail service took it, in seconds since the epoch."""

    id: str
    message_id: str
    to: str
    subject: str
    reply_to: str
    at: float


class Outside:
    """What people and programs outside can do with a stack."""

    def __init__(self, started: Started) -> None:
        self.started = started
        self.url = started.stack.url
        self.mailbox = started.stack.mailbox

    def request(self, method: str, path: str, **options: Any) -> urllib3.BaseHTTPResponse:
        url = path if path.startswith("http") else self.url + path
        return HTTP.request(method, url, redirect=False, **options)

    def post_json(self, path: str, body: object, headers: Mapping[str, str] | None = None) -> urllib3.BaseHTTPResponse:
        sent = {"Content-Type": "application/json"} | dict(headers or {})
        return self.request("POST", path, body=json.dumps(body).encode(), headers=sent)

    def send(self, raw: EmailMessage | bytes, sender: str, *recipients: str) -> None:
        """Send a mail as the sender's mail server would."""
        with smtplib.SMTP("127.0.0.1", self.started.stack.ports["smtp"], timeout=60) as server:
            content = raw if isinstance(raw, bytes) else raw.as_bytes(policy=SMTP)
            server.sendmail(sender, recipients, content)

    def send_utf8(self, raw: EmailMessage, sender: str, *recipients: str) -> None:
        """The same by servers that take every letter in addresses and headers (RFC 6531)."""
        with smtplib.SMTP("127.0.0.1", self.started.stack.ports["smtp"], timeout=60) as server:
            server.sendmail(sender, recipients, raw.as_bytes(policy=SMTPUTF8), ["SMTPUTF8", "BODY=8BITMIME"])

    def invoke(self, function: str, event: str) -> "subprocess.CompletedProcess[str]":
        """Call a function as the AWS console's Test button would."""
        command = [sys.executable, "-m", "local", "invoke", function, event, "--data", str(self.started.data)]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    def table(self) -> Any:
        """A client of the stack's DynamoDB."""
        return emulator.client("dynamodb", self.started.stack.endpoint)

    def items(self, pk: str = "", sk: str = "") -> Iterator[dict[str, Any]]:
        """The table's items whose keys begin like this."""
        begins = {name: begin for name, begin in (("pk", pk), ("sk", sk)) if begin}
        condition: dict[str, Any] = {
            "FilterExpression": " AND ".join(f"begins_with({name}, :{name})" for name in begins),
            "ExpressionAttributeValues": {f":{name}": {"S": begin} for name, begin in begins.items()},
        }
        pages = self.table().get_paginator("scan")
        found = {"TableName": self.started.stack.resources["Table"], "ConsistentRead": True}
        for page in pages.paginate(**found, **(condition if begins else {})):
            yield from page["Items"]

    def owes_nothing(self, pk: str = "") -> bool:
        """Whether every mail was sent: no outbox is open of the items whose partitions begin like this. Tests that
        share a stack name theirs: agents hear of further words within five minutes only."""
        return all(item.get("outbox", _DONE) == _DONE for item in self.items(pk))

    def tickets_by_customer(self) -> Counter[str]:
        """How many tickets each customer's address has."""
        tickets = (item for item in self.items("TICKET#") if item["sk"]["S"] == "TICKET")
        return Counter(ticket["requester"]["M"].get("address", {}).get("S", "") for ticket in tickets)

    def mails(self, to: str) -> list[Mail]:
        """The mails sent to an address, oldest first."""
        found: list[dict[str, Any]] = []
        while True:
            page = self._search(to, 500, len(found))["messages"]
            found += page
            if len(page) < 500:
                return [_mail(entry) for entry in reversed(found)]

    def mail_count(self, to: str) -> int:
        """How many mails were sent to an address."""
        count: int = self._search(to, 1)["messages_count"]
        return count

    def _search(self, to: str, limit: int, start: int = 0) -> dict[str, Any]:
        url = f"{self.mailbox}/api/v1/search?query={quote('to:' + to)}&limit={limit}&start={start}"
        page: dict[str, Any] = HTTP.request("GET", url).json()
        return page

    def message(self, mail: Mail) -> dict[str, Any]:
        shown: dict[str, Any] = HTTP.request("GET", f"{self.mailbox}/api/v1/message/{mail.id}").json()
        return shown

    def raw(self, mail: Mail) -> bytes:
        return HTTP.request("GET", f"{self.mailbox}/api/v1/message/{mail.id}/raw").data

    def page_of(self, customer: str, about: str = "") -> str:
        """The customer's page, by the link in their acknowledgement: the form's own answer leads to a page with
        less."""
        link = re.search(r"https?://\S+/t/\S+", self.message(self.mail_to(customer, about))["Text"])
        assert link
        return link[0]

    def mail_to(self, to: str, about: str = "", seconds: float = PATIENCE) -> Mail:
        """The first mail to an address with these words in its subject; waits for it."""
        return until(lambda: next((m for m in self.mails(to) if about in m.subject), None), seconds, f"mail to {to}")


def until(look: Callable[[], _Found | None], seconds: float, what: str) -> _Found:
    """What `look` finds; waits until it finds something."""
    give_up = time.monotonic() + seconds
    while time.monotonic() < give_up:
        found = look()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"no {what} within {seconds:.0f} s")


def someone() -> str:
    """An address that has not been used yet."""
    return f"customer-{uuid.uuid4().hex[:12]}@example.com"


def form(email: str, **fields: Any) -> dict[str, Any]:
    """The fields of a complaint as a storefront sends them."""
    default = {"name": "Mira Holm", "email": email, "kind": "complaint", "order_number": "NL-2041"}
    words = {"subject": "Lamp arrived broken", "message": "The glass shade is cracked.\nPlease send another."}
    return default | words | {"terms_accepted": True} | fields


def written(sender: str, to: str, subject: str, text: str, **headers: str) -> EmailMessage:
    """A mail as a person writes it."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, to, subject
    mail["Message-ID"] = f"<{uuid.uuid4().hex}@mail.example.com>"
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return mail


def _mail(entry: Mapping[str, Any]) -> Mail:
    reply_to = entry["ReplyTo"][0]["Address"] if entry["ReplyTo"] else ""
    at = datetime.fromisoformat(entry["Created"]).timestamp()
    return Mail(entry["ID"], entry["MessageID"], entry["To"][0]["Address"], entry["Subject"], reply_to, at)
