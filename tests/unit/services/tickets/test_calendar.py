"""Tickets by the day on which they were opened, page by page."""

from datetime import date

import pytest

from chalicelib.services.tickets import calendar
from tests.support import samples
from tests.support.store.fakes import START, world

REFS = [f"NL-00000-0000{number}" for number in range(5)]


def test_the_days_of_a_period_include_both_ends() -> None:
    assert list(calendar.days(date(2026, 2, 27), date(2026, 3, 1))) == [
        date(2026, 2, 27),
        date(2026, 2, 28),
        date(2026, 3, 1),
    ]
    assert list(calendar.days(date(2026, 3, 1), date(2026, 2, 27))) == []


@pytest.mark.parametrize("size", [1, 2, 5, 100])
def test_each_ticket_of_a_day_is_on_exactly_one_page(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    monkeypatch.setattr(calendar, "_PAGE", size)
    there = world()
    for ref in REFS:
        there.store.tickets[ref] = samples.ticket(ref)
    pages = list(calendar.pages(there.deps, "northlight", START.date()))
    assert [ref for page in pages for ref in page] == REFS
    assert max(map(len, pages)) <= size
    later = calendar.pages(there.deps, "northlight", START.date(), REFS[2])
    assert [ref for page in later for ref in page] == REFS[3:]
    assert list(calendar.pages(there.deps, "northlight", date(2026, 11, 26))) == []
