"""Periods, and why a promise is due when it is, in each language."""

from datetime import timedelta
from pathlib import Path

import pytest

from chalicelib.rendering import durations, words
from chalicelib.rules.policy.fields import LANGUAGES
from chalicelib.rules.tickets.clocks import DECIDED
from chalicelib.rules.timing.due_explained import explain
from chalicelib.rules.timing.periods import Period, Unit, due, parse
from chalicelib.rules.timing.worktime import WorkingHours
from tests.unit.rules.timing.test_periods import HOLIDAYS, OFFICE, berlin

SERVICES = Path(durations.__file__).parents[1] / "services"


@pytest.mark.parametrize(
    ("text", "within", "innerhalb", "alone"),
    [
        ("immediately", "immediately", "sofort", "sofort"),
        ("1 minute", "within 1 minute", "innerhalb von 1 Minute", "1 Minute"),
        ("15 minutes", "within 15 minutes", "innerhalb von 15 Minuten", "15 Minuten"),
        ("1 working hour", "within 1 working hour", "innerhalb von 1 Arbeitsstunde", "1 Arbeitsstunde"),
        ("1 working day", "within 1 working day", "innerhalb von 1 Arbeitstag", "1 Arbeitstag"),
        ("2 working days", "within 2 working days", "innerhalb von 2 Arbeitstagen", "2 Arbeitstage"),
        ("30 days", "within 30 days", "innerhalb von 30 Tagen", "30 Tage"),
        ("1 month", "within 1 month", "innerhalb von 1 Monat", "1 Monat"),
        ("2 months", "within 2 months", "innerhalb von 2 Monaten", "2 Monate"),
        ("3 years", "within 3 years", "innerhalb von 3 Jahren", "3 Jahre"),
    ],
)
def test_periods_in_words(text: str, within: str, innerhalb: str, alone: str) -> None:
    period = parse(text)
    assert durations.within(period, "en") == within
    assert durations.within(period, "de") == innerhalb
    assert durations.period_after(period, "de") == innerhalb.removeprefix("innerhalb von ")
    assert durations.period(period, "de") == alone
    assert durations.period(period, "en") == durations.period_after(period, "en") == str(period)


def test_every_language_has_words_for_every_unit() -> None:
    for language in words.languages():
        for unit in Unit:
            for say in (durations.period, durations.period_after):
                assert all(say(Period(n, unit), language) for n in (1, 2))
                assert language == "en" or say(Period(2, unit), language) != say(Period(2, unit), "en")


def test_a_shop_may_use_each_language_that_has_words() -> None:
    assert set(LANGUAGES) == set(words.languages())


def test_whatever_decides_a_date_has_words() -> None:
    """And nothing else that sets a clock is shown."""
    for language in words.languages():
        assert set(words.under(language, "explained.decided")) == set(DECIDED)
    shown = [*words.FOLDER.parent.rglob("*.html"), *words.FOLDER.parent.rglob("*.txt")]
    shown += [file for room in ("exports", "desk") for file in (SERVICES / room).rglob("*.py")]
    assert shown
    assert not [file.name for file in shown if "set_by" in file.read_text(encoding="utf-8")]


@pytest.mark.parametrize(
    ("start", "text", "english", "german"),
    [
        (
            "2026-10-16T16:30",
            "2 working days",
            "2 working days from Fri 16:30, Mon is a holiday: due Wed 16:30",
            "2 Arbeitstage ab Fr 16:30, Mo ist ein Feiertag: fällig Mi 16:30",
        ),
        (
            "2026-10-18T11:00",
            "4 working hours",
            "4 working hours from Sun 11:00, Mon is a holiday, counted from Tue 09:00: due Tue 13:45",
            "4 Arbeitsstunden ab So 11:00, Mo ist ein Feiertag, gezählt ab Di 09:00: fällig Di 13:45",
        ),
        (
            "2026-10-16T16:30",
            "30 days",
            "30 days from Fri 16 Oct 16:30: due Sun 15 Nov 16:30",
            "30 Tage ab Fr 16.10. 16:30: fällig So 15.11. 16:30",
        ),
        (
            "2026-12-23T10:00",
            "1 working day",
            "1 working day from Wed 10:00, Thu and Fri are holidays: due Mon 10:00",
            "1 Arbeitstag ab Mi 10:00, Do und Fr sind Feiertage: fällig Mo 10:00",
        ),
        (
            "2026-12-23T10:00",
            "7 working days",
            "7 working days from Wed 23 Dec 2026 10:00, 4 holidays lie between: due Thu 7 Jan 2027 10:00",
            "7 Arbeitstage ab Mi 23.12.2026 10:00, dazwischen liegen 4 Feiertage: fällig Do 7.1.2027 10:00",
        ),
        (
            "2026-10-16T16:30",
            "5 minutes",
            "5 minutes from Fri 16:30: due Fri 16:35",
            "5 Minuten ab Fr 16:30: fällig Fr 16:35",
        ),
        ("2026-10-16T16:30", "immediately", "immediately: due Fri 16:30", "sofort: fällig Fr 16:30"),
    ],
)
def test_a_due_moment_is_explained(start: str, text: str, english: str, german: str) -> None:
    began, period = berlin(start), parse(text)
    end = due(began, period, OFFICE, HOLIDAYS.get)
    why = explain(began, period, end, OFFICE, HOLIDAYS.get)
    assert durations.explained(why, "en") == english
    assert durations.explained(why, "de") == german


def test_an_old_promise_is_explained_even_when_the_shop_has_closed_down() -> None:
    start = berlin("2026-10-16T16:30")
    closed = WorkingHours("Europe/Berlin", ((),) * 7)
    why = explain(start, parse("1 working day"), start + timedelta(days=4), closed, HOLIDAYS.get)
    sentence = durations.explained(why, "en")
    assert sentence == "1 working day from Fri 16:30: due Tue 16:30"
