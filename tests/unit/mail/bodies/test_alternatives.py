"""A plain alternative that does not say what the HTML says hides no words: what mail programs show is read."""

import pytest

from chalicelib.mail.reading import read
from tests.unit.mail.mails import multipart, nested, part

WORDS = "Hiermit widerrufe ich den Kaufvertrag 4711."
LETTER = (
    "Hello,\n\nthe lamp arrived broken.\n\nThe shade has a crack, and the cable is too short for our hall.\n\n"
    "I want my money back."
)
SIGNATURE = "-- \nKim Weber\nWeber & Sons GmbH\nLichtweg 7, 10115 Berlin\nTel. +49 30 1234567"
DISCLAIMER = (
    "This e-mail may contain confidential information. If you are not the intended recipient, please notify the sender "
    "and delete this e-mail. Any unauthorised copying or distribution is forbidden."
)
PLACEHOLDERS = [
    "Your mail program does not support HTML.",
    "This message is in HTML format.",
    "Diese Nachricht enthält HTML.",
    "Diese E-Mail ist im HTML-Format. Bitte verwenden Sie ein Programm, das HTML anzeigen kann, um sie zu lesen.",
    "This is a multi-part message in MIME format.",
    "Ce message est au format HTML.",
    "-- ",
    "--\n",
    "https://news.example/view?id=17",
    "View this mail in your browser: https://news.example/view?id=17",
    "HTML",
    "Please use another mail program to read this message...",
    "\xa0",
    "[image: logo.png]",
]


def shown(text: str) -> str:
    return "".join(f"<p>{line}</p>" for line in text.replace("&", "&amp;").split("\n"))


def alternative(plain: str, html: str) -> bytes:
    return multipart(part(plain), part(html, "text/html; charset=utf-8"), subtype="alternative")


def said(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("plain", PLACEHOLDERS)
@pytest.mark.parametrize("words", [WORDS, LETTER, "Ja, bitte.", "ランプが壊れて届きました。返金してください。"])
def test_a_placeholder_hides_no_words(plain: str, words: str) -> None:
    found = read(alternative(plain, shown(words)))
    assert said(found.text) == said(found.reply) == said(found.new) == said(words)


@pytest.mark.parametrize("plain", [SIGNATURE, DISCLAIMER, f"{SIGNATURE}\n\n{DISCLAIMER}"])
def test_a_plain_part_that_holds_only_the_end_of_the_mail_hides_no_words(plain: str) -> None:
    found = read(alternative(plain, shown(f"{WORDS}\n\n{plain}")))
    assert WORDS in found.text
    assert said(found.new) == WORDS


@pytest.mark.parametrize(
    "plain",
    [
        "Hello,",
        "Hello,\n\nthe lamp arrived broken.",
        "Hello,\n\nthe lamp arrived broken.\n\nThe shade has a crack, and …",
        "Hello,\n\nthe lamp arrived broken.\n\nThe shade has a crack, and the cable is too short...\n",
        "Hello,\n\nthe lamp arrived broken.\n\nThe shade has a crack, and the cable is too short…[message clipped]",
        "Hello,\n\nthe lamp arrived broken. The shade has a crack, and the cable is too short",
    ],
)
def test_a_plain_part_that_is_cut_short_hides_no_words(plain: str) -> None:
    found = read(alternative(plain, shown(LETTER)))
    assert said(found.text) == said(found.reply) == said(found.new) == said(LETTER)


def test_a_blank_plain_alternative_beside_other_text_hides_no_words() -> None:
    both = nested(part("\r\n"), part(shown(WORDS), "text/html; charset=utf-8"), subtype="alternative", boundary="both")
    assert read(multipart(both, part("This list is public."))).text == f"{WORDS}\nThis list is public."


def test_a_sign_is_read_instead_of_a_placeholder() -> None:
    assert read(alternative(PLACEHOLDERS[0], "<p>👍</p>")).text == "👍"
    assert read(alternative("I like it", '<img src="https://x.example/a.png" alt="Logo">')).text == "I like it"


@pytest.mark.parametrize("plain", [shown(WORDS), f"<html><body>{WORDS}<br></body></html>"])
def test_a_plain_part_that_holds_html_is_read_as_html(plain: str) -> None:
    assert read(alternative(plain, shown(WORDS))).text == WORDS
    assert read(alternative("2 &lt; 3, Gr&uuml;n", "<p>2 &lt; 3, Grün</p>")).text == "2 < 3, Grün"
    assert read(alternative("Write <br> there", "<p>Write &lt;br&gt; there</p>")).text == "Write <br> there"


def test_history_below_the_words_does_not_excuse_a_placeholder() -> None:
    quoted = (
        f'<div class="gmail_quote">On Monday, Ole &lt;ole@x.example&gt; wrote:<blockquote>{LETTER}</blockquote></div>'
    )
    found = read(alternative(PLACEHOLDERS[0], f"<p>{WORDS}</p>{quoted}"))
    assert found.reply == found.new == WORDS


def test_of_two_different_texts_the_one_that_mail_programs_show_is_read() -> None:
    found = read(alternative("All is well, thank you.", shown(LETTER)))
    assert said(found.text) == said(LETTER)
    assert "plain alternative says something else than the HTML: the HTML read" in found.defects


def test_a_long_plain_text_beside_other_words_is_read_too() -> None:
    found = read(alternative(LETTER, "<p>Have a nice day</p>"))
    assert found.text == f"Have a nice day\n{LETTER}"


QUOTED = (
    '<div class="gmail_quote"><div class="gmail_attr">On Mon, 2 Mar 2026 at 09:00 Ole &lt;care@x.example&gt; wrote:'
    f"</div><blockquote>{DISCLAIMER * 3}</blockquote></div>"
)
TABLE = "<table><tr><td>Lamp</td><td>2</td><td>30 EUR</td></tr><tr><td>Shade</td><td>1</td><td>12 EUR</td></tr></table>"


@pytest.mark.parametrize(
    ("plain", "html"),
    [
        ("Yes, please.", f"<div>Yes, please.</div>{QUOTED}"),
        (LETTER, shown(LETTER) + QUOTED),
        (LETTER, shown(LETTER) + shown(SIGNATURE)),
        (LETTER, shown(LETTER) + "<p>Sent from my iPhone</p>"),
        (LETTER.replace("lamp", "*lamp*"), shown(LETTER)),
        (
            f"{LETTER}\n\nhttps://lamps.example/4711",
            f'{shown(LETTER)}<a href="https://track.example/{"x" * 200}">https://lamps.example/4711</a>',
        ),
        (LETTER, f'{shown(LETTER)}<img src="https://x.example/a.png" alt="{DISCLAIMER}">'),
        ("Lamp, Shade\n2, 1\n30 EUR, 12 EUR", TABLE),
        ("Lamp | 2 | 30 EUR\nShade | 1 | 12 EUR", TABLE),
        ("\n".join(LETTER.split()), shown(LETTER)),
        ("ランプが壊れて届き\nました。返金して\nください。", "<p>ランプが壊れて届きました。返金してください。</p>"),
        (LETTER, '<img src="cid:a">'),
        (LETTER, "<p>&nbsp;</p>"),
        (LETTER, ""),
        ("Wait...", "<p>Wait...</p>"),
        (
            f"Name: Kim\nNachricht: {WORDS}",
            f"<table><tr><th>Name<td>Kim<tr><th>Nachricht<td>{WORDS}</table><p>Gesendet über das Kontaktformular</p>",
        ),
        (f"{LETTER}\n\nPS: Call me…", shown(f"{LETTER}\n\nPS: Call me…")),
    ],
)
def test_a_plain_part_that_says_the_same_is_read_as_it_was_sent(plain: str, html: str) -> None:
    assert read(alternative(plain, html)).text == plain
