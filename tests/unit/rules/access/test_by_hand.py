"""Whether a request shows that a person pressed a button on our page."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.rules.access.by_hand import LIFE, Doubt, Press, doubt, from_own_page
from tests.support.store.fakes import START

OURS = "https://care.example"
PERSONS = Press("same-origin", OURS, cookie=True, made_at=START)
SITES = st.sampled_from([None, "same-origin", "same-site", "cross-site", "none", ""])
ORIGINS = st.sampled_from([None, OURS, "null", "https://care.example.evil.example", "http://care.example"])


def test_a_persons_press_is_taken_for_a_day() -> None:
    assert doubt(PERSONS, OURS, START + LIFE) is None
    assert doubt(PERSONS, OURS, START + LIFE + timedelta(seconds=1)) is Doubt.OLD_NONCE


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"site": "cross-site"}, Doubt.OTHER_PAGE),
        ({"site": "same-site"}, Doubt.OTHER_PAGE),
        ({"site": "none"}, Doubt.OTHER_PAGE),
        ({"site": None, "origin": None}, Doubt.OTHER_PAGE),
        ({"site": None, "origin": "null"}, Doubt.OTHER_PAGE),
        ({"cookie": False}, Doubt.NO_COOKIE),
        ({"made_at": None}, Doubt.NO_NONCE),
    ],
)
def test_each_thing_that_is_missing_is_a_reason(changes: dict[str, Any], why: Doubt) -> None:
    assert doubt(replace(PERSONS, **changes), OURS, START) is why


def test_a_browser_without_fetch_metadata_is_known_by_its_origin() -> None:
    assert doubt(replace(PERSONS, site=None), OURS, START) is None


@given(SITES, ORIGINS, st.booleans(), st.none() | st.just(START))
def test_only_a_press_with_everything_counts(site: str, origin: str, cookie: bool, made_at: datetime | None) -> None:
    complete = from_own_page(site, origin, OURS) and cookie and made_at is not None
    found = doubt(replace(PERSONS, site=site, origin=origin, cookie=cookie, made_at=made_at), OURS, START)
    assert (found is None) is complete


@given(ORIGINS)
def test_what_the_browser_says_of_the_site_counts_before_the_origin(origin: str) -> None:
    assert from_own_page("same-origin", origin, OURS)
    assert not from_own_page("cross-site", origin, OURS)
