"""The page on which a customer has a question published, and the product's page that everybody reads."""

import json
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.rules.tickets.procedure_facts import Publication, PublicationState
from chalicelib.rules.tickets.ticket import Change, Person, Ticket, evolve
from chalicelib.services.tickets import links
from tests.support import samples
from tests.support.store.fakes import World
from tests.support.web.browsing import STORE, Browser, first, page, said
from tests.support.web.living import browser, world
from tests.support.web.visitors import Visitor

__all__ = ["browser", "world"]

QUESTION, ANSWER = "Does the lamp dim?", "Yes, with every dimmer.\n\nAlso at night."
PRODUCT = "/shops/northlight/products/lamp-1?lang="


@pytest.fixture
def url(browser: Browser, world: World) -> str:
    """The link in the mail that asks the customer."""
    for kept in (world.store.tickets, world.store.messages, world.store.answered):
        kept.clear()
    made = samples.ticket(samples.REF, world.clock.at)
    offer = Publication("offer", "LAMP-1", "en", QUESTION, ANSWER, world.clock.at, "ada@northlight.example")
    ticket = replace(made, publication=offer)
    world.deps.tickets.commit(Change(ticket))
    return links.publication_url(world.deps, ticket, offer)


def ticket(world: World) -> Ticket:
    return world.store.tickets[samples.REF]


def state(world: World) -> PublicationState:
    known = ticket(world).publication
    assert known
    return known.state


def questions(browser: Browser, language: str = "en") -> list[str]:
    return [node.text().strip() for node in page(browser.get(PRODUCT + language)).css(".question-and-answer dt")]


def test_a_get_publishes_nothing_and_no_answer_is_chosen(browser: Browser, world: World, url: str) -> None:
    shown = page(browser.get(url))
    assert [node.attributes["value"] for node in shown.css("form button")] == ["agree", "decline"]
    assert not shown.css_matches("[checked], [selected]")
    assert QUESTION in shown.text()
    assert questions(browser) == []


def test_who_agrees_is_published_and_takes_it_back_on_the_same_page(browser: Browser, world: World, url: str) -> None:
    visitor = Visitor(browser)
    assert visitor.press(url, {"answer": "agree"}).headers["Location"] == url
    assert questions(browser) == [QUESTION]
    assert questions(browser, "de") == [], "as it was asked in English"
    after = page(visitor.get(url))
    assert "published" in first(after, "h1").text()
    assert visitor.press(url, to=f"{url}/take-back").status_code == 303
    assert questions(browser) == []
    assert state(world) is PublicationState.TAKEN_BACK
    assert not page(visitor.get(url)).css("form")


def test_who_declines_is_not(browser: Browser, world: World, url: str) -> None:
    assert Visitor(browser).press(url, {"answer": "decline"}).status_code == 303
    assert state(world) is PublicationState.DECLINED
    assert "not published" in first(browser.get(url), "h1").text()
    assert questions(browser) == []


@pytest.mark.parametrize("answer", ["", "yes", "AGREE"])
def test_another_answer_is_none(browser: Browser, world: World, url: str, answer: str) -> None:
    assert Visitor(browser).press(url, {"answer": answer}).status_code == 422
    assert questions(browser) == []


def test_an_old_page_publishes_nothing_that_was_taken_back(browser: Browser, world: World, url: str) -> None:
    visitor = Visitor(browser)
    nonce = first(visitor.get(url), "[name=nonce]").attributes["value"]
    visitor.post(url, {"nonce": nonce, "answer": "agree"})
    visitor.press(url, to=f"{url}/take-back")
    assert visitor.post(url, {"nonce": nonce, "answer": "agree"}).status_code == 409
    assert questions(browser) == []


def test_a_program_that_follows_and_posts_does_nothing(browser: Browser, world: World, url: str) -> None:
    nonce = first(browser.get(url), "[name=nonce]").attributes["value"]
    assert browser.form({"nonce": nonce, "answer": "agree"}, url).status_code == 422
    assert Visitor(browser).press(url, {"answer": "agree"}, sec_fetch_site="cross-site").status_code == 422
    assert questions(browser) == []


def test_a_nonce_of_one_button_presses_no_other(browser: Browser, world: World, url: str) -> None:
    visitor = Visitor(browser)
    nonce = first(visitor.get(url), "[name=nonce]").attributes["value"]
    visitor.post(url, {"nonce": nonce, "answer": "agree"})
    assert visitor.post(f"{url}/take-back", {"nonce": nonce}).status_code == 422
    assert questions(browser) == [QUESTION]


@pytest.mark.parametrize("change", [lambda url: f"{url[:-2]}xx", lambda url: url.replace("/q/", "/t/")])
def test_a_forged_link_opens_nothing(browser: Browser, world: World, url: str, change: Any) -> None:
    assert browser.get(change(url)).status_code == 403
    assert browser.form({}, change(url)).status_code == 403


def test_what_turns_out_to_name_them_is_not_published(browser: Browser, world: World, url: str) -> None:
    world.deps.tickets.commit(Change(evolve(ticket(world), requester=Person("Otto Dimmer", "otto@example.com"))))
    answer = Visitor(browser).press(url, {"answer": "agree"})
    assert answer.status_code == 422
    assert "name" in first(answer, ".summary").text()
    assert questions(browser) == []


def test_the_products_page_says_what_it_is_also_to_programs(browser: Browser, world: World, url: str) -> None:
    Visitor(browser).press(url, {"answer": "agree"})
    answer = browser.get(PRODUCT + "en")
    shown = page(answer)
    assert first(shown, "h1").text() == "Lamp Ada"
    assert "€49.00" in first(shown, "main").text()
    data = json.loads(first(shown, 'script[type="application/ld+json"]').text())
    assert data["mainEntity"][0]["name"] == QUESTION
    assert shown.css_matches('a[href*="topic=before_buying&product=LAMP-1"]')
    listed = browser.get(PRODUCT + "en", accept="application/json", origin=STORE)
    assert listed.headers["Access-Control-Allow-Origin"] == STORE
    assert said(listed)["questions"] == [
        {"question": QUESTION, "answer": ANSWER, "published": world.clock.at.date().isoformat()}
    ]


@pytest.mark.parametrize("sku", ["LAMP-9", "%00", "x" * 200, "..%2f"])
def test_an_unknown_product_is_not_found(browser: Browser, world: World, sku: str) -> None:
    assert browser.get(f"/shops/northlight/products/{sku}").status_code == 404


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_no_copy_of_a_products_page_shows_what_was_taken_back(browser: Browser, accept: str) -> None:
    assert browser.get(f"{PRODUCT}en", accept=accept).headers["Cache-Control"] == "no-store"
