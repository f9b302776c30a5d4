"""The form for a question before buying, as a product's page links to it."""

from datetime import datetime

import pytest

from chalicelib import wiring
from chalicelib.rules.policy.promises import BEFORE_BUYING
from chalicelib.rules.tickets.clocks import FIRST_ANSWER
from tests.support.web.browsing import Answer, Browser, fields, first, page, said, typed

LINK = "/shops/northlight/contact?topic=before_buying&product=lamp-1&lang="
ORDERS = ("order_number", "serial_number", "purchase_date", "advert_notice", "advert_consent", "country")


def shown(answer: Answer) -> set[str]:
    """The names of the form's fields."""
    return {node.attributes.get("name") or "" for node in page(answer).css("form.form [name]")}


@pytest.mark.parametrize("language", ["en", "de"])
def test_the_link_fills_in_the_product_and_asks_for_no_order(browser: Browser, language: str) -> None:
    answer = browser.get(LINK + language)
    assert not shown(answer) & {*ORDERS}
    assert (typed(answer, "kind"), typed(answer, "topic"), typed(answer, "product")) == (
        "question",
        "before_buying",
        "LAMP-1",
    )
    facts = first(answer, ".asked-about").text()
    assert "Lamp Ada" in facts
    assert "49" in facts, "the price of the catalogue"
    assert page(answer).css_matches(f'a[href$="/products/LAMP-1?lang={language}"]')
    promise = first(answer, "[data-promise=before_buying]").text()
    assert {"en": "within 4 working hours", "de": "innerhalb von 4 Arbeitsstunden"}[language] in promise


def test_without_the_topic_it_is_the_usual_form(browser: Browser) -> None:
    assert {"order_number", "serial_number", "kind", "topic"} <= shown(browser.get("/shops/northlight/contact?lang=en"))


@pytest.mark.parametrize("product", ["nothing-of-ours", "", "<b>x</b>", "x" * 300])
def test_a_product_that_the_catalogue_does_not_have_is_asked_for(browser: Browser, product: str) -> None:
    answer = browser.get(f"/shops/northlight/contact?topic=before_buying&lang=en&product={product}")
    assert typed(answer, "product") == product[:200]
    assert not page(answer).css(".asked-about")


def test_it_opens_a_question_with_the_product_and_the_tighter_promise(browser: Browser) -> None:
    sent = fields(kind="question", topic=BEFORE_BUYING, product="LAMP-1", message="Does it dim?")
    receipt, usual = said(browser.json(sent)), said(browser.json(fields(kind="question", message="Does it dim?")))
    ticket = wiring.deps().tickets.ticket(receipt["reference"])
    assert ticket
    assert ticket.claim
    assert (ticket.kind, ticket.topic, ticket.claim.product) == ("question", BEFORE_BUYING, "LAMP-1")
    clock = ticket.clock(FIRST_ANSWER)
    assert clock
    assert clock.period == "4 working hours"
    assert datetime.fromisoformat(receipt["answer_by"]) < datetime.fromisoformat(usual["answer_by"])


def test_a_mistake_shows_the_same_form_again(browser: Browser) -> None:
    answer = browser.form(fields(kind="question", topic=BEFORE_BUYING, product="LAMP-1", message=""))
    assert answer.status_code == 422
    assert typed(answer, "product") == "LAMP-1"
    assert not shown(answer) & {*ORDERS}


def test_a_shop_without_the_topic_shows_its_usual_form(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chalicelib.services.products.before_buying.BEFORE_BUYING", "other_name")
    assert "order_number" in shown(browser.get(LINK + "en"))


def test_the_policy_page_promises_what_the_form_does(browser: Browser) -> None:
    said_there = first(browser.get("/shops/northlight/policy?lang=en"), "[data-topic=before_buying]").text()
    assert "within 4 working hours" in said_there
