"""Desk sessions: how long they and their keys are valid, how cookies are read, and to which pages a sign-in may
return."""

import secrets
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib import wiring
from chalicelib.rules.access import sessions
from chalicelib.rules.access.sessions import Session, SessionStatus
from tests.support.store.fakes import START

KEY, NEXT = "k" * 43, "n" * 43
MOMENT = timedelta(microseconds=1)


def session(**changes: Any) -> Session:
    return replace(Session("id", "ada@northlight.example", START, sessions.digest(KEY), START), **changes)


def status_of(held: Session, key: str = KEY, at: datetime = START, signed_out: datetime | None = None) -> SessionStatus:
    return sessions.status(held, key, signed_out, at)


class TestSessionStatus:
    def test_a_key_is_good_until_its_renewal_is_due(self) -> None:
        assert status_of(session()) is SessionStatus.GOOD
        assert status_of(session(), at=START + sessions.RENEWED_AFTER - MOMENT) is SessionStatus.GOOD
        assert status_of(session(), at=START + sessions.RENEWED_AFTER) is SessionStatus.RENEW

    @pytest.mark.parametrize("minutes", [0, 1, 5, 120])
    def test_the_previous_key_gets_its_successor_again_until_that_is_used(self, minutes: int) -> None:
        at = START + timedelta(minutes=30)
        later = sessions.renewed(session(), NEXT, at)
        assert status_of(later, KEY, at + timedelta(minutes=minutes)) is SessionStatus.AGAIN

    def test_both_keys_are_good_for_a_minute_after_the_new_one_is_used(self) -> None:
        at = START + timedelta(minutes=40)
        later = sessions.used(sessions.renewed(session(), NEXT, START + timedelta(minutes=30)), at)
        assert later.version == 3
        assert status_of(later, NEXT, at) is SessionStatus.GOOD
        assert status_of(later, KEY, at + sessions.OVERLAP - MOMENT) is SessionStatus.GOOD
        assert status_of(later, KEY, at + sessions.OVERLAP) is SessionStatus.REUSED

    def test_the_previous_key_of_an_ended_session_is_over(self) -> None:
        later = sessions.renewed(session(), NEXT, START)
        assert status_of(sessions.ended(later)) is SessionStatus.OVER
        assert status_of(later, at=START + sessions.LIFE) is SessionStatus.OVER

    def test_a_key_two_renewals_old_is_over(self) -> None:
        later = sessions.renewed(sessions.renewed(session(), NEXT, START), "m" * 43, START)
        assert status_of(later) is SessionStatus.OVER

    def test_a_renewal_does_not_prolong_the_session(self) -> None:
        at = START + sessions.LIFE - MOMENT
        later = sessions.renewed(session(), NEXT, at)
        assert status_of(later, NEXT, at) is SessionStatus.GOOD
        assert status_of(later, NEXT, START + sessions.LIFE) is SessionStatus.OVER

    def test_an_ended_session_is_over(self) -> None:
        assert status_of(sessions.ended(session())) is SessionStatus.OVER

    @pytest.mark.parametrize(
        ("minutes", "worth"), [(-1, SessionStatus.GOOD), (0, SessionStatus.OVER), (1, SessionStatus.OVER)]
    )
    def test_signing_out_everywhere_ends_sessions_that_began_before(self, minutes: int, worth: SessionStatus) -> None:
        assert status_of(session(), signed_out=START + timedelta(minutes=minutes)) is worth

    @given(st.text(max_size=60))
    def test_no_other_key_is_good(self, key: str) -> None:
        assert status_of(session(previous_key=sessions.digest(NEXT)), key) is SessionStatus.OVER


class TestCookies:
    def test_a_cookie_is_read(self) -> None:
        assert sessions.read_cookie(f"{KEY}.{NEXT}") == (KEY, NEXT)

    @given(st.text(max_size=100))
    def test_other_text_is_no_cookie(self, text: str) -> None:
        assert sessions.read_cookie(text) is None

    @pytest.mark.parametrize("end", ["\n", " ", "=", "\x00", "A"])
    def test_a_cookie_with_extra_characters_is_refused(self, end: str) -> None:
        assert sessions.read_cookie(f"{KEY}.{NEXT}{end}") is None
        assert not sessions.is_token(f"{KEY}{end}")

    def test_the_next_key_depends_on_secret_session_and_key_only(self) -> None:
        made = [sessions.successor(*of) for of in ((b"one", "a", KEY), (b"two", "a", KEY), (b"one", "b", KEY))]
        assert len({*made, sessions.successor(b"one", "a", NEXT)}) == 4
        assert made[0] == sessions.successor(b"one", "a", KEY)
        assert sessions.read_cookie(f"{KEY}.{made[0]}") == (KEY, made[0])

    def test_csrf_tokens_differ_by_session_and_secret(self) -> None:
        tokens = {sessions.csrf(secret, id) for secret in (b"one", b"two") for id in (KEY, NEXT)}
        assert len(tokens) == 4


class TestAgents:
    policy = wiring.policy()

    def test_an_agents_address_is_known_in_any_case(self) -> None:
        assert list(sessions.agents_of(self.policy, " Ada@Northlight.Example ")) == ["northlight"]

    @pytest.mark.parametrize("address", ["", "ada", "ada@kettle.example", "care@help.northlight.example", "*"])
    def test_other_addresses_are_no_agents(self, address: str) -> None:
        assert sessions.agents_of(self.policy, address) == {}

    def test_letters_that_fold_to_ascii_make_nobody_an_agent(self) -> None:
        assert "\N{KELVIN SIGN}".lower() == "k"
        assert sessions.agents_of(self.policy, "robin@\N{KELVIN SIGN}ettle.example") == {}


class TestReturnTo:
    @pytest.mark.parametrize(
        "path",
        [
            "/desk",
            "/desk?list=mine&shop=northlight",
            "/desk/t/NL-7K3F9-QXMT2",
            "/desk/t/NL-7K3F9-QXMT2?original=m1",
            "/desk/search?q=lamp%20shade&after=%7B%22a%22%7D",
            "/desk/t/NL-7K3F9-QXMT2/f/m1/1-ab..c"[:-3],
        ],
    )
    def test_a_sign_in_returns_to_pages_of_the_desk(self, path: str) -> None:
        assert sessions.return_to(path) == path

    @pytest.mark.parametrize(
        "path",
        [
            "",
            "/",
            "//evil.example",
            "https://evil.example/desk",
            "/desk@evil.example",
            "/desk.evil.example",
            "/desk//evil.example",
            "/desk/../t/x",
            "/desk/%2e%2e/t/x",
            "/desk/a%2fb",
            "/desk\\evil",
            "/desk?x=\r\nSet-Cookie: a=b",
            "/desk\n",
            "/desk#x",
            "/desk/login?next=/desk",
            "/desk/in?t=x",
            "/desk/out",
            "/desk/oidc/back?code=x",
            "/desker",
            "/static/x",
            "/desk?" + "x" * 500,
            "/desk/é",
        ],
    )
    def test_any_other_path_becomes_the_inbox(self, path: str) -> None:
        assert sessions.return_to(path) == "/desk"

    @given(st.text(max_size=40), st.sampled_from(["", "/", "/desk", "/desk/", "/desk?", "//", "http://"]))
    def test_no_text_leads_away_from_the_desk(self, text: str, start: str) -> None:
        path = sessions.return_to(start + text)
        assert path == "/desk" or path.startswith(("/desk/", "/desk?"))
        assert path.isascii()
        assert path.isprintable()
        assert "//" not in path.partition("?")[0]


def test_random_tokens_are_accepted_as_tokens() -> None:
    assert all(sessions.is_token(secrets.token_urlsafe(32)) for _ in range(100))
