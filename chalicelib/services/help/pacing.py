"""How often one source may search (decision 226): a process counts by itself, and tells the table of ten searches at
once. So who searches a few times costs no write, and who floods is found by all processes together."""

from datetime import datetime

from chalicelib.errors import RateLimited
from chalicelib.rules.help.gaps import PER_MINUTE, TOLD_AT_ONCE
from chalicelib.rules.identity.mailboxes import network
from chalicelib.rules.policy.model import Shop
from chalicelib.services.ports.deps import Deps
from chalicelib.services.tickets import limiting

_MOST_SOURCES = 1000


class Pacer:
    """The searches that a process has seen in this minute, by source."""

    def __init__(self) -> None:
        self._minute = -1
        self._seen: dict[str, int] = {}

    def pass_on(self, deps: Deps, shop: Shop, address: str) -> None:
        """Count a search from this internet address. Raises RateLimited."""
        if not deps.limits_on:
            return
        number = self._counted(network(address), deps.now())
        if number > PER_MINUTE:
            raise RateLimited("searches")
        if number % TOLD_AT_ONCE == 0:
            limiting.searches(deps, shop, address)

    def _counted(self, source: str, now: datetime) -> int:
        minute = int(now.timestamp()) // 60
        if minute != self._minute or len(self._seen) > _MOST_SOURCES:
            self._minute, self._seen = minute, {}
        self._seen[source] = self._seen.get(source, 0) + 1
        return self._seen[source]
