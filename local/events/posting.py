"""Posts an event to the running stack, signed as its source signs it: `python -m local hook SOURCE FILE`."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from chalicelib.rules.events import signatures
from chalicelib.rules.events.sources import POSTED, Source
from local import clock, state
from local.events import door, moments
from local.events.door import NotPosted


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line says. Empty: the first shop with this source; the topic that the file's name says; the
    stack's own secret."""

    source: str
    file: Path
    data: Path
    shop: str = ""
    topic: str = ""
    secret: str = ""
    as_is: bool = False
    """Post the file's own moments, instead of moving them so that the newest is now."""


def main(options: Options) -> int:
    """Post the file's bytes; print the status and the answer. Returns 0 if the event was taken."""
    return door.told(lambda: posted(options))


def posted(options: Options) -> tuple[int, str]:
    """The status and the body of the stack's answer. Raises NotPosted and NotRunning."""
    if options.source not in POSTED:
        raise NotPosted(f"There is no source {options.source!r}. There are: {', '.join(POSTED)}.")
    try:
        body = options.file.read_bytes()
    except OSError as error:
        raise NotPosted(f"{options.file} can't be read: {error.strerror}.") from None
    stack, source = state.running(options.data), Source(options.source)
    url, secret = door.found(stack, source, options.shop, options.secret)
    now = clock.moved("", options.data)
    body = body if options.as_is else moments.moved(body, now)
    id = hashlib.sha256(body).hexdigest()[:24]
    headers = signatures.sign(source, secret, body, id, now, url)
    headers |= described(source, options.topic or topic_of(source, options.file.stem), id)
    return door.post(url, body, headers)


def described(source: Source, topic: str, id: str) -> dict[str, str]:
    """The headers besides the signature that this source sends. `id`: of the delivery."""
    kind = {"Content-Type": "application/json"}
    match source:
        case Source.SHOPIFY:
            return kind | {"X-Shopify-Topic": topic, "X-Shopify-Webhook-Id": id}
        case Source.WOOCOMMERCE:
            return kind | {"X-WC-Webhook-Topic": topic, "X-WC-Webhook-ID": "1", "X-WC-Webhook-Delivery-ID": id}
        case Source.TWILIO:
            return {"Content-Type": "application/x-www-form-urlencoded", "I-Twilio-Idempotency-Token": id}
        case _:
            return kind


def topic_of(source: Source, name: str) -> str:
    """The topic that the name of a file says: orders_create is orders/create, order_updated_tracking is
    order.updated."""
    first, _, rest = name.partition("_")
    match source:
        case Source.SHOPIFY:
            return f"{first}/{rest}"
        case Source.WOOCOMMERCE:
            return f"{first}.{rest.partition('_')[0]}"
        case _:
            return ""
