"""The door by which shops' systems tell us what happened: signed, kept raw, and answered before anything is read.

What is not signed costs a look at a secret and nothing else: no write, and nothing is kept of it (decision 215).
"""

import hashlib
from collections.abc import Mapping

from chalicelib.errors import NotFound, NotSigned, TooLarge
from chalicelib.patterns import pattern
from chalicelib.rules.events import signatures, sources
from chalicelib.rules.events.sources import LARGEST_BODY, POSTED, Source
from chalicelib.rules.identity import derived
from chalicelib.services.ports.deps import Deps
from chalicelib.services.ports.events.hooks import PREFIX, RawHook
from chalicelib.telemetry import count, logger

# What is said again must be nothing that a browser could take for a page.
_CHALLENGE = pattern("[0-9A-Za-z_-]{1,200}")
REFUSED = "EventsRefused"
"""The metric of bodies that nobody signed."""


def take(deps: Deps, shop: str, source: str, headers: Mapping[str, str], body: bytes) -> None:
    """Keep a body and put it on the queue. `headers`: by their names in small letters. The same delivery again is kept
    once. Raises NotFound (no such shop or source, or it has no secret), TooLarge, NotSigned and TryAgainLater."""
    deps.policy.shop(shop)
    if len(body) > LARGEST_BODY:
        raise TooLarge("an event larger than any that is documented")
    if source not in POSTED:
        raise NotFound("no such source")
    known = Source(source)
    keys = deps.source_keys().get((shop, known))
    if keys is None:
        raise NotFound("a source without a secret")
    if sources.is_ping(known, headers, body):
        return
    url = f"{deps.public_url}/in/{shop}/{known}"
    if not signatures.authentic(known, headers, body, keys.accepted(deps.now()), deps.now(), url):
        count(REFUSED)
        logger.warning("an event was not signed by its source", extra={"shop": shop, "source": source})
        raise NotSigned
    delivery = sources.delivery(known, headers)
    key = key_of(deps, shop, known, delivery.id, body)
    deps.raw_hooks.keep_hook(key, RawHook(body, delivery.topic, delivery.id))
    deps.hook_queue.put_hook(key)


def shake_hands(deps: Deps, shop: str, source: str, word: str, challenge: str) -> str:
    """What Meta wants to read when a webhook is saved: its own challenge, if it knows the word that an operator has
    put into the stack. Raises NotFound (no such shop, or no word) and NotSigned."""
    deps.policy.shop(shop)
    keys = deps.source_keys().get((shop, source)) if source == Source.META else None
    if keys is None or not keys.verify:
        raise NotFound("a source that shakes no hands")
    if not signatures.same(keys.verify, word) or not _CHALLENGE.fullmatch(challenge):
        count(REFUSED)
        raise NotSigned
    return challenge


def key_of(deps: Deps, shop: str, source: Source, delivery: str, body: bytes) -> str:
    """Where a raw event is kept: by its delivery and its bytes, so that another body under the same delivery, sent by
    mistake, does not take the first one's place."""
    digest = hashlib.sha256(body).hexdigest()
    id = derived.name(deps.secret, "hook", derived.source_of(shop, source, delivery, digest))
    return f"{PREFIX}{shop}/{source}/{id}"


def shop_and_source(key: str) -> tuple[str, Source]:
    """What a raw event's key says of it. Raises ValueError."""
    shop, source, _ = key.removeprefix(PREFIX).split("/")
    return shop, Source(source)
