"""Malformed bodies: footers below base64, multiparts that never begin, damaged uuencode, unusual text types."""

import base64
import binascii

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.mail.bodies import all_text
from chalicelib.mail.charsets import encodings
from chalicelib.mail.reading import read
from tests.unit.mail.mails import mail, multipart, nested, part

WORDS = "Die Lampe ist kaputt, bitte um Ersatz. Bestellung 2041."
FOOTERS = [
    "-- \nThis mail was scanned by ACME Gateway.\n",
    "_______________________________________________\nlamps mailing list\nlamps@example.org\n",
    "\nConfidential\n\nThis mail is for you alone.\n",
    "\n\nDisclaimer: not an offer.\n",
    "Virenfrei. www.scanner.example\n",
    "\nGesendet über Günters Gateway.\n",
    "==========\nScanned\n==========\n",
]


@pytest.mark.parametrize("footer", FOOTERS)
@pytest.mark.parametrize("extra", range(5))
@pytest.mark.parametrize("wrapped", [True, False], ids=["wrapped", "one line"])
def test_a_footer_below_base64_is_read_in_clear(footer: str, extra: int, wrapped: bool) -> None:
    words = (WORDS + "x" * extra) * 3
    data = base64.encodebytes(words.encode()) if wrapped else base64.b64encode(words.encode()) + b"\n"
    raw = mail(data + footer.encode(), content_type="text/plain; charset=utf-8", content_transfer_encoding="base64")
    found = read(raw)
    assert found.text.startswith(words + "\n")
    assert found.text[len(words) :].strip() == footer.strip()
    assert found.defects == ()
    # An erasure must find the footer's words, too.
    assert any(footer.strip().splitlines()[-1] in text for text in all_text.readable(raw))


def test_a_footer_below_a_file_is_no_part_of_it() -> None:
    content = bytes(range(256)) * 4
    file = part(
        base64.encodebytes(content) + b"-- \nScanned by ACME.\n", "image/png", content_transfer_encoding="base64"
    )
    assert [one.content for one in read(multipart(part("See."), file)).attachments] == [content]


def test_a_footer_below_html_in_base64_is_below_its_text() -> None:
    html = base64.encodebytes(b"<p>It broke.</p>") + b"-- \nScanned by ACME.\n"
    raw = mail(html, content_type="text/html; charset=utf-8", content_transfer_encoding="base64")
    assert read(raw).text == "It broke.\n-- \nScanned by ACME."


@settings(deadline=None, max_examples=100, derandomize=True, database=None)
@given(st.binary(max_size=400), st.sampled_from(["", " ", "!", "#\n", "\r\n", "\t\n"]), st.integers(0, 80))
def test_noise_among_base64_is_no_footer(content: bytes, noise: str, place: int) -> None:
    data = base64.encodebytes(content)
    noisy = data[:place] + noise.encode() + data[place:]
    assert encodings.footer(noisy, "base64") == b""
    assert encodings.base64(noisy, []) == content


@pytest.mark.parametrize("subtype", ["alternative", "mixed", "related", "report"])
@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("It broke.\n\n--b--\n", "It broke."),
        ("It broke.\n--b--\nA footer.\n", "It broke."),
        ("--b--\n\nIt broke.\n", "It broke."),
        ("Content-Type: text/plain; charset=utf-8\n\nIt bröke.\n--b--\n", "It bröke."),
        ("Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\nSXQgYnJva2Uu\n--b--\n", "It broke."),
        ("<html><body><p>It broke.</p></body></html>\n--b--\n", "It broke."),
        ("It broke.\n", "It broke."),
    ],
)
def test_a_multipart_without_an_opening_boundary_is_read_as_text(subtype: str, body: str, text: str) -> None:
    found = read(mail(body, content_type=f'multipart/{subtype}; boundary="b"'))
    assert (found.text.strip(), found.attachments) == (text, ())
    assert "multipart without parts: read as text" in found.defects


def test_an_inner_multipart_without_an_opening_boundary_is_read_as_text() -> None:
    inner = part("It broke.\r\n\r\n--inner--\r\n", 'multipart/alternative; boundary="inner"')
    found = read(multipart(inner, part(base64.encodebytes(b"x"), "image/png", content_transfer_encoding="base64")))
    assert found.text.strip() == "It broke."
    assert [one.content for one in found.attachments] == [b"x"]


def uuencoded(content: bytes) -> bytes:
    lines = b"".join(binascii.b2a_uu(content[at : at + 45]) for at in range(0, len(content), 45))
    return b"begin 644 lamp.jpg\n" + lines + b"`\nend\n"


@pytest.mark.parametrize("line", [1, 3, 6])
@pytest.mark.parametrize("damage", [b"\x81", b"~~~~~~", b""], ids=["byte", "letters", "cut"])
@pytest.mark.parametrize("encoding", ["x-uuencode", "7bit"])
def test_one_damaged_line_of_uuencode_does_not_lose_the_file(line: int, damage: bytes, encoding: str) -> None:
    content = bytes(range(256)) * 2
    lines = uuencoded(content).split(b"\n")
    lines[line] = lines[line][:1] + damage + lines[line][1 + len(damage) :] if damage else lines[line][:20] + b"\x81"
    body = b"\n".join(lines)
    if encoding == "7bit":
        found = read(mail(b"See:\n\n" + body))
        assert found.text.strip() == "See:"
        assert found.attachments[0].filename == "lamp.jpg"
        got, defects = found.attachments[0].content, list(found.defects)
    else:
        defects = []
        got = encodings.decode(body, encoding, defects)
    assert len(got) == len(content)
    intact = [at for at in range(0, len(content), 45) if at // 45 + 1 != line]
    assert all(got[at : at + 45] == content[at : at + 45] for at in intact)
    assert got == content or defects


def test_words_between_begin_and_end_are_no_file() -> None:
    text = "Steps:\nbegin 644 times\nthen wait for a long while\nand see whether it blinks\nend\n"
    found = read(mail(text))
    assert (found.text, found.attachments) == (text, ())


@pytest.mark.parametrize(
    ("kind", "body", "text"),
    [
        ("text/markdown", "**It broke**, order 2041.", "**It broke**, order 2041."),
        ("text/x-markdown; charset=iso-8859-1", b"Gr\xfc\xdfe", "Grüße"),
        ("text/x-org", "* It broke", "* It broke"),
        (
            "text/enriched",
            "<bold>It</bold> broke.\n\nSee <<5 <param>red</param>lamps\nhere.",
            "It broke.\nSee <5 lamps here.",
        ),
        ("text/richtext", "<italic>It</italic> broke.", "It broke."),
        ("text/unknown-to-all", "It broke.", "It broke."),
        ("plain/text; charset=iso-8859-1", b"Gr\xfc\xdfe", "Grüße"),
        ("html/text", "<p>It broke.</p>", "It broke."),
    ],
)
def test_another_text_type_is_read_as_text(kind: str, body: str | bytes, text: str) -> None:
    found = read(mail(body, content_type=kind))
    assert (found.text.strip(), found.attachments) == (text, ())
    raw = body if isinstance(body, bytes) else body.encode()
    found = read(multipart(part(raw, kind), part(b"x", "image/png")))
    assert (found.text.strip(), len(found.attachments)) == (text, 1)


@pytest.mark.parametrize(
    "kind",
    ["text/csv", "text/x-vcard", "text/vcard", "text/css", "text/rtf", "text/xml", "text/markdown; name=notes.md"],
)
def test_text_for_programs_or_with_a_name_stays_a_file(kind: str) -> None:
    found = read(multipart(part("See."), part("a,b", kind)))
    assert (found.text.strip(), len(found.attachments)) == ("See.", 1)


def test_an_alternative_with_the_same_words_is_neither_text_nor_a_file() -> None:
    found = read(
        multipart(
            part("It broke."),
            part("*It broke.*", "text/markdown"),
            part('{"emoji":"x"}', "text/vnd.other+json"),
            part("<p>It broke.</p>", "text/html"),
            subtype="alternative",
        )
    )
    assert (found.text, found.attachments) == ("It broke.", ())


def value(tag: int, content: bytes) -> bytes:
    """One value, encoded in DER."""
    size = len(content)
    length = bytes([size]) if size < 128 else bytes([0x82]) + size.to_bytes(2, "big")
    return bytes([tag]) + length + content


def signed(content: bytes) -> bytes:
    """A part with an opaque signature (RFC 5652), without certificates."""
    data = bytes.fromhex("06092a864886f70d010701")
    inside = value(0x30, data + value(0xA0, value(0x04, content)))
    whole = value(0x30, b"\x02\x01\x01" + value(0x31, b"") + inside + value(0x31, b""))
    info = value(0x30, bytes.fromhex("06092a864886f70d010702") + value(0xA0, whole))
    return part(
        base64.encodebytes(info),
        "application/pkcs7-mime; smime-type=signed-data; name=smime.p7m",
        content_transfer_encoding="base64",
    )


@pytest.mark.parametrize("levels", [1, 2, 3])
@pytest.mark.parametrize("clear", [False, True], ids=["opaque", "clear-signed"])
def test_a_signed_mail_within_a_signed_one_is_read(levels: int, clear: bool) -> None:
    inner = part("It broke, order 2041.")
    for _ in range(levels):
        inner = signed(inner)
    if clear:
        raw = multipart(inner, part(b"x", "application/pkcs7-signature; name=smime.p7s"), subtype="signed")
    else:
        head, _, body = inner.partition(b"\r\n\r\n")
        raw = b"From: a@x.example\r\n" + head + b"\r\n\r\n" + body
    found = read(raw)
    assert (found.text.strip(), found.protection) == ("It broke, order 2041.", "signed")


def test_the_nesting_of_signed_mails_is_bounded() -> None:
    inner = part("It broke.")
    for _ in range(12):
        inner = signed(inner)
    assert read(b"From: a@x.example\r\n" + inner).text == ""


def test_an_alternative_within_a_signed_mail_is_read_once() -> None:
    inner = nested(part("It broke."), part("<p>It broke.</p>", "text/html"), subtype="alternative", boundary="inner")
    assert read(multipart(signed(inner), subtype="mixed")).text.strip() == "It broke."
