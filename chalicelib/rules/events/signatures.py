"""Signatures of events, compared in constant time: HMAC-SHA256 over the bytes as they came (RFC 2104); Twilio's is over
the address that it was told and the form's fields by their names, with SHA-1, or with SHA-256 if its settings say so;
Telegram signs nothing and says a secret."""

import base64
import binascii
import hmac
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl

from chalicelib.rules.events.sources import POSTED, Source

TOLERANCE = timedelta(minutes=5)
"""How far the moment in a signature of Standard Webhooks may be from ours, either way."""
STANDARD_PREFIX = "whsec_"
# So many signatures of one message are looked at: a sender that changes its key signs with both.
_MOST_SIGNATURES = 10
_TWILIO, _TWILIO_SETTINGS = "x-twilio-signature", "x-twilio-webhooks-signature-settings"
_TELEGRAM = "x-telegram-bot-api-secret-token"
_MOST_FIELDS = 200


def authentic(
    source: Source, headers: Mapping[str, str], body: bytes, secrets: Iterable[str], now: datetime, url: str = ""
) -> bool:
    """Whether one of these secrets signed the body. `headers`: by their names in small letters; `url`: the address at
    which the source posts, as it was told."""
    if source is Source.OWN:
        if not _timely(headers.get("webhook-timestamp", ""), now):
            return False
        signed = headers.get("webhook-signature", "").split()[:_MOST_SIGNATURES]
        given = [text.removeprefix("v1,") for text in signed if text.startswith("v1,")]
        content = standard_content(headers.get("webhook-id", ""), headers.get("webhook-timestamp", ""), body)
        return any(_equal(base64_hmac(standard_key(secret), content), each) for secret in secrets for each in given)
    if source is Source.TWILIO:
        ours = _of_twilio(body, url)
        made = base64_hmac if _by_sha256(headers) else _sha1
        given_one = headers.get(_TWILIO, "")
        return ours is not None and any(_equal(made(secret.encode(), ours), given_one) for secret in secrets)
    if source is Source.TELEGRAM:
        return any(_equal(secret, headers.get(_TELEGRAM, "")) for secret in secrets)
    if source not in POSTED:
        return False
    name, sign = _BY_HEADER[source]
    given_one = headers.get(name, "").strip()
    return any(_equal(sign(secret.encode(), body), given_one) for secret in secrets)


def sign(source: Source, secret: str, body: bytes, id: str, now: datetime, url: str = "") -> dict[str, str]:
    """The headers by which this source proves that it sent the body."""
    if source is Source.OWN:
        return standard(secret, body, id, now)
    if source is Source.TWILIO:
        return {_TWILIO: _sha1(secret.encode(), _of_twilio(body, url) or b"")}
    if source is Source.TELEGRAM:
        return {_TELEGRAM: secret}
    name, made = _BY_HEADER[source]
    return {name: made(secret.encode(), body)}


def standard(secret: str, body: bytes, id: str, now: datetime) -> dict[str, str]:
    """The headers of Standard Webhooks, in both directions."""
    moment = str(int(now.timestamp()))
    signature = base64_hmac(standard_key(secret), standard_content(id, moment, body))
    return {"webhook-id": id, "webhook-timestamp": moment, "webhook-signature": f"v1,{signature}"}


def standard_content(id: str, moment: str, body: bytes) -> bytes:
    """What Standard Webhooks signs."""
    return f"{id}.{moment}.".encode() + body


def standard_key(secret: str) -> bytes:
    """The key that a secret of Standard Webhooks stands for: what follows "whsec_", in base64; else the text itself."""
    if secret.startswith(STANDARD_PREFIX):
        try:
            return base64.b64decode(secret.removeprefix(STANDARD_PREFIX), validate=True)
        except (binascii.Error, ValueError):
            pass
    return secret.encode()


def base64_hmac(key: bytes, content: bytes) -> str:
    return base64.b64encode(hmac.digest(key, content, "sha256")).decode()


def hex_hmac(key: bytes, content: bytes) -> str:
    return hmac.digest(key, content, "sha256").hex()


def _of_meta(key: bytes, content: bytes) -> str:
    return f"sha256={hex_hmac(key, content)}"


_BY_HEADER = {
    Source.SHOPIFY: ("x-shopify-hmac-sha256", base64_hmac),
    Source.WOOCOMMERCE: ("x-wc-webhook-signature", base64_hmac),
    Source.SHOPWARE: ("shopware-shop-signature", hex_hmac),
    Source.META: ("x-hub-signature-256", _of_meta),
}


def _of_twilio(body: bytes, url: str) -> bytes | None:
    """What Twilio signs; None if it is no form, repeats a name, or has more fields than any of Twilio's."""
    try:
        fields = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=_MOST_FIELDS, errors="strict")
    except ValueError:
        return None
    if len(dict(fields)) < len(fields):
        return None
    return (url + "".join(name + value for name, value in sorted(fields))).encode("utf-8", "surrogatepass")


def _by_sha256(headers: Mapping[str, str]) -> bool:
    """Whether Twilio's settings say so: "key=<name>,algorithm=HMAC_SHA256". The key's name is Twilio's for it."""
    given = (part.strip() for part in headers.get(_TWILIO_SETTINGS, "")[:500].split(","))
    return "algorithm=HMAC_SHA256" in given


def _sha1(key: bytes, content: bytes) -> str:
    return base64.b64encode(hmac.digest(key, content, "sha1")).decode()


def same(ours: str, given: str) -> bool:
    """Whether the texts are the same, compared in constant time. An empty one of ours is never."""
    return bool(ours) and _equal(ours, given)


def _equal(ours: str, given: str) -> bool:
    return hmac.compare_digest(ours.encode(), given.encode("utf-8", "surrogatepass"))


def _timely(text: str, now: datetime) -> bool:
    if not (text.isascii() and text.isdigit() and len(text) <= 11):
        return False
    return abs(datetime.fromtimestamp(int(text), UTC) - now) <= TOLERANCE
