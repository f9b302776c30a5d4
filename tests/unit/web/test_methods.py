"""Every URL answers every method: HEAD where GET is allowed, others refused with the allowed ones; and the start
page."""

import itertools
from typing import Any

import pytest

import app
from chalicelib import wiring
from chalicelib.rendering import pages
from chalicelib.web import routing
from tests.support.web import browsing
from tests.support.web.browsing import STORE, Browser, first, page, said

FILLED = {
    "{shop}": "northlight", "{token}": "x", "{name}": "aftercare.css", "{ref}": "NL-7K3F9-QXMT2", "{action}": "note",
    "{message}": "opening", "{file}": "1",
}  # fmt: skip
ROUTES = sorted(app.app.routes)


def address(path: str) -> str:
    for name, value in FILLED.items():
        path = path.replace(name, value)
    return path


def ask(browser: Browser, method: str, path: str, **headers: str) -> browsing.Answer:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return browser.client.http.request(method, address(path), headers=sent)


def offered(path: str) -> set[str]:
    given = {m for m, entry in app.app.routes[path].items() if not entry.view_name.startswith(routing.FILLED_IN)}
    return given | ({"HEAD"} if "GET" in given else set())


@pytest.mark.parametrize("path", ROUTES)
def test_a_wrong_method_is_refused_with_the_allowed_ones(browser: Browser, path: str) -> None:
    for method in set(routing.METHODS) - offered(path):
        for accept, kind in (("*/*", "application/problem+json"), (browsing.HTML, "text/html; charset=utf-8")):
            answer = ask(browser, method, path, accept=accept)
            assert answer.status_code == 405, method
            assert set(answer.headers["Allow"].split(", ")) == offered(path)
            assert answer.headers["Content-Type"] == kind
            assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", [path for path in ROUTES if "GET" in offered(path)])
def test_head_is_get_without_the_body(browser: Browser, path: str) -> None:
    get, head = (ask(browser, method, path, accept=browsing.HTML) for method in ("GET", "HEAD"))
    assert (head.status_code, head.body) == (get.status_code, b"")
    kept = ("Content-Type", "Location", "Cache-Control", "X-Frame-Options")
    assert {name: head.headers.get(name) for name in kept} == {name: get.headers.get(name) for name in kept}


def test_head_works_for_a_binary_file(browser: Browser) -> None:
    font = next(path.name for path in (pages.TEMPLATES / "static").glob("*.woff2"))
    asked = {"accept": "*/*"}
    get, head = (browser.client.http.request(method, f"/static/{font}", headers=asked) for method in ("GET", "HEAD"))
    assert get.body and (head.status_code, head.body) == (200, b"")
    assert head.headers["Content-Type"] == get.headers["Content-Type"]


def test_a_storefronts_script_can_read_that_it_used_the_wrong_method(browser: Browser) -> None:
    answer = ask(browser, "GET", "/shops/{shop}/tickets", origin=STORE, accept="*/*")
    assert answer.headers["Access-Control-Allow-Origin"] == STORE
    assert said(answer)["status"] == 405


@pytest.mark.parametrize("method", ["GET", "OPTIONS", "POST"])
@pytest.mark.parametrize("what", ["tickets", "uploads"])
def test_a_storefronts_script_can_read_that_it_mistyped_the_shop(browser: Browser, what: str, method: str) -> None:
    answer = ask(browser, method, f"/shops/nortlight/{what}", origin=STORE, accept="*/*")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    if method == "OPTIONS":
        assert (answer.status_code, answer.headers["Access-Control-Allow-Methods"]) == (204, "POST")
    else:
        assert said(answer)["status"] == {"GET": 405, "POST": 404}[method]
    other = ask(browser, method, f"/shops/northlight/{what}", origin="https://elsewhere.example", accept="*/*")
    assert "Access-Control-Allow-Origin" not in other.headers


def test_loading_a_forms_target_links_to_the_contact_page(browser: Browser) -> None:
    shown = ask(browser, "GET", "/shops/{shop}/tickets", accept=browsing.HTML)
    assert first(shown, "h1").text() == "This address is for sending only"
    assert page(shown).css_matches('a[href="/api/shops/northlight/contact"]')


@pytest.mark.parametrize(
    ("path", "way_on"), [("/shops/{shop}/contact", True), ("/shops/{shop}/policy", True), ("/", False)]
)
def test_posting_to_a_page_says_that_nothing_was_saved(browser: Browser, path: str, way_on: bool) -> None:
    shown = ask(browser, "POST", path, accept=browsing.HTML)
    assert first(shown, "h1").text() == "This address is for reading only"
    assert "has not been saved" in first(shown, "main").text()
    assert page(shown).css_matches('a[href="/api/shops/northlight/contact"]') == way_on


@pytest.mark.parametrize("path", ["/t/broken", "/shops/nortlight/contact", "/shops/nortlight/policy"])
def test_an_error_page_of_no_shop_links_to_the_start_page(browser: Browser, path: str) -> None:
    assert page(browser.get(path)).css_matches('main a[href="/api/"]')


@pytest.mark.parametrize("language", ["en", "de", "fr"])
def test_the_start_page_links_to_every_shop_and_to_the_desk(browser: Browser, language: str) -> None:
    shown = browser.get("/", accept_language=language)
    assert shown.status_code == 200
    assert first(shown, "html").attributes["lang"] == ("de" if language == "de" else "en")
    links: list[Any] = [link.attributes["href"] for link in page(shown).css("main a")]
    for shop, part in itertools.product(wiring.policy().shops, ("contact", "policy")):
        (link,) = [link for link in links if link.startswith(f"/api/shops/{shop}/{part}?")]
        assert browser.get(link).status_code == 200
    assert "/api/desk" in links
