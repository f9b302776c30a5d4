"""Text whose transfer encoding is labelled wrongly, and text that only looks so."""

import base64
import quopri

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.mail.charsets import encodings
from chalicelib.mail.reading import read
from tests.unit.mail.mails import mail, multipart, part

CLEAR = [
    "Hello,\n\nwhere is my order 1001? It should have arrived.\n\nKim",
    "Hello this is not base64 at all, really.",
    "Hallo, meine Bestellung ist nicht da. Bitte um Rückmeldung. Müller",
    "Hallo\n\nwo ist meine Lampe",
    "Moin\n\nwo ist meine Lampe",
    "1001\n\nLampe fehlt",
    "Danke",
    "Thanks!",
    "Order\n1001\nLamp\nbroken",
    "My IBAN: DE89 3704 0044 0532 0130 00, thanks",
    "See https://shop.example/a/B3f/Zq1?x=1 or write to jo@example.com",
    "您好，我的订单还没有到。",
    "Здравствуйте, где заказ?",
]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("words", CLEAR)
def test_words_labelled_base64_are_read_as_they_are(words: str, newline: str) -> None:
    raw = mail(
        words.replace("\n", newline),
        content_type="text/plain; charset=utf-8",
        content_transfer_encoding="base64",
    )
    found = read(raw)
    assert found.text.strip() == words
    assert "text labelled base64: taken as it is" in found.defects


def test_html_and_an_attached_mail_labelled_base64_are_read_as_they_are() -> None:
    html = mail("<p>Where is my order?</p>", content_type="text/html", content_transfer_encoding="base64")
    assert read(html).text.strip() == "Where is my order?"
    inner = "From: Ole <ole@example.com>\nSubject: Lamp\n\nWhere is it?"
    raw = multipart(part("See below."), part(inner, "message/rfc822", content_transfer_encoding="base64"))
    assert read(raw).attachments[0].content.decode().strip() == inner


@pytest.mark.parametrize(
    ("body", "content"),
    [
        ("Y!W#I=", "ab"),
        ("YWI= some words", "ab"),
        ("YWJj ZGVm", "abcdef"),
        ("SGVsbG8K", "Hello\n"),
        ("> SGVsbG8sIHdoZXJlIGlzIG15IG9yZGVyPw==", "Hello, where is my order?"),
    ],
)
def test_noise_among_data_is_still_noise(body: str, content: str) -> None:
    assert encodings.decode(body.encode(), "base64", [], is_text=True).decode() == content


def test_bytes_of_a_file_that_is_no_text_are_decoded_with_their_noise() -> None:
    picture = multipart(part("See."), part("AAAA and so on\n", "image/png", content_transfer_encoding="base64"))
    assert read(picture).attachments[0].content.startswith(b"\0\0\0")


def test_words_below_data_are_still_a_footer() -> None:
    data = base64.encodebytes(b"Where is it?").decode() + "\n_____\nThe list of lamps\n"
    raw = mail(data, content_type="text/plain; charset=utf-8", content_transfer_encoding="base64")
    assert read(raw).text.split("\n") == ["Where is it?", "_____", "The list of lamps"]


@given(
    st.text(min_size=1, max_size=200),
    st.sampled_from(["utf-8", "utf-16-le", "gb18030"]),
    st.sampled_from([60, 76, 400]),
)
def test_what_is_base64_is_decoded(text: str, codec: str, width: int) -> None:
    data = text.encode(codec, "ignore")
    letters = base64.b64encode(data)
    lines = b"\r\n".join(letters[at : at + width] for at in range(0, len(letters), width))
    assert encodings.decode(lines, "base64", [], is_text=True) == data


UNLABELLED = [
    ("Gr=C3=B6=C3=9Fe passt nicht", "Größe passt nicht"),
    ("l'=C3=A9t=C3=A9 d'automne", "l'été d'automne"),
    ("Gr=C3=B6=C3=9Fe, see https://shop.example/?a=5&b=C3", "Größe, see https://shop.example/?a=5&b=C3"),
    ("Gr=C3=B6=C3=9Fe = 40", "Größe = 40"),
    ("=D0=9B=D0=B0=D0=BC=D0=BF=D0=B0", "Лампа"),
]


@pytest.mark.parametrize("label", ["7bit", "8bit", None])
@pytest.mark.parametrize(("written", "meant"), UNLABELLED)
def test_quoted_printable_without_its_label_is_decoded(written: str, meant: str, label: str | None) -> None:
    found = read(mail(written, content_type="text/plain; charset=utf-8", content_transfer_encoding=label))
    assert found.text == meant
    assert "quoted-printable labelled as unencoded: decoded" in found.defects


def test_all_of_quoted_printable_is_decoded_if_nothing_else_is_there() -> None:
    text = "Die Größe passt nicht, bitte zurück. Siehe https://shop.example/?a=5&b=C3 für mehr, und danke für alles."
    assert encodings.decode(quopri.encodestring(text.encode()), "7bit", [], is_shown=True).decode() == text


@pytest.mark.parametrize(
    "words",
    [
        "Your mail has =20 at the end of each line, why?",
        "It says =C3=B6 where a letter should be",
        'It says "Gr=C3=B6=C3=9Fe", why?',
        "Es steht Gr=C3=B6=C3=9Fe statt Größe",
        "https://shop.example/?a=20&b=3D&c=AB=CD=EF",
        "Gr=F6=DFe =FC",
        "Move =E2=99=9A to =E2=99=9B's =E2=99=9D",
        "a=C3=B6=C3=9F and =C3",
        "Content-Transfer-Encoding: quoted-printable\n\nGr=C3=B6=C3=9Fe",
    ],
)
def test_what_people_write_about_codes_stays(words: str) -> None:
    assert encodings.decode(words.encode(), "8bit", [], is_shown=True).decode() == words


@pytest.mark.parametrize("kind", ["text/vcard", "text/plain; name=source.txt"])
def test_the_bytes_of_a_file_stay(kind: str) -> None:
    file = part("N:M=C3=BCller;J=C3=BCrgen=\r\n", kind, content_disposition="attachment; filename=card.vcf")
    assert b"M=C3=BCller;J=C3=BCrgen=" in read(multipart(part("See."), file)).attachments[0].content


@given(st.text(st.characters(codec="ascii", exclude_characters="="), max_size=200))
def test_text_without_an_equals_sign_stays(text: str) -> None:
    assert encodings.decode(text.encode(), "7bit", [], is_shown=True).decode() == text
