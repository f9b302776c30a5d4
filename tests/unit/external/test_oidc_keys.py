"""The issuer's keys: which signatures are valid, and how often the keys are fetched."""

import base64
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from chalicelib.errors import OidcProviderError
from chalicelib.external import oidc_keys
from chalicelib.external.oidc_keys import IssuerKeys
from chalicelib.rules.access.id_tokens import InvalidIdToken
from tests.support.issuer import public_key, signed

CLAIMS = {"email": "ada@northlight.example"}


class Published:
    """An issuer's published keys, with a count of the requests, and a clock."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *keys: Any) -> None:
        self.keys: Any = list(keys)
        self.asked = 0
        self.now = 1000.0
        monkeypatch.setattr("chalicelib.external.oidc_keys.time.monotonic", lambda: self.now)
        self.known = IssuerKeys(self.fetch)

    def fetch(self) -> Mapping[str, Any]:
        self.asked += 1
        return {"keys": self.keys}

    def takes(self, token: str) -> bool:
        try:
            self.known.check(token)
        except InvalidIdToken:
            return False
        return True


def headed(**header: Any) -> str:
    """A valid signature under a different header than it was made for."""
    _, claims, signature = signed(CLAIMS).split(".")
    return ".".join((base64.urlsafe_b64encode(json.dumps(header).encode()).rstrip(b"=").decode(), claims, signature))


@pytest.mark.parametrize(
    ("algorithm", "name"), [("RS256", "first"), ("PS256", "first"), ("ES256", "ES256"), ("EdDSA", "EdDSA")]
)
@pytest.mark.parametrize("named", [True, False])
def test_a_token_signed_by_an_issuers_key_is_accepted(
    monkeypatch: pytest.MonkeyPatch, algorithm: str, name: str, named: bool
) -> None:
    key = public_key(name)
    published = Published(monkeypatch, public_key("other"), key if named else {k: key[k] for k in key if k != "kid"})
    token = signed(CLAIMS, name, algorithm, kid=name if named else "")
    assert published.takes(token)
    claims, end = token.rpartition(".")[0], token.rpartition(".")[2]
    assert not published.takes(f"{claims}.{end[:-8]}AAAAAAAA")
    assert not published.takes(f"{claims[:-4]}AAAA.{end}")
    assert not published.takes(f"{claims}.")


@pytest.mark.parametrize(
    "how",
    [
        {"algorithm": "none"},
        {"algorithm": "HS256"},
        {"algorithm": "RS384"},
        {"algorithm": "RS512"},
        {"algorithm": "PS512"},
        {"name": "another", "kid": "first"},
        {"name": "another"},
        {"name": "short", "bits": 1024},
        {"name": "encrypts"},
        {"name": "for PS256"},
        {"algorithm": "ES256", "name": "ES256", "kid": "first"},
        {"crit": ["exp"]},
        {"kid": None},
        {"kid": 7},
        {"kid": {"first": 1}},
        {"name": "another", "jwk": public_key("another")},
        {"name": "another", "jku": "https://evil.example/keys", "kid": "first"},
    ],
)
def test_a_token_with_a_wrong_key_or_algorithm_is_refused(monkeypatch: pytest.MonkeyPatch, how: dict[str, Any]) -> None:
    published = Published(
        monkeypatch,
        public_key("first"),
        public_key("short", bits=1024),
        public_key("encrypts", use="enc"),
        public_key("for PS256", alg="PS256"),
    )
    kid = how.pop("kid", ...)
    token = signed(CLAIMS, **how) if kid is ... else None
    if token is None:
        _, claims, signature = signed(CLAIMS, **how).split(".")
        header = {"alg": how.get("algorithm", "RS256"), "kid": kid} | {k: how[k] for k in ("jwk", "jku") if k in how}
        made = base64.urlsafe_b64encode(json.dumps(header).encode()).rstrip(b"=").decode()
        token = f"{made}.{claims}.{signature}"
    assert not published.takes(token)


def test_a_public_key_is_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    """HS256, with an RSA key's public part as the secret."""
    published = Published(monkeypatch, public_key("first"), {"kty": "oct", "k": "c2VjcmV0", "kid": "secret"})
    for kid in ("first", "secret"):
        assert not published.takes(headed(alg="HS256", kid=kid))
    assert published.asked == 0


@pytest.mark.parametrize("token", ["", ".", "a.b.c", "e30.e30.e30", "[].[].[]", "W10.e30.x", "é.é.é", "e" * 40_000])
def test_text_that_is_no_token_is_refused(monkeypatch: pytest.MonkeyPatch, token: str) -> None:
    assert not Published(monkeypatch, public_key("first")).takes(token)


@pytest.mark.parametrize(
    "keys",
    [
        None,
        "first",
        {},
        [],
        [None, 7, "first", []],
        [{"kty": "RSA"}],
        [{"kty": "RSA", "kid": "first", "n": 7, "e": None}],
        [{"kty": "RSA", "kid": "first", "n": "!", "e": "AQAB"}],
        [{"kty": "RSA", "kid": "first", "n": "A" * 20_000, "e": "AQAB"}],
        [public_key("first", e="A" * 5_000)],
        [public_key("other")] * 50 + [public_key("first")],
    ],
)
def test_malformed_keys_are_ignored(monkeypatch: pytest.MonkeyPatch, keys: Any) -> None:
    published = Published(monkeypatch)
    published.keys = keys
    assert not published.takes(signed(CLAIMS))


def test_one_odd_key_spoils_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    odd = {"kty": "RSA", "kid": "first", "n": "!", "e": "AQAB"}
    assert Published(monkeypatch, None, odd, public_key("first")).takes(signed(CLAIMS))


class TestFetching:
    def test_keys_are_fetched_once_an_hour(self, monkeypatch: pytest.MonkeyPatch) -> None:
        published = Published(monkeypatch, public_key("first"))
        assert [published.takes(signed(CLAIMS)) for _ in range(3)] == [True] * 3
        assert published.asked == 1
        published.keys, published.now = [public_key("second")], published.now + 3601
        assert not published.takes(signed(CLAIMS))
        assert published.asked == 3  # and once more, because the key may be new

    def test_keys_are_fetched_again_for_an_unknown_key_id(self, monkeypatch: pytest.MonkeyPatch) -> None:
        published = Published(monkeypatch, public_key("first"))
        assert published.takes(signed(CLAIMS))
        published.keys = [*published.keys, public_key("second")]
        assert published.takes(signed(CLAIMS, "second"))
        assert published.asked == 2

    def test_keys_are_fetched_again_for_tokens_without_a_key_id(self, monkeypatch: pytest.MonkeyPatch) -> None:
        published = Published(monkeypatch, public_key("first"))
        assert published.takes(signed(CLAIMS, kid=""))
        published.keys = [public_key("second")]
        assert published.takes(signed(CLAIMS, "second", kid=""))
        assert published.asked == 2

    def test_invented_key_ids_cause_at_most_one_fetch_a_minute(self, monkeypatch: pytest.MonkeyPatch) -> None:
        published = Published(monkeypatch, public_key("first"))
        assert not any(published.takes(signed(CLAIMS, "another", kid=f"made up {n}")) for n in range(10))
        assert published.asked == 2
        published.now += 61
        assert not published.takes(signed(CLAIMS, "another"))
        assert published.asked == 3

    def test_a_wrong_signature_of_a_known_key_fetches_nothing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        published = Published(monkeypatch, public_key("first"))
        assert not any(published.takes(signed(CLAIMS, "another", kid="first")) for _ in range(3))
        assert published.asked == 1

    def test_without_keys_no_token_is_accepted(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def fails() -> Mapping[str, Any]:
            raise OidcProviderError("status 500")

        with pytest.raises(OidcProviderError):
            IssuerKeys(fails).check(signed(CLAIMS))


def test_only_a_sign_in_imports_the_crypto_library() -> None:
    """It is imported when a token is checked, not when the functions start."""
    for path in Path(oidc_keys.__file__).parents[1].rglob("*.py"):
        sources = path.read_text(encoding="utf-8")
        assert not re.search(r"^(?:import|from) Crypto\b", sources, re.MULTILINE), path
