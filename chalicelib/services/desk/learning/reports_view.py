"""The desk's page of reports: which shop and days it shows, and its pictures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from chalicelib.rules.policy.model import Shop
from chalicelib.rules.timing.worktime import local_date
from chalicelib.services.learning.pictures.reading import Data, asked_days, read
from chalicelib.services.ports.deps import Deps

if TYPE_CHECKING:
    from chalicelib.services.learning.pictures.picture import Picture

_WEEKS = (4, 12, 52)


@dataclass(frozen=True, slots=True)
class ReportsView:
    """`periods`: links to other days, by the number of their weeks. `files`: where each picture's table is as a
    file."""

    shop: Shop
    shops: tuple[Shop, ...]
    since: date
    until: date
    pictures: tuple["Picture", ...]
    periods: tuple[tuple[int, str], ...]
    files: Mapping[str, str]


def view(deps: Deps, shops: Sequence[Shop], query: Mapping[str, str], language: str, root: str) -> ReportsView:
    """`query`: `shop`, `from` and `to`, each as the page's form sends it; what makes no sense is as if left out."""
    from chalicelib.services.learning.pictures.every import pictures

    data = asked(deps, shops, query, language)
    chosen = {"shop": data.shop.id, "from": data.since.isoformat(), "to": data.until.isoformat()}
    drawn = tuple(pictures(data))
    return ReportsView(
        shop=data.shop,
        shops=tuple(shops),
        since=data.since,
        until=data.until,
        pictures=drawn,
        periods=tuple((weeks, f"{root}/desk/reports?{urlencode(_weeks(data, weeks))}") for weeks in _WEEKS),
        files={each.id: f"{root}/desk/reports/{each.id}?{urlencode(chosen)}" for each in drawn},
    )


def asked(deps: Deps, shops: Sequence[Shop], query: Mapping[str, str], language: str) -> Data:
    """What was counted of the shop and days that were asked for."""
    shop = next((each for each in shops if each.id == query.get("shop", "")), shops[0])
    today = local_date(deps.now(), shop.hours)
    since, until = asked_days(query.get("from", ""), query.get("to", ""), today)
    return read(deps, shop, language, since, until)


def _weeks(data: Data, weeks: int) -> dict[str, str]:
    since = data.until - timedelta(days=7 * weeks - 1)
    return {"shop": data.shop.id, "from": since.isoformat(), "to": data.until.isoformat()}
