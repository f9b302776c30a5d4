"""Signing in to the desk as in a browser: pages, cookie, and refusals."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from chalice.app import Response
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib import wiring
from chalicelib.web.access import auth, signed_out
from chalicelib.web.desk import login
from chalicelib.web.routing import Routes
from tests.support.store.fakes import PUBLIC_URL, refusing
from tests.support.web.browsing import Browser, first, page
from tests.support.web.visitors import Around, Visitor, set_cookies, signed_in, surroundings

ADA = "ada@northlight.example"
HELD = re.compile(r"__Host-desk=[\w-]{43}\.[\w-]{43}; Path=/; Max-Age=43200; Secure; HttpOnly; SameSite=Lax", re.ASCII)


@pytest.fixture(scope="module")
def around(stack: None) -> Iterator[Around]:
    with surroundings() as made:
        yield made


@pytest.fixture
def visitor(browser: Browser, around: Around) -> Visitor:
    around.mailer.sent.clear()
    around.clock.advance(hours=1)  # the previous test's limits are over
    return Visitor(browser)


def link(around: Around) -> str:
    found = re.search(rf"{re.escape(PUBLIC_URL)}(/desk/in\?t=[\w-]+)", around.mailer.sent[-1].text)
    assert found
    return found[1]


def token(around: Around) -> str:
    return link(around).partition("=")[2]


def enter(visitor: Visitor, around: Around, **more: str) -> Any:
    visitor.post("/desk/login", {"email": ADA, **more})
    return visitor.post("/desk/in", {"t": token(around)})


class TestRequestingALink:
    def test_the_login_page_asks_for_an_address_and_nothing_else(self, visitor: Visitor) -> None:
        shown = visitor.get("/desk/login")
        assert shown.status_code == 200
        assert first(shown, "form").attributes["action"] == "/api/desk/login"
        assert [node.attributes.get("type") for node in page(shown).css("main input")] == ["hidden", "email"]
        assert not page(shown).css("a[href*=oidc]")

    def test_known_and_unknown_get_the_very_same_answer(self, visitor: Visitor, around: Around) -> None:
        known = visitor.post("/desk/login", {"email": ADA})
        unknown = visitor.post("/desk/login", {"email": "nobody@example.com"})
        assert len(around.mailer.sent) == 1
        assert (known.status_code, known.headers, known.body) == (unknown.status_code, unknown.headers, unknown.body)
        assert known.headers["Location"] == f"{PUBLIC_URL}/desk/login?sent=1"
        assert first(visitor.get("/desk/login?sent=1"), "[role=status]").text()

    def test_a_failing_mail_gets_the_same_answer(self, visitor: Visitor, around: Around) -> None:
        around.mailer.failing = refusing(passing=True)
        assert visitor.post("/desk/login", {"email": ADA}).status_code == 303

    def test_known_and_unknown_addresses_take_equally_long(
        self, visitor: Visitor, around: Around, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        waited: list[float] = []
        monkeypatch.setattr(login, "ASKING_SECONDS", 60.0)
        monkeypatch.setattr("chalicelib.web.desk.login.time.sleep", waited.append)
        for address in (ADA, "nobody@example.com"):
            visitor.post("/desk/login", {"email": address})
        assert all(50 < seconds <= 60 for seconds in waited)
        assert len(waited) == 2

    def test_a_malformed_address_is_reported(self, visitor: Visitor) -> None:
        shown = visitor.post("/desk/login", {"email": "ada", "next": "/desk/t/NL-1"})
        assert shown.status_code == 422
        assert first(shown, "#email").attributes["value"] == "ada"
        assert first(shown, "[name=next]").attributes["value"] == "/desk/t/NL-1"
        assert first(shown, "#email-error").text().strip()

    def test_a_form_of_another_sites_page_is_refused(self, visitor: Visitor, around: Around) -> None:
        for headers in (
            {"sec_fetch_site": "cross-site"},
            {"sec_fetch_site": "same-site"},
            {"sec_fetch_site": "none"},
            {"sec_fetch_site": "", "origin": "https://evil.example"},
            {"sec_fetch_site": "", "origin": "null"},
            {"sec_fetch_site": "", "origin": ""},
            {"sec_fetch_site": "cross-site", "origin": "https://care.example"},
        ):
            assert visitor.post("/desk/login", {"email": ADA}, **headers).status_code == 403
        assert not around.mailer.sent

    def test_an_old_browsers_form_is_accepted_by_its_origin_header(self, visitor: Visitor) -> None:
        asked = visitor.post("/desk/login", {"email": ADA}, sec_fetch_site="", origin="https://care.example")
        assert asked.status_code == 303

    def test_the_login_page_is_available_in_german(self, visitor: Visitor, around: Around) -> None:
        assert "Anmelden" in first(visitor.get("/desk/login", accept_language="de-AT,de;q=0.9"), "h1").text()
        visitor.get("/desk/login?lang=de")
        assert "Anmelden" in first(visitor.get("/desk/login"), "h1").text()
        visitor.post("/desk/login", {"email": ADA})
        assert "Minuten" in around.mailer.sent[-1].text


class TestTheLink:
    def test_shows_a_button_and_signs_in_only_when_it_is_pressed(self, visitor: Visitor, around: Around) -> None:
        visitor.post("/desk/login", {"email": ADA})
        for _ in range(2):
            shown = visitor.get(link(around), accept="*/*")
            assert shown.status_code == 200
            assert not set_cookies(shown)
        assert first(shown, "main form").attributes["method"] == "post"
        assert len(page(shown).css("main button")) == 1
        pressed = visitor.post("/desk/in", {"t": first(shown, "[name=t]").attributes["value"]})
        assert (pressed.status_code, pressed.headers["Location"]) == (303, f"{PUBLIC_URL}/desk")
        assert [bool(HELD.fullmatch(cookie)) for cookie in set_cookies(pressed)] == [True]

    def test_signs_in_once(self, visitor: Visitor, browser: Browser, around: Around) -> None:
        enter(visitor, around)
        again = Visitor(browser).post("/desk/in", {"t": token(around)})
        assert again.status_code == 410
        assert not set_cookies(again)
        assert visitor.get(link(around)).status_code == 410

    def test_pressed_twice_in_one_browser_leads_to_the_desk(self, visitor: Visitor, around: Around) -> None:
        enter(visitor, around)
        again = visitor.post("/desk/in", {"t": token(around)})
        assert (again.status_code, again.headers["Location"]) == (303, f"{PUBLIC_URL}/desk")

    def test_expires_after_ten_minutes(self, visitor: Visitor, around: Around) -> None:
        visitor.post("/desk/login", {"email": ADA})
        around.clock.advance(minutes=10)
        assert visitor.get(link(around)).status_code == 410
        assert visitor.post("/desk/in", {"t": token(around)}).status_code == 410

    def test_another_site_cannot_submit_it_for_an_agent(self, visitor: Visitor, around: Around) -> None:
        visitor.post("/desk/login", {"email": ADA})
        assert visitor.post("/desk/in", {"t": token(around)}, sec_fetch_site="cross-site").status_code == 403
        assert visitor.get(link(around)).status_code == 200

    def test_returns_to_the_requested_page(self, visitor: Visitor, around: Around) -> None:
        turned_away = visitor.get("/desk/session?list=mine")
        assert turned_away.headers["Location"] == f"{PUBLIC_URL}/desk/login?next=%2Fdesk%2Fsession%3Flist%3Dmine"
        shown = visitor.get(turned_away.headers["Location"])
        return_to = first(shown, "[name=next]").attributes["value"]
        assert return_to == "/desk/session?list=mine"
        assert enter(visitor, around, next=return_to).headers["Location"] == f"{PUBLIC_URL}{return_to}"

    def test_never_leads_to_another_site(self, visitor: Visitor, around: Around) -> None:
        shown = visitor.get("/desk/login?next=https://evil.example")
        assert first(shown, "[name=next]").attributes["value"] == "/desk"
        assert enter(visitor, around, next="//evil.example").headers["Location"] == f"{PUBLIC_URL}/desk"
        visitor.get("/desk/login")
        there = visitor.get("/desk/login?next=//evil.example")
        assert (there.status_code, there.headers["Location"]) == (303, f"{PUBLIC_URL}/desk")

    def test_an_unknown_link_is_refused(self, visitor: Visitor) -> None:
        for path in ("/desk/in", "/desk/in?t=", "/desk/in?t=" + "a" * 43, "/desk/in?t=%00%ff<script>"):
            assert visitor.get(path).status_code == 410
            assert visitor.post("/desk/in", {"t": path.partition("=")[2]}).status_code == 410


# Checks that the desk's own pages rely on, tested on pages that exist only for this -----------------------------------

probe = Routes("tests.unit.web.probe")


@probe.view("/desk/session", "GET")
def probed(request: Any) -> Response:
    signed = auth.agent(request)
    shop = request.query_params.get("shop", "") if request.query_params else ""
    if shop:
        signed.shop(shop)
    if shop and request.query_params.get("admin"):
        signed.admin()
    return Response(f"{signed.name} {','.join(signed.agents)} {signed.csrf}", status_code=200, headers={})


@probe.view("/desk/session", "POST")
def changed(request: Any) -> Response:
    from chalicelib.web import bodies

    auth.check(request, bodies.read(request), auth.agent(request))
    return Response("done", status_code=200, headers={})


@pytest.fixture(autouse=True, scope="module")
def probed_app() -> Iterator[None]:
    import app

    known = set(app.app.handler_map)
    app.app.register_blueprint(probe)
    yield
    del app.app.routes["/desk/session"]
    for name in set(app.app.handler_map) - known:
        del app.app.handler_map[name]


class TestBeingSignedIn:
    def test_pages_of_the_desk_are_for_agents_only_and_not_cached(self, visitor: Visitor, around: Around) -> None:
        assert visitor.get("/desk/session").status_code == 303
        enter(visitor, around)
        shown = visitor.get("/desk/session")
        assert shown.body.decode() == f"Ada Lindqvist northlight {visitor.csrf}"
        assert shown.headers["Cache-Control"] == "no-store"
        assert shown.headers["Referrer-Policy"] == "same-origin"

    def test_a_program_gets_the_error_as_json(self, visitor: Visitor) -> None:
        refused = visitor.get("/desk/session", accept="application/json")
        assert (refused.status_code, refused.headers["Content-Type"]) == (401, "application/problem+json")

    def test_another_shops_page_is_not_found(self, browser: Browser, around: Around) -> None:
        ada = signed_in(browser, ADA)
        other, none = (ada.get(f"/desk/session?shop={shop}") for shop in ("kettle", "nowhere"))
        assert (other.status_code, other.body) == (404, none.body)

    def test_admin_pages_are_for_admins(self, browser: Browser, around: Around) -> None:
        path = "/desk/session?shop=northlight&admin=1"
        assert signed_in(browser, ADA).get(path).status_code == 403
        assert signed_in(browser, "tom@northlight.example").get(path).status_code == 200

    def test_a_signed_in_agent_is_sent_on_from_the_login_page(self, browser: Browser, around: Around) -> None:
        assert (
            signed_in(browser, ADA).get("/desk/login?next=/desk/session").headers["Location"].endswith("/desk/session")
        )

    @pytest.mark.parametrize(
        ("form", "headers"),
        [
            ({"csrf": ""}, {}),
            ({"csrf": "0" * 64}, {}),
            ({"csrf": "é\x00"}, {}),
            ({}, {"sec_fetch_site": "cross-site"}),
            ({}, {"sec_fetch_site": "", "origin": "https://care.example.evil.example"}),
            ({}, {"sec_fetch_site": ""}),
        ],
    )
    def test_a_form_without_its_token_or_from_elsewhere_changes_nothing(
        self, browser: Browser, around: Around, form: dict[str, str], headers: dict[str, str]
    ) -> None:
        ada = signed_in(browser, ADA)
        refused = ada.post("/desk/session", form, **headers)
        assert refused.status_code == 403
        assert ada.post("/desk/session").body == b"done"

    def test_another_agents_csrf_token_is_refused(self, browser: Browser, around: Around) -> None:
        ada, tom = signed_in(browser, ADA), signed_in(browser, "tom@northlight.example")
        assert ada.post("/desk/session", {"csrf": tom.csrf}).status_code == 403

    def test_the_key_is_renewed_and_forms_shown_before_still_work(self, browser: Browser, around: Around) -> None:
        ada = signed_in(browser, ADA)
        old, shown = dict(ada.cookies), ada.csrf
        around.clock.advance(minutes=31)
        assert [ada.get("/desk/session").status_code for _ in "ab"] == [200, 200]
        assert ada.cookies != old
        assert Visitor(browser, old).get("/desk/session").status_code == 200
        assert ada.post("/desk/session", {"csrf": shown}).status_code == 200
        around.clock.advance(hours=12)
        assert ada.get("/desk/session").status_code == 303

    def test_a_lost_response_at_renewal_signs_nobody_out(self, browser: Browser, around: Around) -> None:
        ada = signed_in(browser, ADA)
        around.clock.advance(minutes=31)
        Visitor(browser, dict(ada.cookies)).get("/desk/session")  # its response never arrives
        old = dict(ada.cookies)
        assert ada.get("/desk/session").status_code == 200
        assert ada.cookies != old
        around.clock.advance(seconds=70)
        assert ada.get("/desk/session").status_code == 200

    def test_the_renewed_cookie_expires_with_the_session(self, browser: Browser, around: Around) -> None:
        ada = signed_in(browser, ADA)
        around.clock.advance(hours=11)
        (renewed,) = set_cookies(ada.get("/desk/session"))
        assert "Max-Age=3600;" in renewed

    def test_a_second_planted_cookie_is_refused(self, browser: Browser, around: Around) -> None:
        ada, robin = signed_in(browser, ADA), signed_in(browser, "robin@kettle.example")
        name = auth.COOKIE
        both = f"{name}={robin.cookies[name]}; {name}={ada.cookies[name]}"
        assert browser.get("/desk/session", cookie=both).status_code == 303

    @settings(
        max_examples=60,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
    @given(place=st.integers(0, 86), letter=st.sampled_from("abcXYZ019-_.=% ;,\x00é"))
    def test_a_tampered_cookie_is_refused(self, browser: Browser, around: Around, place: int, letter: str) -> None:
        cookie = wiring_cookie()
        spoilt = cookie[:place] + letter + cookie[place + 1 :]
        wanted = 200 if spoilt == cookie else 303
        assert browser.get("/desk/session", cookie=f"{auth.COOKIE}={spoilt}").status_code == wanted


def wiring_cookie() -> str:
    from chalicelib.services.access import signing_in

    return signing_in.begin(wiring.deps(), ADA)


class TestWordsSentAfterTheSession:
    @pytest.mark.parametrize("name", signed_out.WORDS)
    def test_they_are_shown_with_a_link_to_sign_in(self, visitor: Visitor, name: str) -> None:
        shown = visitor.post("/desk/session?lang=en", {name: "\nDear Mira,\n<b>&amp;</textarea><script>x</script>"})
        assert (shown.status_code, shown.headers["Cache-Control"]) == (401, "no-store")
        kept = first(shown, "textarea[readonly]").text(deep=True)
        assert kept.lstrip("\n") == "Dear Mira,\n<b>&amp;</textarea><script>x</script>"
        assert not page(shown).css("main script, main b")
        link = first(shown, "main a").attributes
        assert (link["target"], link["rel"]) == ("_blank", "noopener")
        assert visitor.get(str(link["href"]).removeprefix("/api")).status_code == 200

    def test_the_link_returns_to_their_ticket(self, visitor: Visitor) -> None:
        shown = visitor.post("/desk/t/NL-7K3F9-QXMT2/note", {"text": "So."})
        assert first(shown, "main a").attributes["href"] == "/api/desk/login?next=%2Fdesk%2Ft%2FNL-7K3F9-QXMT2"

    def test_the_page_is_in_the_desks_language(self, visitor: Visitor) -> None:
        shown = visitor.post("/desk/session", {"notes": "So."}, accept_language="de")
        assert "abgemeldet" in first(shown, "h1").text()

    def test_each_text_is_shown_separately_and_shortened(self, visitor: Visitor) -> None:
        shown = visitor.post("/desk/session", {"text": "x" * 200_000, "reason": "Why", "notes": " "})
        kept = [node.text().strip() for node in page(shown).css("textarea")]
        assert kept == ["x" * signed_out.LONGEST, "Why"]

    @pytest.mark.parametrize(
        ("form", "headers"),
        [
            ({}, {}),
            ({"text": " \r\n"}, {}),
            ({"subject": "So."}, {}),
            ({"text": "So."}, {"sec_fetch_site": "cross-site"}),
            ({"text": "So."}, {"sec_fetch_site": "", "origin": "https://evil.example"}),
            ({"text": "So."}, {"sec_fetch_site": ""}),
        ],
    )
    def test_without_words_or_from_another_site_it_leads_to_the_login_page(
        self, visitor: Visitor, form: dict[str, str], headers: dict[str, str]
    ) -> None:
        sent = visitor.post("/desk/session", form, **headers)
        assert (sent.status_code, sent.body) == (303, b"")
        assert sent.headers["Location"] == f"{PUBLIC_URL}/desk/login"


class TestSigningOut:
    def test_ends_the_session_and_deletes_the_cookie(self, browser: Browser, around: Around) -> None:
        ada = signed_in(browser, ADA)
        copied = Visitor(browser, dict(ada.cookies))
        gone = ada.post("/desk/out")
        assert gone.headers["Location"] == f"{PUBLIC_URL}/desk/login"
        assert set_cookies(gone)[-1].startswith("__Host-desk=; Path=/; Max-Age=0; Secure")
        assert auth.COOKIE not in ada.cookies
        assert copied.get("/desk/session").status_code == 303

    def test_works_when_the_same_request_renews_the_key(self, browser: Browser, around: Around) -> None:
        ada = signed_in(browser, ADA)
        around.clock.advance(minutes=31)
        ada.post("/desk/out")
        assert auth.COOKIE not in ada.cookies

    def test_everywhere_ends_all_sessions(self, browser: Browser, around: Around) -> None:
        one, two, tom = (signed_in(browser, a) for a in (ADA, ADA, "tom@northlight.example"))
        around.clock.advance(seconds=1)
        one.post("/desk/out?everywhere=1")
        assert [v.get("/desk/session").status_code for v in (one, two, tom)] == [303, 303, 200]
        around.clock.advance(seconds=1)
        assert signed_in(browser, ADA).get("/desk/session").status_code == 200

    def test_another_site_cannot_sign_an_agent_out(self, browser: Browser, around: Around) -> None:
        ada = signed_in(browser, ADA)
        assert ada.post("/desk/out", {"csrf": ""}).status_code == 403
        assert ada.post("/desk/out", sec_fetch_site="cross-site").status_code == 403
        assert ada.get("/desk/session").status_code == 200

    def test_without_a_session_leads_to_the_login_page(self, visitor: Visitor) -> None:
        gone = visitor.post("/desk/out")
        assert (gone.status_code, gone.headers["Location"]) == (303, f"{PUBLIC_URL}/desk/login")
