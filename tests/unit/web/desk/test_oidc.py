"""Single sign-on at the desk with an issuer on this machine: the whole flow, and everything that aborts it."""

import base64
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode
from uuid import uuid4

import boto3
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib import wiring
from chalicelib.errors import OidcProviderError
from chalicelib.external.oidc import OpenIdIssuer
from chalicelib.services.access import single_sign_on
from chalicelib.web.access import auth
from chalicelib.web.desk import oidc
from tests.support import issuer as issuers
from tests.support.issuer import CLIENT_ID, CLIENT_SECRET, FakeIssuer
from tests.support.store.fakes import PUBLIC_URL
from tests.support.web.browsing import Browser, first
from tests.support.web.visitors import Around, Visitor, set_cookies, surroundings

BACK = "/desk/oidc/back"


@pytest.fixture(scope="module")
def around(stack: None) -> Iterator[Around]:
    with surroundings() as made:
        yield made


@pytest.fixture
def issuer(around: Around, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeIssuer]:
    with issuers.running(lambda: around.clock().timestamp()) as running:
        secrets = boto3.client("secretsmanager")
        arn = secrets.create_secret(Name=f"client-{uuid4()}", SecretString=CLIENT_SECRET)["ARN"]
        monkeypatch.setenv("OIDC_ISSUER", running.url)
        monkeypatch.setenv("OIDC_CLIENT_ID", CLIENT_ID)
        monkeypatch.setenv("OIDC_CLIENT_SECRET_ID", arn)
        wiring.deps.cache_clear()
        yield running
    monkeypatch.undo()
    wiring.deps.cache_clear()


@pytest.fixture
def visitor(browser: Browser, issuer: FakeIssuer) -> Visitor:
    return Visitor(browser)


def begin(visitor: Visitor, issuer: FakeIssuer, return_to: str = "/desk") -> dict[str, str]:
    """The parameters with which the issuer sends the browser back."""
    sent = visitor.get(f"/desk/oidc?{urlencode({'next': return_to})}")
    assert sent.status_code == 303
    assert sent.headers["Location"].startswith(f"{issuer.url}/authorize?")
    return issuer.sign_in(sent.headers["Location"])


def back(visitor: Visitor, answer: dict[str, str]) -> Any:
    return visitor.get(f"{BACK}?{urlencode(answer)}")


def refused(answer: Any, why: str) -> None:
    assert answer.status_code == (502 if why == "issuer" else 403)
    assert first(answer, "[role=alert]").text().strip()
    assert not [cookie for cookie in set_cookies(answer) if cookie.startswith("__Host-desk=")]


class TestFlow:
    def test_signs_in_the_agent_named_by_the_issuer_and_returns_to_the_page(
        self, visitor: Visitor, issuer: FakeIssuer
    ) -> None:
        arrived = back(visitor, begin(visitor, issuer, "/desk/t/NL-7K3F9-QXMT2"))
        assert (arrived.status_code, arrived.headers["Location"]) == (303, f"{PUBLIC_URL}/desk/t/NL-7K3F9-QXMT2")
        assert set(visitor.cookies) == {auth.COOKIE}
        assert visitor.get("/desk/login").status_code == 303

    def test_the_login_page_offers_single_sign_on(self, visitor: Visitor) -> None:
        offered = first(visitor.get("/desk/login?next=/desk/t/NL-1"), "main a.button").attributes["href"]
        assert offered == "/api/desk/oidc?next=%2Fdesk%2Ft%2FNL-1"

    def test_the_client_secret_is_sent_only_to_the_token_endpoint(self, visitor: Visitor, issuer: FakeIssuer) -> None:
        back(visitor, begin(visitor, issuer))
        pair = base64.b64decode(issuer.proofs[0].removeprefix("Basic ")).decode()
        assert pair == f"{CLIENT_ID}:{quote(CLIENT_SECRET, safe='')}"
        assert "client_secret" not in issuer.asked[0]

    def test_the_client_secret_is_sent_in_the_form_if_the_issuer_requires_it(
        self, visitor: Visitor, issuer: FakeIssuer
    ) -> None:
        issuer.published = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
        assert back(visitor, begin(visitor, issuer)).status_code == 303
        assert (issuer.proofs, issuer.asked[0]["client_secret"]) == ([""], CLIENT_SECRET)

    def test_the_attempts_cookie_has_the_flags_of_the_sessions(self, visitor: Visitor, issuer: FakeIssuer) -> None:
        (cookie,) = set_cookies(visitor.get("/desk/oidc"))
        assert cookie.startswith("__Host-desk-oidc=")
        assert cookie.endswith("; Path=/; Max-Age=600; Secure; HttpOnly; SameSite=Lax")

    def test_without_configuration_there_is_no_single_sign_on(self, browser: Browser, around: Around) -> None:
        for path in ("/desk/oidc", f"{BACK}?code=x&state=y"):
            assert Visitor(browser).get(path).status_code == 404


class TestAborted:
    @pytest.mark.parametrize(
        "claims",
        [
            {"iss": "https://evil.example"},
            {"aud": "another"},
            {"azp": "another"},
            {"exp": 1},
            {"iat": 1},
            {"nonce": "another"},
            {"email_verified": False},
            {"email": None},
        ],
        ids=lambda claims: next(iter(claims)),
    )
    def test_an_id_token_with_wrong_claims(self, visitor: Visitor, issuer: FakeIssuer, claims: dict[str, Any]) -> None:
        issuer.claims = claims
        refused(back(visitor, begin(visitor, issuer)), "attempt")

    @pytest.mark.parametrize(
        "address", ["mira@example.com", "care@help.northlight.example", "robin@\u212aettle.example"]
    )
    def test_an_address_that_is_no_agents(self, visitor: Visitor, issuer: FakeIssuer, address: str) -> None:
        issuer.claims = {"email": address}
        shown = back(visitor, begin(visitor, issuer))
        refused(shown, "stranger")

    @pytest.mark.parametrize(
        "changes",
        [{"state": "another"}, {"state": ""}, {"iss": "https://evil.example"}, {"code": ""}, {"code": "x" * 3000}],
    )
    def test_an_answer_that_is_not_to_this_attempt(
        self, visitor: Visitor, issuer: FakeIssuer, changes: dict[str, str]
    ) -> None:
        refused(back(visitor, begin(visitor, issuer) | changes), "attempt")
        assert not issuer.asked

    def test_a_refusal_by_the_issuer(self, visitor: Visitor, issuer: FakeIssuer) -> None:
        state = begin(visitor, issuer)["state"]
        refused(back(visitor, {"error": "access_denied", "state": state}), "attempt")

    def test_another_browsers_answer(self, visitor: Visitor, issuer: FakeIssuer, browser: Browser) -> None:
        mine, others = begin(visitor, issuer), Visitor(browser)
        refused(back(others, mine), "attempt")
        begin(others, issuer)
        refused(back(others, mine), "attempt")

    def test_the_same_answer_again(self, visitor: Visitor, issuer: FakeIssuer) -> None:
        answer = begin(visitor, issuer)
        cookies = dict(visitor.cookies)
        assert back(visitor, answer).status_code == 303
        refused(back(visitor, answer), "attempt")
        again = Visitor(visitor.browser, cookies)
        refused(back(again, answer), "attempt")
        assert len(issuer.asked) == 1

    def test_the_same_attempt_with_another_code(self, visitor: Visitor, issuer: FakeIssuer) -> None:
        sent = visitor.get("/desk/oidc").headers["Location"]
        cookies, first, second = dict(visitor.cookies), issuer.sign_in(sent), issuer.sign_in(sent)
        assert back(visitor, first).status_code == 303
        refused(back(Visitor(visitor.browser, cookies), second), "attempt")
        assert len(issuer.asked) == 1

    def test_an_answer_that_comes_too_late(self, visitor: Visitor, issuer: FakeIssuer, around: Around) -> None:
        answer = begin(visitor, issuer)
        around.clock.advance(minutes=10)
        refused(back(visitor, answer), "attempt")

    def test_a_code_for_another_attempts_verifier(self, visitor: Visitor, issuer: FakeIssuer) -> None:
        stolen = begin(visitor, issuer)["code"]
        refused(back(visitor, begin(visitor, issuer) | {"code": stolen}), "issuer")

    @pytest.mark.parametrize(
        "how",
        [
            {"name": "another"},
            {"name": "another", "kid": "first"},
            {"algorithm": "none"},
            {"algorithm": "HS256"},
            {"algorithm": "RS512"},
        ],
        ids=str,
    )
    def test_an_id_token_signed_by_another_key(self, visitor: Visitor, issuer: FakeIssuer, how: dict[str, Any]) -> None:
        issuer.sign = lambda claims: issuers.signed(claims, **how)
        refused(back(visitor, begin(visitor, issuer)), "attempt")

    @pytest.mark.parametrize(
        "keys",
        [(500, b"{}"), (302, b"{}"), (200, b"<html>"), (200, b"[]"), (200, b'{"keys": [' + b" " * 70_000 + b"]}")],
        ids=lambda keys: str(keys)[:30],
    )
    def test_malformed_published_keys(self, visitor: Visitor, issuer: FakeIssuer, keys: tuple[int, bytes]) -> None:
        issuer.keys = keys
        refused(back(visitor, begin(visitor, issuer)), "issuer")

    @pytest.mark.parametrize("address", [None, "http://id.example/keys", "file:///etc/passwd", 7])
    def test_keys_at_an_unsafe_url(self, visitor: Visitor, issuer: FakeIssuer, address: object) -> None:
        issuer.published = {"jwks_uri": address}
        refused(back(visitor, begin(visitor, issuer)), "issuer")
        assert not issuer.keys_asked

    @settings(
        max_examples=60,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
    @given(where=st.floats(0, 1, exclude_max=True), letter=st.sampled_from("abXY09-_.=%é"))
    def test_a_tampered_attempt(self, visitor: Visitor, issuer: FakeIssuer, where: float, letter: str) -> None:
        answer = begin(visitor, issuer)
        cookie = visitor.cookies[oidc.COOKIE]
        place = int(where * len(cookie))
        spoilt = cookie[:place] + letter + cookie[place + 1 :]
        if spoilt != cookie:
            visitor.cookies[oidc.COOKIE] = spoilt
            refused(back(visitor, answer), "attempt")

    @pytest.mark.parametrize(
        "answer",
        [
            (500, b"{}"),
            (302, b"{}"),
            (200, b"<html>"),
            (200, b"[]"),
            (200, b"{}"),
            (200, b'{"id_token": 7}'),
            (200, b'{"id_token": "' + b"a" * 70_000 + b'"}'),
            (200, b"[" * 60_000),
        ],
    )
    def test_a_malformed_token_response(self, visitor: Visitor, issuer: FakeIssuer, answer: tuple[int, bytes]) -> None:
        begun = begin(visitor, issuer)
        issuer.answer = answer
        refused(back(visitor, begun), "issuer")

    @pytest.mark.parametrize(
        "published",
        [
            {"issuer": "https://evil.example"},
            {"authorization_endpoint": None},
            {"authorization_endpoint": "http://id.example/authorize"},
            {"authorization_endpoint": "javascript:alert(1)"},
            {"authorization_endpoint": "//id.example"},
        ],
    )
    def test_malformed_published_metadata(
        self, visitor: Visitor, issuer: FakeIssuer, published: dict[str, Any]
    ) -> None:
        issuer.published = published
        refused(visitor.get("/desk/oidc"), "issuer")

    def test_a_token_endpoint_without_tls(self, visitor: Visitor, issuer: FakeIssuer) -> None:
        issuer.published = {"token_endpoint": "http://id.example/token"}
        refused(back(visitor, begin(visitor, issuer)), "issuer")
        assert not issuer.asked


class TestTheIssuer:
    def test_it_may_rotate_its_keys(self, visitor: Visitor, issuer: FakeIssuer) -> None:
        assert back(visitor, begin(visitor, issuer)).status_code == 303
        issuer.keys = [issuers.public_key("second")]
        issuer.sign = lambda claims: issuers.signed(claims, "second")
        visitor.cookies.clear()
        assert back(visitor, begin(visitor, issuer)).status_code == 303
        assert issuer.keys_asked == 2

    def test_without_tls_it_is_accepted_only_on_this_machine(self) -> None:
        for url in ("http://id.example", "http://127.0.0.1.evil.example", "ftp://127.0.0.1", ""):
            with pytest.raises(OidcProviderError):
                OpenIdIssuer(url, CLIENT_ID, bytes).authorization_endpoint()

    def test_an_unreachable_issuer_fails(self) -> None:
        with pytest.raises(OidcProviderError):
            OpenIdIssuer("http://127.0.0.1:1", CLIENT_ID, bytes).authorization_endpoint()

    def test_its_metadata_is_fetched_once(self, issuer: FakeIssuer) -> None:
        made = wiring.deps().issuer
        assert made
        before = made.authorization_endpoint()
        issuer.published = {"authorization_endpoint": f"{issuer.url}/moved"}
        assert made.authorization_endpoint() == before

    def test_a_public_client_has_no_secret_to_show(self, issuer: FakeIssuer, around: Around) -> None:
        public = OpenIdIssuer(issuer.url, CLIENT_ID, bytes)
        with pytest.raises(OidcProviderError):
            public.id_token("unknown", "verifier", f"{PUBLIC_URL}{BACK}")
        assert issuer.proofs == [""]
        assert json.dumps(issuer.asked[0]).count("secret") == 0


def test_an_attempt_lives_ten_minutes() -> None:
    assert single_sign_on.ATTEMPT_LIFE.total_seconds() == 600
