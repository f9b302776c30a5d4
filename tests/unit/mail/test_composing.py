"""Sent mails: recipients, addresses in the form of mail services, and headers that no value breaks out of."""

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default
from unicodedata import category

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.mail.composing import Attachment, Letter, _line, compose, deliverable, mailbox, plus_address
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
    assert message["x-ms-reactions"] == "disallow"
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
    "x-ms-reactions",
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


LETTER = Letter(
    sender_name="Northlight, Lamps",
    sender="care@shop.example",
    recipient_name="Mira Holm",
    recipient="mira@example.com",
    subject="Your lamp",
    text="Hello",
    html="<p>Hello</p>",
    token="nlj0j8n55hh9c106dkf1jc9zqsh3j19pt3fg",
    serial="1f3d1bee6c3a",
    date=datetime(2026, 3, 2, 10, tzinfo=UTC),
)
WORDS = st.text(
    st.sampled_from("abc .,=?_-<>\"'\t\n\r\x0c\x85\u2028äß…例👩") | st.characters(codec="utf-8"), max_size=200
)
IDS = st.from_regex(r"[a-z0-9.]{1,60}@[a-z0-9.]{1,60}", fullmatch=True)


@given(
    st.builds(replace, st.just(LETTER), sender_name=WORDS, recipient_name=WORDS, subject=WORDS, text=WORDS, html=WORDS)
    | st.builds(
        replace, st.just(LETTER), answers=st.lists(IDS, max_size=5), automatic=st.sampled_from([None, "auto-replied"])
    )
)
def test_the_mail_is_the_one_that_the_standard_library_writes(letter: Letter) -> None:
    """We write it ourselves because EmailMessage takes five times as long."""
    raw = compose(letter)
    ours, theirs = (message_from_bytes(written, policy=default) for written in (raw, standard(letter).as_bytes()))
    assert [contents(ours), ours.get_content_type()] == [contents(theirs), "multipart/alternative"]
    assert values(ours) == values(theirs)
    assert not [defect for part in ours.walk() for defect in part.defects]
    assert all(len(line) <= 998 and line.isascii() and b"\r" not in line for line in raw.split(b"\r\n"))
    assert b"\n" not in raw.replace(b"\r\n", b"")


def standard(letter: Letter) -> EmailMessage:
    """The fields that depend on the letter, and both texts."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = mailbox(letter.sender_name, letter.sender)
    mail["To"] = mailbox(letter.recipient_name, letter.recipient)
    mail["Reply-To"] = mailbox(letter.sender_name, plus_address(letter.sender, letter.token))
    mail["Subject"] = _line(letter.subject)
    if letter.answers:
        mail["In-Reply-To"] = f"<{letter.answers[-1]}>"
    thread = f"<{letter.token}@shop.example>"
    mail["References"] = " ".join([*(f"<{answer}>" for answer in letter.answers), thread])
    mail.set_content(letter.text, cte="quoted-printable")
    mail.add_alternative(letter.html, subtype="html", cte="quoted-printable")
    return mail


WRITTEN = {"From", "To", "Reply-To", "Subject", "In-Reply-To", "References", "MIME-Version"}


def values(mail: EmailMessage) -> dict[str, list[str]]:
    """Without the spaces of folded lines."""
    return {name: value.split() for name, value in mail.items() if name in WRITTEN}


def contents(mail: EmailMessage) -> list[tuple[str, str, str]]:
    return [
        (part.get_content_type(), part["Content-Transfer-Encoding"], part.get_content()) for part in mail.iter_parts()
    ]


def test_a_text_cannot_end_its_part() -> None:
    boundary = "--=_1f3d1bee6c3a"
    mail = message_from_bytes(compose(replace(LETTER, text=f"a\n{boundary}--\n{boundary}\nb")), policy=default)
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]


@pytest.mark.parametrize(
    "letter", [replace(LETTER, token="a\r\nBcc: eve@x.example"), replace(LETTER, sender="a\nb@c.d")]
)
def test_a_line_break_in_what_is_written_as_it_is_fails(letter: Letter) -> None:
    with pytest.raises(ValueError, match="cannot contain CR or LF"):
        compose(letter)


class TestAttachment:
    TEXT = "# Terms\n\nÄ line with blanks at its end  \nand no other change.\n"

    def mail(self, name: str = "terms.txt") -> EmailMessage:
        attached = replace(LETTER, attachments=(Attachment(name, self.TEXT), Attachment("b.txt", "")))
        message = message_from_bytes(compose(attached), policy=default)
        assert isinstance(message, EmailMessage)
        return message

    def test_arrives_byte_by_byte(self) -> None:
        files = list(self.mail().iter_attachments())
        assert [file.get_filename() for file in files] == ["terms.txt", "b.txt"]
        assert files[0].get_payload(decode=True) == self.TEXT.encode()

    def test_leaves_text_and_html_as_they_are(self) -> None:
        plain = message_from_bytes(compose(LETTER), policy=default)
        for kind in ("plain", "html"):
            bodies = [mail.get_body((kind,)) for mail in (self.mail(), plain) if isinstance(mail, EmailMessage)]
            assert bodies[0] and bodies[1]
            assert bodies[0].get_content() == bodies[1].get_content()
        assert (
            read(compose(replace(LETTER, attachments=(Attachment("a.txt", "x"),)))).text == read(compose(LETTER)).text
        )

    @given(st.text(max_size=30))
    def test_no_name_breaks_out_of_its_header(self, name: str) -> None:
        (file, _) = self.mail(name).iter_attachments()
        assert set(file.keys()) == {"Content-Type", "Content-Disposition", "Content-Transfer-Encoding"}


def test_an_answer_goes_to_the_plain_address_if_no_token_leads_it_back() -> None:
    message = message_from_bytes(compose(replace(LETTER, threaded=False)), policy=default)
    assert LETTER.sender in str(message["Reply-To"])
