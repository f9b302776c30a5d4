"""Public holidays by country and region, from the `holidays` library, and the days that a shop adds.

The library takes most of a second to import (it loads every country), far too long for a function's first request. So
packaging stores the coming years' holidays of the policy's shops (`to_ship`). The library is imported only for other
years, and only when a working period needs a day (decision 28).
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
"""By calendar, year, and month with day: the holiday's name. Written by packaging; missing in a checkout."""


def holidays_of(shop: Shop) -> Callable[[date], str | None]:
    """The name of the holiday for which the shop is closed on a day; None on any other day. Weekly hours do not
    count."""
    return _named(shop.holidays)


def to_ship(shops: Iterable[Shop], years: Iterable[int]) -> str:
    """The text of `SHIPPED` for the calendars of these shops. Raises NotImplementedError for an unknown calendar."""
    years = list(years)
    calendars = {(shop.country, shop.region) for shop in shops}
    days = {
        _place(*calendar): {str(year): _year(*calendar, year) for year in years}
        for calendar in sorted(calendars, key=lambda calendar: _place(*calendar))
    }
    return json.dumps(days, ensure_ascii=False, indent=1)


def written_until() -> int | None:
    """The last year stored for every calendar; None if none is stored."""
    return min((max(map(int, years)) for years in _shipped().values()), default=None)


def unknown_calendar(shop: Shop) -> str | None:
    """A sentence if the library has no such country or region: the code that reads the policy can't check this."""
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
    """The library's calendar, which computes a year when a day of it is first requested."""
    from holidays import country_holidays

    return country_holidays(country, subdiv=region)


def _year(country: str, region: str | None, year: int) -> dict[str, str]:
    calendar = _library(country, region)
    first, last = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()
    days = ((day, calendar.get(day)) for day in map(date.fromordinal, range(first, last + 1)))
    return {f"{day:%m-%d}": name for day, name in days if name}


def _place(country: str, region: str | None) -> str:
    return f"{country}-{region}" if region else country
