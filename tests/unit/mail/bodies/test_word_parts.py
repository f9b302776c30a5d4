"""A person's words are read from whatever part they stand in, and once."""

import pytest

from chalicelib.mail.bodies import all_text
from chalicelib.mail.reading import read
from tests.unit.mail.mails import joined, mail, multipart, nested, part

WORDS = "Hiermit widerrufe ich den Vertrag."
HTML = f"<p>{WORDS}</p>"
PICTURE = part("x", "image/png", content_id="<a>")
FORMATS = [
    ("text/enriched", f"<bold>{WORDS}</bold>"),
    ("text/richtext", f"<bold>{WORDS}</bold>"),
    ("text/markdown", WORDS),
    ("text/x-markdown", WORDS),
    (
        "application/xhtml+xml",
        f'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><body>{HTML}</body></html>',
    ),
    ("text/xhtml", HTML),
    ("text/x-html", HTML),
    ("text/x-amp-html", f"<html amp4email><body>{HTML}</body></html>"),
    ("text/watch-html", HTML),
]


def related(*parts: bytes, more: str = "") -> bytes:
    return mail(joined(*parts, boundary="rel"), content_type=f'multipart/related; boundary="rel"{more}')


@pytest.mark.parametrize(("kind", "content"), FORMATS)
def test_a_format_that_stands_alone_is_words(kind: str, content: str) -> None:
    for raw in (
        mail(content, content_type=f"{kind}; charset=utf-8"),
        multipart(part(content, kind), PICTURE),
        multipart(part(content, kind), subtype="alternative"),
        multipart(part(" \r\n"), part(content, kind), subtype="alternative"),
        multipart(part(""), part("", "text/html"), part(content, kind), subtype="alternative"),
    ):
        assert read(raw).text.strip() == WORDS
        assert any(WORDS in text for text in all_text.readable(raw))


@pytest.mark.parametrize(("kind", "content"), FORMATS)
def test_a_format_beside_plain_text_and_html_says_nothing_twice(kind: str, content: str) -> None:
    found = read(multipart(part(WORDS), part(content, kind), part(HTML, "text/html"), subtype="alternative"))
    assert found.text == WORDS
    assert read(multipart(part(WORDS), part(content, kind), subtype="alternative")).text == WORDS
    assert not found.attachments


@pytest.mark.parametrize(("kind", "content"), [one for one in FORMATS if "html" in one[0]])
def test_html_by_another_name_is_read_instead_of_a_placeholder(kind: str, content: str) -> None:
    found = read(multipart(part("Please use another program."), part(content, kind), subtype="alternative"))
    assert found.text == WORDS


def test_a_file_of_a_page_stays_a_file() -> None:
    found = read(multipart(part(HTML, "application/xhtml+xml; name=invoice.xhtml"), PICTURE))
    assert found.attachments[0].filename == "invoice.xhtml"
    assert not found.text


def test_a_data_format_beside_a_blank_text_stays_a_file() -> None:
    found = read(multipart(part(" "), part("{\\rtf1 x}", "text/rtf"), subtype="alternative"))
    assert [one.content_type for one in found.attachments] == ["text/rtf"]


@pytest.mark.parametrize(
    "raw",
    [
        related(PICTURE, part(HTML, "text/html", content_id="<root>"), more='; start="<root>"'),
        related(PICTURE, part(HTML, "text/html; name=body.html", content_id="<root>"), more='; start="<root>"'),
        related(part("<p>a frame</p>", "text/html"), part(HTML, "text/html", content_id="<r>"), more='; start="<r>"'),
        related(part(HTML, "text/html"), PICTURE, more='; start="<a>"'),
        related(part(HTML, "text/html"), PICTURE, more='; start="<nowhere>"'),
        related(PICTURE, part(HTML, "text/html")),
        related(PICTURE, part(WORDS)),
        related(part(HTML, "text/html"), part("<p>a frame</p>", "text/html", content_id="<frame>")),
    ],
)
def test_the_root_of_related_parts_is_the_words(raw: bytes) -> None:
    found = read(raw)
    assert found.text == WORDS
    assert len(found.attachments) == 1


@pytest.mark.parametrize("kind", ["text/plain", "text/html"])
def test_words_labelled_as_an_attachment_without_a_name_are_read_if_there_are_no_others(kind: str) -> None:
    content = HTML if "html" in kind else WORDS
    aside = part(content, kind, content_disposition="attachment")
    for raw in (
        mail(content, content_type=kind, content_disposition="attachment"),
        multipart(aside, PICTURE),
        multipart(PICTURE, aside),
    ):
        assert read(raw).text == WORDS
    assert read(multipart(part("Hello"), aside)).text == "Hello"
    named = part(content, kind, content_disposition="attachment; filename=a.txt")
    assert read(multipart(named, PICTURE)).text == ""


def test_alternatives_labelled_as_attachments_are_one_text() -> None:
    aside = {"content_disposition": "attachment"}
    found = read(multipart(part(WORDS, **aside), part(HTML, "text/html", **aside), subtype="alternative"))
    assert (found.text, found.html) == (WORDS, HTML)


def test_words_between_pictures_are_all_read() -> None:
    assert read(multipart(part("one"), PICTURE, part("two"), PICTURE, part("three"))).text == "one\ntwo\nthree"
    htmls = [part(f"<p>{word}</p>", "text/html") for word in ("one", "two", "three")]
    assert read(multipart(htmls[0], PICTURE, htmls[1], PICTURE, htmls[2])).text == "one\ntwo\nthree"


def test_the_same_words_in_nested_alternatives_are_read_once() -> None:
    inner = nested(part(WORDS), part(HTML, "text/html"), subtype="alternative", boundary="inner")
    around = nested(inner, PICTURE, subtype="related", boundary="around")
    assert read(multipart(part(WORDS), around, subtype="alternative")).text == WORDS
    assert read(multipart(inner, subtype="alternative")).text == WORDS
    assert read(multipart(part("other words, and many more of them"), inner)).text.endswith(WORDS)


@pytest.mark.parametrize("last", ["text/calendar; method=REQUEST", "text/x-amp-html"])
def test_an_alternative_that_programs_put_last_hides_no_words(last: str) -> None:
    body = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:x\nEND:VEVENT\nEND:VCALENDAR" if "calendar" in last else HTML
    assert read(multipart(part(HTML, "text/html"), part(body, last), subtype="alternative")).reply.startswith(WORDS)
    assert read(
        multipart(part(" "), part(HTML, "text/html"), part(body, last), subtype="alternative")
    ).reply.startswith(WORDS)


def test_flowed_lines_without_their_space_are_joined() -> None:
    raw = mail(
        "Hier\u00admit wider \nrufe ich  \nden Vertrag.",
        content_type="text/plain; charset=utf-8; format=flowed; delsp=yes",
    )
    assert read(raw).text == "Hier\u00admit widerrufe ich den Vertrag."
