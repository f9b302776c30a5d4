"""Characters of forms that are not in UTF-8: every field and every filename, urlencoded and multipart."""

from typing import Any
from urllib.parse import parse_qs, quote_from_bytes, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib import wiring
from chalicelib.rules.tickets.ticket import Ticket
from chalicelib.services.tickets import links
from chalicelib.web import form_decoding
from tests.support.web import browsing
from tests.support.web.browsing import FORM, Browser, fields, first, page

GERMAN = "Für die Küche, Größe 40, 59,90 €"


def opened(answer: browsing.Answer) -> Ticket:
    assert answer.status_code == 303, answer.body
    token = parse_qs(urlsplit(answer.headers["Location"]).query)["t"][0]
    ref = links.open_status(wiring.deps(), token).ticket.ref
    found = wiring.deps().tickets.ticket(ref)
    assert found
    return found


def urlencoded(values: dict[str, str], codec: str) -> bytes:
    pairs = (f"{name}={quote_from_bytes(value.encode(codec, 'xmlcharrefreplace'))}" for name, value in values.items())
    return "&".join(pairs).encode()


def multipart(values: dict[str, str], files: list[tuple[bytes, bytes]], codec: str, part_type: str = "") -> bytes:
    kind = f"\r\nContent-Type: {part_type}".encode() if part_type else b""
    lines = [
        b'--x\r\nContent-Disposition: form-data; name="%b"%b\r\n\r\n%b' % (name.encode(), kind, value.encode(codec))
        for name, value in values.items()
    ]
    lines += [
        b'--x\r\nContent-Disposition: form-data; name="attachments"; %b\r\nContent-Type: image/jpeg\r\n\r\n%b' % file
        for file in files
    ]
    return b"\r\n".join(lines) + b"\r\n--x--\r\n"


def sent(browser: Browser, body: bytes, kind: str) -> Ticket:
    return opened(browser.post("/shops/northlight/tickets", body, kind, accept=browsing.HTML))


@pytest.mark.parametrize(
    ("name", "message", "codec", "said"),
    [
        ("Jürgen Groß", GERMAN, "cp1252", "windows-1252"),
        ("Jürgen Groß", GERMAN, "cp1252", "iso-8859-1"),
        ("Jürgen Groß", GERMAN, "cp1252", ""),
        ("Jürgen Groß", GERMAN, "iso8859-15", "ISO-8859-15"),
        ("Jürgen Groß", GERMAN, "utf-8", "iso-8859-1"),
        ("Jürgen Groß", GERMAN, "utf-8", ""),
        ("Łukasz Żak", "Lampa jest pęknięta, proszę o nową.", "cp1250", "windows-1250"),
        ("Łukasz Żak", "Lampa jest pęknięta, proszę o nową.", "iso8859-2", "iso-8859-2"),
        ("Ольга", "Лампа не горит.", "cp1251", "windows-1251"),
        ("Ольга", "Лампа не горит.", "koi8-r", "koi8-r"),
        ("联通", "灯坏了，请换一个新的。", "gb18030", "gb2312"),
        ("山田表", "ランプが壊れています。", "cp932", "shift_jis"),
        ("山田", "ランプが壊れています。", "euc_jp", "euc-jp"),
        ("山田", "ランプが壊れています。", "iso2022_jp", "iso-2022-jp"),
        ("김", "램프가 고장났어요.", "cp949", "euc-kr"),
    ],
)
@pytest.mark.parametrize("where", ["in the type", "in the field for it"])
def test_characters_are_kept(browser: Browser, name: str, message: str, codec: str, said: str, where: str) -> None:
    values = fields(name=name, message=message, order_number="№ 7".encode(codec, "ignore").decode(codec))
    kind = f"{FORM}; charset={said}" if said and where == "in the type" else FORM
    if said and where != "in the type":
        values |= {"_charset_": said}
    found = sent(browser, urlencoded(values, codec), kind)
    assert (found.requester.name, found.opening.text) == (name, message)


@pytest.mark.parametrize("codec", ["cp1252", "utf-8"])
@pytest.mark.parametrize(
    ("kind", "field", "part"),
    [
        ("", "", ""), ("; charset=windows-1252", "", ""), ("", "windows-1252", ""),
        ("", "", "text/plain; charset=windows-1252"), ("", "", 'text/plain; charset="ISO-8859-1"'),
    ],
)  # fmt: skip
def test_characters_of_multipart_forms_and_filenames_are_kept(
    browser: Browser, codec: str, kind: str, field: str, part: str
) -> None:
    values = fields(name="Jürgen Groß", message=GERMAN) | ({"_charset_": field} if field else {})
    file = (b'filename="%b"' % "Küche – Größe.jpg".encode(codec), b"jpg")
    found = sent(browser, multipart(values, [file], codec, part), f"multipart/form-data; boundary=x{kind}")
    assert (found.requester.name, found.opening.text) == ("Jürgen Groß", GERMAN)
    assert [file.filename for file in found.opening.files] == ["Küche – Größe.jpg"]


@pytest.mark.parametrize(
    "written", [b"filename*=UTF-8''K%C3%BCche.jpg", b"filename=\"K.jpg\"; filename*=utf-8''K%C3%BCche.jpg",
                b"filename*=iso-8859-1''K%FCche.jpg", b'filename="K\xfcche.jpg"']
)  # fmt: skip
def test_a_filename_is_read_in_every_way_of_writing_it(browser: Browser, written: bytes) -> None:
    found = sent(browser, multipart(fields(), [(written, b"jpg")], "utf-8"), "multipart/form-data; boundary=x")
    assert [file.filename for file in found.opening.files] == ["Küche.jpg"]


def test_characters_outside_the_pages_charset_come_as_references(browser: Browser) -> None:
    message = "Für Łukasz 💡 — &#8364; &#38; &#9999999;"
    found = sent(browser, urlencoded(fields(message=message), "cp1252"), FORM)
    assert found.opening.text == message, "what was typed as a reference stays one"
    found = sent(browser, urlencoded(fields(message="Łukasz &#322;"), "utf-8"), FORM)
    assert found.opening.text == "Łukasz &#322;"


def test_one_cut_off_character_spoils_no_other(browser: Browser) -> None:
    body = urlencoded(fields(message=""), "utf-8") + b"&message=F%C3%BCr+die+K%C3%BCche%2C+Gr%C3"
    assert sent(browser, body, FORM).opening.text == "Für die Küche, Gr\N{REPLACEMENT CHARACTER}"


@pytest.mark.parametrize("said", ["utf-16", "utf-7", "cp037", "idna", "rot13", "none", "x" * 5000, "windows-1252\0"])
def test_an_unusable_charset_name_is_ignored(browser: Browser, said: str) -> None:
    found = sent(browser, urlencoded(fields(name="Jürgen", _charset_=said), "cp1252"), FORM)
    assert found.requester.name == "Jürgen"


@given(st.text(), st.sampled_from(["", "windows-1252", "utf-8", "shift_jis", "iso-2022-jp", "klingon"]))
def test_utf_8_is_read_as_utf_8_under_any_label(text: str, named: str) -> None:
    raw = text.encode("utf-8", "replace")
    decoder = form_decoding.of([raw], named)
    if named != "iso-2022-jp" and "&#" not in text:
        assert decoder.read(raw) == raw.decode()


@given(st.lists(st.binary(max_size=40), max_size=5), st.text(max_size=20), st.text(max_size=20))
def test_any_bytes_are_read(values: list[bytes], named: str, own: str) -> None:
    decoder = form_decoding.of(values, named)
    for value in values:
        decoder.read(value, own).encode("utf-8", "surrogatepass")


class TestFilesThatDidNotCome:
    """A form without enctype sends the name of a file instead of the file."""

    @pytest.mark.parametrize("field", ["attachments", "attachments[]"])
    def test_they_are_requested_by_a_form_that_can_send_them(self, browser: Browser, field: str) -> None:
        values: dict[str, Any] = fields(message="See photo", order_number="7") | {field: "photo.jpg"}
        answer = browser.form(values)
        assert answer.status_code == 422
        assert "only its name" in first(answer, "#attachments-error").text()
        assert "photo.jpg" in first(answer, "main").text()
        assert browsing.typed(answer, "message") == "See photo"
        assert first(answer, "form.form").attributes["enctype"] == "multipart/form-data"

    def test_a_program_gets_the_error_as_json(self, browser: Browser) -> None:
        answer = browser.form(fields(attachments="photo.jpg"), accept=browsing.JSON)
        assert browsing.problems(answer) == {"attachments": "attachments_not_sent"}

    def test_an_empty_field_is_no_file(self, browser: Browser) -> None:
        assert browser.form(fields(attachments="")).status_code == 303

    def test_a_file_without_a_name_is_a_file(self, browser: Browser) -> None:
        body = multipart(fields(), [(b"x=y", b"jpg")], "utf-8")
        (file,) = sent(browser, body, "multipart/form-data; boundary=x").opening.files
        assert (file.filename, file.size) == ("attachment-1.jpg", 3)


def test_every_form_of_ours_names_its_charset(browser: Browser) -> None:
    shown = page(browser.get("/shops/northlight/contact"))
    assert [form.attributes["accept-charset"] for form in shown.css("form[method=post]")] == ["utf-8"]
