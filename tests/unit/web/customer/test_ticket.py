"""The customer's page over HTTP, and the other public URLs."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest

from chalicelib import wiring
from chalicelib.rules.tickets.ticket import Change, State, evolve
from chalicelib.services.customer import customer_page
from chalicelib.services.tickets import limiting, links
from tests.support.store.fakes import PUBLIC_URL
from tests.support.web import browsing
from tests.support.web.browsing import Browser, fields, first, page, said, typed
from tests.support.web.visitors import press

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>"


@pytest.fixture
def status_url(browser: Browser) -> str:
    return mailed(str(said(browser.json(fields()))["status_url"]))


def mailed(receipt: str) -> str:
    """The link in the mails, for the one that the form's sender was given."""
    deps = wiring.deps()
    return links.status_url(deps, links.open_status(deps, token(receipt)).ticket)


def token(status_url: str) -> str:
    return status_url.rpartition("/")[2]


class TestPage:
    def test_its_headers_forbid_caching_and_indexing(self, browser: Browser, status_url: str) -> None:
        answer = browser.get(status_url)
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "Strict-Transport-Security" in answer.headers

    def test_it_runs_only_what_we_serve(self, browser: Browser, status_url: str) -> None:
        answer = browser.get(status_url)
        stated = dict(part.strip().partition(" ")[::2] for part in answer.headers["Content-Security-Policy"].split(";"))
        assert stated["default-src"] == "'none'"
        assert stated["script-src"] == stated["style-src"] == "'self'"
        assert stated["frame-ancestors"] == stated["base-uri"] == "'none'"
        assert stated["form-action"] == "'self' https://www.northlight.example"
        assert "unsafe" not in answer.headers["Content-Security-Policy"]
        shown = page(answer)
        assert not [node for node in shown.css("script") if node.text().strip()]
        assert not shown.css("[style], style, [onclick], [onload]")

    def test_hostile_text_is_shown_as_text(self, browser: Browser) -> None:
        sent = fields(name=HOSTILE, subject=HOSTILE, message=f"{HOSTILE} javascript:alert(1) https://x.example/'><b>")
        shown = page(browser.get(said(browser.json(sent))["status_url"]))
        assert not shown.css(".conversation script, .conversation img, h1 img")
        assert HOSTILE in first(shown, "h1").text()

    @pytest.mark.parametrize("spoil", ["x", "", ".", "%00", "%ED%A0%80", "ü"])
    def test_a_forged_link_shows_nothing(self, browser: Browser, status_url: str, spoil: str) -> None:
        path = urlsplit(status_url).path.removeprefix("/api")
        answer = browser.get(f"{path[:-4]}{spoil}")
        assert answer.status_code == 403
        assert page(answer)

    def test_a_withdrawn_link_says_that_it_expired(self, browser: Browser, status_url: str) -> None:
        ticket = customer_page.view(wiring.deps(), token(status_url)).ticket
        wiring.deps().tickets.commit(Change(evolve(ticket, link_version=2)))
        assert browser.get(status_url).status_code == 410
        assert browser.form({"message": "x"}, status_url).status_code == 410

    def test_a_program_gets_the_error_as_json(self, browser: Browser) -> None:
        answer = browser.get("/t/forged", accept=browsing.JSON)
        assert answer.status_code == 403
        assert said(answer)["status"] == 403

    def test_a_quarantined_ticket_looks_like_an_open_one(self, browser: Browser) -> None:
        shown = page(browser.get(mailed(said(browser.json(fields(further_details="x")))["status_url"])))
        assert shown.css_matches(".badge.open")
        assert not shown.css_matches(".badge.quarantine")


class TestReply:
    def test_a_reply_is_stored_and_shown(self, browser: Browser, status_url: str) -> None:
        answer = browser.form({"message": "Any news?", "submission_id": "1"}, status_url)
        assert answer.status_code == 303
        assert re.fullmatch(re.escape(status_url) + r"\?sent=[0-9a-z]{16}", answer.headers["Location"])
        shown = page(browser.get(answer.headers["Location"]))
        assert shown.css_matches(".notice")
        assert "Any news?" in first(shown, ".conversation").text()

    @pytest.mark.parametrize("sent", ["1", "", "opening", "0" * 16])
    def test_no_success_is_shown_for_a_reply_that_was_not_sent(
        self, browser: Browser, status_url: str, sent: str
    ) -> None:
        browser.form({"message": "Any news?", "submission_id": "1"}, status_url)
        assert not page(browser.get(f"{status_url}?sent={sent}")).css_matches(".notice")

    def test_the_success_notice_is_shown_for_a_limited_time(self, browser: Browser, status_url: str) -> None:
        location = browser.form({"message": "Any news?", "submission_id": "1"}, status_url).headers["Location"]
        again = browser.form({"message": "Any news?", "submission_id": "1"}, status_url).headers["Location"]
        assert again == location
        deps = wiring.deps()
        later = replace(deps, now=lambda: deps.now() + timedelta(hours=1))
        sent = location.rpartition("=")[2]
        assert customer_page.view(deps, token(status_url), sent).reply_taken
        assert not customer_page.view(later, token(status_url), sent).reply_taken

    def test_a_reply_posted_twice_is_shown_once(self, browser: Browser, status_url: str) -> None:
        for _ in range(2):
            browser.form({"message": "Any news?", "submission_id": "1"}, status_url)
        assert len(page(browser.get(status_url)).css(".entry")) == 2

    def test_a_file_comes_back_as_a_download(self, browser: Browser, status_url: str) -> None:
        browser.multipart({"message": ""}, [("shade.html", "text/html", b"<script>")], status_url)
        (link,) = page(browser.get(status_url)).css(".entry a[href*='/f/']")
        answer = browser.get(link.attributes["href"] or "")
        assert answer.status_code == 303
        assert "response-content-disposition=attachment" in answer.headers["Location"]

    def test_a_photo_without_words_is_a_reply(self, browser: Browser, status_url: str) -> None:
        sent = {"message": " \n", "submission_id": "8"}
        answer = browser.multipart(sent, [("shade.jpg", "image/jpeg", b"jpg")], status_url)
        assert answer.status_code == 303
        entry = page(browser.get(answer.headers["Location"])).css(".entry")[-1]
        assert entry.css_matches("a[href*='/f/']")

    @pytest.mark.parametrize(("typed", "kept"), [("", False), (" \n", False), ("x" * 20_001, True)])
    def test_a_refused_reply_says_that_words_are_kept_only_if_there_are_some(
        self, browser: Browser, status_url: str, typed: str, kept: bool
    ) -> None:
        summary = first(browser.multipart({"message": typed}, [], status_url), ".summary").text()
        assert ("What you wrote is still here" in summary) is kept
        assert ("Write your reply, or choose a file" in summary) is not kept

    def test_its_form_accepts_files_as_large_as_the_contact_form(self, browser: Browser, status_url: str) -> None:
        contact, theirs = browser.get("/shops/northlight/contact"), browser.get(status_url)
        one, other = (first(shown, "input[type=file]").attributes for shown in (contact, theirs))
        assert {name: value for name, value in one.items() if name.startswith("data-")} == {
            name: value for name, value in other.items() if name.startswith("data-")
        }
        assert other["data-uploads"] == "/api/shops/northlight/uploads"
        assert all(form.attributes["accept-charset"] == "utf-8" for form in page(theirs).css("form[method=post]"))

    @pytest.mark.parametrize(("message", "files"), [("", []), ("x" * 20_001, []), ("x", [("a", "b/c", b"d")] * 11)])
    def test_a_refused_reply_is_shown_again(
        self, browser: Browser, status_url: str, message: str, files: list[Any]
    ) -> None:
        answer = browser.multipart({"message": message, "submission_id": "7"}, files, status_url)
        assert answer.status_code == 422
        assert typed(answer, "message") == message
        assert typed(answer, "submission_id") == "7"
        assert page(answer).css(".error")

    def test_the_page_names_agents_by_first_name_only(self, browser: Browser, status_url: str) -> None:
        body = browser.get(status_url).body.decode()
        assert not re.search(r"(ada|tom)@northlight|Lindqvist|Berger", body)

    def test_a_forged_file_link_shows_nothing(self, browser: Browser, status_url: str) -> None:
        for path in ("/f/forged", f"/f/{token(status_url)}"):
            assert browser.get(path).status_code == 403


class TestTheRest:
    def test_health_names_the_shops(self, browser: Browser) -> None:
        assert said(browser.get("/health")) == {"status": "ok", "shops": ["kettle", "northlight"]}

    @pytest.mark.parametrize(
        ("path", "kind"),
        [
            ("/static/aftercare.css", "text/css; charset=utf-8"),
            ("/static/form.js", "text/javascript; charset=utf-8"),
            ("/static/shops/northlight.css", "text/css; charset=utf-8"),
        ],
    )
    def test_assets_that_pages_load_are_served(self, browser: Browser, path: str, kind: str) -> None:
        answer = browser.get(path)
        assert answer.status_code == 200
        assert answer.headers["Content-Type"] == kind
        assert answer.headers["X-Content-Type-Options"] == "nosniff"

    @pytest.mark.parametrize(
        "name", ["..%2Fpolicy.toml", "%2Fetc%2Fpasswd", "shop.css.jinja", "nothing.css", "shops%2F..", "%00"]
    )
    def test_no_other_file_is_served(self, browser: Browser, name: str) -> None:
        assert browser.get(f"/static/{name}").status_code == 404

    def test_a_server_error_reveals_nothing_as_page_or_json(
        self, browser: Browser, status_url: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def broken(*args: Any) -> Any:
            raise RuntimeError("secret detail")

        monkeypatch.setattr(customer_page, "view", broken)
        for accept in (browsing.HTML, browsing.JSON):
            answer = browser.get(status_url, accept=accept)
            assert answer.status_code == 500
            assert b"secret" not in answer.body

    def test_every_link_on_a_page_is_under_our_url(self, browser: Browser, status_url: str) -> None:
        shown = page(browser.get(status_url))
        for node in shown.css("link[href], script[src], form[action]"):
            target = node.attributes.get("href") or node.attributes.get("src") or node.attributes.get("action") or ""
            assert target.startswith((urlsplit(PUBLIC_URL).path, PUBLIC_URL))


class TestRateLimit:
    """Replies and ratings from one source: beyond the limit they are refused, and none of the words are lost."""

    @pytest.fixture
    def used_up(self, browser: Browser, status_url: str, monkeypatch: pytest.MonkeyPatch) -> Any:
        monkeypatch.setenv("RATE_LIMITS", "on")
        wiring.deps.cache_clear()
        deps = wiring.deps()
        ticket = links.open_status(deps, token(status_url)).ticket
        shop = deps.policy.shop(ticket.shop)
        for number in range(shop.limits.replies_hour):
            assert limiting.may_say(deps, shop, ticket, limiting.caller("127.0.0.1"), str(number))
        yield
        wiring.deps.cache_clear()

    def test_a_reply_is_refused_with_its_words_in_the_field(
        self, browser: Browser, status_url: str, used_up: None
    ) -> None:
        answer = browser.form({"message": "Any <news>?"}, status_url)
        assert answer.status_code == 429
        assert typed(answer, "message") == "Any <news>?"
        assert "send them again in an hour" in first(answer, "#message-error").text()
        assert len(customer_page.view(wiring.deps(), token(status_url)).entries) == 1

    def test_a_program_gets_a_problem_document(self, browser: Browser, status_url: str, used_up: None) -> None:
        answer = browser.json({"message": "Any news?"}, status_url)
        assert answer.status_code == 429
        assert said(answer)["status"] == 429

    def test_a_rating_is_refused_with_its_words_in_the_field(
        self, browser: Browser, status_url: str, used_up: None
    ) -> None:
        deps = wiring.deps()
        ticket = links.open_status(deps, token(status_url)).ticket
        deps.tickets.commit(Change(evolve(ticket, state=State.CLOSED, closed_at=deps.now())))
        answer = press(browser, status_url, {"score": "2", "rating_text": "Slow."}, f"{status_url}/rating")
        assert answer.status_code == 429
        assert typed(answer, "rating_text") == "Slow."
        assert first(answer, "#rating_text-error").text()
        assert links.open_status(deps, token(status_url)).ticket.rating is None
