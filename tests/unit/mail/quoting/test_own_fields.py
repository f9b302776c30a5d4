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


QUOTED = f"On Mon, Nov 30, 2026 at 10:12 AM Kim Lee <kim@example.com> wrote:\n> {OLD}\n"
LISTS = [
    "Please fill in:\nFrom: (your name)\nSubject: (what it is about)\nDate: (when)\nand send it back.",
    "Rechnung:\nVon: Northlight, info@northlight.example\nAn: Kim Lee\nBetreff: 1001\nSumme: 30 EUR\n\nBitte zahlen.",
    "Rechnung:\nVon: Northlight <info@northlight.example>\nAn: Kim Lee\nBetreff: 1001\nSumme: 30 EUR\n\nBitte zahlen.",
    "We collect it:\n\nFrom: Kim Lee, kim@example.com\nTo: Northlight, Hamburg\nDate: 3 Dec\n\nok?",
    "Abholung:\n\nVon: Kim Lee, kim@example.com\nAn: Northlight, Hamburg\nDatum: 3.12.\n\nPasst das?",
    "We collect it:\n\nFrom: kim@example.com\nTo: Northlight\nDate: 3 Dec\nSubject: Return\nAmount: 30 EUR\n\nok?",
    "We collect it:\n\nFrom: Kim Lee\nTo: Northlight\nDate: 3 Dec\nSubject: Return 1001\n\nok?",
    "I ordered twice:\nFrom: your web shop\nDate: 28.11.2026\nSubject: lamp 1001\n\nNothing came. Please help me.",
]


@pytest.mark.parametrize("words", LISTS)
@pytest.mark.parametrize(
    "history", ["", QUOTED, f"{BLOCK}\n\n{OLD}\n", f"-----Original Message-----\n{BLOCK}\n\n{OLD}\n"]
)
def test_a_list_without_an_hour_and_an_address_in_brackets_is_a_persons(words: str, history: str) -> None:
    found = read(mail(f"{words}\n\n{history}", **ANSWERS))
    assert (found.reply, found.new) == (words, words)


@pytest.mark.parametrize(
    "block",
    [
        "发件人： Kim Lee\n发送时间： 2026-11-30 10:12\n收件人： help@shop.example\n主题： 订单",
        "Da: kim@example.com\nData: 30-nov-2026 10.12\nA: help@shop.example\nOggetto: Ordine",
        "Lähettäjä: Kim Lee\nLähetetty: 30.11.2026 klo 10.12\nVastaanottaja: help\nAihe: Tilaus",
        "De : kim@example.com\nEnvoyé : lundi 30 novembre 2026 10h12\nÀ : help@shop.example\nObjet : Commande",
        "From: Kim Lee [mailto:kim@example.com]\nTo: help\nSubject: Order",
        "From: kim@example.com\nTo: help@shop.example\nDate: Mon, 30 Nov 2026\nSubject: Order",
        'From: "Kim Lee" kim@example.com\nSent: Monday, November 30, 2026\nTo: help\nSubject: Order',
        "Von: kim@example.com\nGesendet: 30.11.2026\nAn: help\nBetreff: Bestellung",
        "________________________________\nFrom: Kim Lee\nTo: help\nSubject: Order",
        "-----Original Message-----\nFrom: Kim Lee\nTo: help\nSubject: Order",
        "--------- 원본 메일 ---------\n\n보낸사람: Kim Lee\n받는사람: help@shop.example\n제목: 주문",
    ],
)
def test_a_block_with_an_hour_or_an_address_in_brackets_or_four_fields_is_a_clients(block: str) -> None:
    found = read(mail(f"The red one.\n\n{block}\n\n{OLD}\n", **ANSWERS))
    assert (found.reply, found.new) == ("The red one.", "The red one.")


@pytest.mark.parametrize(
    "words",
    [
        "We send it.\nTo: Northlight, Hamburg",
        "We send it.\n--------\nTo: Kim, kim@example.com",
        "Write to us with\nSubject: Return 1001",
        "We collect it:\n\n| From | Hamburg |\n| To | London |\n| Date | 3 Dec 10:00 |",
        "Please fill in:\n\n| From | your name |\n| Date | when |\n| Subject | what it is |",
    ],
)
def test_a_field_or_a_table_right_above_an_attribution_is_a_persons(words: str) -> None:
    found = read(mail(f"{words}\n{QUOTED}", **ANSWERS))
    assert (found.reply, found.new) == (words, words)


@pytest.mark.parametrize(
    "words", ["Forwarded message:\nit comes today.", "Hi,\n\nForwarded mail:\nThe courier is ill."]
)
def test_words_right_below_a_separator_without_lines_are_new(words: str) -> None:
    found = read(mail(f"{words}\n\n{QUOTED}", **ANSWERS))
    assert (found.reply, found.new) == (words, words)


def test_the_box_of_qq_is_old() -> None:
    box = (
        '<div class="xm_mail_oringinal_describe"><p>Original</p><p><b>From:</b>"Kim"&lt;kim@example.com&gt;;</p>'
        "<div><b>Date:</b>&nbsp;Mon, Nov 30, 2026 10:12 AM</div><div><b>Subject:</b>&nbsp;Order</div></div>"
    )
    for answers in (ANSWERS, {}):
        found = read(mail(f"<div>Yes.</div>{box}<p>{OLD}</p>", content_type="text/html; charset=utf-8", **answers))
        assert (found.reply, found.new) == ("Yes.", "Yes.")


def test_a_field_that_begins_the_old_words_is_no_sign_of_another_block() -> None:
    block = "Gesendet: Montag, 30. November 2026 um 10:12 Uhr\nVon: Kim Lee <kim@example.com>\nAn: help\nBetreff: Order"
    found = read(mail(f"Ja.\n\n{block}\n\nDatum: 3. Dezember passt.\n", **ANSWERS))
    assert (found.reply, found.new) == ("Ja.", "Ja.")
