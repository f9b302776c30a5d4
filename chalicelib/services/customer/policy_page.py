"""What the policy page shows besides the policy's own values: grouped, dated and computed.

Periods are not here: the page shows those of the policy, which also set the clocks.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby

from chalicelib.rendering.amounts import Amount
from chalicelib.rules.policy.countries import COUNTRIES, EU, UNITED_KINGDOM
from chalicelib.rules.policy.model import ConsumerBody, Kind, Shop, Step, Topic
from chalicelib.rules.policy.promises import ABOUT_DATA, COMPLAINT, Fault
from chalicelib.rules.procedure.remedies.warranty import LONGER_AFTER_REPAIR, REJECTED_WITHIN
from chalicelib.rules.tickets import money
from chalicelib.rules.tickets.clocks import FIRST_ANSWER, RESOLVE, opening_clocks
from chalicelib.rules.tickets.due_dates import DueDate, due_date
from chalicelib.rules.timing.periods import Holidays, Period, Unit, parse
from chalicelib.rules.timing.worktime import Interval, WorkingHours

# How long DynamoDB can restore deleted items (point-in-time recovery).
BACKUPS = Period(35, Unit.DAYS)
# The regions (ISO 3166-2) with names in templates/words.
REGIONS = frozenset([
    "AT-1", "AT-2", "AT-3", "AT-4", "AT-5", "AT-6", "AT-7", "AT-8", "AT-9", "DE-BB", "DE-BE",
    "DE-BW", "DE-BY", "DE-HB", "DE-HE", "DE-HH", "DE-MV", "DE-NI", "DE-NW", "DE-RP", "DE-SH",
    "DE-SL", "DE-SN", "DE-ST", "DE-TH", "GB-ENG", "GB-NIR", "GB-SCT", "GB-WLS",
])  # fmt: skip
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_FRIDAY = 4
_EXAMPLE_AT = time(16, 30)
_AHEAD = 365


@dataclass(frozen=True, slots=True)
class Opening:
    """Consecutive weekdays with the same hours; no intervals: closed."""

    days: tuple[str, ...]
    intervals: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Closure:
    """A day on which the shop is closed, but would otherwise work."""

    at: datetime
    name: str


@dataclass(frozen=True, slots=True)
class Example:
    """A complaint of next Friday, and when its first promise in working time would be due."""

    at: datetime
    due: DueDate
    promise: str


@dataclass(frozen=True, slots=True)
class Body:
    """A consumer body with its countries: those in `named` have a name, those in `unnamed` have none."""

    body: ConsumerBody
    named: tuple[str, ...]
    unnamed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PolicyView:
    """The page's facts, independent of language."""

    openings: tuple[Opening, ...]
    chat_openings: tuple[Opening, ...]
    """Without days on which nobody answers."""
    closures: tuple[Closure, ...]
    example: Example | None
    pausing: tuple[Kind, ...]
    """The kinds with a first answer that waits while the customer is asked something."""
    extensible: bool
    """Whether any kind may be extended."""
    escalation: tuple[Step, ...]
    """What happens when a complaint is late."""
    faults: Mapping[str, tuple[Topic, ...]]
    bodies: tuple[Body, ...]
    authorities: tuple[Body, ...]
    """The bodies for requests and complaints about personal data."""
    countries: frozenset[str]
    """Those that have a name."""
    repair_longer: Period | None
    """How much longer the law's guarantee lasts after a repair (EU)."""
    rejection: Period | None
    """In which time after delivery goods can be rejected (United Kingdom)."""
    country: str | None
    region: str | None
    """The word for the calendar's region, if there is one."""
    backups: Period
    tariff_amounts: Mapping[str, Amount]
    """What is paid where the shop was late or at fault, by name."""


def view(shop: Shop, now: datetime, holidays: Holidays) -> PolicyView:
    """What the page of this shop shows now; its closures are those of the coming year."""
    region = f"{shop.holidays.country}-{shop.holidays.region}"
    return PolicyView(
        openings=tuple(_openings(shop.hours)),
        chat_openings=tuple(_chat_openings(shop)),
        closures=tuple(_closures(shop, now, holidays)),
        example=_example(shop, now, holidays),
        pausing=tuple(kind for kind in shop.offered if kind.pause_first_answer),
        extensible=any(kind.extension for kind in shop.offered),
        escalation=shop.kinds[COMPLAINT].escalation,
        faults=_by_fault(shop.topics),
        bodies=_bodies(shop.bodies, set(shop.kinds).difference(ABOUT_DATA)),
        authorities=_bodies(shop.bodies, set(ABOUT_DATA)),
        countries=COUNTRIES,
        repair_longer=LONGER_AFTER_REPAIR if shop.country in EU else None,
        rejection=REJECTED_WITHIN if shop.country == UNITED_KINGDOM else None,
        country=shop.holidays.country if shop.holidays.country in COUNTRIES else None,
        region=region if region in REGIONS else None,
        backups=BACKUPS,
        tariff_amounts=tariff_amounts(shop),
    )


def tariff_amounts(shop: Shop) -> Mapping[str, Amount]:
    """What the shop pays where it was late or at fault, by name; none without a tariff."""
    tariff = shop.expenses
    if tariff is None:
        return {}
    paid = {"call_minute": tariff.call_minute, "hour": tariff.hour, "most": tariff.most}
    return {name: Amount(units, tariff.currency, money.decimals(tariff.currency)) for name, units in paid.items()}


def _openings(hours: WorkingHours) -> Iterator[Opening]:
    days = list(zip(WEEKDAYS, hours.week, strict=True))
    for intervals, same in groupby(days, key=lambda day: day[1]):
        yield Opening(tuple(name for name, _ in same), tuple(map(_written, intervals)))


def _chat_openings(shop: Shop) -> Iterator[Opening]:
    return (each for each in _openings(shop.chat_hours) if each.intervals) if shop.chat.offered else iter(())


def _written(interval: Interval) -> tuple[str, str]:
    opens, closes = interval
    return f"{opens:%H:%M}", f"{closes:%H:%M}" if closes != time(0) else "24:00"


def _closures(shop: Shop, now: datetime, holidays: Holidays) -> Iterator[Closure]:
    today = now.astimezone(shop.hours.zone).date()
    for day in (today + timedelta(days=ahead) for ahead in range(_AHEAD)):
        name = holidays(day) if shop.hours.week[day.weekday()] else None
        if name:
            yield Closure(_noon(shop, day), name)


def _noon(shop: Shop, day: date) -> datetime:
    return datetime.combine(day, time(12), shop.hours.zone)


def _example(shop: Shop, now: datetime, holidays: Holidays) -> Example | None:
    """None if a complaint's promises are in calendar time, which needs no example."""
    today = now.astimezone(shop.hours.zone).date()
    friday = today + timedelta(days=(_FRIDAY - today.weekday()) % 7)
    at = datetime.combine(friday, _EXAMPLE_AT, shop.hours.zone)
    promises = {
        clock.name: due_date(clock)
        for clock in opening_clocks(shop, shop.kinds[COMPLAINT], at.astimezone(UTC), holidays)
        if clock.name in (FIRST_ANSWER, RESOLVE) and parse(clock.period).working
    }
    return next((Example(at, due, name) for name, due in promises.items()), None)


def _by_fault(topics: Iterable[Topic]) -> dict[str, tuple[Topic, ...]]:
    groups = {fault: tuple(topic for topic in topics if topic.fault == fault) for fault in Fault}
    return {fault: group for fault, group in groups.items() if group}


def _bodies(bodies: Iterable[ConsumerBody], kinds: set[str]) -> tuple[Body, ...]:
    fit = (body for body in bodies if not body.kinds or kinds.intersection(body.kinds))
    return tuple(
        Body(
            body,
            named=tuple(code for code in body.countries if code in COUNTRIES),
            unnamed=tuple(code for code in body.countries if code not in COUNTRIES),
        )
        for body in fit
    )
