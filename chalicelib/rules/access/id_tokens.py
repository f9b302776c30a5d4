"""The address that an OpenID Connect ID token vouches for.

Checks what OpenID Connect Core 1.0, 3.1.3.7 requires, except the signature, which `services.ports.access.Issuer`
checks. A token that comes directly from the issuer's token endpoint over TLS would not need that (item 6); it is a
second line of defence.
"""

import base64
import binascii
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

# How far the issuer's clock may differ from ours, and how old a new token may be.
SKEW_SECONDS, OLDEST_SECONDS = 60, 600
LONGEST = 32_000
# In seconds. Anything beyond it, or not a number, is not a time.
_LAST_MOMENT = 10**11


class InvalidIdToken(ValueError):
    """The token vouches for nobody; the message names the failed check, for the log."""


@dataclass(frozen=True, slots=True)
class Expected:
    """The values the token must have: its issuer, its audience, and the nonce of the sign-in that requested it."""

    issuer: str
    client_id: str
    nonce: str


def address_in(token: str, expected: Expected, now: datetime) -> str:
    """The address the issuer has verified. Raises InvalidIdToken."""
    claims = _claims(token)
    _require(claims.get("iss") == expected.issuer, "iss")
    audience = claims.get("aud")
    # We trust no other audience, so the token may name no other.
    _require(audience in (expected.client_id, [expected.client_id]), "aud")
    _require(claims.get("azp", expected.client_id) == expected.client_id, "azp")
    seconds = now.timestamp()
    _require(seconds < _moment(claims, "exp") + SKEW_SECONDS, "exp")
    _require(-SKEW_SECONDS <= seconds - _moment(claims, "iat") <= OLDEST_SECONDS, "iat")
    nonce = claims.get("nonce")
    given = nonce.encode("utf-8", "surrogatepass") if isinstance(nonce, str) else b""
    _require(hmac.compare_digest(given, expected.nonce.encode()), "nonce")
    # Some issuers write it as a text.
    verified = claims.get("email_verified")
    _require(verified is True or verified == "true", "email_verified")
    address = claims.get("email")
    _require(isinstance(address, str) and all(address.rpartition("@")), "email")
    return str(address)


def _claims(token: str) -> Mapping[str, Any]:
    parts = token.split(".")
    _require(len(token) <= LONGEST and len(parts) == 3, "form")
    try:
        payload = parts[1] + "=" * (-len(parts[1]) % 4)
        claims = json.loads(base64.b64decode(payload, altchars=b"-_", validate=True))
    except (binascii.Error, ValueError, RecursionError):
        raise InvalidIdToken("form") from None
    _require(isinstance(claims, dict), "form")
    return dict(claims)


def _moment(claims: Mapping[str, Any], name: str) -> float:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < _LAST_MOMENT:
        raise InvalidIdToken(name)
    return float(value)


def _require(fits: bool, claim: str) -> None:
    if not fits:
        raise InvalidIdToken(claim)
