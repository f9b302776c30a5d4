"""Whole mails: what is read from them, and that no input makes reading fail."""

import tracemalloc
from datetime import UTC, datetime

import pytest

from chalicelib.mail.inbound import Address
from chalicelib.mail.reading import read
from tests.unit.mail.mails import encoded, joined, mail, multipart, nested, part


def test_an_ordinary_mail() -> None:
    found = read(
        mail(
            "The shade is cracked.\r\n-- \r\nMira", in_reply_to="<a@x>", references="<z@x>\r\n <a@x>", cc="b@x.example"
        )
    )
    assert found.message_id == "one@example.com"
    assert found.in_reply_to == ("a@x",)
    assert found.references == ("z@x", "a@x")
    assert found.date is not None
    assert found.date.astimezone(UTC) == datetime(2026, 3, 2, 9, tzinfo=UTC)
    assert found.sender == Address("Mira Holm", "mira@example.com")
    assert found.to == (Address("", "care@help.northlight.example"),)
    assert found.cc == (Address("", "b@x.example"),)
    assert found.reply == "The shade is cracked."
    assert found.signature == "--\nMira"
    assert found.header("mime-version") == "1.0"
    assert (found.automatic, found.bounce, found.forwarded, found.defects) == ((), None, None, ())


def test_empty_and_almost_empty_bytes_are_mails() -> None:
    for raw in (b"", b"\n", b"\r\n\r\n", b":", b"\x00", b"From", b"Subject: x", b"\xff\xfe\x00"):
        assert isinstance(read(raw).text, str)


def test_missing_headers_are_reported_as_defects() -> None:
    nothing: dict[str, None] = {"from": None}
    found = read(mail("Hello", date=None, message_id=None, **nothing))
    assert found.sender is None
    assert {"no From", "no Date", "no Message-ID"} <= set(found.defects)


def test_html_without_plain_text_becomes_text_with_its_links() -> None:
    html = '<p>See <a href="https://shop.example/p/1">the lamp</a>,<br>please.</p><script>x()</script>'
    found = read(mail(html, content_type="text/html; charset=utf-8"))
    assert found.text == "See the lamp (https://shop.example/p/1),\nplease."
    assert found.html == html
    assert found.safe_html is not None
    assert "script" not in found.safe_html


def test_alternatives_are_one_text_and_one_html() -> None:
    found = read(multipart(part("a *lamp*"), part("a <b>lamp</b>", "text/html"), subtype="alternative"))
    assert (found.text, found.html, found.attachments) == ("a *lamp*", "a <b>lamp</b>", ())


def test_an_inline_picture_is_shown_in_place_and_known_as_inline() -> None:
    picture = part(
        encoded(b"PNG"),
        "image/png",
        content_transfer_encoding="base64",
        content_id="<pic>",
        content_disposition="inline",
    )
    found = read(
        multipart(part('<img src="cid:pic"><img src="https://spy.example/x">', "text/html"), picture, subtype="related")
    )
    assert [(one.inline, one.content_id, one.content) for one in found.attachments] == [(True, "pic", b"PNG")]
    assert found.safe_html == '<img src="cid:pic">'
    assert "1 remote picture not loaded" in found.defects


def test_a_picture_not_shown_in_the_html_is_listed() -> None:
    picture = part(
        encoded(b"PNG"), "image/png; name=a.png", content_transfer_encoding="base64", content_disposition="inline"
    )
    (found,) = read(multipart(part("<p>See my photo</p>", "text/html"), picture)).attachments
    assert not found.inline


def test_an_empty_plain_alternative_does_not_hide_the_words() -> None:
    found = read(multipart(part(" \r\n"), part("<p>The lamp broke.</p>", "text/html"), subtype="alternative"))
    assert (found.text, found.reply) == ("The lamp broke.", "The lamp broke.")


def test_an_attached_mail_is_one_attachment_named_by_its_subject() -> None:
    inner = multipart(
        part("inner words"), part("file", "text/csv", content_disposition="attachment"), subject="Old order"
    )
    found = read(multipart(part("see attached"), part(inner, "message/rfc822"), boundary="outer"))
    assert [one.filename for one in found.attachments] == ["Old order.eml"]
    assert found.attachments[0].content == inner
    assert found.text == "see attached"


def test_an_attachment_has_a_size_and_a_digest() -> None:
    file = part(encoded(b"abc"), 'application/pdf; name="bill.pdf"', content_transfer_encoding="base64")
    (found,) = read(multipart(part("x"), file)).attachments
    assert (found.filename, found.size, found.inline) == ("bill.pdf", 3, False)
    assert found.sha256 == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_a_calendar_part_gives_a_line_and_stays_attached() -> None:
    calendar = (
        "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nSUMMARY:Visit\\, "
        "kitchen\r\nDTSTART;TZID=Europe/Berlin:20260302T100000\r\n"
    )
    calendar += "LOCATION:Main Street\r\n  1\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    found = read(multipart(part("Can you come?"), part(calendar, "text/calendar; method=REQUEST")))
    assert found.text.splitlines()[-1] == "📅 Visit, kitchen, 2026-03-02 10:00 (Europe/Berlin), Main Street 1"
    assert [one.filename for one in found.attachments] == ["attachment-1.ics"]


def test_signed_mail_is_read_and_flagged() -> None:
    signature = part("-----BEGIN PGP SIGNATURE-----", "application/pgp-signature")
    found = read(multipart(part("signed words"), signature, subtype="signed"))
    assert (found.protection, found.text, found.attachments) == ("signed", "signed words", ())


def test_clear_signed_text_is_read_without_its_armour() -> None:
    text = (
        "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nWords.\n- -- \n-----BEGIN PGP "
        "SIGNATURE-----\n\nabc\n-----END PGP SIGNATURE-----\n"
    )
    found = read(mail(text))
    assert (found.protection, found.reply) == ("signed", "Words.")


def test_encrypted_mail_is_kept_and_marked_unreadable() -> None:
    found = read(
        multipart(
            part("Version: 1", "application/pgp-encrypted"),
            part("abc", "application/octet-stream"),
            subtype="encrypted",
        )
    )
    assert found.protection == "encrypted"
    assert len(found.attachments) == 2
    assert "encrypted: cannot be read here" in found.defects


def test_opaque_smime_signatures_are_unpacked() -> None:
    inner = b"Content-Type: text/plain\r\n\r\nsigned inside\r\n"
    found = read(
        mail(
            encoded(signed_data(inner)),
            content_type="application/pkcs7-mime; name=smime.p7m",
            content_transfer_encoding="base64",
        )
    )
    assert (found.protection, found.text.strip()) == ("signed", "signed inside")
    assert [one.filename for one in found.attachments] == ["smime.p7m"]


def signed_data(content: bytes) -> bytes:
    """The smallest SignedData that contains `content`, with long lengths."""

    def tlv(tag: int, value: bytes) -> bytes:
        return bytes([tag, 0x82]) + len(value).to_bytes(2, "big") + value

    data_oid, signed_oid = bytes.fromhex("06092a864886f70d010701"), bytes.fromhex("06092a864886f70d010702")
    encapsulated = tlv(0x30, data_oid + tlv(0xA0, tlv(0x04, content)))
    return tlv(0x30, signed_oid + tlv(0xA0, tlv(0x30, b"\x02\x01\x01" + b"\x31\x00" + encapsulated)))


def test_a_forwarded_mail_carries_its_first_sender() -> None:
    found = read(
        mail(
            "Please handle.\n\n---------- Forwarded message ---------\nFrom: Ann <ann@x.example>\nDate: Mon, 2 Mar "
            "2026\n"
            "Subject: My lamp\nTo: <boss@shop.example>\n\nIt broke.\n",
            subject="Fwd: My lamp",
        )
    )
    assert found.forwarded is not None
    assert found.forwarded.sender == Address("Ann", "ann@x.example")
    assert (found.forwarded.subject, found.forwarded.note, found.forwarded.text) == (
        "My lamp",
        "Please handle.",
        "It broke.",
    )
    assert found.forwarded.certain


def test_a_bounce_is_no_forward_and_is_automatic() -> None:
    status = (
        "Reporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; gone@x.example\nAction: failed\nStatus: 5.1.1\n"
    )
    raw = multipart(
        part("Sorry."),
        part(status, "message/delivery-status"),
        part("Message-ID: <ours@shop.example>\n", "text/rfc822-headers"),
        subtype="report; report-type=delivery-status",
        **{"from": "MAILER-DAEMON@mx.example"},
    )
    found = read(raw)
    assert found.bounce is not None
    assert (found.bounce.recipients, found.bounce.status, found.bounce.permanent) == (
        ("gone@x.example",),
        "5.1.1",
        True,
    )
    assert found.bounce.original_message_id == "ours@shop.example"
    assert found.automatic
    assert found.forwarded is None


@pytest.mark.parametrize("depth", [30, 500, 3000])
def test_nesting_is_bounded(depth: int) -> None:
    inner = part("at the bottom")
    for level in range(depth):
        inner = nested(inner, subtype="mixed", boundary=f"b{level}")
    found = read(b"From: a@b.example\r\n" + inner)
    assert len(found.attachments) == 1
    assert any("nested deeper" in defect for defect in found.defects)


def test_ten_thousand_parts_are_read_up_to_a_limit() -> None:
    parts = [
        part(str(number), f"text/csv; name=n{number}.csv", content_disposition="attachment") for number in range(10_000)
    ]
    found = read(multipart(part("words"), *parts))
    assert found.text == "words"
    assert 900 < len(found.attachments) < 1_000
    assert any("more than 1000 parts" in defect for defect in found.defects)


def test_a_large_attachment_is_read_in_bounded_memory() -> None:
    raw = multipart(
        part("words"),
        part(encoded(bytes(20_000_000)), "application/zip; name=a.zip", content_transfer_encoding="base64"),
    )
    tracemalloc.start()
    found = read(raw)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found.attachments[0].size == 20_000_000
    assert peak < 5 * len(raw)


def test_an_archive_is_never_unpacked() -> None:
    bomb = b"PK\x03\x04" + b"\x00" * 50
    (found,) = read(multipart(part("x"), part(bomb, "application/zip; name=bomb.zip"))).attachments
    assert found.content == bomb


def test_a_text_too_large_to_show_is_kept_whole() -> None:
    found = read(mail("word " * 600_000))
    assert len(found.text) <= 2 * 1024 * 1024
    assert found.attachments[0].size == 3_000_000


def test_a_multipart_without_parts_is_text() -> None:
    found = read(mail("just words", content_type="multipart/mixed; boundary=nowhere"))
    assert found.text == "just words"
    assert "multipart without parts: read as text" in found.defects


def test_a_wrong_boundary_is_found_in_the_text() -> None:
    found = read(
        mail(
            joined(part("words"), part("<p>w</p>", "text/html"), boundary="real"),
            content_type="multipart/alternative; boundary=wrong",
        )
    )
    assert (found.text, found.html) == ("words", "<p>w</p>")


def test_junk_among_headers_is_skipped() -> None:
    found = read(b"From nobody Mon Mar  2 10:00:00 2026\nFrom: a@b.example\nthis is no header\nSubject: s\n\nwords\n")
    assert (found.subject, found.text, found.sender) == ("s", "words\n", Address("", "a@b.example"))
    assert "a line among the headers is no header: skipped" in found.defects


def test_a_missing_blank_line_loses_no_text() -> None:
    found = read(b"From: a@b.example\nSubject: s\nHello there\nmore\n")
    assert (found.subject, found.text) == ("s", "Hello there\nmore\n")


def test_uuencoded_files_are_attachments() -> None:
    found = read(mail("See:\n\nbegin 644 a.txt\n#86)C\n`\nend\n"))
    assert found.text.strip() == "See:"
    assert [(one.filename, one.content) for one in found.attachments] == [("a.txt", b"abc")]


def test_flowed_paragraphs_are_joined() -> None:
    found = read(mail("One \ntwo\n> quoted \n> more\n", content_type="text/plain; format=flowed"))
    assert found.text == "One two\n> quoted more\n"


def test_header_values_contain_no_line_breaks() -> None:
    found = read(mail(subject="=?utf-8?Q?Hello=0D=0ABcc:_x@y.example?="))
    assert "\n" not in found.subject
    assert "\r" not in found.subject
