"""Explains in one sentence why a promise is due when it is, for agents and for people who have to justify it later.

"2 working days from Fri 16:30, Mon is a holiday: due Wed 16:30"
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from chalicelib.rules.timing.periods import Period
from chalicelib.rules.timing.worktime import Holidays, NoWorkingTime, WorkingHours, counted_from

WEEKDAYS = {
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    "de": ("Mo", "Di", "Mi", "Do", "Fr", "Sa", "So"),
}
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
PHRASES = {
    "en": {
        "from": "{period} from {start}",
        "one": "{days} is a holiday",
        "some": "{days} are holidays",
        "many": "{count} holidays lie between",
        "and": " and ",
        "counted": "counted from {opening}",
        "due": "due {due}",
        "extension": "extended, and the customer told so",
        "agreed": "the date agreed",
        "pause": "after a pause in which we waited for the customer",
        "came_back": "the customer came back to our answer after the day promised",
    },
    "de": {
        "from": "{period} ab {start}",
        "one": "{days} ist ein Feiertag",
        "some": "{days} sind Feiertage",
        "many": "dazwischen liegen {count} Feiertage",
        "and": " und ",
        "counted": "gezählt ab {opening}",
        "due": "fällig {due}",
        "extension": "verlängert und dem Kunden mitgeteilt",
        "agreed": "zum vereinbarten Termin",
        "pause": "nach einer Pause, in der wir auf den Kunden gewartet haben",
        "came_back": "der Kunde ist nach dem zugesagten Tag auf unsere Antwort zurückgekommen",
    },
}
NAMED_HOLIDAYS = 3
"""More holidays than this are counted, not named."""


def explain(
    start: datetime, period: Period, due: datetime, hours: WorkingHours, holidays: Holidays, language: str
) -> str:
    """Why a promise of `period` made at `start` is due at `due`, in the shop's local time.

    `due` is what was promised at the time; if the policy's hours have changed since, the reasons named are today's. For
    a language without phrases here, the answer is in English.
    """
    language = language if language in PHRASES else "en"
    phrases = PHRASES[language]
    start_at, due_at = start.astimezone(hours.zone), due.astimezone(hours.zone)
    span = (start_at.date(), due_at.date())
    sentence = phrases["from"].format(
        period=period.in_words(language, alone=True), start=_when(start_at, span, language)
    )
    reasons = [sentence] if period.amount else [period.in_words(language)]
    if period.working:
        closed = [day for day in _days(*span) if hours.week[day.weekday()] and holidays(day)]
        reasons += _holidays(closed, span, language)
        reasons += _counted(start, hours, holidays, span, language)
    return f"{', '.join(reasons)}: {phrases['due'].format(due=_when(due_at, span, language))}"


def explain_decided(why: str, set_at: datetime, due: datetime, hours: WorkingHours, language: str) -> str:
    """Why a promise is due when its date was decided, not counted: `why` is "extension", "agreed", "pause" or
    "came_back" (the customer came back)."""
    phrases = PHRASES[language if language in PHRASES else "en"]
    due_at = due.astimezone(hours.zone)
    span = set_at.astimezone(hours.zone).date(), due_at.date()
    return f"{phrases[why]}: {phrases['due'].format(due=_when(due_at, span, language))}"


def _holidays(closed: Sequence[date], span: tuple[date, date], language: str) -> list[str]:
    if not closed:
        return []
    phrases = PHRASES[language]
    if len(closed) > NAMED_HOLIDAYS:
        return [phrases["many"].format(count=len(closed))]
    *others, last = [_day(day, span, language) for day in closed]
    days = f"{', '.join(others)}{phrases['and']}{last}" if others else last
    return [phrases["some" if others else "one"].format(days=days)]


def _counted(
    start: datetime, hours: WorkingHours, holidays: Holidays, span: tuple[date, date], language: str
) -> list[str]:
    try:
        opening = counted_from(start.astimezone(UTC), hours, holidays)
    except NoWorkingTime:  # the shop has closed down since
        return []
    if opening <= start:
        return []
    return [PHRASES[language]["counted"].format(opening=_when(opening.astimezone(hours.zone), span, language))]


def _when(moment: datetime, span: tuple[date, date], language: str) -> str:
    return f"{_day(moment.date(), span, language)} {moment:%H:%M}"


def _day(day: date, span: tuple[date, date], language: str) -> str:
    """Within a week only the weekday, else the weekday with its date; with the year if the span crosses a new year."""
    weekday = WEEKDAYS[language][day.weekday()]
    if span[1] - span[0] < timedelta(days=7):
        return weekday
    year = span[0].year != span[1].year
    if language == "de":
        return f"{weekday} {day.day}.{day.month}.{day.year if year else ''}"
    return f"{weekday} {day.day} {MONTHS[day.month - 1]}{f' {day.year}' if year else ''}"


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]
