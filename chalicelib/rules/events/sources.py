"""The systems that tell us of orders, of calls, and what people wrote, and what each says in its headers."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

LARGEST_BODY = 1_000_000
"""Bytes of one event."""
_LONGEST = 200


class Source(StrEnum):
    """A sender of events; its value stands in the address `/in/{shop}/{source}`."""

    OWN = "own"  # our own format, signed by Standard Webhooks: for shops of one's own, and systems not listed here
    SHOPIFY = "shopify"
    WOOCOMMERCE = "woocommerce"
    SHOPWARE = "shopware"
    TWILIO = "twilio"  # telephone: what became of a call; text messages
    META = "meta"  # WhatsApp, Messenger, Instagram
    TELEGRAM = "telegram"
    AWS = "aws"  # WhatsApp and text messages by AWS End User Messaging: by a topic, and by no door


MESSENGERS = (Source.META, Source.TELEGRAM, Source.AWS)
"""Sources that tell what people wrote, and nothing of orders."""
POSTED = tuple(source for source in Source if source is not Source.AWS)
"""Sources that post to the door, each signed."""
TALK = (Source.TWILIO, *MESSENGERS)
"""Sources whose silence says nothing: nobody may have called or written."""


class Unmapped(StrEnum):
    """Why a body has no events of orders."""

    IGNORED_TOPIC = "ignored_topic"  # it is about something else, or says nothing that orders keep
    UNREADABLE = "unreadable"
    DATA_REQUEST = "data_request"  # somebody asks about their personal data: people decide, never a program


@dataclass(frozen=True, slots=True)
class Delivery:
    """What the headers say of one body. `id`: the sender's own, the same at each try, "" if there is none; `topic`: ""
    where the body itself says what it is about."""

    topic: str = ""
    id: str = ""


def delivery(source: Source, headers: Mapping[str, str]) -> Delivery:
    """`headers`: by their names in small letters."""

    def header(name: str) -> str:
        value = headers.get(name, "")[:_LONGEST]
        return value if value.isascii() and value.isprintable() else ""

    match source:
        case Source.SHOPIFY:
            return Delivery(header("x-shopify-topic"), header("x-shopify-webhook-id"))
        case Source.WOOCOMMERCE:
            both = (header("x-wc-webhook-id"), header("x-wc-webhook-delivery-id"))
            return Delivery(header("x-wc-webhook-topic"), "/".join(both) if all(both) else "")
        case Source.SHOPWARE:
            return Delivery(id=header("x-shopware-event-id"))
        case Source.OWN:
            return Delivery(id=header("webhook-id"))
        case Source.TWILIO | Source.META | Source.TELEGRAM | Source.AWS:
            return Delivery()  # what is signed has the ids of what it tells


def is_ping(source: Source, headers: Mapping[str, str], body: bytes) -> bool:
    """Whether this is what WooCommerce posts when a webhook is saved: a form with its id, without topic and signature.
    It disables a webhook whose ping fails."""
    return source is Source.WOOCOMMERCE and "x-wc-webhook-topic" not in headers and _is_ping_body(body)


def _is_ping_body(body: bytes) -> bool:
    name, _, id = body.partition(b"=")
    return name == b"webhook_id" and id.isdigit() and len(id) <= 20
