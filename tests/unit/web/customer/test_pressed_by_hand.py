"""Buttons with consequences, over HTTP: what a page sends along, and which requests press its button."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from chalicelib import wiring
from chalicelib.rules.access import by_hand
from chalicelib.rules.access.by_hand import Button
from chalicelib.rules.tickets.ticket import Change, Ticket
from chalicelib.services.tickets import links
from chalicelib.web.customer import pressed_by_hand
from tests.support import samples
from tests.support.store.fakes import PUBLIC_URL
from tests.support.web.browsing import Answer, Browser, first, page
from tests.support.web.visitors import Around, Visitor, set_cookies, surroundings

REF = "NL-7K3F9-HAND1"


@pytest.fixture
def around(stack: None) -> Iterator[Around]:
    with surroundings() as made:
        yield made


@pytest.fixture
def url(browser: Browser, around: Around) -> str:
    """The page with the button that confirms a data request."""
    deps = wiring.deps()
    before = deps.tickets.ticket(REF)
    if before is None:
        before = samples.ticket(REF, around.clock(), kind="data_request")
        deps.tickets.commit(Change(before))
    return links.confirmation_url(deps, before, around.clock())


def ticket() -> Ticket:
    found = wiring.deps().tickets.ticket(REF)
    assert found
    return found


def nonce(shown: Answer) -> str:
    return first(shown, "form [name=nonce]").attributes["value"] or ""


def test_the_page_sets_a_strict_cookie_that_is_the_same_for_everybody(browser: Browser, url: str) -> None:
    (cookie,) = set_cookies(browser.get(url))
    assert set_cookies(browser.get(url)) == [cookie]
    name, *attributes = cookie.split("; ")
    assert name == "__Host-by-hand=1"
    assert set(attributes) == {"Path=/", "Max-Age=86400", "Secure", "HttpOnly", "SameSite=Strict"}


def test_each_page_has_a_nonce_of_its_own_and_lets_the_browser_name_its_origin(browser: Browser, url: str) -> None:
    one, other = browser.get(url), browser.get(url)
    assert nonce(one) != nonce(other)
    assert one.headers["Referrer-Policy"] == "same-origin"
    assert first(one, "meta[name=referrer]").attributes["content"] == "same-origin"


@pytest.mark.parametrize(
    ("headers", "with_cookie", "with_nonce"),
    [
        ({}, False, True),
        ({}, True, False),
        ({"sec_fetch_site": ""}, True, True),  # not sent
        ({"sec_fetch_site": "none"}, True, True),
        ({"sec_fetch_site": "same-site"}, True, True),
        ({"sec_fetch_site": "cross-site", "origin": "https://evil.example"}, True, True),
        ({"sec_fetch_site": "", "origin": "null"}, True, True),
    ],
)
def test_a_program_does_not_press(
    browser: Browser, url: str, headers: dict[str, str], with_cookie: bool, with_nonce: bool
) -> None:
    before, reader = ticket(), Visitor(browser)
    shown = reader.get(url)
    if not with_cookie:
        reader.cookies.clear()
    answer = reader.post(url, {"nonce": nonce(shown)} if with_nonce else {}, **headers)
    assert answer.status_code == 422
    assert nonce(answer) != nonce(shown), "the page is shown again, with a nonce that works"
    assert set_cookies(answer)
    assert ticket() == before


def test_an_old_or_foreign_nonce_shows_the_page_again(browser: Browser, around: Around, url: str) -> None:
    reader = Visitor(browser)
    written = nonce(reader.get(url))
    foreign = pressed_by_hand.nonce(Button.CONFIRM_IDENTITY, "another page")
    other_button = pressed_by_hand.nonce(Button.RATE, url.rpartition("/")[2])
    for wrong in (foreign, other_button, written[:-1], "", "x" * 5_000):
        assert reader.post(url, {"nonce": wrong}).status_code == 422
    around.clock.at += by_hand.LIFE + timedelta(seconds=1)
    assert reader.post(url, {"nonce": written}).status_code == 422
    assert ticket().identity_confirmed_at is None


def test_a_program_that_accepts_json_is_answered_in_json(browser: Browser, url: str) -> None:
    answer = browser.json({}, url)
    assert (answer.status_code, answer.headers["Content-Type"]) == (422, "application/problem+json")


def test_a_browser_that_names_only_its_origin_presses(browser: Browser, url: str) -> None:
    origin = "/".join(PUBLIC_URL.split("/")[:3])
    assert Visitor(browser).press(url, sec_fetch_site="", origin=origin).status_code == 303
    shown = page(browser.get(url))
    assert not shown.css_matches("form")
    assert not set_cookies(browser.get(url)), "a page without a button needs no cookie"
