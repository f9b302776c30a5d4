"""Raw events in memory, and their queue."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from chalicelib.errors import NotTaken, ShopApiError, TryAgainLater, UnknownFile
from chalicelib.rules.events.source_keys import Api
from chalicelib.services.ports.events.hooks import PREFIX, RawHook
from chalicelib.services.ports.events.shop_api import Page
from chalicelib.services.ports.running import QueueDepth


class FakeHooks:
    """Implements services.ports.events.hooks.RawHooks in memory. `fails`: whether the store takes nothing now."""

    def __init__(self) -> None:
        self.kept: dict[str, RawHook] = {}
        self.came: dict[str, datetime] = {}
        self.settled: set[str] = set()
        self.fails = False

    def keep_hook(self, key: str, hook: RawHook) -> None:
        assert key.startswith(PREFIX)
        # S3 takes them as headers.
        assert (hook.topic + hook.delivery).isascii()
        if self.fails:
            raise TryAgainLater
        self.kept.setdefault(key, hook)

    def hook(self, key: str) -> RawHook:
        if key not in self.kept:
            raise UnknownFile(key)
        return self.kept[key]

    def settle_hook(self, key: str) -> None:
        self.settled.add(key)

    def raw_hooks(self) -> Iterator[tuple[str, datetime]]:
        return iter(self.came.items())


class FakeHookQueue:
    """Implements services.ports.events.hooks.HookQueue in memory. `fails`: whether it takes nothing now."""

    def __init__(self) -> None:
        self.waiting: list[str] = []
        self.dead: list[str] = []
        self.fails = False

    def put_hook(self, key: str) -> None:
        if self.fails:
            raise TryAgainLater
        self.waiting.append(key)

    def redrive(self, limit: int) -> int:
        redriven, self.dead = self.dead[:limit], self.dead[limit:]
        self.waiting += redriven
        return len(redriven)

    def depths(self) -> QueueDepth:
        return QueueDepth(len(self.waiting), len(self.dead))


class FakeShopApi:
    """Implements services.ports.events.shop_api.ShopApi: pages by source, and what was asked."""

    def __init__(self) -> None:
        self.pages: dict[str, list[bytes]] = {}
        self.asked: list[tuple[str, datetime, str]] = []

    def orders(self, source: str, api: Api, since: datetime, place: str = "") -> Page:
        self.asked.append((source, since, place))
        if source not in self.pages:
            raise ShopApiError("status 401, 0 bytes")
        number = int(place or 0)
        more = number + 1 < len(self.pages[source])
        return Page(self.pages[source][number], str(number + 1) if more else "")


class FakeShopWebhook:
    """Implements services.ports.events.outgoing.ShopWebhook: what a shop's system got. `fails`: it takes nothing."""

    def __init__(self) -> None:
        self.got: list[tuple[str, dict[str, str], bytes]] = []
        self.fails = False

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> None:
        self.got.append((url, dict(headers), body))
        if self.fails:
            raise NotTaken("status 500")
