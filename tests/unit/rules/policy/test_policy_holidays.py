"""The holidays written into the package equal the library's, and the functions do not import the library."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from chalicelib.external import holidays_calendar
from chalicelib.external.holidays_calendar import holidays_of, to_ship, unknown_calendar
from chalicelib.rules.policy.model import Policy
from tests.support import shops

POLICY = shops.policy()
DAYS = [date(2026, 1, 1) + timedelta(days=n) for n in range(730)]


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    forget()
    file = tmp_path / "holidays.json"
    monkeypatch.setattr(holidays_calendar, "SHIPPED", file)
    yield file
    forget()


def forget() -> None:
    holidays_calendar._shipped.cache_clear()
    holidays_calendar._named.cache_clear()


def closed(policy: Policy) -> list[list[str | None]]:
    return [[holidays_of(shop)(day) for day in DAYS] for shop in policy.shops.values()]


def test_the_written_holidays_equal_the_librarys_without_loading_it(
    shipped: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = closed(POLICY)
    forget()
    shipped.write_text(to_ship(POLICY.shops.values(), (2026, 2027)), "utf-8")

    def slow(country: str, region: str | None) -> None:
        raise AssertionError("the library was loaded")

    monkeypatch.setattr(holidays_calendar, "_library", slow)
    assert closed(POLICY) == expected
    assert any(expected[0])
    with pytest.raises(AssertionError, match="was loaded"):
        holidays_of(POLICY.shop("kettle"))(date(2028, 1, 1))  # beyond the written years


def test_the_written_holidays_are_readable_json(shipped: Path) -> None:
    written = json.loads(to_ship(POLICY.shops.values(), [2026]))
    assert list(written) == ["DE-BE", "GB-ENG"]
    assert "12-25" in written["DE-BE"]["2026"]


def test_an_unknown_calendar_is_reported() -> None:
    nowhere = replace(POLICY.shop("kettle"), country="XX", region=None)
    assert "no holiday calendar for XX" in str(unknown_calendar(nowhere))
    region = replace(nowhere, country="DE", region="ZZ")
    assert "DE-ZZ" in str(unknown_calendar(region))
