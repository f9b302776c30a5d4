"""Text that programs add to a mail is separated from a person's words, and none of those are lost."""

import pytest

from chalicelib.mail.bodies import bodies
from chalicelib.mail.reading import read
from tests.unit.mail.mails import mail, multipart, nested, part

WORDS = "The lamp arrived broken.\n\nPlease send another."
SHOWN = "<p>The lamp arrived broken.</p><p>Please send another.</p>"
FOOTER = "<p>This message was scanned for viruses.</p>"


def picture(name: str, identity: str | None = "one@x") -> bytes:
    more = {"content_id": f"<{identity}>"} if identity else {}
    return part("x", f"image/png; name={name}", **more)


def alternative(plain: str, *htmls: str) -> bytes:
    pieces = [part(html, "text/html") for html in htmls]
    below = nested(*pieces, subtype="mixed", boundary="pieces")
    return multipart(part(plain), below, subtype="alternative")


def test_a_last_line_of_picture_names_is_no_text() -> None:
    found = read(multipart(part(f"{WORDS}\n\na.pngb.png\n"), picture("a.png"), picture("b.png"), subtype="related"))
    assert found.text.strip() == WORDS
    assert [file.filename for file in found.attachments] == ["a.png", "b.png"]


@pytest.mark.parametrize("line", ["see a.png", "a.png b.jpg", "b.png"])
def test_a_line_with_other_words_stays(line: str) -> None:
    assert read(multipart(part(f"{WORDS}\n{line}"), picture("a.png"))).text == f"{WORDS}\n{line}"


def test_the_name_of_a_file_that_is_not_shown_stays() -> None:
    assert read(multipart(part(f"{WORDS}\na.png"), picture("a.png", None))).text == f"{WORDS}\na.png"


def test_a_text_of_only_file_names_stays() -> None:
    assert read(multipart(part("a.png"), picture("a.png"))).text == "a.png"


def test_a_footer_added_below_the_html_is_separated() -> None:
    found = read(alternative(WORDS, SHOWN, FOOTER))
    assert found.html == SHOWN
    assert found.signature == "This message was scanned for viruses."
    assert found.reply == WORDS


def test_html_in_parts_is_joined_if_the_plain_text_contains_it() -> None:
    found = read(alternative(f"{WORDS}\n\nAnd the cable.", SHOWN, "<p>And the cable.</p>"))
    assert found.html is not None
    assert "And the cable." in found.html
    assert not found.signature


def test_a_placeholder_as_plain_text_removes_no_html() -> None:
    found = read(alternative("Please use another program.", SHOWN, FOOTER))
    assert found.html == f"{SHOWN}\n{FOOTER}"


def test_many_texts_together_are_shown_up_to_the_same_limit() -> None:
    found = read(multipart(*[part("word " * 100_000)] * 6))
    assert len(found.text) <= bodies.MAX_TEXT
    assert [file.size for file in found.attachments] == [500_000, 500_000]


def test_html_cannot_grow_without_bound_as_text() -> None:
    found = read(mail("<blockquote>" * 20 + "<br>x" * 150_000, content_type="text/html"))
    assert len(found.text) <= bodies.MAX_TEXT
