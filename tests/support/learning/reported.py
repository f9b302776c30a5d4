"""A quarter of a year at a shop, as the counts that its reports are made of."""

from collections import Counter
from datetime import date, timedelta

from chalicelib.rules.help.gaps import ENOUGH_VISITORS
from chalicelib.rules.learning.causes import Cause
from tests.support.store.fakes import World

CAUSES = (Cause("damaged_in_transit", "courier"), Cause("late", "courier"), Cause("faulty", "manufacturer"), Cause())
_WEIGHT = (5, 3, 2, 1)


def quarter(world: World, until: date, days: int = 84) -> None:
    """Each day has other numbers; they come from the day's number alone."""
    store, shop = world.store, world.shop.id
    for n in range(days):
        day = until - timedelta(days=n)
        store.ticket_days[shop, day] = _tickets(n)
        late = 3 if 28 <= n < 35 else n % 9 == 0
        store.sla_counts[shop, day] = (9 + n % 4 + 5, late + (n % 11 == 0))
        store.sla_tallies[shop, day] = Counter(
            {
                "orders": 20 + n % 7, "kept complaint": 5, "kept question": 4 + n % 4, "missed complaint": late,
                "kept order_confirm": 3, "kept order_dispatch": 2, "missed order_dispatch": n % 11 == 0,
            }
        )  # fmt: skip
        store.said_helped += [(shop, "en", day, "late-parcel", n % 3 != 0), (shop, "en", day, "withdraw", n % 5 == 0)]
    visitors = frozenset(range(ENOUGH_VISITORS))
    store.searched[shop, "en", "blinded"] = (9, 3, visitors, "showroom")
    store.searched[shop, "de", "blinded"] = (7, 0, visitors, "ausstellung")


def _tickets(n: int) -> Counter[str]:
    counts = Counter({"kind complaint": 3, "kind question": 2 + n % 3})
    for weight, cause in zip(_WEIGHT, CAUSES, strict=True):
        topic, fault = cause.parts
        if n % (6 - weight) == 0:
            counts[f"cause {topic} {fault}"] += weight
    counts["first quarter"], counts["first half"], counts["first in_time"] = 2, 1 + n % 2, 1
    counts["first late"] = int(n % 6 == 0)
    counts["first unanswered"] = int(n < 2)
    counts[f"score {5 - n % 4 if n < 42 else 4 - n % 3}"] = 1
    for hour in (7, 9, 11, 14, 20):
        counts[f"hour {(hour + n % 3):02}"] += 1
    if n % 4 == 0:
        counts["remedy refund damaged_in_transit courier"] = 1
        counts["money EUR damaged_in_transit courier"] = 4990
        counts["courier swiftparcel"] = 1
        counts["courier_money EUR swiftparcel"] = 4990
    if n % 9 == 0:
        counts["remedy replacement faulty manufacturer"] = 1
        counts["money EUR faulty manufacturer"] = 1500
    if n % 10 == 0:
        counts["remedy expenses late seller"] = 1
        counts["money EUR late seller"] = counts["expenses EUR late seller"] = 850
    for asked in ("08", "09", "13"):
        counts[f"call kept {asked}"] = 1 + n % 2
    counts["call missed 13"] = int(n % 12 == 0)
    counts["call open 09"], counts["call ended 08"] = int(n == 0), int(n % 30 == 0)
    counts["call in_vain 09"], counts["call prompt 09"] = 1, int(n % 2 == 0)
    counts["phone 20 09"], counts["phone 180 09"], counts["phone 300 13"] = 4, 2 + n % 2, 1
    counts["phone in_vain 09"] = 1
    counts["chat kept 09"], counts["chat kept 13"] = 2, 1 + n % 2
    counts["chat missed 13"], counts["chat message 13"] = int(n % 7 == 0), int(n % 4 == 0)
    counts["chat open 09"], counts["chat ended 09"] = int(n == 0), int(n % 30 == 0)
    counts["channel form in_time"], counts["channel form late"] = 2, int(n % 6 == 0)
    counts["channel mail in_time"], counts["channel mail open"] = 1 + n % 2, int(n < 2)
    counts["channel whatsapp in_time"], counts["channel call none"] = int(n % 3 == 0), int(n % 30 == 0)
    counts["channel chat in_time"], counts["channel call in_time"] = 3 + n % 2, 3
    counts["wait chat waited"], counts["wait chat prompt"] = 3, 2 + n % 2
    counts["wait call waited"], counts["wait call prompt"] = 1, int(n % 2 == 0)
    counts["needed 30"] = 3
    counts["needed 90"] = int(n % 7 == 0)
    counts["needed 365"] = int(n == 80)
    return counts
