"""Lines "label: value" that a person wrote: they are words, above a client's history too, and no part of its header
block."""

import pytest

from chalicelib.mail.reading import read
from tests.unit.mail.mails import mail

ANSWERS = {"subject": "Re: Order 1001", "in_reply_to": "<a@b.example>"}
BLOCK = "From: Kim Lee <kim@example.com>\nSent: Monday, November 30, 2026 10:12 AM\nTo: help\nSubject: Order"
SPACED = BLOCK.replace("\n", "\n\n")
OLD = "Hello, my lamp is broken. Where is my money?"
LINES = [
    "We deliver:\nDate: Friday, 3 December",
    "Wir liefern:\nDatum: Freitag, 3. Dezember",
    "We deliver:\n\nDate: Friday, 3 December\nTime: 10-12\nSee you then.",
    "We deliver:\nDate: Friday, 3 December\nPlease be at home.",
    "We deliver:\nDate: Friday, 3 December\nTo: Kim Lee, London\nPlease be at home.",
    "Please send it\nTo: Northlight, Hamburg",
    "Please write again with\nSubject: Return 1001",
    "See attached.\nAttachment: label.pdf",
    "Priority: high",
    "Antworten an: info@shop.example",
]
RULERS = ["\n\n", "\n\n\n", "\n________________________________\n", "\n\n-----Original Message-----\n"]
OUTLOOK_ON_THE_WEB = (
    '<div id="appendonsend"></div><hr><div id="divRplyFwdMsg"><b>From:</b> Kim Lee &lt;kim@example.com&gt;<br>'
    f"<b>Sent:</b> Monday, November 30, 2026 10:12 AM<br><b>To:</b> help<br><b>Subject:</b> Order</div><div>{OLD}</div>"
)
OUTLOOK = (
    '<div><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p><b>Von:</b> Kim Lee '
    "&lt;kim@example.com&gt;<br><b>Gesendet:</b> Montag, 30. November 2026 10:12<br><b>An:</b> help<br><b>Betreff:</b> "
    f"Order</p></div></div><p>{OLD}</p>"
)


@pytest.mark.parametrize("words", LINES)
@pytest.mark.parametrize("between", RULERS, ids=["blank line", "two", "ruler", "separator"])
@pytest.mark.parametrize("block", [BLOCK, SPACED], ids=["together", "spaced"])
def test_a_line_with_a_label_above_a_header_block_is_a_persons(words: str, between: str, block: str) -> None:
    found = read(mail(f"{words}{between}{block}\n\n{OLD}\n", **ANSWERS))
    assert (found.reply, found.new) == (words, words)


@pytest.mark.parametrize("words", LINES)
@pytest.mark.parametrize("history", [OUTLOOK_ON_THE_WEB, OUTLOOK], ids=["web", "desktop"])
def test_and_so_it_is_in_html(words: str, history: str) -> None:
    html = "".join(f"<div>{line or '<br>'}</div>" for line in words.split("\n")) + history
    found = read(mail(html, content_type="text/html; charset=utf-8", **ANSWERS))
    assert (found.reply, found.new) == (words, words)


@pytest.mark.parametrize(
    "block",
    [
        BLOCK,
        SPACED,
        f"Importance: high\n{BLOCK}",
        "Sent: Monday, November 30, 2026 10:12 AM\n\nFrom: Kim Lee <kim@example.com>\n\nTo: help\n\nSubject: Order",
        "From: Kim Lee <kim@example.com>\nDate: Mon, 30 Nov 2026\n10:12:33 +0100\nTo: help\nSubject: Order",
        "From: Kim Lee <kim@example.com>\nDate: Mon, 30 Nov 2026 10:12:33\nCentral European Time\nTo: help\nSubject: x",
        "From: Kim Lee <kim@example.com>\nTo: help <help@shop.example>,\nAda <ada@shop.example>\nSent: Monday, 10:12",
        "Subject: Order\nFrom: Kim Lee <kim@example.com>\nDate: Mon, 30 Nov 2026 10:12:33\nTo: help",
    ],
)
@pytest.mark.parametrize("words", ["", "The red one."])
def test_a_whole_block_is_old(block: str, words: str) -> None:
    found = read(mail(f"{words}\n\n{block}\n\n{OLD}\n", **ANSWERS))
    assert found.new == words
    assert found.reply == (words or OLD)
