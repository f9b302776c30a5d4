"""The policy page over HTTP: complete in each language of each shop, with the policy's own periods."""

import re
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any

import pytest
from selectolax.lexbor import LexborHTMLParser

from chalicelib import wiring
from chalicelib.external.holidays_calendar import holidays_of
from chalicelib.rendering import durations, pages, words
from chalicelib.rules.policy.countries import COUNTRIES
from chalicelib.rules.policy.model import ClosedDay, Shop
from chalicelib.rules.timing.periods import Period, Unit
from chalicelib.rules.timing.worktime import MIDNIGHT
from chalicelib.services.customer import policy_page
from tests.support.store.fakes import PUBLIC_URL
from tests.support.web.browsing import Browser, first, page

SHOPS = list(wiring.policy().shops.values())
EVERY = [pytest.param(shop, language, id=f"{shop.id}-{language}") for shop in SHOPS for language in shop.languages]
NORTHLIGHT, KETTLE = (wiring.policy().shop(name) for name in ("northlight", "kettle"))
NOW = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
VOID = {"meta", "link", "br", "input", "img", "hr"}


class Tags(HTMLParser):
    """A parser that checks that every opened tag is closed, in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def shown(shop: Shop, language: str = "en") -> LexborHTMLParser:
    view = policy_page.view(shop, NOW, holidays_of(shop))
    return LexborHTMLParser(pages.page("policy", language, shop=shop, view=view))


def section(parsed: LexborHTMLParser, id: str) -> str:
    return " ".join(first(parsed, f"#{id}").text().split())


@pytest.mark.parametrize(("shop", "language"), EVERY)
class TestEveryLanguageOfEveryShop:
    def asked(self, browser: Browser, shop: Shop, language: str) -> Any:
        return browser.get(f"/shops/{shop.id}/policy?lang={language}")

    def test_is_a_cacheable_page_in_that_language(self, browser: Browser, shop: Shop, language: str) -> None:
        answer = self.asked(browser, shop, language)
        assert answer.status_code == 200
        assert first(answer, "html").attributes["lang"] == answer.headers["Content-Language"] == language
        assert answer.headers["Cache-Control"] == "public, max-age=300"
        assert answer.headers["Vary"] == "Accept-Language"
        assert first(answer, "h1").text() == words.phrase(language, "policy.title")

    def test_is_well_formed_without_scripts_and_forms(self, browser: Browser, shop: Shop, language: str) -> None:
        html = self.asked(browser, shop, language).body.decode()
        assert Tags(html).open == []
        assert not LexborHTMLParser(html).css("script, style, [style], form, iframe")

    def test_has_every_phrase(self, browser: Browser, shop: Shop, language: str) -> None:
        text = first(self.asked(browser, shop, language), "main").text()
        assert not re.search(r"[{}]|policy\.|None|Undefined", text)

    def test_its_contents_lead_to_every_section(self, browser: Browser, shop: Shop, language: str) -> None:
        parsed = page(self.asked(browser, shop, language))
        ids = Counter(node.attributes["id"] for node in parsed.css("[id]"))
        assert set(ids.values()) == {1}
        listed = [node.attributes["href"] for node in parsed.css(".contents a")]
        assert listed == [f"#{node.attributes['id']}" for node in parsed.css(".body > section")]
        assert all(parsed.css(node.attributes["href"] or "") for node in parsed.css("main a[href^='#']"))

    def test_contains_every_period_of_the_policy(self, browser: Browser, shop: Shop, language: str) -> None:
        text = " ".join(first(self.asked(browser, shop, language), "main").text().split())
        within = [shop.referrals.answer, *(party.answer for party in shop.third_parties)]
        within += [shop.remedy, *filter(None, (shop.kinds["data_request"].resolve, shop.kinds["complaint"].resolve))]
        alone = [kind.retain for kind in shop.kinds.values()] + [shop.guarantees.statutory, policy_page.BACKUPS]
        alone += [kind.extension.limit for kind in shop.kinds.values() if kind.extension]
        said = [durations.within(period, language) for period in within]
        said += [durations.period(period, language) for period in alone]
        said += [durations.period_after(kind.close_after, language) for kind in shop.kinds.values() if kind.close_after]
        assert not [words for words in said if words not in text]
        assert str(shop.link_days) in text
        assert str(shop.reopen_days) in text

    def test_says_when_people_answer_in_the_chat(self, browser: Browser, shop: Shop, language: str) -> None:
        parsed = page(self.asked(browser, shop, language))
        text = " ".join(first(parsed, "#channels").text().split())
        link = f"/shops/{shop.id}/chat?lang={language}"
        assert any((node.attributes["href"] or "").endswith(link) for node in parsed.css("#channels a")) is bool(
            shop.chat.offered
        )
        assert ("10:00" in text and "16:00" in text) is bool(shop.chat.offered)

    def test_names_every_channel_body_and_third_party(self, browser: Browser, shop: Shop, language: str) -> None:
        parsed = page(self.asked(browser, shop, language))
        text = first(parsed, "main").text()
        facts = [shop.support, shop.channels.phone, shop.channels.fax, shop.channels.post]
        facts += [body.name for body in shop.bodies] + [body.address for body in shop.bodies]
        facts += [party.name for party in shop.third_parties]
        assert not [fact for fact in facts if fact and fact not in text]
        links = {node.attributes["href"] for node in parsed.css("main a")}
        assert {body.url for body in shop.bodies} <= links
        assert not [agent.address for agent in shop.agents if agent.address in text]
        assert not [party.address for party in shop.third_parties if party.address in text]


class TestRoutes:
    @pytest.mark.parametrize("path", ["policy", "complaints"])
    def test_an_unknown_shop_is_not_found(self, browser: Browser, path: str) -> None:
        answer = browser.get(f"/shops/nobody/{path}")
        assert answer.status_code == 404
        assert page(answer).css("h1")

    @pytest.mark.parametrize(
        ("path", "accepted", "language"),
        [
            ("northlight/policy", "de-DE,de;q=0.9", "de"),
            ("northlight/policy?lang=en", "de-DE", "en"),
            ("northlight/policy?lang=fr", "fr-FR", "en"),
            ("kettle/policy?lang=de", "de-DE", "en"),
        ],
    )
    def test_an_unknown_language_falls_back_to_the_shops_first(
        self, browser: Browser, path: str, accepted: str, language: str
    ) -> None:
        answer = browser.get(f"/shops/{path}", accept_language=accepted)
        assert first(answer, "html").attributes["lang"] == language

    @pytest.mark.parametrize(("asked", "kept"), [("?lang=de", "?lang=de"), ("", ""), ("?lang=%0d%0ax", "")])
    def test_the_complaints_url_leads_to_the_procedure(self, browser: Browser, asked: str, kept: str) -> None:
        answer = browser.get(f"/shops/northlight/complaints{asked}")
        assert answer.status_code == 303
        assert answer.headers["Location"] == f"{PUBLIC_URL}/shops/northlight/policy{kept}#complaints"

    def test_it_offers_the_shops_languages(self, browser: Browser) -> None:
        links = page(browser.get("/shops/northlight/policy")).css(".languages a")
        assert [node.attributes["href"] for node in links] == [
            f"/api/shops/northlight/policy?lang={language}" for language in NORTHLIGHT.languages
        ]
        assert not page(browser.get("/shops/kettle/policy")).css(".languages")

    def test_the_form_and_every_footer_link_to_it(self, browser: Browser) -> None:
        parsed = page(browser.get("/shops/northlight/contact?lang=de"))
        for place in (".beside", ".bottom"):
            assert first(parsed, f"{place} a[href='/api/shops/northlight/policy?lang=de']").text().strip()


class TestWhatDependsOnThePolicy:
    def test_the_hours_are_those_that_count_as_working_time(self) -> None:
        rows = [" ".join(row.text().split()) for row in shown(KETTLE).css("#hours tbody tr")]
        assert rows == ["Monday to Friday 09:00 to 17:00", "Saturday 10:00 to 13:00", "Sunday closed"]
        assert "Saturday and Sunday closed" in section(shown(NORTHLIGHT), "hours")

    def test_a_day_that_ends_at_midnight_ends_at_24(self) -> None:
        hours = replace(NORTHLIGHT.hours, week=(((MIDNIGHT, MIDNIGHT),),) * 7)
        assert "Monday to Sunday 00:00 to 24:00" in section(shown(replace(NORTHLIGHT, hours=hours)), "hours")

    def test_closed_days_are_future_days_on_which_the_shop_would_be_open(self) -> None:
        days = (ClosedDay("Move", 11, 27, 2026), ClosedDay("Past", 11, 20, 2026), ClosedDay("Weekend", 11, 28, 2026))
        closing = replace(NORTHLIGHT, holidays=replace(NORTHLIGHT.holidays, extra=days))
        listed = [" ".join(node.text().split()) for node in shown(closing).css(".days li")]
        assert listed[0] == "27 November 2026 Move"
        assert not [line for line in listed if "Past" in line or "Weekend" in line]
        assert listed[1].startswith("25 December 2026")

    def test_the_example_agrees_with_the_clocks(self) -> None:
        promised = "Friday, 27 November 2026, 16:30, you get our first answer by Tuesday, 1 December 2026."
        assert promised in section(shown(NORTHLIGHT), "hours")
        day = Period(1, Unit.DAYS)
        complaint = replace(NORTHLIGHT.kinds["complaint"], first_answer=day, resolve=day)
        by_calendar = replace(NORTHLIGHT, kinds={**NORTHLIGHT.kinds, "complaint": complaint})
        assert not shown(by_calendar).css(".example")

    def test_a_calendar_without_a_phrase_is_still_named(self) -> None:
        assert "Germany (Berlin)" in section(shown(NORTHLIGHT), "hours")
        assert "United Kingdom (England)" in section(shown(KETTLE), "hours")
        swiss = replace(NORTHLIGHT, holidays=replace(NORTHLIGHT.holidays, country="CH", region="ZH"))
        assert "Switzerland (ZH)" in section(shown(swiss), "hours")
        far = replace(NORTHLIGHT, holidays=replace(NORTHLIGHT.holidays, country="JP", region=None))
        assert "Public holidays: JP" in section(shown(far), "hours")

    def test_recording_of_calls_is_mentioned_only_if_the_shop_records(self) -> None:
        said = words.phrase("en", "policy.records.recorded")
        recording = replace(NORTHLIGHT, channels=replace(NORTHLIGHT.channels, calls_recorded=True))
        assert said in section(shown(recording), "records")
        assert "recorded" not in first(shown(NORTHLIGHT), "main").text()

    def test_bodies_say_whether_the_shop_takes_part(self) -> None:
        entries = {
            first(LexborHTMLParser(node.html or ""), "h3").text(): " ".join(node.text().split())
            for node in shown(NORTHLIGHT).css("#bodies .bodies > li")
        }
        for body in NORTHLIGHT.bodies:
            if "data_request" not in body.kinds:
                part = words.phrase("en", f"policy.bodies.takes_{'' if body.takes_part else 'no_'}part")
                assert part in entries.pop(body.name)
        assert not entries

    def test_topics_are_listed_with_the_party_that_remedies_them(self) -> None:
        rows = shown(NORTHLIGHT).css("#fault tbody tr")
        found = {row.attributes["data-fault"]: row.text() for row in rows}
        for topic in NORTHLIGHT.topics:
            if topic.fault:
                assert topic.label["en"] in found[topic.fault]

    def test_features_a_shop_lacks_are_left_out(self) -> None:
        bare = replace(NORTHLIGHT, topics=(), third_parties=(), bodies=(), reopen_days=0)
        plain = {
            name: replace(kind, extension=None, escalation=(), warn=None, pause_first_answer=False)
            for name, kind in NORTHLIGHT.kinds.items()
        }
        for language in ("en", "de"):
            parsed = shown(replace(bare, kinds=plain), language)
            assert not parsed.css("#fault, .bodies")
            assert len(parsed.css("#referrals tbody tr")) == 1
            assert words.phrase(language, "policy.longer.never") in section(parsed, "longer")
            assert words.phrase(language, "policy.reopen.new") in section(parsed, "complaints")

    def test_escalation_is_explained_in_customers_words(self) -> None:
        complaint = NORTHLIGHT.kinds["complaint"]
        assert complaint.warn
        told = section(shown(NORTHLIGHT), "longer")
        assert f"{complaint.warn} before a time runs out, it reminds the person dealing with it." in told
        assert "the person dealing with it and the whole team" in told
        assert "The shop's management takes it over." in told


class TestWords:
    @pytest.mark.parametrize("language", words.languages())
    def test_phrases_contain_no_period_of_their_own(self, language: str) -> None:
        ours = {
            key: str(word)
            for key, word in words.book(language).items()
            if key.startswith("policy.") and not key.startswith("policy.reg")
        }
        assert not [key for key, word in ours.items() if re.search(r"\d+ |\b(?:two|three|zwei|drei)\b", word)]

    @pytest.mark.parametrize("language", words.languages())
    def test_each_country_and_region_with_a_phrase_has_one_in_every_language(self, language: str) -> None:
        book = words.book(language)
        countries = {key.rpartition(".")[2] for key in book if key.startswith("policy.country.")}
        regions = {key.rpartition(".")[2] for key in book if key.startswith("policy.region.")}
        assert countries == COUNTRIES
        assert regions == policy_page.REGIONS

    @pytest.mark.parametrize("language", words.languages())
    def test_weekdays_are_the_same_as_in_dates(self, language: str) -> None:
        days = [words.phrase(language, f"policy.weekday.{day}") for day in policy_page.WEEKDAYS]
        assert days == words.book(language)["dates.weekdays"]


class TestGuarantees:
    def test_name_the_period_of_each_country_and_who_gives_the_commercial_one(self) -> None:
        said = " ".join(section(shown(NORTHLIGHT), "guarantees").split())
        assert "For customers in Spain: 3 years." in said
        assert "The producer gives it. It covers the whole of the goods. It costs you nothing." in said
        by_shop = replace(NORTHLIGHT.guarantees, given_by="shop", covers="part", free=False)
        said = " ".join(section(shown(replace(NORTHLIGHT, guarantees=by_shop)), "guarantees").split())
        assert "Northlight Lamps gives it. It covers a part of the goods. It costs extra." in said

    def test_say_what_the_law_of_the_shops_country_adds(self) -> None:
        german, british = (section(shown(shop), "guarantees") for shop in (NORTHLIGHT, KETTLE))
        repaired, reject = "are covered 12 months longer.", "In the first 30 days after delivery, you can reject"
        assert (repaired in german, reject in german) == (True, False)
        assert (repaired in british, reject in british) == (False, True)
        choice = "You have the choice between a repair and a replacement"
        assert (choice in german, choice in british) == (True, False)

    def test_show_the_official_notice_in_the_readers_language_with_its_text(self, browser: Browser) -> None:
        for language in ("en", "de"):
            answer = browser.get(f"/shops/northlight/policy?lang={language}")
            picture = first(answer, "#guarantees img")
            assert picture.attributes["src"] == NORTHLIGHT.guarantees.notice[language]
            alternative = words.phrase(language, "policy.guarantees.notice_alt")
            assert (picture.attributes["alt"] or "").startswith(alternative.partition("{")[0])
            assert "img-src 'self' https://www.northlight.example;" in answer.headers["Content-Security-Policy"]

    def test_without_a_notice_have_no_picture(self, browser: Browser) -> None:
        answer = browser.get("/shops/kettle/policy")
        assert not page(answer).css("#guarantees img")
        assert "img-src 'self';" in answer.headers["Content-Security-Policy"]


class TestComplaintsAboutData:
    def test_are_described_with_their_periods_where_they_are_taken(self) -> None:
        said = " ".join(section(shown(NORTHLIGHT), "data").split())
        assert words.phrase("en", "policy.data.complaint_title") in said
        assert "at intervals of at most 30 days" in said
        kind = replace(NORTHLIGHT.kinds["privacy_complaint"], offered=False)
        without = shown(replace(NORTHLIGHT, kinds={**NORTHLIGHT.kinds, kind.id: kind}))
        assert words.phrase("en", "policy.data.complaint_title") not in section(without, "data")
        assert [row.attributes["data-kind"] for row in without.css("#times tbody tr")] == [
            name for name in NORTHLIGHT.kinds if name != kind.id
        ]
