"""Public holidays by country and region, from the `holidays` library, and the days a shop adds of its own.

The library takes most of a second to import (it loads every country), far too long for a function's first request. So
packaging writes down the holidays of the policy's shops for the years to come (`to_ship`), and the library is imported
only for what is not written there, and never before a working period asks for a day (decision 28).
"""

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from chalicelib.rules.policy.model import HolidayCalendar, Shop

if TYPE_CHECKING:
    from holidays import HolidayBase

SHIPPED = Path(__file__).with_name("holidays.json")
"""By calendar, year, and month with day: the holiday's name. Written when packaging; absent in a checkout."""


def holidays_of(shop: Shop) -> Callable[[date], str | None]:
    """What the shop is closed for on a day, besides its weekly hours; None on any other day."""
    return _named(shop.holidays)


def to_ship(shops: Iterable[Shop], years: Iterable[int]) -> str:
    """The text of `SHIPPED` for the calendars of these shops. Raises NotImplementedError for one there is not."""
    years = list(years)
    calendars = {(shop.country, shop.region) for shop in shops}
    days = {
        _place(*calendar): {str(year): _year(*calendar, year) for year in years}
        for calendar in sorted(calendars, key=lambda calendar: _place(*calendar))
    }
    return json.dumps(days, ensure_ascii=False, indent=1)


def written_until() -> int | None:
    """The last year that is written down for every calendar; None where nothing is."""
    return min((max(map(int, years)) for years in _shipped().values()), default=None)


def unknown_calendar(shop: Shop) -> str | None:
    """A sentence if the library has no such country or region, which the reader of the policy can't know."""
    try:
        _library(shop.country, shop.region)
    except NotImplementedError:
        place = _place(shop.country, shop.region)
        return f"{shop.name}: there is no holiday calendar for {place}: see whether country and region are right."
    return None


@lru_cache(maxsize=64)
def _named(calendar: HolidayCalendar) -> Callable[[date], str | None]:
    country, region = calendar.country, calendar.region
    shipped = _shipped().get(_place(country, region), {})

    def name(day: date) -> str | None:
        own = next((extra.name for extra in calendar.extra if extra.falls_on(day)), None)
        if own:
            return own
        year = shipped.get(str(day.year))
        return year.get(f"{day:%m-%d}") if year is not None else _library(country, region).get(day)

    return name


@lru_cache(maxsize=1)
def _shipped() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    if not SHIPPED.exists():
        return {}
    found: dict[str, dict[str, dict[str, str]]] = json.loads(SHIPPED.read_text("utf-8"))
    return found


@lru_cache(maxsize=64)
def _library(country: str, region: str | None) -> "HolidayBase":
    """The library's calendar, which works out each year when first asked for a day of it."""
    from holidays import country_holidays

    return country_holidays(country, subdiv=region)


def _year(country: str, region: str | None, year: int) -> dict[str, str]:
    calendar = _library(country, region)
    first, last = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()
    days = ((day, calendar.get(day)) for day in map(date.fromordinal, range(first, last + 1)))
    return {f"{day:%m-%d}": name for day, name in days if name}


def _place(country: str, region: str | None) -> str:
    return f"{country}-{region}" if region else country
