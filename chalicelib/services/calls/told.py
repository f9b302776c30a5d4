"""A call in words: when it is, in the shop's time and, where that differs, in the customer's; and the times to choose
from."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from chalicelib.rendering import words
from chalicelib.rules.calls import slots
from chalicelib.rules.calls.request import SOON
from chalicelib.rules.calls.slots import Slot
from chalicelib.rules.identity.calling import country_with
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.tickets.clocks import RuleContext
from chalicelib.rules.tickets.procedure_facts import CallBack
from chalicelib.services.calls import places
from chalicelib.services.ports.deps import Deps


@dataclass(frozen=True, slots=True)
class Choice:
    """A time that can be chosen: the form's value, and its words."""

    value: str
    words: str


@dataclass(frozen=True, slots=True)
class Day:
    """The half hours of a day that can be chosen."""

    words: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Times:
    """What a form offers. `soon`: as soon as possible, None if nothing is free; `place`: whose time it is."""

    soon: Choice | None
    days: tuple[Day, ...]
    place: str

    @property
    def any(self) -> bool:
        return bool(self.soon or self.days)


def times(deps: Deps, shop: Shop, language: str) -> Times:
    """The times that can be chosen now."""
    context = deps.context(shop)
    taken = places.of_slots(deps, shop, context).taken
    soonest = slots.soonest(context, taken)
    soon = None
    if soonest:
        when = by(soonest.until, context, language)
        soon = Choice(SOON, words.phrase(language, "calls.said.soon_choice").format(when=when))
    open_slots = slots.free(slots.bookable(context), taken, shop)
    return Times(soon, tuple(_days(open_slots, shop, language)), _country(shop.country, language))


def call_time(call: CallBack, shop: Shop, language: str) -> str:
    """When the call is: "Monday, 30 November 2026, 10:00 to 10:30 (Germany; Portugal: 09:00–09:30)"."""
    said = _span(call, shop.timezone, language)
    if not _differs(call, shop):
        return said
    clock = _clock(call, call.zone) if _same_day(call, shop) else _span(call, call.zone, language)
    form = words.phrase(language, "calls.said.abroad")
    return form.format(
        when=said,
        here=_country(shop.country, language),
        there=_country(country_with(call.zone), language),
        clock=clock,
    )


def _country(id: str, language: str) -> str:
    return words.phrase_or(language, f"policy.country.{id}", id)


def _differs(call: CallBack, shop: Shop) -> bool:
    """Whether the customer's clock shows another time than the shop's at the call."""
    return bool(call.zone) and call.until.astimezone(ZoneInfo(call.zone)).replace(tzinfo=None) != (
        call.until.astimezone(shop.hours.zone).replace(tzinfo=None)
    )


def _span(call: CallBack, zone: str, language: str) -> str:
    if call.starts_at is None:
        return words.phrase(language, "calls.said.soon").format(when=words.moment(call.until, zone, language))
    start, end = words.moment(call.starts_at, zone, language), f"{call.until.astimezone(ZoneInfo(zone)):%H:%M}"
    return words.phrase(language, "calls.said.span").format(start=start, end=end)


def _clock(call: CallBack, zone: str) -> str:
    ends = f"{call.until.astimezone(ZoneInfo(zone)):%H:%M}"
    return f"{call.starts_at.astimezone(ZoneInfo(zone)):%H:%M}–{ends}" if call.starts_at else ends


def _same_day(call: CallBack, shop: Shop) -> bool:
    return call.until.astimezone(ZoneInfo(call.zone)).date() == call.until.astimezone(shop.hours.zone).date()


def by(until: datetime, context: RuleContext, language: str) -> str:
    """The time, with the day unless it is today."""
    zone = context.shop.hours.zone
    today = until.astimezone(zone).date() == context.at.astimezone(zone).date()
    return f"{until.astimezone(zone):%H:%M}" if today else words.moment(until, context.shop.timezone, language)


def _days(open_slots: list[Slot], shop: Shop, language: str) -> Iterator[Day]:
    zone = shop.hours.zone
    days: dict[str, list[Slot]] = {}
    for slot in open_slots:
        day = slot.starts_at.astimezone(zone)
        weekday = words.names(language, "dates.weekdays")[day.weekday()]
        month = words.names(language, "dates.months")[day.month - 1]
        name = words.phrase(language, "dates.whole_day").format(
            weekday=weekday, day=day.day, month=month, year=day.year
        )
        days.setdefault(name, []).append(slot)
    for name, of_day in days.items():
        yield Day(name, tuple(Choice(slot.id, _between(slot, zone)) for slot in of_day))


def _between(slot: Slot, zone: ZoneInfo) -> str:
    return f"{slot.starts_at.astimezone(zone):%H:%M}–{slot.ends_at.astimezone(zone):%H:%M}"
