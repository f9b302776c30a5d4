"""The keys that single sign-on's issuer publishes (RFC 7517), and whether one of them signed an ID token (RFC 7515).

What verifies takes half a second to import on a small machine: only a sign-in that comes so far pays for it."""

import base64
import binascii
import json
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from chalicelib.rules.id_tokens import LONGEST, Unfit

# The algorithms taken, each with the kind of key it needs. None whose key is a secret, and never what the token wishes.
_KINDS = {"RS256": ("RSA", None), "PS256": ("RSA", None), "ES256": ("EC", "P-256"), "EdDSA": ("OKP", "Ed25519")}
_MOST_KEYS = 50
# In letters: a modulus of 8,192 bits and its exponent. Longer ones take seconds to reckon with.
_LONGEST_MODULUS, _LONGEST_EXPONENT = 1_400, 12
_FRESH_SECONDS = 3600.0
# Whoever sends tokens with made-up key ids has us ask no more often.
_PAUSE_SECONDS = 60.0


class IssuerKeys:
    """`fetch` gives the issuer's set of keys as published, bounded, or raises IssuerFailed."""

    def __init__(self, fetch: Callable[[], Mapping[str, Any]]) -> None:
        self._fetch = fetch
        self._published: Mapping[str, Any] = {}
        self._asked_at = self._asked_again_at = -_FRESH_SECONDS

    def check(self, token: str) -> None:
        """Raises Unfit unless one of the keys signed it, IssuerFailed. A key that is not known is asked for once more:
        issuers change theirs."""
        algorithm, id = _header(token)
        if not self._published or time.monotonic() - self._asked_at > _FRESH_SECONDS:
            self._ask()
        known = [key for key in self._keys() if _fits(key, algorithm, id)]
        if any(_signed(token, key, algorithm) for key in known):
            return
        if (known and id) or not self._may_ask_again():
            raise Unfit("signature")
        self._ask()
        if not any(_signed(token, key, algorithm) for key in self._keys() if _fits(key, algorithm, id)):
            raise Unfit("signature")

    def _ask(self) -> None:
        self._published, self._asked_at = self._fetch(), time.monotonic()

    def _may_ask_again(self) -> bool:
        now = time.monotonic()
        if now - self._asked_again_at < _PAUSE_SECONDS:
            return False
        self._asked_again_at = now
        return True

    def _keys(self) -> Iterator[Mapping[str, Any]]:
        keys = self._published.get("keys")
        yield from (key for key in keys[:_MOST_KEYS] if isinstance(key, dict)) if isinstance(keys, list) else ()


def _header(token: str) -> tuple[str, str]:
    """By which algorithm and which key it says it is signed. What else a header may name (a key of its own, where one
    is to be found) is not looked at."""
    part = token.partition(".")[0] if len(token) <= LONGEST else ""
    try:
        header = json.loads(base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True))
    except (binascii.Error, ValueError, RecursionError):
        raise Unfit("form") from None
    if not isinstance(header, dict) or "crit" in header:
        raise Unfit("form")
    algorithm, id = header.get("alg"), header.get("kid", "")
    if not isinstance(algorithm, str) or algorithm not in _KINDS:
        raise Unfit("alg")
    if not isinstance(id, str):
        raise Unfit("kid")
    return algorithm, id


def _fits(key: Mapping[str, Any], algorithm: str, id: str) -> bool:
    kind, curve = _KINDS[algorithm]
    of_kind = key.get("kty") == kind and (curve is None or key.get("crv") == curve)
    meant = key.get("use", "sig") == "sig" and key.get("alg", algorithm) == algorithm
    short = len(str(key.get("n", ""))) <= _LONGEST_MODULUS and len(str(key.get("e", ""))) <= _LONGEST_EXPONENT
    return of_kind and meant and short and (not id or key.get("kid") == id)


def _signed(token: str, key: Mapping[str, Any], algorithm: str) -> bool:
    import jwt

    try:
        made = jwt.PyJWK(dict(key), algorithm)
        options = {"enforce_minimum_key_length": True}
        jwt.PyJWS(algorithms=[algorithm]).decode_complete(token, made, [algorithm], options)  # type: ignore[arg-type]
    except (jwt.PyJWTError, ValueError, TypeError):
        return False
    return True
