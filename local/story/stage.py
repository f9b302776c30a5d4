"""Where the story is played: a running stack, used only from outside, as customers, agents and couriers use it."""

import html
import json
import re
import smtplib
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any
from zoneinfo import ZoneInfo

import urllib3

from local import clock, invoke
from local.aws import emulator
from local.testing import Started

ZONE = ZoneInfo("Europe/Berlin")
SHOP, CARE = "northlight", "care@help.northlight.example"
# Seconds to wait for what usually takes less than one: machines are shared and can be slow.
PATIENCE = 120.0
_HTTP = urllib3.PoolManager(retries=False, timeout=PATIENCE)
_PENDING = ("queued", "claimed", "retry")


class WentWrong(Exception):
    """The story did not go as planned; the message says where and how."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A sent mail as its reader's mail program shows it; `id` is the mailbox's, in the order of sending."""

    id: str
    message_id: str
    sender: str
    to: str
    address: str
    reply_to: str
    subject: str
    date: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail or form from somebody outside; a form has an empty `to`."""

    sender: str
    to: str
    subject: str
    date: datetime
    text: str


def _posted(url: str, fields: Mapping[str, str], status: int) -> urllib3.BaseHTTPResponse:
    """The answer to a form of one of our pages. Raises WentWrong if its status is another."""
    answer = _HTTP.request(
        "POST", url, fields=fields, encode_multipart=False, headers={"Accept": "text/html"}, redirect=False
    )
    if answer.status != status:
        raise WentWrong(f"{url} was answered with {answer.status}: {answer.data.decode()[:500]}")
    return answer


def promised(ticket: Mapping[str, Any]) -> dict[str, str]:
    """The running clocks and their due dates, from the answer of `act_on_ticket`."""
    return {
        clock["name"]: f"{datetime.fromisoformat(clock['due']).astimezone(ZONE):%Y-%m-%d %H:%M}"
        for clock in ticket["clocks"]
    }


class Stage:
    """A stack and the actions on it. `ref` is the story's ticket, `now` the story's current time."""

    def __init__(self, started: Started) -> None:
        self._data, self._stack = started.data, started.stack
        self._lambda = emulator.client("lambda", started.stack.endpoint, **invoke.PATIENCE)
        self._table = emulator.client("dynamodb", started.stack.endpoint)
        self._read: dict[str, Sent] = {}
        self.now = datetime.now(ZONE)
        self.ref = ""
        self.refs: list[str] = []

    def move_clock(self, moment: datetime) -> None:
        """Set the stack's clock."""
        self.now = moment
        clock.moved(moment.isoformat(), self._data)

    def fill_in(self, fields: Mapping[str, str], photo: tuple[str, bytes, str]) -> Letter:
        """Send the form of the shop's own page; `ref` is its ticket from now on."""
        url = f"{self._stack.url}/shops/{SHOP}/tickets"
        headers = {"Origin": "https://www.northlight.example"}
        answer = _HTTP.request("POST", url, fields={**fields, "attachments": photo}, headers=headers)
        if answer.status != 201:
            raise WentWrong(f"The form was answered with {answer.status}: {answer.data.decode()[:500]}")
        self.ref = answer.json()["reference"]
        self.refs.append(self.ref)
        return Letter(f"{fields['name']} <{fields['email']}>", "", fields["subject"], self.now, fields["message"])

    def withdraw(self, fields: Mapping[str, str]) -> Letter:
        """Withdraw by the two pages of the withdrawal function, as a browser without scripts; `ref` is the withdrawal's
        ticket from now on. The last page must show the statement and when it came."""
        shop = f"{self._stack.url}/shops/{SHOP}"
        review = _posted(f"{shop}/withdraw", fields, 200).data.decode()
        nonce = re.search(r'name="nonce" value="([^"]+)"', review)
        if nonce is None or any(value not in review for value in fields.values()):
            raise WentWrong("The second page does not show the statement with its button.")
        confirmed = _posted(f"{shop}/withdrawals", {**fields, "nonce": nonce[1]}, 303)
        shown = _HTTP.request("GET", confirmed.headers["Location"]).data.decode()
        reference = re.search(r'class="reference">([^<]+)<', shown)
        if (
            reference is None
            or f"{self.now:%H:%M}" not in shown
            or any(value not in shown for value in fields.values())
        ):
            raise WentWrong("The page does not acknowledge the statement with its time.")
        self.ref = reference[1]
        self.refs.append(self.ref)
        statement = re.search(r'<blockquote class="said">(.*?)</blockquote>', review, re.DOTALL)
        lines = re.sub(r"<br>\s*|</p>\s*<p>", "\n", statement[1] if statement else "")
        text = html.unescape(re.sub(r"<[^>]+>", "", lines)).strip()
        return Letter(f"{fields['name']} <{fields['email']}>", "", "", self.now, text)

    def reply(self, sender: str, mail: Sent, text: str) -> Letter:
        """Reply to one of the stack's mails, as the sender's mail server would deliver it."""
        message, address = EmailMessage(), sender.rpartition("<")[2].rstrip(">")
        message["From"], message["To"], message["Subject"] = (
            sender,
            mail.reply_to,
            f"Re: {mail.subject.removeprefix('Re: ')}",
        )
        message["Date"] = format_datetime(self.now)
        message["Message-ID"] = f"<{self.now:%Y%m%d%H%M}@{address.rpartition('@')[2]}>"
        message["In-Reply-To"] = f"<{mail.message_id}>"
        message.set_content(text)
        with smtplib.SMTP("127.0.0.1", self._stack.ports["smtp"], timeout=PATIENCE) as server:
            server.sendmail(address, [mail.reply_to], message.as_bytes(policy=SMTP))
        return Letter(sender, mail.reply_to, message["Subject"], self.now, text)

    def call(self, function: str, event: Mapping[str, Any]) -> dict[str, Any]:
        """Call a function as the AWS console's Test button would."""
        name = self._stack.functions[function]
        answer = self._lambda.invoke(FunctionName=name, Payload=json.dumps(event).encode())
        body: dict[str, Any] = json.loads(answer["Payload"].read())
        if "FunctionError" in answer:
            raise WentWrong(f"{function} failed on {json.dumps(event)}: {body.get('errorMessage', body)}")
        return body

    def settle(self) -> None:
        """Wait until no mail is owed any more, so that the clock is not moved while a mail is being sent."""
        self.until(lambda: not self._owing(), "mails are owed that nobody sends")

    def mails_after(self, seen: Sequence[Sent], count: int) -> list[Sent]:
        """The mails sent after those in `seen`. Waits for `count` of them, and until no mail is owed."""

        def new() -> list[Sent]:
            known = {mail.id for mail in seen}
            return [mail for mail in self.mails() if mail.id not in known]

        self.until(lambda: len(new()) >= count, f"of {count} mails awaited, no more came than", new)
        self.settle()
        return new()

    def mails(self) -> list[Sent]:
        """All mails about the ticket, in the order of sending. Only digests have no reference."""
        return [mail for mail in self._everything() if self.ref in mail.subject]

    def digests(self) -> list[Sent]:
        return [mail for mail in self._everything() if not any(ref in mail.subject for ref in (self.ref, *self.refs))]

    def _everything(self) -> list[Sent]:
        listed = _HTTP.request("GET", f"{self._stack.mailbox}/api/v1/messages?limit=500").json()["messages"]
        for entry in listed:
            if entry["ID"] not in self._read:
                self._read[entry["ID"]] = self._opened(entry["ID"])
        return [self._read[entry["ID"]] for entry in reversed(listed)]

    def _opened(self, id: str) -> Sent:
        url = f"{self._stack.mailbox}/api/v1/message/{id}"
        shown, headers = _HTTP.request("GET", url).json(), _HTTP.request("GET", f"{url}/headers").json()
        return Sent(
            id=id,
            message_id=shown["MessageID"],
            sender=headers["From"][0],
            to=headers["To"][0],
            address=shown["To"][0]["Address"],
            reply_to=shown["ReplyTo"][0]["Address"],
            subject=shown["Subject"].strip(),
            date=parsedate_to_datetime(headers["Date"][0]).astimezone(ZONE),
            text=shown["Text"],
        )

    def _owing(self) -> bool:
        """Whether any item of the table still owes mails."""
        query = {
            "TableName": self._stack.resources["Table"],
            "FilterExpression": "outbox IN (:a, :b, :c)",
            "ExpressionAttributeValues": {f":{n}": {"S": stage} for n, stage in zip("abc", _PENDING, strict=True)},
        }
        return any(page["Items"] for page in self._table.get_paginator("scan").paginate(**query))

    def until(self, true: Callable[[], bool], otherwise: str, found: Callable[[], object] = str) -> None:
        """Wait until it is true. Raises WentWrong with these words and what was found."""
        give_up = time.monotonic() + PATIENCE
        while not true():
            if time.monotonic() > give_up:
                raise WentWrong(f"Within {PATIENCE:.0f} s: {otherwise} {found()}")
            time.sleep(0.05)
