"""Sent mails: recipients, addresses in the form of mail services, and headers that no value breaks out of."""

from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from unicodedata import category

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.mail.composing import Letter, compose, deliverable
from chalicelib.mail.reading import read


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("mira@shop.example", "mira@shop.example"),
        ("mira@müller.example", "mira@xn--mller-kva.example"),
        ("mira@MÜLLER.example", "mira@xn--mller-kva.example"),
        ("mira@straße.example", "mira@xn--strae-oqa.example"),
        ("mira@例子。公司", "mira@xn--fsqu00a.xn--55qx5d"),
        ("mira@☃.example", "mira@xn--n3h.example"),
    ],
)
def test_a_domain_is_written_in_ascii_and_stays_the_same_domain(address: str, expected: str) -> None:
    assert deliverable(address) == expected


@pytest.mark.parametrize("domain", ["ä..example", "ä" * 70 + ".example"])
def test_an_invalid_domain_fails(domain: str) -> None:
    with pytest.raises(UnicodeError):
        deliverable(f"mira@{domain}")


def headers(subject: str, name: str = "Mira") -> tuple[str, str, str]:
    """The subject and both names, as a mail program reads them."""
    raw = compose(
        Letter(
            sender_name=name,
            sender="care@shop.example",
            recipient_name=name,
            recipient="mira@example.com",
            subject=subject,
            text="Hello",
            html="<p>Hello</p>",
            token="token",
            serial="1",
            date=datetime(2026, 3, 2, 10, tzinfo=UTC),
        )
    )
    message = message_from_bytes(raw, policy=default)
    assert set(message.keys()) == FIELDS
    found = read(raw)
    assert (found.subject, found.sender and found.sender.address) == (message["Subject"], "care@shop.example")
    return (
        str(message["Subject"]),
        message["From"].addresses[0].display_name,
        message["To"].addresses[0].display_name,
    )


FIELDS = {
    "From",
    "To",
    "Reply-To",
    "Subject",
    "Date",
    "Message-ID",
    "References",
    "X-Aftercare-Loop",
    "MIME-Version",
} | {"Content-Type"}


@pytest.mark.parametrize(
    "words",
    [
        "Lamp 👩\u200d👩\u200d👧 broken",
        "🏳️\u200d🌈",
        "می\u200cخواهم لامپ",
        "ക\u200dഷ\u200d",
        "क्\u200dष",
        "Grüße “Jürgen” 你好",
        "العربية עברית",
    ],
)
def test_joiners_stay_in_subjects_and_names(words: str) -> None:
    assert headers(words, words) == (words, words, words)


@pytest.mark.parametrize(
    ("words", "written"),
    [
        ("a\r\nBcc: eve@x.example", "a Bcc: eve@x.example"),
        ("a\u2028b\u2029c\x85d\x0be", "a b c d e"),
        ("bill\u202efdp.exe", "billfdp.exe"),
        ("\u2067abc\u2069 \u202ade\u202c", "abc de"),
        ("\u200d\u200c", ""),
        ("\u200dab \u200ccd", "ab cd"),
        ("soft\xadhyphen\ufeff", "softhyphen"),
        ("=\u200b?utf-8?q?x?=", "= ?utf-8?q?x?="),
        ("zero\u200bwidth", "zerowidth"),
    ],
)
def test_other_invisible_characters_are_removed(words: str, written: str) -> None:
    assert headers(words, words or "x") == (written, written, written)


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_value_breaks_out_of_its_header_or_reorders_others(subject: str, name: str) -> None:
    for value in headers(subject, name):
        assert all(c in "\u200c\u200d" or category(c) not in ("Cf", "Cc", "Zl", "Zp") for c in value)
