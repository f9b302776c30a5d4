"""How long a promise can take by the calendar. A limit of the law is kept only if the longest case keeps it: ten
working days are two weeks, but not at Easter. Nor is a least time given if the shortest case is shorter."""

from chalicelib.rules.policy.checks import default_length
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.timing.periods import Period, Unit, parse

_DAY = 24 * 60
_WEEK = 7
# How many public holidays fall on working days within two weeks at most, such as from Christmas to New Year.
_HOLIDAYS = 3


def longer(period: Period | None, limit: str) -> bool:
    """Whether it usually takes longer than this."""
    return period is not None and default_length(period) > default_length(parse(limit))


def over(period: Period | None, limit: str, shop: Shop) -> bool:
    """Whether it can take longer than this limit, which counts by the calendar."""
    return period is not None and _longest(period, shop) > default_length(parse(limit))


def under(period: Period, least: str, shop: Shop) -> bool:
    """Whether it can be shorter than this, which counts by the calendar."""
    return _shortest(period, shop) < default_length(parse(least))


def _longest(period: Period, shop: Shop) -> int:
    """In minutes: begun after closing time, and with holidays in between."""
    if period.unit is not Unit.WORKING_DAYS:
        return default_length(period)
    open_days = _open_days(shop)
    weeks, left = divmod(period.amount, open_days)
    return _DAY * (weeks * _WEEK + (left + _WEEK - open_days if left else 0) + _HOLIDAYS)


def _shortest(period: Period, shop: Shop) -> int:
    """In minutes: begun with a week's first day, without a holiday."""
    if period.unit is not Unit.WORKING_DAYS:
        return default_length(period)
    weeks, left = divmod(period.amount, _open_days(shop))
    return _DAY * (weeks * _WEEK + left)


def _open_days(shop: Shop) -> int:
    """On how many days of the week it is open. A policy without any is refused."""
    return sum(map(bool, shop.hours.week))
