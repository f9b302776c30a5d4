"""Letters about orders: every letter in every situation and language, complete as text and as HTML, safe against what
systems and buyers write, and in proportion."""

import re
from dataclasses import replace
from typing import Any

import pytest
from selectolax.lexbor import LexborHTMLParser

from chalicelib.rendering import amounts, pages, words
from chalicelib.rendering.amounts import Amount
from chalicelib.rules.orders.basket import Buyer, Cost, PostalAddress
from chalicelib.rules.orders.events import EventKind, Parcel, Stock
from chalicelib.rules.tickets.outbox import Audience, Nature, Purpose
from local.previews import orders
from tests.support import shops

SHOP = shops.policy().shop("northlight")
LANGUAGES = words.languages()
SAMPLES = [
    pytest.param(language, template, context, id=f"{language}-{title}")
    for language in LANGUAGES
    for title, template, context in orders.mail_samples(SHOP, language)
]
OURS = [purpose for purpose in Purpose if purpose.startswith("order_")]
HOSTILE = '"><script>alert(1)</script>\r\nBcc: a@b.example {{ 7919*7919 }} https://evil.example/x www.evil.example'
# What accepts an order, or confirms one, in both languages: nothing of it may be in a letter that only receives.
ACCEPTING = re.compile(
    r"accept|confirm|approv|bestätig|annehm|angenommen|annahme|nehmen wir|akzept|zusage", re.IGNORECASE
)
MADE = orders.orders(SHOP)


def mail(name: str, purpose: Purpose, language: str = "en", about: str = "", contract: str = "on_confirmation") -> Any:
    said = orders.values(SHOP, MADE[name], purpose, about, language, contract)
    return pages.mail(purpose, language, **said)


def plain(text: str) -> str:
    return " ".join(text.replace("\u00a0", " ").split())


def test_every_letter_has_a_sample() -> None:
    assert {sample.values[1] for sample in SAMPLES} == set(OURS)


@pytest.mark.parametrize(("language", "template", "context"), SAMPLES)
class TestEveryLetter:
    def test_names_the_order_in_a_subject_of_one_line(self, language: str, template: str, context: Any) -> None:
        subject = pages.mail(template, language, **context).subject
        assert orders.NUMBER in subject
        assert subject.isprintable()
        assert len(subject) < 120

    def test_has_text_of_sensible_width(self, language: str, template: str, context: Any) -> None:
        text = pages.mail(template, language, **context).text
        assert not [line for line in text.splitlines() if len(line) > pages.TEXT_WIDTH and " " in line.strip()]
        assert "\n\n\n" not in text
        assert not re.search(r"<[a-z]+>|&[a-z]+;|None|\{|Amount\(", text)

    def test_says_the_same_as_text_and_as_html(self, language: str, template: str, context: Any) -> None:
        both = pages.mail(template, language, **context)
        html = LexborHTMLParser(both.html)
        assert html.css("html")[0].attributes["lang"] == language
        assert not html.css("script, img, link, form, iframe")
        shown = plain(html.css("body")[0].text(separator=" "))
        money = {amounts.said(Amount(n, "EUR", 2), language).replace("\u00a0", " ") for n in (22_050, 18_900, 490)}
        text = plain(both.text)
        assert {each for each in money if each in text} == {each for each in money if each in shown}
        for url in re.findall(r"https://\S+/(?:o|desk/orders|u)/\S+", both.text):
            assert url.replace("&", "&amp;") in both.html

    def test_leads_to_the_order(self, language: str, template: str, context: Any) -> None:
        text = pages.mail(template, language, **context).text
        to_agents = Purpose(template).audience is Audience.AGENTS
        assert ("/desk/orders/O-" if to_agents else "/o/") in text
        assert to_agents != ("/o/" in text)


def test_an_advert_says_how_to_end_adverts() -> None:
    for purpose in OURS:
        for language in LANGUAGES:
            text = mail("delivered", purpose, language).text
            assert ("/u/" in text) == (purpose.nature is Nature.ADVERT)


class TestConfirmation:
    @pytest.mark.parametrize("language", LANGUAGES)
    @pytest.mark.parametrize("contract", ["on_confirmation", "on_dispatch"])
    def test_of_a_held_order_accepts_nothing(self, language: str, contract: str) -> None:
        held = mail("held", Purpose.ORDER_CONFIRMED, language, contract=contract)
        for said in (held.subject, held.text, LexborHTMLParser(held.html).css("body")[0].text()):
            assert not ACCEPTING.search(said)

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_accepts_by_the_shops_way_to_make_contracts(self, language: str) -> None:
        now = mail("new", Purpose.ORDER_CONFIRMED, language).text
        later = mail("new", Purpose.ORDER_CONFIRMED, language, contract="on_dispatch").text
        phrase = words.phrase(language, "orders.confirmed.intro.on_confirmation")
        assert plain(phrase) in plain(now)
        assert plain(phrase) not in plain(later)
        assert plain(words.phrase(language, "orders.confirmed.intro.on_dispatch")) in plain(later)
        assert not re.search(r"we accept|nehmen wir", later)

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_a_dispatch_makes_the_contract_only_where_it_does(self, language: str) -> None:
        phrase = plain(words.phrase(language, "orders.sent.contract"))
        for contract in ("on_confirmation", "on_dispatch"):
            sent = mail("part", Purpose.ORDER_SENT, language, "p1", contract)
            assert (phrase in plain(sent.text)) == (contract == "on_dispatch")

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_has_every_fact_to_the_cent(self, language: str) -> None:
        text = plain(mail("new", Purpose.ORDER_CONFIRMED, language).text)
        basket = orders.BASKET
        numbers = [basket.total, basket.tax, *(cost.amount for cost in basket.costs)]
        numbers += [number for line in basket.lines for number in (line.unit_price, line.total)]
        said = [plain(amounts.said(Amount(number, "EUR", 2), language)) for number in numbers]
        facts = [*said, basket.payment, basket.delivery_by, "Torstraße 14", "Grabenweg 3", orders.NUMBER]
        facts += [line.name for line in basket.lines]
        assert not [fact for fact in facts if fact not in text]
        assert words.moment(basket.placed_at, SHOP.timezone, language) in text
        assert sum(line.total for line in basket.lines) + sum(cost.amount for cost in basket.costs) == basket.total

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_promises_the_delivery_as_a_date(self, language: str) -> None:
        said = orders.values(SHOP, MADE["new"], Purpose.ORDER_CONFIRMED, "", language)
        day = words.date_in_words(said["deliver_by"], language)
        assert plain(words.phrase(language, "orders.mail.deliver_by").format(day=day)) in plain(
            mail("new", Purpose.ORDER_CONFIRMED, language).text
        )

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_of_a_download_promises_no_parcel(self, language: str) -> None:
        text = plain(mail("book", Purpose.ORDER_CONFIRMED, language).text)
        assert plain(words.phrase(language, "orders.mail.download")) in text
        assert words.phrase(language, "orders.mail.delivery_to") not in text

    def test_says_where_tax_is_added(self) -> None:
        text = mail("taxed", Purpose.ORDER_CONFIRMED).text
        assert "\nTax: CHF\u00a034.55\nTotal: CHF\u00a0255.05\n" in text
        assert "2 further lines" in text

    def test_brings_the_model_form_and_the_digests(self) -> None:
        said = orders.values(SHOP, MADE["new"], Purpose.ORDER_CONFIRMED, "", "en")
        text = mail("new", Purpose.ORDER_CONFIRMED).text
        assert "> I withdraw from the contract" in text
        assert [each.document for each in said["texts"]] == ["terms", "returns"]
        assert all(each.sha256 in text for each in said["texts"])

    def test_of_250_lines_stays_in_proportion(self) -> None:
        long = mail("many", Purpose.ORDER_CONFIRMED)
        assert long.text.count("Bulb no. ") == 250
        assert "12 further lines" in long.text
        assert len(long.html) < 250_000
        assert len(long.text) < 40_000


class TestHostileWords:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_are_shown_as_text_without_a_link(self, language: str) -> None:
        line = replace(orders.LAMP, name=HOSTILE * 9)
        place = PostalAddress(*[HOSTILE] * 8)
        basket: dict[str, Any] = {
            "lines": (line,),
            "buyer": Buyer(HOSTILE, "mira@example.com"),
            "costs": (Cost(HOSTILE, 1),),
            "delivery_to": place,
            "billed_to": replace(place, name="x"),
            "delivery_by": HOSTILE,
            "payment": HOSTILE,
        }
        gone = orders.event(EventKind.OUT_OF_STOCK, 2, stock=Stock("l1"))
        parcel = Parcel("p1", HOSTILE, HOSTILE, HOSTILE, (), HOSTILE)
        sent, cancelled = (
            orders.event(EventKind.SENT, 3, parcel=parcel),
            orders.event(EventKind.CANCELLED, 4, reason=HOSTILE),
        )
        for events in ((gone,), (gone, sent), (gone, sent, cancelled)):
            order = orders.order_of(SHOP, orders.placed(**basket), *events)
            for purpose in OURS:
                about = "p1" if purpose is Purpose.ORDER_SENT else "l1"
                said = orders.values(SHOP, order, purpose, about, language)
                both = pages.mail(purpose, language, **said)
                assert both.subject.isprintable()
                page = LexborHTMLParser(both.html)
                assert not page.css("script, img")
                assert not [a for a in page.css("a") if "evil" in (a.attributes.get("href") or "")]
                assert "evil.example" not in both.text
                assert "62710561" not in both.html
                assert len(both.text) < 12_000


def test_a_wrong_price_is_not_accepted_or_avoided_by_what_was_said_before() -> None:
    only_received = orders.order_of(SHOP, orders.placed())
    received = replace(only_received, letters=(replace(only_received.letters[0], about="received"),))
    for contract, order, phrase in (
        ("on_confirmation", only_received, "avoided"),
        ("on_confirmation", received, "not_accepted"),
        ("on_dispatch", only_received, "not_accepted"),
        ("on_dispatch", MADE["part"], "avoided"),
    ):
        for language in LANGUAGES:
            said = orders.values(SHOP, order, Purpose.ORDER_PRICE_ERROR, "", language, contract)
            text = plain(pages.mail("order_price_error", language, **said).text)
            for each in ("avoided", "not_accepted"):
                assert (plain(words.phrase(language, f"orders.price_error.{each}")) in text) == (each == phrase)


def test_a_part_of_which_nobody_says_the_contents_promises_no_line() -> None:
    text = plain(mail("untold", Purpose.ORDER_SENT, about="p1").text)
    assert "The rest of your order." in text
    assert "Follow the parcel" in text
    assert not any(name in text for name in ("Polaris", "With this, everything has been sent"))


def test_a_broken_promise_was_due_and_one_to_come_is_due() -> None:
    order = MADE["new"]
    for stage, said in (("warn", "It is due on"), ("due", "It was due on"), ("daily", "It was due on")):
        for text in (mail("new", Purpose.ORDER_TASK, about=f"dispatch {stage}"),):
            for each in (plain(text.text), text.html):
                assert said in each
                assert ("It is due on" in each) == (stage == "warn")
    assert order.clocks.named("dispatch")


def test_a_status_letter_is_true() -> None:
    for name, status in (("new", "placed"), ("part", "partly_sent"), ("sent", "sent"), ("cancelled", "cancelled")):
        text = plain(mail(name, Purpose.ORDER_STATUS, about="silence").text)
        assert plain(words.phrase("en", f"orders.status.is.{status}")) in text
        assert "You hear from us again by 1 December 2026" in text
        assert ("Withdraw" in mail(name, Purpose.ORDER_STATUS).html) == (status != "cancelled")


def test_the_choices_and_what_silence_means_are_named() -> None:
    definite = plain(mail("choosing", Purpose.ORDER_OUT_OF_STOCK, about="l1").text)
    assert "We expect it on 4 December 2026." in definite
    assert "for €10.00 less" in definite
    assert "for €30.00 more" in definite
    assert plain(words.phrase("en", "orders.out_of_stock.silence.wait")) in definite
    unknown = plain(mail("unknown", Purpose.ORDER_OUT_OF_STOCK, about="l2").text)
    assert "We cannot say when it comes back." in unknown
    assert plain(words.phrase("en", "orders.out_of_stock.silence.cancel")) in unknown
