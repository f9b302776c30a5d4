"""A mail service and messengers in memory, and what they took."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import lru_cache

from chalicelib.errors import UnknownFile
from chalicelib.rules.identity.handles import Provider
from chalicelib.rules.messages.splitting import LONGEST
from chalicelib.services.ports.messages.channels import Fetched, Outgoing


@lru_cache(maxsize=1000)
def _parsed(raw: bytes) -> EmailMessage:
    parsed = message_from_bytes(raw, policy=policy.default)
    assert isinstance(parsed, EmailMessage)
    return parsed


@dataclass(frozen=True, slots=True)
class SentMail:
    """A mail that the mail service took."""

    sender: str
    recipient: str
    raw: bytes
    id: str

    @property
    def mail(self) -> EmailMessage:
        return _parsed(self.raw)

    @property
    def text(self) -> str:
        body = self.mail.get_body(("plain",))
        assert body is not None
        return str(body.get_content())

    @property
    def reply_to(self) -> str:
        return str(self.mail["Reply-To"].addresses[0].addr_spec)


@dataclass(frozen=True, slots=True)
class SentText:
    number: str
    text: str
    identity: str
    price: int
    life: timedelta


class FakeTexts:
    """A service of text messages in memory. `failing`: what it raises, once each, before it takes one."""

    def __init__(self) -> None:
        self.sent: list[SentText] = []
        self.failing: list[Exception] = []

    def send(self, number: str, text: str, identity: str, price: int, life: timedelta) -> str:
        if self.failing:
            raise self.failing.pop(0)
        assert re.fullmatch(r"\+[1-9][0-9]{1,18}", number)
        assert 1 <= len(text) <= 1600
        self.sent.append(SentText(number, text, identity, price, life))
        return f"text-{len(self.sent)}"


class FakeMailer:
    """A mail service in memory. `failing`: what it raises, once each, before it takes a mail; `on_send` is called
    before each."""

    def __init__(self) -> None:
        self.sent: list[SentMail] = []
        self.tags: dict[str, dict[str, str]] = {}
        self.failing: list[Exception] = []
        self.on_send: Callable[[str], None] = lambda recipient: None

    def send(self, sender: str, recipient: str, raw: bytes, tags: Mapping[str, str]) -> str:
        self.on_send(recipient)
        if self.failing:
            raise self.failing.pop(0)
        # SES refuses other characters in the envelope.
        assert sender.isascii()
        assert recipient.isascii()
        id = f"0100{len(self.sent) + 1:012x}-ses"
        assert all(re.fullmatch(r"[\w.@-]{1,256}", value) for value in tags.values())
        self.sent.append(SentMail(sender, recipient, raw, id))
        self.tags[id] = dict(tags)
        return id

    def to(self, recipient: str) -> list[SentMail]:
        return [mail for mail in self.sent if mail.recipient == recipient]


class FakeChannels:
    """`failing`: what it raises, once each, before it takes a message; None: it takes one. `files`: what people sent,
    by its id or address; `unfetched`: what it raises, once each, before it gives a file out."""

    def __init__(self) -> None:
        self.sent: list[Outgoing] = []
        self.failing: list[Exception | None] = []
        self.files: dict[str, Fetched] = {}
        self.unfetched: list[Exception] = []
        self.has_token = True

    def may_send(self, shop: str, provider: Provider, account: str) -> bool:
        return self.has_token

    def send(self, shop: str, message: Outgoing) -> str:
        failure = self.failing.pop(0) if self.failing else None
        if failure:
            raise failure
        assert message.text
        assert len(message.text.encode("utf-16-le")) // 2 <= LONGEST[message.to.provider]
        self.sent.append(message)
        return f"out-{len(self.sent)}"

    def fetch(self, shop: str, provider: Provider, account: str, id: str, url: str) -> Fetched:
        if self.unfetched:
            raise self.unfetched.pop(0)
        if (id or url) not in self.files:
            raise UnknownFile(id or url)
        return self.files[id or url]

    @property
    def said(self) -> list[str]:
        return [each.text for each in self.sent]
