"""Moves the moments in a body, so that the newest is now: an order of last month would be no news to anybody."""

import re
from datetime import UTC, datetime, timedelta

_ISO = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}"
_MOMENT = re.compile(rf'"({_ISO})((?:\.[0-9]+)?(?:Z|[+-][0-9]{{2}}:[0-9]{{2}})?)"')
# When a delivery is promised is no moment that has come. WooCommerce writes each moment twice, once by the clock on the
# shop's wall; neither has a zone.
_ASIDE = re.compile(rf'"(?:date_\w+(?<!_gmt)|shippingDate\w+)":\s*"({_ISO})')
_DAY = re.compile(r'"([0-9]{4}-[0-9]{2}-[0-9]{2})"')
_SECONDS = re.compile(r'("(?:timestamp|date_shipped)":\s*"?)([0-9]{10})')


def moved(body: bytes, now: datetime) -> bytes:
    """The body with all its moments and days moved by the same time. Unchanged if it has no moments."""
    text = body.decode("utf-8")
    aside = {found.start(1) for found in _ASIDE.finditer(text)}
    moments = [_read(found) for found in _MOMENT.finditer(text) if found.start(1) not in aside]
    moments += [datetime.fromtimestamp(int(found[2]), UTC) for found in _SECONDS.finditer(text)]
    if not moments:
        return body
    by = timedelta(seconds=int((now - max(moments)).total_seconds()))

    def moment(found: re.Match[str]) -> str:
        return f'"{datetime.fromisoformat(found[1]) + by:%Y-%m-%dT%H:%M:%S}{found[2]}"'

    def day(found: re.Match[str]) -> str:
        return f'"{datetime.fromisoformat(found[1]) + timedelta(days=by.days):%Y-%m-%d}"'

    text = _DAY.sub(day, _MOMENT.sub(moment, text))
    return _SECONDS.sub(lambda found: f"{found[1]}{int(found[2]) + int(by.total_seconds())}", text).encode()


def _read(found: re.Match[str]) -> datetime:
    moment = datetime.fromisoformat(found[1] + found[2])
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
