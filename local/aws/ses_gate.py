"""The gate in front of the embedded AWS's SES: the functions send through it, and each accepted mail is in the mailbox
before the function gets its answer. It also gives ids the form they have on AWS, and on request refuses mail for a
while. Text messages (SMS) and what we say by messengers come here too: the emulator knows neither, so each is answered
here, and stands in the mailbox as a mail.

The emulator's own SMTP relay is not used: it answers first, relays later in any order, and silently loses every mail
that is not plain ASCII (decision 29).
"""

import base64
import re
import socket
import time
from collections.abc import Callable
from urllib.parse import parse_qs

import urllib3

from local import console
from local.aws import channels, texts
from local.aws.emulator import REGION
from local.aws.simulator import Sent
from local.web.serving import OnSocket, QuietHandler

# Emulator: "<uuid>@email.amazonses.com". AWS: an id without a domain; the mail's Message-ID adds the region's domain.
_MESSAGE_ID = re.compile(rb"<MessageId>([^<@]+)(?:@[^<]*)?</MessageId>")
_OWN_ID = re.compile(rb"^message-id:.*(?:\r?\n[ \t].*)*\r?\n", re.IGNORECASE | re.MULTILINE)
# SES's answer to a sender above its rate: a transient error, to be retried later.
REFUSAL = (
    b'<ErrorResponse xmlns="http://ses.amazonaws.com/doc/2010-12-01/"><Error><Type>Sender</Type><Code>Throttling</Code>'
    b"<Message>Maximum sending rate exceeded.</Message></Error><RequestId>refused</RequestId></ErrorResponse>"
)
# Headers of this connection only. All other headers may be signed, so they are passed on.
_OWN = ("connection", "transfer-encoding", "expect", "content-length")

Keep = Callable[[bytes, str, list[str]], object]


class Gate(OnSocket):
    """Passes SES requests on to the emulator. `keep` gets each accepted mail: raw, sender, recipients. `tell` then
    publishes the mail's events; it is set when the stack and its topic exist."""

    def __init__(self, listening: socket.socket, upstream: str, keep: Keep) -> None:
        super().__init__(listening, _Handler)
        self.upstream = upstream
        self.keep = keep
        self.tell: Callable[[Sent], None] = lambda sent: None
        self.http = urllib3.PoolManager(maxsize=32)
        self._refused_until = 0.0

    def refuse(self, seconds: float) -> None:
        """Refuse every mail for this many seconds from now (0: accept again)."""
        self._refused_until = time.monotonic() + seconds

    def refusing(self) -> bool:
        """Whether a mail sent now is refused."""
        return time.monotonic() < self._refused_until


class _Handler(QuietHandler):
    server: Gate

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.headers.get("X-Amz-Target", "") == texts.TARGET:
            self._text(body)
            return
        if self.path.startswith(channels.PREFIX):
            self._by_messenger(body)
            return
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
            # No answer, as in a failure of SES itself: the sender keeps its claim, and the mail stays owed.
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

    def _text(self, body: bytes) -> None:
        if self.server.refusing():
            self._answer(400, texts.REFUSAL, texts.CONTENT)
            return
        mail = texts.as_mail(body)
        self.server.keep(mail.raw, mail.sender, [mail.recipient])
        self._answer(200, mail.answer, texts.CONTENT)

    def _by_messenger(self, body: bytes) -> None:
        if self.server.refusing():
            self._answer(429, channels.REFUSAL, channels.CONTENT)
            return
        mail = channels.as_mail(self.path, body)
        self.server.keep(mail.raw, mail.sender, [mail.recipient])
        self._answer(200, mail.answer, channels.CONTENT)

    def _answer(self, status: int, content: bytes, kind: str = "text/xml") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


def _tags(form: dict[str, list[str]]) -> dict[str, str]:
    numbers = (name.split(".")[2] for name in form if name.startswith("Tags.member.") and name.endswith(".Name"))
    return {form[f"Tags.member.{number}.Name"][0]: form[f"Tags.member.{number}.Value"][0] for number in numbers}


def as_sent(form: dict[str, list[str]], message_id: str) -> tuple[bytes, str, list[str]]:
    """(the mail as SES sends it, with SES's Message-ID instead of ours; its sender; its recipients)."""
    raw = base64.b64decode(form["RawMessage.Data"][0])
    head, blank, body = raw.partition(b"\r\n\r\n" if b"\r\n\r\n" in raw else b"\n\n")
    own = f"Message-ID: <{message_id}@{REGION}.amazonses.com>\r\n".encode()
    head = own + _OWN_ID.sub(b"", head + b"\r\n").rstrip(b"\r\n")
    count = sum(name.startswith("Destinations.member.") for name in form)
    recipients = [form[f"Destinations.member.{number}"][0] for number in range(1, count + 1)]
    return head + blank + body, form.get("Source", [""])[0], recipients
