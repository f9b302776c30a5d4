"""In words: on which days the shop is closed before a promise is due (decision 315)."""

from collections.abc import Collection, Iterable
from contextlib import suppress
from datetime import date, datetime

from chalicelib.rendering import words
from chalicelib.rules.calls import slots
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.policy.promises import Kind
from chalicelib.rules.tickets.clocks import ANSWERS, RESOLVE, RuleContext
from chalicelib.rules.tickets.due_dates import explained
from chalicelib.rules.tickets.ticket import Ticket, active_clocks
from chalicelib.rules.timing.closures import Span, closed_between, spans
from chalicelib.rules.timing.worktime import NoWorkingTime, WorkingHours
from chalicelib.services.ports.deps import Deps

# So many closed days in a row are said by the first and the last.
_IN_A_ROW = 3


def of_promises(deps: Deps, shop: Shop, ticket: Ticket) -> str:
    """Why the times that an acknowledgement names are later than usual; "" if no closed day is before them."""
    clocks, holidays = active_clocks(ticket), deps.holidays(shop)
    promised = [*tuple(clocks.only(*ANSWERS).running)[:1], *clocks.only(RESOLVE).running]
    closed = {day for clock in promised for day in explained(clock, shop, holidays).holidays}
    return _said("mail", closed, shop.hours, ticket.language)


def on_form(deps: Deps, shop: Shop, language: str, kinds: Iterable[Kind]) -> str:
    """The closed days before the first answer to a message that is sent now, whichever of these kinds it is; "" without
    any."""
    context, ends = deps.context(shop), list[datetime]()
    for kind in kinds:
        # Closed days move only what is counted in working time.
        if kind.first_answer and kind.first_answer.working:
            with suppress(NoWorkingTime):
                ends.append(context.after(kind.first_answer))
    return _until(max(ends), shop.hours, "form", context, language) if ends else ""


def on_calls(deps: Deps, shop: Shop, language: str) -> str:
    """The closed days before the last half hour that can be booked; "" without any."""
    context = deps.context(shop)
    bookable = slots.bookable(context)
    return _until(bookable[-1].starts_at, shop.call_hours, "calls", context, language) if bookable else ""


def _until(end: datetime, hours: WorkingHours, which: str, context: RuleContext, language: str) -> str:
    return _said(which, closed_between(context.at, end, hours, context.holidays), hours, language)


def _said(which: str, closed: Collection[date], hours: WorkingHours, language: str) -> str:
    listed = [part for span in spans(sorted(closed), hours) for part in _parts(span, sorted(closed), language)]
    if not listed:
        return ""
    *others, last = listed
    days = words.phrase(language, "closures.list").format(days=", ".join(others), last=last) if others else last
    return words.phrase(language, f"closures.{which}").format(days=days)


def _parts(span: Span, closed: Iterable[date], language: str) -> list[str]:
    if span.days >= _IN_A_ROW:
        first, last = _day(span.first, language), _day(span.last, language)
        return [words.phrase(language, "closures.span").format(first=first, last=last)]
    return [_day(day, language) for day in closed if span.first <= day <= span.last]


def _day(day: date, language: str) -> str:
    """Without the year: it is one of the next days."""
    month = words.names(language, "dates.months")[day.month - 1]
    return words.phrase(language, "closures.day").format(day=day.day, month=month)
