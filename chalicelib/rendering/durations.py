"""Periods, and why a promise is due when it is, in words."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Protocol

from chalicelib.rendering import words

NAMED_HOLIDAYS = 3
"""More holidays than this are counted, not named."""


class Period(Protocol):
    """An amount of a unit (rules.timing.periods); 0 is "immediately"."""

    @property
    def amount(self) -> int: ...

    @property
    def unit(self) -> str: ...


class Explanation(Protocol):
    """Why a promise is due when it is (rules.timing.due_explained)."""

    @property
    def start(self) -> datetime: ...

    @property
    def due(self) -> datetime: ...

    @property
    def period(self) -> Period | None: ...

    @property
    def decided(self) -> str: ...

    @property
    def holidays(self) -> tuple[date, ...]: ...

    @property
    def counted_from(self) -> datetime | None: ...


def period(period: Period, language: str) -> str:
    """The period as it is used by itself, in a table cell or before a noun (in German the nominative: "2
    Arbeitstage")."""
    return _period(period, language, "alone")


def period_after(period: Period, language: str) -> str:
    """The period as it follows a preposition such as "within" (in German the dative: "2 Arbeitstagen")."""
    return _period(period, language, "after")


def within(period: Period, language: str) -> str:
    """ "within 2 working days", "innerhalb von 2 Arbeitstagen"; or "immediately", which takes no "within"."""
    said = period_after(period, language)
    return words.phrase(language, "period.within").format(period=said) if period.amount else said


def explained(why: Explanation, language: str) -> str:
    """One sentence. Days within a week are shown by their weekday, others by their date, with the year if the time
    crosses a new year."""
    span = (why.start.date(), why.due.date())
    due = _say(language, "due", due=_when(why.due, span, language))
    return f"{', '.join(_reasons(why, span, language))}: {due}"


def _reasons(why: Explanation, span: tuple[date, date], language: str) -> list[str]:
    if why.period is None:
        return [words.phrase(language, f"explained.decided.{why.decided}")]
    said = period(why.period, language)
    reasons = [_say(language, "from", period=said, start=_when(why.start, span, language))]
    if why.period.amount == 0:
        reasons = [said]
    reasons += _holidays(why.holidays, span, language)
    if why.counted_from:
        reasons.append(_say(language, "counted", opening=_when(why.counted_from, span, language)))
    return reasons


def _period(period: Period, language: str, form: str) -> str:
    if period.amount == 0:
        return words.phrase(language, "period.immediately")
    unit = period.unit.replace(" ", "_")
    return words.phrase(language, f"period.{form}.{unit}", period.amount).format(count=period.amount)


def _holidays(closed: Sequence[date], span: tuple[date, date], language: str) -> list[str]:
    if not closed:
        return []
    if len(closed) > NAMED_HOLIDAYS:
        return [_say(language, "many", count=len(closed))]
    *others, last = [_day(day, span, language) for day in closed]
    if not others:
        return [_say(language, "one", day=last)]
    return [_say(language, "some", days=", ".join(others), last=last)]


def _when(moment: datetime, span: tuple[date, date], language: str) -> str:
    return f"{_day(moment.date(), span, language)} {moment:%H:%M}"


def _day(day: date, span: tuple[date, date], language: str) -> str:
    weekday = words.names(language, "dates.short_weekdays")[day.weekday()]
    if span[1] - span[0] < timedelta(days=7):
        return weekday
    form = "dates.short_day" if span[0].year == span[1].year else "dates.short_day_with_year"
    return words.phrase(language, form).format(
        weekday=weekday,
        day=day.day,
        month=words.names(language, "dates.short_months")[day.month - 1],
        year=day.year,
    )


def _say(language: str, key: str, **values: object) -> str:
    return words.phrase(language, f"explained.{key}").format(**values)
