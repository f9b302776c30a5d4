"""The half hours in which a shop calls back: by the policy's windows in the shop's time, without its holidays.

A half hour is one of elapsed time, so the day on which the clocks change has as many as it has half hours.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice

from chalicelib.rules.access.absences import Absences
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.tickets.clocks import RuleContext
from chalicelib.rules.timing import worktime
from chalicelib.rules.timing.worktime import NoWorkingTime

LENGTH = timedelta(minutes=30)
LEAD = timedelta(minutes=15)
"""A half hour that begins sooner than this is not offered: somebody has to see the request first."""
# As soon as possible is looked for in so many more days with windows, if the offered ones are full.
_FURTHER_DAYS = 10
_FORM = "%Y-%m-%dT%H:%MZ"


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """A half hour, by its beginning (UTC)."""

    starts_at: datetime

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + LENGTH

    @property
    def id(self) -> str:
        """How forms and places name it: "2026-11-30T09:00Z"."""
        return self.starts_at.astimezone(UTC).strftime(_FORM)

    @property
    def prefix(self) -> str:
        """What the ids of its places begin with."""
        return f"SLOT#{self.id}#"

    def place(self, number: int) -> str:
        """The id of one of its places, counted from 0."""
        return f"{self.prefix}{number:03}"


@dataclass(frozen=True, slots=True)
class Soonest:
    """When a call as soon as possible is made: by `until`, and the place it takes."""

    until: datetime
    place: str


def bookable(context: RuleContext) -> list[Slot]:
    """The half hours of the next days with windows that can still be booked, as far as the calendar knows."""
    first = context.at + LEAD
    return [slot for slot in _slots(context, context.shop.calls.days) if slot.starts_at >= first]


def current(context: RuleContext) -> Slot | None:
    """The half hour of the windows in which it is now."""
    return next((slot for slot in _slots(context, 1) if slot.starts_at <= context.at < slot.ends_at), None)


def unstaffed(context: RuleContext, away: Absences) -> frozenset[str]:
    """The places of the half hours in which all agents are away: nobody could make these calls."""
    shop = context.shop
    if not away.all:
        return frozenset()
    alone = (slot for slot in _slots(context, _looked_at(shop)) if not away.there(shop, slot.starts_at))
    return frozenset(slot.place(number) for slot in alone for number in range(shop.calls.per_slot))


def free(slots: Collection[Slot], taken: Collection[str], shop: Shop) -> list[Slot]:
    """Those with a place that is not among `taken`."""
    return [slot for slot in slots if free_place(slot, taken, shop)]


def free_place(slot: Slot, taken: Collection[str], shop: Shop, spare: int = 0) -> str:
    """The first place of the half hour that is not among `taken`; "" if no more than `spare` are free."""
    places = (slot.place(number) for number in range(shop.calls.per_slot))
    free = [place for place in places if place not in taken]
    return free[0] if len(free) > spare else ""


def soonest(context: RuleContext, taken: Collection[str], spare: int = 0) -> Soonest | None:
    """The earliest call that the shop can promise. Such calls take places too, so that what is promised can be kept:
    where the half hour of the policy's `soon` is full, it is the end of the next that is not. `spare`: how many places
    of each half hour are left free. None without any."""
    shop = context.shop
    if not shop.calls.offered:
        return None
    try:
        wanted = worktime.add(context.at, timedelta(minutes=shop.calls.soon), shop.call_hours, context.holidays)
    except NoWorkingTime:
        return None
    for slot in _slots(context, _looked_at(shop)):
        if slot.ends_at >= wanted and (place := free_place(slot, taken, shop, spare)):
            return Soonest(slot.ends_at if slot.starts_at >= wanted else wanted, place)
    return None


def read(text: str, context: RuleContext) -> Slot | None:
    """The bookable half hour of this id; None if there is none."""
    return _by_id(context).get(text)


def _looked_at(shop: Shop) -> int:
    """In how many days a call as soon as possible is looked for."""
    return shop.calls.days + _FURTHER_DAYS


def _by_id(context: RuleContext) -> Mapping[str, Slot]:
    return {slot.id: slot for slot in bookable(context)}


def _slots(context: RuleContext, days: int) -> Iterator[Slot]:
    hours = context.shop.call_hours
    if not context.shop.calls.offered:
        return
    found = worktime.working_days(worktime.local_date(context.at, hours), hours, context.holidays)
    try:
        for _, shifts in islice(found, days):
            for opens, closes in shifts:
                start = opens
                while start + LENGTH <= closes:
                    yield Slot(start)
                    start += LENGTH
    except NoWorkingTime:
        return
