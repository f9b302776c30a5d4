"""What customers and agents do for the screenshots: on a stack that is used only from outside and with a clock that is
moved."""

import json
import re
import smtplib
import time
from collections.abc import Mapping
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid
from typing import Any
from unicodedata import combining, normalize
from urllib.parse import quote

import urllib3

from local.aws import emulator
from local.shots import letters as letters
from local.story.stage import CARE, SHOP, ZONE, Stage, WentWrong
from local.testing import Started

ADA, TOM = "ada@northlight.example", "tom@northlight.example"
PATIENCE = 120.0
_HTTP = urllib3.PoolManager(retries=False, timeout=PATIENCE)


class People:
    """Customers and agents of a shop, on a stack with a movable clock."""

    def __init__(self, stage: Stage, started: Started) -> None:
        self.stage, self.started, self.stack = stage, started, started.stack
        stack = started.stack
        self._table, self._mails = emulator.client("dynamodb", stack.endpoint), 0

    def at(self, moment: str) -> None:
        """Set the clock to this Berlin time, and let everything due by then happen."""
        self.read()
        self.stage.move_clock(datetime.fromisoformat(moment).replace(tzinfo=ZONE))
        self.stage.call("escalate_overdue", {})
        self.stage.call("reconcile", {})
        self.stage.settle()

    def read(self) -> None:
        """Wait until every written mail is read, and every mail owed for it is sent."""
        give_up = time.monotonic() + PATIENCE
        while self._outcomes() < self._mails:
            if time.monotonic() > give_up:
                raise WentWrong("a mail was not read")
            time.sleep(0.05)
        self.stage.settle()

    def _outcomes(self) -> int:
        query = {"FilterExpression": "sk = :raw", "ExpressionAttributeValues": {":raw": {"S": "RAW"}}}
        pages = self._table.get_paginator("scan").paginate(TableName=self.stack.resources["Table"], **query)
        return sum(page["Count"] for page in pages)

    def form(self, name: str, kind: str, subject: str, message: str, **more: str) -> str:
        """Send the form as this customer; return the ticket's reference."""
        fields = {"name": name, "kind": kind, "subject": subject, "message": message, "email": address_of(name)} | more
        body, kinds = json.dumps(fields).encode(), {"Content-Type": "application/json"}
        answer = _HTTP.request("POST", f"{self.stack.url}/shops/{SHOP}/tickets", body=body, headers=kinds)
        if answer.status != 201:
            raise WentWrong(f"The form was answered with {answer.status}: {answer.data.decode()[:500]}")
        return str(answer.json()["reference"])

    def mail(self, name: str, subject: str, text: str, *, to: str = CARE, html: str = "", **headers: str) -> None:
        """Send a mail as this customer. A mail with HTML has two photos."""
        mail = EmailMessage(policy=SMTP)
        mail["From"], mail["To"], mail["Subject"] = f"{name} <{address_of(name)}>", to, subject
        mail["Date"], mail["Message-ID"] = format_datetime(self.stage.now), make_msgid(domain="mail.example.com")
        for header, value in headers.items():
            mail[header.replace("_", "-")] = value
        mail.set_content(text)
        if html:
            mail.add_alternative(html, subtype="html")
            for filename, size in letters.PHOTOS:
                photo = letters.PHOTO.ljust(size, b"\0")
                mail.add_attachment(photo, "image", "png", filename=filename)
        with smtplib.SMTP("127.0.0.1", self.stack.ports["smtp"], timeout=PATIENCE) as server:
            server.sendmail(address_of(name), [to], mail.as_bytes())
        self._mails += 1

    def sent_to(self, address: str) -> dict[str, Any]:
        """The last mail sent to this address, after everything owed is sent."""
        self.stage.settle()
        url = f"{self.stack.mailbox}/api/v1/search?query={quote(f'to:{address}')}&limit=1"
        found: dict[str, Any] = _HTTP.request("GET", url).json()["messages"][0]
        return found

    def mails_to(self, address: str) -> list[dict[str, Any]]:
        """All mails sent to this address, the newest first."""
        self.stage.settle()
        url = f"{self.stack.mailbox}/api/v1/search?query={quote(f'to:{address}')}&limit=50"
        found: list[dict[str, Any]] = _HTTP.request("GET", url).json()["messages"]
        return found

    def text_of(self, mail: Mapping[str, Any]) -> str:
        """The text of a sent mail."""
        return str(_HTTP.request("GET", f"{self.stack.mailbox}/api/v1/message/{mail['ID']}").json()["Text"])

    def opened_by_mail(self, name: str, subject: str, text: str, **more: Any) -> str:
        """Send a mail that opens a ticket; return its reference from the acknowledgement."""
        self.mail(name, subject, text, **more)
        self.read()
        found = re.search(r"NL-\w{5}-\w{5}", self.sent_to(address_of(name))["Subject"])
        if not found:
            raise WentWrong(f"{address_of(name)} got no confirmation")
        return found[0]

    def act(self, ref: str, action: str, agent: str = ADA, **fields: str) -> None:
        self.stage.call("act_on_ticket", {"shop": SHOP, "reference": ref, "agent": agent, "action": action} | fields)


def address_of(name: str) -> str:
    """The customer's address at example.com, in ASCII letters. The one whose name has none is Layla Haddad."""
    letters_only = (c for c in normalize("NFKD", name.lower()) if not combining(c))
    plain = "".join(letters_only).translate(str.maketrans("øł ", "ol."))
    return f"{plain if plain.isascii() else 'layla.haddad'}@example.com"
