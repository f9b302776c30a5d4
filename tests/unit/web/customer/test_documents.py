"""Policy documents over HTTP: as pages, fragments, text and JSON; every version at its own address."""

from dataclasses import replace
from datetime import date
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest

from chalicelib import wiring
from chalicelib.rendering import words
from chalicelib.rules.documents.published import digest
from chalicelib.rules.exports import columns
from chalicelib.rules.policy.model import Policy
from chalicelib.services.tickets import links
from tests.support import shops
from tests.support.store.fakes import PUBLIC_URL
from tests.support.web.browsing import STORE, Browser, fields, first, page, said, typed
from tests.support.web.visitors import signed_in

TERMS = "/shops/northlight/terms"
CURRENT, EARLIER = "2026-11-01", "2026-02-01"
ROOT = urlsplit(PUBLIC_URL).path


class TestPage:
    @pytest.mark.parametrize(("language", "title"), [("en", "Terms"), ("de", "AGB")])
    def test_it_shows_the_version_in_force_in_the_readers_language(
        self, browser: Browser, language: str, title: str
    ) -> None:
        answer = browser.get(f"{TERMS}?lang={language}")
        assert answer.status_code == 200
        assert answer.headers["Content-Language"] == language
        assert answer.headers["Cache-Control"] == "public, max-age=300"
        assert first(answer, "h1").text() == title
        assert {"Accept-Language", "Accept"} <= set(answer.headers["Vary"].split(", "))
        assert words.date_in_words(date(2026, 11, 1), language) in first(answer, "main").text()

    def test_its_digest_is_that_of_the_text_it_offers(self, browser: Browser) -> None:
        shown = first(browser.get(TERMS), "dd.digest").text()
        answer = browser.get(f"{TERMS}/{CURRENT}?as=text&lang=en")
        assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
        assert digest(answer.body.decode()) == shown

    def test_it_says_what_changed_for_the_eye_and_the_ear(self, browser: Browser) -> None:
        parsed = page(browser.get(f"{TERMS}?lang=en"))
        added, removed = ([node.text() for node in parsed.css(tag)] for tag in ("ins", "del"))
        assert any("invoice" in each for each in added)
        assert any("Austria" in each for each in added)
        assert "added: You have your rights by law for 2 years." in added
        assert all(node.css_first(".unseen") for node in parsed.css("ins, del"))
        assert any("Germany." in each for each in removed)

    def test_the_earlier_version_keeps_its_address_and_says_which_is_in_force(self, browser: Browser) -> None:
        listed = [node.attributes["href"] for node in page(browser.get(f"{TERMS}?lang=en")).css("section ul a")]
        assert listed == [f"{ROOT}{TERMS}/{EARLIER}?lang=en"]
        answer = browser.get(f"{TERMS}/{EARLIER}?lang=en")
        assert "We deliver to Germany.\n" in browser.get(f"{TERMS}/{EARLIER}?lang=en&as=text").body.decode()
        assert "earlier version" in first(answer, ".notice").text()
        assert not page(answer).css("ins, del")
        assert not page(browser.get(f"{TERMS}/{CURRENT}")).css(".notice")

    def test_links_lead_to_our_own_pages_in_the_same_language(self, browser: Browser) -> None:
        parsed = page(browser.get(f"{TERMS}?lang=de"))
        assert parsed.css_first(f'article a[href="{ROOT}/shops/northlight/returns?lang=de"]')
        assert "page:" not in (parsed.html or "")

    @pytest.mark.parametrize(
        "path", ["/privacy", "/nonsense", "/terms/2026-02-02", "/terms/nonsense", "/returns/2026-11-01"]
    )
    def test_what_is_not_published_is_not_found(self, browser: Browser, path: str) -> None:
        assert browser.get(f"/shops/northlight{path}").status_code == 404
        assert browser.get(f"/shops/northlight{path}?as=json", accept="application/json").status_code == 404
        assert browser.get(f"/shops/unknown{path}").status_code == 404

    def test_a_version_to_come_is_shown_as_such(self, browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("chalicelib.services.documents.reading.local_date", lambda at, hours: date(2026, 10, 31))
        assert EARLIER in first(browser.get(f"{TERMS}?lang=en"), "dl.pairs a").attributes["href"]  # type: ignore[operator]
        assert "not in force yet" in first(browser.get(f"{TERMS}/{CURRENT}?lang=en"), ".notice").text()


class TestEmbedding:
    def test_a_fragment_is_html_without_frame_and_styles(self, browser: Browser) -> None:
        answer = browser.get(f"{TERMS}?as=fragment&lang=en", origin=STORE)
        assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
        body = answer.body.decode()
        assert body.startswith('<article lang="en">\n<h1>Terms</h1>')
        assert not [part for part in ("<html", "<style", "style=", "class=", "<script") if part in body]
        assert f'href="{PUBLIC_URL}/shops/northlight/returns?lang=en"' in body
        assert answer.headers["Access-Control-Allow-Origin"] == STORE
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")

    @pytest.mark.parametrize(("query", "accept"), [("?as=json&lang=en", "*/*"), ("?lang=en", "application/json")])
    def test_json_has_the_text_its_digest_and_every_version(self, browser: Browser, query: str, accept: str) -> None:
        answer = browser.get(f"{TERMS}{query}", accept=accept, origin=STORE)
        body = said(answer)
        assert (body["shop"], body["document"], body["language"], body["title"]) == (
            "northlight",
            "terms",
            "en",
            "Terms",
        )
        assert (body["version"], body["in_force"], body["replaces"], body["is_current"]) == (
            CURRENT,
            CURRENT,
            EARLIER,
            True,
        )
        assert body["sha256"] == digest(body["text"])
        assert body["url"] == f"{PUBLIC_URL}{TERMS}/{CURRENT}"
        assert [each["version"] for each in body["versions"]] == [CURRENT, EARLIER]
        assert answer.headers["Access-Control-Allow-Origin"] == STORE

    def test_other_sites_may_not_read_it(self, browser: Browser) -> None:
        answer = browser.get(f"{TERMS}?as=json", origin="https://evil.example")
        assert answer.status_code == 200
        assert "Access-Control-Allow-Origin" not in answer.headers


class TestAllPolicies:
    def test_it_lists_what_is_in_force_and_what_the_shop_has_elsewhere(self, browser: Browser) -> None:
        answer = browser.get("/shops/northlight/policies?lang=de")
        links = {node.text(): node.attributes["href"] for node in page(answer).css(".documents a")}
        assert links == {
            "AGB": f"{ROOT}{TERMS}?lang=de",
            "Rückgabe": f"{ROOT}/shops/northlight/returns?lang=de",
            words.phrase("de", "policy.title"): f"{ROOT}/shops/northlight/policy?lang=de",
            "Datenschutz": "https://www.northlight.example/privacy",
        }

    @pytest.mark.parametrize("path", ["policy", "policies", "terms", "terms/2026-02-01"])
    def test_a_shared_cache_keeps_a_page_for_each_language(self, browser: Browser, path: str) -> None:
        for language in ("de", "en"):
            answer = browser.get(f"/shops/northlight/{path}", accept_language=language)
            assert answer.headers["Content-Language"] == language
            assert answer.headers["Cache-Control"].startswith("public")
            assert "Accept-Language" in answer.headers["Vary"].split(", ")

    def test_a_shop_without_documents_has_the_page_too(self, browser: Browser) -> None:
        answer = browser.get("/shops/kettle/policies")
        hrefs = [node.attributes["href"] for node in page(answer).css(".documents a")]
        assert hrefs == [f"{ROOT}/shops/kettle/policy?lang=en", "https://www.kettle.example/privacy"]

    @pytest.mark.parametrize("path", ["contact", "policy", "policies", "terms", "nonsense"])
    def test_every_pages_foot_leads_there(self, browser: Browser, path: str) -> None:
        answer = browser.get(f"/shops/northlight/{path}?lang=en")
        assert page(answer).css_first(f'footer a[href="{ROOT}/shops/northlight/policies?lang=en"]')

    def test_the_documents_are_those_beside_the_policy(self) -> None:
        assert [str(each.version) for each in wiring.deps().documents.versions("northlight")] == [
            EARLIER, CURRENT, EARLIER,
        ]  # fmt: skip


class TestTermsAccepted:
    def asking(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The shop's form asks to accept its terms."""
        shop = replace(shops.policy().shop("northlight"), terms_required=True)
        asking = Policy({**shops.policy().shops, shop.id: shop})
        for module in ("chalicelib.web.customer.intake", "chalicelib.wiring", "chalicelib.web.responses"):
            monkeypatch.setattr(f"{module}.policy", lambda: asking)

    def test_the_form_leads_to_the_version_it_asks_to_accept(
        self, browser: Browser, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.asking(monkeypatch)
        answer = browser.get("/shops/northlight/contact?lang=de")
        assert typed(answer, "terms_version") == CURRENT
        link = first(answer, "label[for=terms_accepted] a").attributes["href"]
        assert link == f"{ROOT}{TERMS}/{CURRENT}?lang=de"
        refused = browser.form(fields(terms_version=EARLIER, message="", terms_accepted="yes"))
        assert refused.status_code == 422
        assert typed(refused, "terms_version") == EARLIER, "the tick was for this one"

    def test_it_is_shown_to_the_customer_and_to_agents(self, browser: Browser) -> None:
        posted = browser.json(fields(terms_accepted=True, terms_version=EARLIER))
        deps = wiring.deps()
        ticket = deps.tickets.ticket(said(posted)["reference"])
        assert ticket
        assert ticket.terms
        customers = page(browser.get(links.status_url(deps, ticket)))
        desks = page(signed_in(browser, "ada@northlight.example").get(f"/desk/t/{ticket.ref}"))
        for shown, place in ((customers, ".facts"), (desks, "#terms")):
            part = first(shown, place)
            assert part.css_first(f'a[href="{ROOT}{TERMS}/{EARLIER}?lang=en"]')
            assert "1 February 2026" in part.text()
        assert ticket.terms.sha256 in first(desks, "#terms").text()
        row = columns.record(columns.Exported(ticket, ZoneInfo("Europe/Berlin")))
        assert [row[name] for name in ("terms", "terms_version", "terms_sha256", "terms_how")] == [
            "terms", EARLIER, ticket.terms.sha256, "checkbox",
        ]  # fmt: skip
        assert row["terms_accepted_at"] == row["opened_at"]
