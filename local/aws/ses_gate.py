"""The gate in front of the embedded AWS's SES: the functions send through it, and what SES took is in the mailbox
before they have its answer. It also gives ids the shape they have on AWS, and refuses mail for a while when asked to.

The emulator's own relay by SMTP is not used: it answers first and relays later, in any order, and loses silently
every mail that is not plain ASCII (decision 29)."""

import base64
import re
import socket
import time
from collections.abc import Callable
from urllib.parse import parse_qs

import urllib3

from local import console
from local.aws.emulator import REGION
from local.aws.simulator import Sent
from local.web.serving import OnSocket, QuietHandler

# Emulator: "<uuid>@email.amazonses.com". AWS: an id without a domain; the mail's Message-ID has it with the region's.
_MESSAGE_ID = re.compile(rb"<MessageId>([^<@]+)(?:@[^<]*)?</MessageId>")
_OWN_ID = re.compile(rb"^message-id:.*(?:\r?\n[ \t].*)*\r?\n", re.IGNORECASE | re.MULTILINE)
# What SES answers when a sender goes beyond its rate: a transient error, to be retried later.
REFUSAL = (
    b'<ErrorResponse xmlns="http://ses.amazonaws.com/doc/2010-12-01/"><Error><Type>Sender</Type><Code>Throttling</Code>'
    b"<Message>Maximum sending rate exceeded.</Message></Error><RequestId>refused</RequestId></ErrorResponse>"
)
# Of this connection alone. All others may be signed.
_OWN = ("connection", "transfer-encoding", "expect", "content-length")

Keep = Callable[[bytes, str, list[str]], object]


class Gate(OnSocket):
    """Passes SES requests on to the emulator. `keep` is given each mail SES took: raw, sender, recipients; `tell`
    then publishes what becomes of it, and is set once the stack and its topic are there."""

    def __init__(self, listening: socket.socket, upstream: str, keep: Keep) -> None:
        super().__init__(listening, _Handler)
        self.upstream = upstream
        self.keep = keep
        self.tell: Callable[[Sent], None] = lambda sent: None
        self.http = urllib3.PoolManager(maxsize=32)
        self._refused_until = 0.0

    def refuse(self, seconds: float) -> None:
        """Refuses every mail for so many seconds from now (0: takes them again)."""
        self._refused_until = time.monotonic() + seconds

    def refusing(self) -> bool:
        """Whether a mail sent now is refused."""
        return time.monotonic() < self._refused_until


class _Handler(QuietHandler):
    server: Gate

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        form = parse_qs(body.decode("utf-8", "replace"))
        sending = form.get("Action", [""])[0].startswith("Send")
        if sending and self.server.refusing():
            self._answer(400, REFUSAL)
            return
        headers = {name: value for name, value in self.headers.items() if name.lower() not in _OWN}
        try:
            answer = self.server.http.request(
                "POST", self.server.upstream + self.path, body=body, headers=headers, retries=False, timeout=30
            )
        except urllib3.exceptions.HTTPError as error:
            # Unanswered, as SES's own failures are: the sender keeps its claim, and whatever was owed stays owed.
            console.event("ses", f"a mail was not taken: the embedded AWS gave no answer ({type(error).__name__})")
            self.close_connection = True
            return
        content = answer.data
        if answer.status == 200 and form["Action"] == ["SendRawEmail"] and (found := _MESSAGE_ID.search(content)):
            content = _MESSAGE_ID.sub(rb"<MessageId>\1</MessageId>", content)
            raw, sender, recipients = as_sent(form, found[1].decode())
            self.server.keep(raw, sender, recipients)
            self.server.tell(Sent(found[1].decode(), sender, recipients, _tags(form)))
        self._answer(answer.status, content)

    def _answer(self, status: int, content: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "text/xml")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


def _tags(form: dict[str, list[str]]) -> dict[str, str]:
    numbers = (name.split(".")[2] for name in form if name.startswith("Tags.member.") and name.endswith(".Name"))
    return {form[f"Tags.member.{number}.Name"][0]: form[f"Tags.member.{number}.Value"][0] for number in numbers}


def as_sent(form: dict[str, list[str]], message_id: str) -> tuple[bytes, str, list[str]]:
    """A mail as SES sends it: with its own Message-ID in the place of ours. And its sender and recipients."""
    raw = base64.b64decode(form["RawMessage.Data"][0])
    head, blank, body = raw.partition(b"\r\n\r\n" if b"\r\n\r\n" in raw else b"\n\n")
    own = f"Message-ID: <{message_id}@{REGION}.amazonses.com>\r\n".encode()
    head = own + _OWN_ID.sub(b"", head + b"\r\n").rstrip(b"\r\n")
    count = sum(name.startswith("Destinations.member.") for name in form)
    recipients = [form[f"Destinations.member.{number}"][0] for number in range(1, count + 1)]
    return head + blank + body, form.get("Source", [""])[0], recipients
