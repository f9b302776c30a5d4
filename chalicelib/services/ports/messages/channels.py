"""Sending by messengers, and fetching the files that people send by them."""

from dataclasses import dataclass
from typing import Any, Protocol

from chalicelib.rules.identity.handles import Handle, Provider
from chalicelib.rules.messages.approved import Approved

LARGEST = 25 * 1024 * 1024
"""Bytes of one file."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message to one person. `account`: from which number, page or bot; `tagged`: a person answers after the usual
    time (rules.messages.window); `comment`: the public comment under which it stands, for everybody to read;
    `template`: WhatsApp's, sent in place of the text."""

    to: Handle
    account: str
    text: str
    tagged: bool = False
    comment: str = ""
    template: Approved | None = None

    def of_whatsapp(self) -> dict[str, Any]:
        """What WhatsApp's message has besides its recipient, whoever takes it for WhatsApp."""
        if self.template:
            return {"type": "template", "template": self.template.as_json()}
        return {"type": "text", "text": {"body": self.text, "preview_url": False}}


@dataclass(frozen=True, slots=True)
class Fetched:
    content: bytes
    content_type: str
    filename: str = ""


class Channels(Protocol):
    """`shop`: whose tokens are used."""

    def send(self, shop: str, message: Outgoing) -> str:
        """Send a message; returns the provider's id for it. Raises NotSent."""
        ...

    def may_send(self, shop: str, provider: Provider, account: str) -> bool:
        """Whether the shop has a token with which it sends from this account."""
        ...

    def fetch(self, shop: str, provider: Provider, account: str, id: str, url: str) -> Fetched:
        """A file that somebody sent, by the provider's id or address, which expires. Raises UnknownFile if it is gone
        or too large, and TryAgainLater."""
        ...
