"""`catch_up_orders`: what a shop's webhooks did not bring is read from its system's own list of orders.

The same mappers read it, and the same facts have the same ids, so what had come changes nothing. How far each source
was read is remembered after each page: a run that has no time left is gone on with by the next one.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from chalicelib.errors import ShopApiError
from chalicelib.rules.events import mapping
from chalicelib.rules.events.source_keys import Api
from chalicelib.rules.events.sources import TALK, Source
from chalicelib.rules.orders.events import OrderEvent
from chalicelib.services import console_events
from chalicelib.services.events.receiving import Outcome, applied
from chalicelib.services.ports.deps import Deps
from chalicelib.services.ports.running import Run
from chalicelib.telemetry import logger

_FIRST = timedelta(days=2)
# An order may be in the list a moment after it changed, and clocks differ.
_OVERLAP = timedelta(minutes=10)


def catch_up_orders(deps: Deps, event: Any, run: Run) -> dict[str, Any]:
    """Read the orders that changed since the last run, from each source whose secret has an API. Returns how many were
    read, how many of them were news, which sources did not answer, and whether all was read. Raises InvalidEvent if the
    event is not {}."""
    console_events.fields(event)
    read, failed, complete = Counter[str](), list[str](), True
    for (shop, source), keys in deps.source_keys().items():
        if keys.api is None or shop not in deps.policy.shops or source in TALK:
            continue
        try:
            complete = _caught_up(deps, shop, Source(source), keys.api, run, read) and complete
        except ShopApiError as error:
            logger.warning(
                "orders could not be read", extra={"shop": shop, "source": source, "reason": str(error)[:80]}
            )
            failed.append(f"{shop}/{source}")
    news = read[Outcome.APPLIED] + read[Outcome.OUT_OF_ORDER]
    told: dict[str, Any] = {"read": read.total(), "news": news, "complete": complete}
    return told | ({"failed": failed} if failed else {})


def _caught_up(deps: Deps, shop: str, source: Source, api: Api, run: Run, read: Counter[str]) -> bool:
    """Whether the source was read to the end."""
    known = deps.source_log.read_until(shop, source)
    since, place, began = (known - _OVERLAP if known else deps.now() - _FIRST), "", deps.now()
    while True:
        if not run.time_left():
            return False
        page = deps.shop_api.orders(source, api, since, place)
        orders = mapping.orders_of(source, page.body)
        if orders is None:
            raise ShopApiError("not as its documentation says")
        for events in orders:
            read[applied(deps, shop, source, events) if events else Outcome.IGNORED_TOPIC] += 1
        place = page.next
        deps.source_log.note_read_until(shop, source, _reached(orders, known, began) if place else began)
        if not place:
            return True


def _reached(orders: Sequence[Sequence[OrderEvent]], known: datetime | None, began: datetime) -> datetime:
    """Until when the list was read: no further than its last order has changed, and never back."""
    newest = max((event.occurred_at for event in orders[-1]), default=began) if orders else began
    return min(max(newest, known or newest), began)
