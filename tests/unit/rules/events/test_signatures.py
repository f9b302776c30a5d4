"""Signatures by the vectors that anybody can check, and by changes that must break them."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.rules.events import signatures
from chalicelib.rules.events.sources import POSTED, Source
from tests.support.events.bodies import ALL, Hook, otherwise

BODY = b'{"id":820982911946154508,"name":"#9999","email":"jo@example.com"}'
STANDARD = {
    "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "webhook-timestamp": "1614265330",
    "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
}
STANDARD_BODY = b'{"test": 2432232314}'
STANDARD_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
THEN = datetime.fromtimestamp(1614265330, UTC)
NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("source", "header", "signature"),
    [
        (Source.SHOPIFY, "x-shopify-hmac-sha256", "VMnHA/DrfX9I5r9cWlIhgKEuOf9bARarRO4TadGQzcM="),
        (Source.WOOCOMMERCE, "x-wc-webhook-signature", "VMnHA/DrfX9I5r9cWlIhgKEuOf9bARarRO4TadGQzcM="),
        (
            Source.SHOPWARE,
            "shopware-shop-signature",
            "54c9c703f0eb7d7f48e6bf5c5a522180a12e39ff5b0116ab44ee1369d190cdc3",
        ),
        (
            Source.META,
            "x-hub-signature-256",
            "sha256=54c9c703f0eb7d7f48e6bf5c5a522180a12e39ff5b0116ab44ee1369d190cdc3",
        ),
    ],
)
def test_known_vectors(source: Source, header: str, signature: str) -> None:
    assert signatures.authentic(source, {header: signature}, BODY, ["hush"], NOW)
    assert not signatures.authentic(source, {header: signature}, BODY, ["hush2"], NOW)
    assert not signatures.authentic(source, {header: signature}, BODY + b" ", ["hush"], NOW)
    assert not signatures.authentic(source, {}, BODY, ["hush"], NOW)


def test_the_vector_of_standard_webhooks() -> None:
    assert signatures.authentic(Source.OWN, STANDARD, STANDARD_BODY, [STANDARD_SECRET], THEN)


TWILIO = b"CallSid=CA1234567890ABCDE&Caller=%2B12349013030&Digits=1234&From=%2B12349013030&To=%2B18005551212"
TWILIO_URL = "https://mycompany.com/myapp.php?foo=1&bar=2"
TWILIO_SIGNED = {"x-twilio-signature": "0/KCTR6DLpKmkAf8muzZqo1nDgQ="}


def test_the_vector_that_twilio_publishes() -> None:
    """https://www.twilio.com/docs/usage/security: the order of the fields does not matter, everything else does."""

    def known(body: bytes, url: str = TWILIO_URL, secret: str = "12345") -> bool:
        return signatures.authentic(Source.TWILIO, TWILIO_SIGNED, body, ["other", secret], NOW, url)

    assert known(TWILIO)
    assert known(b"&".join(reversed(TWILIO.split(b"&"))))
    for other in (TWILIO + b"&More=", TWILIO.replace(b"1234", b"1235"), TWILIO.replace(b"Digits", b"digits"), b""):
        assert not known(other)
    for url in ("", TWILIO_URL.replace("https", "http"), f"{TWILIO_URL}/", TWILIO_URL.replace("foo=1", "foo=2")):
        assert not known(TWILIO, url)
    assert not known(TWILIO, secret="12346")
    assert not signatures.authentic(Source.TWILIO, {}, TWILIO, ["12345"], NOW, TWILIO_URL)


def test_twilio_may_sign_by_sha_256() -> None:
    """Computed by another program: `printf '%s' "$text" | openssl dgst -sha256 -hmac 12345 -binary | base64`."""
    settings = {"x-twilio-webhooks-signature-settings": "key=main,algorithm=HMAC_SHA256"}
    signed = {"x-twilio-signature": "Rmm4Vzj+Ky7JGoWXMCsZDZuHDszLr9xvdbvitrDr4/M="} | settings

    def known(headers: dict[str, str]) -> bool:
        return signatures.authentic(Source.TWILIO, headers, TWILIO, ["12345"], NOW, TWILIO_URL)

    assert known(signed)
    assert not known(TWILIO_SIGNED | settings), "made by the other algorithm"
    assert not known({"x-twilio-signature": signed["x-twilio-signature"]})


@pytest.mark.parametrize("body", [b"{}", '{"text":"Für 💡"}'.encode(), b""])
def test_telegram_says_its_secret(body: bytes) -> None:
    def known(said: str) -> bool:
        return signatures.authentic(
            Source.TELEGRAM, {"x-telegram-bot-api-secret-token": said}, body, ["a-secret-of-tests"], NOW
        )

    assert known("a-secret-of-tests")
    assert not known("a-secret-of-test")
    assert not known("")


@pytest.mark.parametrize("text", ["ä", "💡", "👩‍🔧 grün", "\u00e4"])
def test_meta_signs_the_bytes_as_they_came(text: str) -> None:
    """The same letter can be written in two ways in JSON, and only one of them was signed."""
    body = f'{{"object":"page","text":"{text}"}}'.encode()
    signed = signatures.sign(Source.META, "a-secret-of-tests", body, "", NOW)
    assert signatures.authentic(Source.META, signed, body, ["a-secret-of-tests"], NOW)
    escaped = body.decode().encode("ascii", "backslashreplace")
    if escaped != body:
        assert not signatures.authentic(Source.META, signed, escaped, ["a-secret-of-tests"], NOW)


@pytest.mark.parametrize("name", list(STANDARD))
def test_standard_webhooks_sign_id_and_moment_too(name: str) -> None:
    other = {
        "webhook-id": "msg_other",
        "webhook-timestamp": "1614265331",
        "webhook-signature": "v2," + STANDARD["webhook-signature"].removeprefix("v1,"),
    }
    assert not signatures.authentic(Source.OWN, STANDARD | {name: other[name]}, STANDARD_BODY, [STANDARD_SECRET], THEN)
    without = {key: value for key, value in STANDARD.items() if key != name}
    assert not signatures.authentic(Source.OWN, without, STANDARD_BODY, [STANDARD_SECRET], THEN)


@pytest.mark.parametrize(("minutes", "accepted"), [(-5, True), (5, True), (-5.1, False), (5.1, False)])
def test_standard_webhooks_are_of_this_time(minutes: float, accepted: bool) -> None:
    now = THEN + timedelta(minutes=minutes)
    assert signatures.authentic(Source.OWN, STANDARD, STANDARD_BODY, [STANDARD_SECRET], now) is accepted


@pytest.mark.parametrize("moment", ["", "soon", "-1", "1614265330.0", "٣", "9" * 30])
def test_a_moment_that_is_none_is_refused(moment: str) -> None:
    headers = STANDARD | {"webhook-timestamp": moment}
    assert not signatures.authentic(Source.OWN, headers, STANDARD_BODY, [STANDARD_SECRET], THEN)


def test_one_of_several_signatures_is_enough() -> None:
    headers = STANDARD | {"webhook-signature": f"v1,AAAA {STANDARD['webhook-signature']} v1a,BBBB"}
    assert signatures.authentic(Source.OWN, headers, STANDARD_BODY, [STANDARD_SECRET], THEN)


@pytest.mark.parametrize(
    "each", [each for each in ALL if each.source in POSTED], ids=lambda each: f"{each.source}-{each.name}"
)
def test_what_we_sign_is_authentic_until_a_byte_changes(each: Hook) -> None:
    headers = signatures.sign(each.source, "a-secret-of-tests", each.body, "id-1", NOW)
    assert signatures.authentic(each.source, headers, each.body, ["another-one", "a-secret-of-tests"], NOW)
    again = otherwise(each)
    assert again != each.body
    if each.source is Source.TELEGRAM:  # which says its secret and signs nothing
        return
    assert not signatures.authentic(each.source, headers, again, ["another-one", "a-secret-of-tests"], NOW)


@given(st.sampled_from(Source), st.text(), st.binary(max_size=50))
def test_any_signature_at_all_is_no_exception(source: Source, signature: str, body: bytes) -> None:
    names = [
        "x-shopify-hmac-sha256", "x-wc-webhook-signature", "shopware-shop-signature", "webhook-signature",
        "webhook-id", "x-twilio-signature", "x-hub-signature-256", "x-telegram-bot-api-secret-token",
    ]  # fmt: skip
    headers = dict.fromkeys(names, signature) | {"webhook-timestamp": str(int(NOW.timestamp()))}
    assert not signatures.authentic(source, headers, body, ["a-secret-of-tests"], NOW)
