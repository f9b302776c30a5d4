"""The keys that single sign-on's issuer publishes (RFC 7517), and whether one of them signed an ID token (RFC 7515).
The verifying library takes a while to import, so it is imported only for a sign-in that needs it (decision 120)."""

import base64
import json
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from chalicelib.patterns import pattern
from chalicelib.rules.access.id_tokens import LONGEST, InvalidIdToken

# The accepted algorithms, each with the key type it needs. None with a shared secret, and the token can't choose
# others.
_KINDS = {"RS256": ("RSA", None), "PS256": ("RSA", None), "ES256": ("EC", "P-256"), "EdDSA": ("OKP", "Ed25519")}
_MAX_KEYS = 50
_LEAST_BITS = 2_048
# In characters: a modulus of 8,192 bits and its exponent. Longer ones take seconds to compute with.
_LONGEST_MODULUS, _LONGEST_EXPONENT = 1_400, 12
_BASE64URL = pattern("[A-Za-z0-9_-]*")
_FRESH_SECONDS = 3600.0
# Tokens with invented key ids make us ask no more often than this.
_PAUSE_SECONDS = 60.0


class IssuerKeys:
    """`fetch` returns the issuer's published set of keys, limited in size, or raises OidcProviderError."""

    def __init__(self, fetch: Callable[[], Mapping[str, Any]]) -> None:
        self._fetch = fetch
        self._published: Mapping[str, Any] = {}
        self._asked_at = self._asked_again_at = -_FRESH_SECONDS

    def check(self, token: str) -> None:
        """Raises InvalidIdToken unless one of the keys signed the token, and OidcProviderError. For an unknown key the
        set is fetched once more, because issuers change their keys."""
        algorithm, id = _header(token)
        if not self._published or time.monotonic() - self._asked_at > _FRESH_SECONDS:
            self._ask()
        known = [key for key in self._keys() if _fits(key, algorithm, id)]
        if any(_signed(token, key, algorithm) for key in known):
            return
        if (known and id) or not self._may_ask_again():
            raise InvalidIdToken("signature")
        self._ask()
        if not any(_signed(token, key, algorithm) for key in self._keys() if _fits(key, algorithm, id)):
            raise InvalidIdToken("signature")

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
        yield from (key for key in keys[:_MAX_KEYS] if isinstance(key, dict)) if isinstance(keys, list) else ()


def _header(token: str) -> tuple[str, str]:
    """The algorithm and the key id in the token's header. Other header fields (such as a key, or an address of one) are
    ignored."""
    part = token.partition(".")[0] if len(token) <= LONGEST and token.count(".") == 2 else ""
    try:
        header = json.loads(_decoded(part))
    except (ValueError, RecursionError):
        raise InvalidIdToken("form") from None
    if not isinstance(header, dict) or "crit" in header:
        raise InvalidIdToken("form")
    algorithm, id = header.get("alg"), header.get("kid", "")
    if not isinstance(algorithm, str) or algorithm not in _KINDS:
        raise InvalidIdToken("alg")
    if not isinstance(id, str):
        raise InvalidIdToken("kid")
    return algorithm, id


def _fits(key: Mapping[str, Any], algorithm: str, id: str) -> bool:
    kind, curve = _KINDS[algorithm]
    of_kind = key.get("kty") == kind and (curve is None or key.get("crv") == curve)
    meant = key.get("use", "sig") == "sig" and key.get("alg", algorithm) == algorithm
    short = len(str(key.get("n", ""))) <= _LONGEST_MODULUS and len(str(key.get("e", ""))) <= _LONGEST_EXPONENT
    return of_kind and meant and short and (not id or key.get("kid") == id)


def _signed(token: str, key: Mapping[str, Any], algorithm: str) -> bool:
    from Crypto.Hash import SHA256
    from Crypto.PublicKey import ECC, RSA
    from Crypto.Signature import DSS, eddsa, pkcs1_15, pss

    said, _, ending = token.rpartition(".")
    try:
        message, signature = said.encode("ascii"), _decoded(ending)
        if algorithm == "EdDSA":
            eddsa.new(eddsa.import_public_key(_decoded(key["x"])), "rfc8032").verify(message, signature)
        elif algorithm == "ES256":
            point = ECC.construct(curve="P-256", point_x=_number(key["x"]), point_y=_number(key["y"]))
            DSS.new(point, "fips-186-3").verify(SHA256.new(message), signature)
        else:
            rsa = RSA.construct((_number(key["n"]), _number(key["e"])))
            if rsa.size_in_bits() < _LEAST_BITS:
                return False
            verifier = pkcs1_15.new(rsa) if algorithm == "RS256" else pss.new(rsa, salt_bytes=SHA256.digest_size)
            verifier.verify(SHA256.new(message), signature)
    except (ValueError, TypeError, KeyError):
        return False
    return True


def _number(text: object) -> int:
    return int.from_bytes(_decoded(text))


def _decoded(text: object) -> bytes:
    """base64url without padding (RFC 7515, 2). Raises ValueError."""
    if not isinstance(text, str) or not _BASE64URL.fullmatch(text):
        raise ValueError("not base64url")
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
