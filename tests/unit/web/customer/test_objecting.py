"""The page behind the objection link, over HTTP: one POST ends adverts, a GET ends nothing."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from chalicelib import wiring
from chalicelib.services.delivery import objections
from tests.support.web.browsing import Browser, first, page
from tests.support.web.visitors import Around, surroundings

HER = "mira.holm@example.com"
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def around(stack: None) -> Iterator[Around]:
    with surroundings() as made:
        yield made


def url(shop: str, address: str = HER, language: str = "en") -> str:
    deps = wiring.deps()
    return objections.url(deps, deps.policy.shop(shop), address, language)


def objected(shop: str, address: str = HER) -> bool:
    return objections.objected_at(wiring.deps(), shop, address) is not None


def test_a_get_shows_one_button_and_ends_nothing(browser: Browser, around: Around) -> None:
    where = url("northlight", "get@example.com")
    shown = page(browser.get(where))
    (form,) = shown.css("form")
    assert form.attributes["method"] == "post"
    assert (form.attributes["action"] or "").startswith(urlsplit(where).path)
    assert len(shown.css("form button")) == 1
    assert not shown.css_matches("form input")
    assert "mira" not in shown.text()
    assert not objected("northlight", "get@example.com")


@pytest.mark.parametrize("shop", ["northlight", "kettle"])
def test_one_post_of_a_mail_program_ends_them_without_cookie_and_redirect(
    browser: Browser, around: Around, shop: str
) -> None:
    for _ in range(2):
        answer = browser.form(ONE_CLICK, url(shop), accept="*/*")
        assert answer.status_code == 200
        assert "no more" in first(answer, "h1").text()
        assert not answer.headers.get("Set-Cookie")
    assert objected(shop)


def test_the_body_may_be_multipart_or_empty(browser: Browser, around: Around) -> None:
    assert browser.multipart(ONE_CLICK, [], url("northlight", "parts@example.com")).status_code == 200
    assert objected("northlight", "parts@example.com")
    answer = browser.post(url("northlight", "empty@example.com"), b"", "text/plain")
    assert answer.status_code == 200
    assert objected("northlight", "empty@example.com")


def test_the_page_is_in_the_mails_language(browser: Browser, around: Around) -> None:
    where = url("northlight", "de@example.com", "de")
    assert "Keine solchen E-Mails mehr?" in first(browser.get(where), "h1").text()
    action = first(browser.get(where), "form").attributes["action"] or ""
    assert "Sie bekommen keine" in first(browser.form({}, action), "h1").text()


def test_a_forged_link_is_refused(browser: Browser, around: Around) -> None:
    where = url("northlight", "forged@example.com").partition("?")[0]
    for forged in (f"{where[:-3]}xxx", f"{where}x", where.rpartition("/")[0] + "/x"):
        assert browser.get(forged).status_code == 403
        assert browser.form(ONE_CLICK, forged).status_code == 403
    assert not objected("northlight", "forged@example.com")
