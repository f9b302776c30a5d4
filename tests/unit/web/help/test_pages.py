"""The help centre over HTTP: pages, search, suggestions, and what is counted."""

import json
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import boto3
import pytest

from chalicelib import wiring
from chalicelib.external.help_files import HelpFiles
from chalicelib.external.help_files import _index as index_files
from chalicelib.rules.help.gaps import ENOUGH_VISITORS
from chalicelib.rules.intake.submission import LONGEST
from chalicelib.rules.policy.promises import NO_ARTICLES
from chalicelib.services.help import counting
from chalicelib.web import responses
from tests.support.store.fakes import PUBLIC_URL
from tests.support.web.browsing import JSON, STORE, Answer, Browser, fields, first, page

HELP = "/shops/northlight/help"
PUBLIC = f"{PUBLIC_URL}{HELP}"


def asked(browser: Browser, what: str = "search", **query: str) -> list[dict[str, str]]:
    answer = browser.get(f"{HELP}/{what}?{urlencode({'lang': 'en'} | query)}", accept=JSON)
    assert answer.status_code == 200
    results: list[dict[str, str]] = json.loads(answer.body)["results"]
    return results


def titles(browser: Browser, **query: str) -> list[str]:
    return [each["title"] for each in asked(browser, "suggest", **query)]


def links(answer: Answer, selector: str) -> list[str]:
    return [str(node.attributes["href"]) for node in page(answer).css(selector)]


class TestPages:
    def test_the_start_lists_every_article_by_section(self, browser: Browser) -> None:
        answer = browser.get(f"{HELP}?lang=en")
        sections = [node.text() for node in page(answer).css("main h2")]
        assert sections[:3] == ["Delivery", "Returns and refunds", "Our products"]
        listed = links(answer, ".help-list a")
        assert len(listed) == 3
        assert {browser.get(link.removeprefix("/api")).status_code for link in listed} == {200}

    @pytest.mark.parametrize(("language", "title"), [("en", "My parcel is late"), ("de", "Mein Paket verspätet sich")])
    def test_an_article_is_shown_in_the_readers_language(self, browser: Browser, language: str, title: str) -> None:
        answer = browser.get(f"{HELP}/late-parcel?lang={language}")
        assert answer.headers["Content-Language"] == language
        assert first(answer, "h1").text() == title
        assert f"/api{HELP}/returning?lang={language}" in links(answer, "article a")
        assert "page:" not in answer.body.decode()

    def test_search_engines_are_told_one_address_for_each_language(self, browser: Browser) -> None:
        answer = browser.get(f"{HELP}/late-parcel?lang=de&helped=yes")
        assert links(answer, "link[rel=canonical]") == [f"{PUBLIC}/late-parcel?lang=de"]
        assert links(answer, "link[rel=alternate]") == [f"{PUBLIC}/late-parcel?lang={code}" for code in ("en", "de")]
        assert "X-Robots-Tag" not in answer.headers
        assert not page(answer).css("meta[name=robots]")
        question = json.loads(first(answer, "script[type='application/ld+json']").text())["mainEntity"][0]
        assert question["name"] == "Mein Paket verspätet sich"
        assert question["acceptedAnswer"]["text"].startswith("Sagen Sie es uns")

    def test_what_somebody_searched_for_is_listed_nowhere(self, browser: Browser) -> None:
        answer = browser.get(f"{HELP}/search?q=late&lang=en")
        assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
        assert answer.headers["Cache-Control"] == "no-store"

    @pytest.mark.parametrize("path", [f"{HELP}/nothing", "/shops/nobody/help", "/shops/kettle/help/bulbs"])
    def test_what_there_is_not_is_not_found(self, browser: Browser, path: str) -> None:
        assert browser.get(path).status_code == 404

    def test_a_shop_without_articles_says_so(self, browser: Browser) -> None:
        assert "There are no articles yet." in first(browser.get("/shops/kettle/help"), "main").text()

    def test_every_page_of_the_shop_leads_to_it(self, browser: Browser) -> None:
        for path in ("/shops/northlight/contact", "/shops/northlight/policy", HELP):
            assert f"/api{HELP}?lang=en" in links(browser.get(f"{path}?lang=en"), "footer a")


class TestSearch:
    def test_a_page_shows_what_answers(self, browser: Browser) -> None:
        answer = browser.get(f"{HELP}/search?q=where+is+my+order&lang=en")
        assert first(answer, ".help-results h3").text() == "My parcel is late"
        assert first(answer, "#q").attributes["value"] == "where is my order"

    def test_a_program_gets_json_that_the_shops_sites_may_read(self, browser: Browser) -> None:
        found = asked(browser, q="rücksendungen", lang="de")[0]
        assert (found["title"], found["url"]) == ("Eine Lampe zurückgeben", f"{PUBLIC}/returning?lang=de")
        assert found["snippet"].startswith("Schicken Sie die Lampe innerhalb von")
        answer = browser.get(f"{HELP}/search?q=late", accept=JSON, origin=STORE)
        assert answer.headers["Access-Control-Allow-Origin"] == STORE
        other = browser.get(f"{HELP}/search?q=late", accept=JSON, origin="https://evil.example")
        assert "Access-Control-Allow-Origin" not in other.headers

    def test_without_a_result_the_articles_are_listed(self, browser: Browser) -> None:
        answer = browser.get(f"{HELP}/search?q=washing+machine&lang=en")
        assert "no article" in first(answer, "[role=status]").text()
        assert len(links(answer, ".help-list a")) == 3

    def test_without_an_index_the_articles_are_listed(self, browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(HelpFiles, "index", lambda self, shop, language: None)
        assert len(links(browser.get(f"{HELP}/search?q=late&lang=en"), ".help-list a")) == 3
        assert asked(browser, q="late") == []
        assert browser.get("/shops/northlight/contact").status_code == 200

    @pytest.mark.parametrize(
        "question", ["", " ", "<script>alert(1)</script>", "x" * 5000, "\0", "🙂", "a\u0300" * 200]
    )
    def test_anything_may_be_asked(self, browser: Browser, question: str) -> None:
        answer = browser.get(f"{HELP}/search?{urlencode({'q': question})}")
        assert answer.status_code == 200
        assert "<script>alert" not in answer.body.decode()


class TestSuggestions:
    def test_they_fit_what_is_written(self, browser: Browser) -> None:
        assert titles(browser, kind="question", q="parcel delayed") == ["My parcel is late"]

    def test_a_topic_without_words_has_its_articles(self, browser: Browser) -> None:
        assert titles(browser, kind="question", topic="late") == ["My parcel is late"]
        assert titles(browser, kind="question", topic="other") == []

    def test_an_article_for_other_kinds_is_not_suggested(self, browser: Browser) -> None:
        assert titles(browser, kind="warranty", q="which bulb fits") == []

    @pytest.mark.parametrize("kind", ["data_request", "privacy_complaint", "withdrawal", "complaint"])
    def test_some_kinds_never_get_any(self, browser: Browser, kind: str) -> None:
        assert kind in NO_ARTICLES
        assert titles(browser, kind=kind, topic="late", q="parcel delayed") == []

    @pytest.mark.parametrize(
        ("lang", "said", "found"),
        [
            ("en", "My parcel is delayed", 1),
            ("en", "My parcel is delayed. Please send me a copy of all personal data you store about me.", 0),
            ("de", "Mein Paket kommt nicht", 1),
            ("de", "Mein Paket kommt nicht, und ich widerrufe den Kaufvertrag.", 0),
        ],
    )
    def test_without_a_kind_the_words_say_whether_they_get_any(
        self, browser: Browser, lang: str, said: str, found: int
    ) -> None:
        assert len(titles(browser, lang=lang, kind="", q=said)) == found

    @pytest.mark.parametrize(("form", "never"), [("contact", sorted(NO_ARTICLES)), ("chat", [])])
    def test_the_form_has_their_place_after_its_button(self, browser: Browser, form: str, never: list[str]) -> None:
        answer = browser.get(f"/shops/northlight/{form}?lang=en")
        place = first(answer, "aside .suggestions")
        assert place.attributes["aria-live"] == "polite"
        assert str(place.attributes["data-never"] or "").split() == never
        text = answer.body.decode()
        assert text.index("</form>") < text.index('class="suggestions"')


class TestHelped:
    def test_it_is_counted_without_a_cookie(self, browser: Browser) -> None:
        for said in ("yes", "no", "yes"):
            answer = browser.form({"helped": said}, f"{HELP}/bulbs/helped?lang=de")
            assert answer.status_code == 303
            assert answer.headers["Location"] == f"{PUBLIC}/bulbs?lang=de&helped={said}"
            assert "Set-Cookie" not in answer.headers
        today = wiring.deps().now().date()
        (helped,) = wiring.deps().help_counts.answers("northlight", "de", today, today)
        assert (helped.slug, helped.yes, helped.no) == ("bulbs", 2, 1)

    def test_another_answer_is_refused(self, browser: Browser) -> None:
        assert browser.form({"helped": "perhaps"}, f"{HELP}/bulbs/helped").status_code == 422
        assert browser.form({"helped": "yes"}, f"{HELP}/nothing/helped").status_code == 404

    def test_the_page_thanks(self, browser: Browser) -> None:
        assert "glad" in first(browser.get(f"{HELP}/bulbs?lang=en&helped=yes"), "[role=status]").text()
        assert not page(browser.get(f"{HELP}/bulbs?lang=en&helped=<b>")).css("[role=status]")


PERSONAL = (
    "my name is Wilhelmina Kaczmarek", "zofia.quaste@example.com", "NL-7K3F9-QXMT2", "order 4711234", "Lichtweg 7",
    "10115 Berlin", "+49 30 23125 014", "SW1A 1AA", "https://parcelwatch.example/abc123",
)  # fmt: skip
SECRETS = (
    "wilhelmina", "kaczmarek", "zofia", "quaste", "7k3f9", "qxmt2", "4711234", "lichtweg", "10115", "berlin", "23125",
    "sw1a", "parcelwatch", "abc123",
)  # fmt: skip


def kept() -> str:
    """Everything that is stored: each item of the table, each file of both buckets."""
    items: list[Any] = boto3.client("dynamodb").scan(TableName="aftercare")["Items"]
    s3, files = boto3.client("s3"), list[str]()
    for bucket in ("mail", "files"):
        for each in s3.list_objects_v2(Bucket=bucket).get("Contents", ()):
            body = s3.get_object(Bucket=bucket, Key=each["Key"])["Body"].read()
            files.append(f"{each['Key']} {body.decode('utf-8', 'replace')}")
    return f"{json.dumps(items)} {' '.join(files)}".lower()


class TestCounts:
    def test_nothing_personal_is_kept_or_logged(
        self, browser: Browser, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Not even if many search for it, by the page, by a program, or beside the form; with the limits on, which
        count, too."""
        limited = replace(wiring.deps(), limits_on=True)
        monkeypatch.setattr("chalicelib.web.help.pages.deps", lambda: limited)
        for number in range(3 * ENOUGH_VISITORS):
            monkeypatch.setattr(responses, "source_address", lambda request, at=number: f"10.1.{at}.7")
            for personal in PERSONAL:
                query = {"lang": "en", "q": f"showroom {personal}"}
                how = number % 3
                if how == 0:
                    browser.get(f"{HELP}/search?{urlencode(query)}")
                else:
                    asked(browser, **query)
                asked(browser, "suggest", kind="question", **query)
        found, logged = kept(), capsys.readouterr()
        assert "showroom" in found
        assert "count#" in found, "the limits counted"
        assert [secret for secret in SECRETS if secret in found] == []
        assert [secret for secret in SECRETS if secret in f"{logged.out}{logged.err}".lower()] == []

    def test_a_search_that_a_ticket_follows_is_counted_without_who_searched(
        self, browser: Browser, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The words go on to the form by the link; what could tell who asked does not."""
        for number in range(ENOUGH_VISITORS):
            monkeypatch.setattr(responses, "source_address", lambda request, at=number: f"10.3.{at}.7")
            found = browser.get(f"{HELP}/search?{urlencode({'lang': 'en', 'q': 'bulb for mira@example.com, NL-4711'})}")
            link = first(found, ".help-write a").attributes["href"] or ""
            assert not [secret for secret in ("mira", "4711") if secret in link]
            form = page(browser.get(link))
            hidden = form.css_first("input[name=searched]")
            assert hidden
            sent = fields(email=f"m{number}@example.com") | {"searched": hidden.attributes["value"] or ""}
            assert browser.form(sent, "/shops/northlight/tickets").status_code == 303
        gaps = wiring.deps().help_counts.gaps("northlight", "en")
        assert [gap.followed for gap in gaps if gap.word == "bulb"] == [ENOUGH_VISITORS]

    def test_a_ticket_without_a_search_counts_nothing(self, browser: Browser) -> None:
        before = wiring.deps().help_counts.gaps("northlight", "en")
        assert browser.form(fields(email="nobody@example.com"), "/shops/northlight/tickets").status_code == 303
        assert wiring.deps().help_counts.gaps("northlight", "en") == before

    def test_a_posted_form_does_not_wait_for_the_index(self, browser: Browser) -> None:
        """Only after a search, whose words are counted."""
        for more, read in (({}, 0), ({"searched": "bulb"}, 1)):
            index_files.cache_clear()
            sent = fields(email=f"index{read}@example.com") | more
            assert browser.form(sent, "/shops/northlight/tickets").status_code == 303
            assert index_files.cache_info().currsize == read

    def test_a_form_takes_no_more_words_of_a_search_than_our_link_writes(
        self, browser: Browser, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """However many a program sends: the ticket is opened, and the rest is not even read."""
        read = list[str]()
        monkeypatch.setattr(counting, "followed", lambda deps, shop, language, words, address: read.append(words))
        sent = fields(email="flood@example.com") | {"searched": "bulb " + "x" * 1_000_000}
        assert browser.form(sent, "/shops/northlight/tickets").status_code == 303
        assert [len(words) for words in read] == [LONGEST["searched"]]

    def test_a_rare_word_is_not_stored_in_letters(self, browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
        for number in range(ENOUGH_VISITORS - 1):
            monkeypatch.setattr(responses, "source_address", lambda request, at=number: f"10.9.{at}.7")
            for _ in range(3):
                asked(browser, q="Przybylski")
        assert "przybylski" not in kept()
