"""The secrets of all sources, as they stand in one secret of Secrets Manager (decision 216).

{"northlight": {"shopify": {"current": "…", "previous": "…", "previous_until": "2026-11-29T17:00:00Z",
"api": {"url": "https://….myshopify.com", "key": "…"}}}}

Of messengers besides: "verify", the word by which Meta and we know each other when a webhook is saved, and "tokens", by
which we send, each under the number, page or bot from which, or under "*" for all.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from chalicelib.rules.events.sources import Source

PREVIOUS_LIFE = timedelta(hours=1)
"""For how long the secret before is accepted: Shopify signs with the old one for up to an hour."""
LEAST = 8
"""Characters of a secret. Some systems make them themselves, so this is what they make at least."""
_MOST = 500
LONGEST_TOKEN = 2_000
EVERY = "*"
"""Under this stands a token for everything that has none of its own."""


@dataclass(frozen=True, slots=True)
class Api:
    """Where a source's orders can be read, and a key that may read and do nothing else. `key`: a token, or
    "consumer key:consumer secret" for WooCommerce."""

    url: str
    key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SourceKeys:
    """A source's secrets. `previous` counts until `previous_until`."""

    current: str = field(repr=False)
    previous: str = field(default="", repr=False)
    previous_until: datetime | None = None
    api: Api | None = None
    verify: str = field(default="", repr=False)
    tokens: Mapping[str, str] = field(default_factory=dict, repr=False)

    def token(self, account: str) -> str:
        """The token with which we send from this number, page or bot; "" if there is none."""
        return self.tokens.get(account) or self.tokens.get(EVERY, "")

    def accepted(self, now: datetime) -> tuple[str, ...]:
        """The secrets by which a body may be signed now."""
        lasts = self.previous and self.previous_until and now < self.previous_until
        return (self.current, self.previous) if lasts else (self.current,)

    def rotated(self, secret: str, now: datetime) -> "SourceKeys":
        """With another secret; the one before counts for an hour more."""
        if secret == self.current:
            return self
        return replace(self, current=secret, previous=self.current, previous_until=now + PREVIOUS_LIFE)


AllKeys = Mapping[tuple[str, str], SourceKeys]
"""By shop and source. OUT stands for what goes out to the shop's system."""
OUT = "out"


def read(text: str) -> AllKeys:
    """The secrets of all shops' sources. Raises ValueError, with a message that contains nothing of them."""
    try:
        shops: Any = json.loads(text or "{}")
        return {
            (shop, source if source == OUT else Source(source)): _keys(given)
            for shop, sources in shops.items()
            for source, given in sources.items()
        }
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError):
        raise ValueError("the secret of the sources is not as docs/connect/README.md shows it") from None


def written(keys: AllKeys) -> str:
    """The text that `read` reads."""
    shops: dict[str, dict[str, Any]] = {}
    for (shop, source), each in keys.items():
        told: dict[str, Any] = {"current": each.current}
        if each.previous and each.previous_until:
            told |= {"previous": each.previous, "previous_until": each.previous_until.isoformat()}
        if each.api:
            told["api"] = {"url": each.api.url, "key": each.api.key}
        told |= {"verify": each.verify} if each.verify else {}
        told |= {"tokens": dict(each.tokens)} if each.tokens else {}
        shops.setdefault(shop, {})[source] = told
    return json.dumps(shops)


def is_secret(text: object) -> bool:
    return isinstance(text, str) and LEAST <= len(text) <= _MOST and text.isascii() and text.isprintable()


def is_token(text: str) -> bool:
    return 1 <= len(text) <= LONGEST_TOKEN and text.isascii() and text.isprintable()


def _keys(given: Mapping[str, Any]) -> SourceKeys:
    current, previous, until = given["current"], given.get("previous", ""), None
    if not is_secret(current) or (previous and not is_secret(previous)):
        raise ValueError("no secret")
    if previous:
        until = datetime.fromisoformat(given["previous_until"])
        if until.tzinfo is None:
            raise ValueError("a moment of no time zone")
        until = until.astimezone(UTC)
    api = given.get("api")
    tokens = {str(name): str(token)[:LONGEST_TOKEN] for name, token in given.get("tokens", {}).items()}
    found = Api(str(api["url"]), str(api["key"])) if api else None
    return SourceKeys(current, previous, until, found, str(given.get("verify", "")), tokens)
