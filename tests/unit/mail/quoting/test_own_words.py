"""Words of customers and agents that look like history, a signature or an app's line, and the reverse: what is kept and
what is removed, in plain text and in HTML."""

import pytest

from chalicelib.mail.quoting import answering
from chalicelib.mail.quoting.answering import Kind
from chalicelib.mail.reading import read
from tests.unit.mail.mails import mail, multipart, part

WROTE = "On 2 Mar 2026, at 10:00, Care <care@shop.example> wrote:"
HISTORY = f"{WROTE}\n> Hello Jo,\n> which lamp?\n"
BLOCK = "From: Care <care@shop.example>\nSent: 2 March 2026 10:00\nTo: Jo\nSubject: Lamp\n\nOur old words."
WORDS = "Please keep the parcel."
ANSWERS = {"subject": "Re: Lamp", "in_reply_to": "<1@shop.example>"}

# A first mail: nothing marks it as an answer, and all of it is the customer's.
FIRST = {
    "form": f"New message from the shop's form:\n\n{BLOCK}",
    "form with rulers": "Formular\n____________________\n\nName: Jo\n\n____________________\n\nDie Lampe flackert.",
    "cited": f'Hello,\n\n{WROTE}\n"You get your money back."\n\nIt is June. Where is it?',
    "cited without marks": f"Hello,\n\n{WROTE}\nYou get your money back.\n\nIt is June. Where is it?",
    "cited and quoted": f"Hello,\n\n{HISTORY}\nThat was wrong. Where is my money?",
    "own mail again": f"My mails never came. I sent this:\n\n{BLOCK}\n\nDid you get it?",
    "separator": f"Your colleague sent this:\n\n-----Original Message-----\n{BLOCK}\n\nIs that true?",
    "table": "My order:\n\n| item | qty |\n| lamp | 2   |",
    "error message": "Your shop says:\n> ERROR 404\n> no such lamp",
    "prompt": "The app says:\nOK> done",
    "code": "Note:\n```\n--\nx\n```",
    "list between delimiters": "I need:\n--\n2 white shades\n--\n1 cable",
    "ruled list": "I need:\n_____\n2 white shades\n_____\n1 cable",
    "question below a delimiter": "The lamp broke.\n--\nCan you send a new one?",
    "numbers of pieces below a ruler": "I ordered\n____________\nLamp 2 pieces\nCable 1x",
    "Stück below a ruler": "Bestellt:\n____________\nLampe, 2 Stück\nKabel, 1 Stk.",
    "order below a ruler": "The lamp broke.\n____________\nOrder: 2041\nMira",
    "sentence below a delimiter": "Die Lampe ist kaputt.\n--\nIch möchte bitte mein Geld zurück.",
    "address below thanks": "Hi,\n\nThanks!\nOrder 2041\nShip to Elm Road 5\nTel 0301234567",
    "wishes below thanks": "Hello,\n\nThank you\nTwo lamps: one red\nOne blue\njo@example.com",
    "opening hours": "You were closed.\nFrom: 10:00\nTo: 18:00\nOn: Monday",
    "below a phone's line": "Where is my lamp?\n\nSent from my iPhone\n\nMy order number is 2041.\nJo",
    "phone's line in a sentence": "My signature says\nSent from my iPhone\nand I cannot turn it off.",
}


@pytest.mark.parametrize("text", FIRST.values(), ids=FIRST.keys())
def test_all_of_a_first_mail_is_its_writers(text: str) -> None:
    assert read(mail(text)).reply == text


@pytest.mark.parametrize("name", ["subject", "header"])
@pytest.mark.parametrize("prefix", ["Fwd", "WG", "TR", "RV", "I", "ENC", "Doorst", "VB", "PD", "转发", "İLT"])
def test_a_forward_keeps_its_text(prefix: str, name: str) -> None:
    text = f"See below.\n\n---------- Forwarded message ---------\n{BLOCK}"
    extra = {"references": "<1@shop.example>"} if name == "header" else {}
    found = read(mail(text, subject=f"{prefix}: Lamp", **extra))
    assert found.reply == text
    assert found.new == "See below."


def test_a_forward_is_recognised_by_its_html_too() -> None:
    html = (
        '<div dir="ltr">See.</div><div class="gmail_quote"><div class="gmail_attr">---------- Forwarded message '
        "---------<br>From: <b>Care</b> &lt;care@shop.example&gt;<br>Date: x<br>Subject: y</div>My lamp broke.</div>"
    )
    found = read(mail(html, content_type="text/html; charset=utf-8"))
    assert "My lamp broke." in found.reply
    assert found.new == "See."


@pytest.mark.parametrize(
    ("subject", "names_another", "text", "kind"),
    [
        *(
            (f"{p}: Lamp", False, "", Kind.ANSWER)
            for p in (
                "Re",
                "RE",
                "AW",
                "Antw",
                "SV",
                "Odp",
                "RES",
                "R",
                "Vá",
                "YNT",
                "ΑΠ",
                "回复",
                "答复",
                "返信",
                "Отв",
            )
        ),
        *(
            (f"{p} Lamp", False, "", Kind.ANSWER)
            for p in ("Re[2]:", "Re (3):", "[shop] Re:", "Re：", "RE :", "Re: FW:")
        ),
        *((f"{p}: Lamp", True, "", Kind.FORWARD) for p in ("Fwd", "FW", "WG", "FW: Re", "Tr", "轉寄")),
        ("VS: Lamppu", False, "Lähettäjä: Care", Kind.ANSWER),
        ("VS: Lampe", False, "Fra: Care", Kind.FORWARD),
        ("Lamp", True, "", Kind.ANSWER),
        ("Lamp", False, "", Kind.UNSAID),
        ("Ref: 2041", False, "", Kind.UNSAID),
        ("Order 2041: lamp", False, "", Kind.UNSAID),
        ("", False, "", Kind.UNSAID),
    ],
)
def test_a_mails_kind_is_recognised_by_subject_headers_and_text(
    subject: str, names_another: bool, text: str, kind: Kind
) -> None:
    assert answering.kind(subject, names_another, text) is kind


# Answers: the words, and what a client puts below or around them.
FOREIGN = "Foo: Care <care@shop.example>\nBar: 2 m 2026\nBaz: Jo\n\nold"
FOLLOWED = {
    "signature": f"{{}}\n\n-- \nAda\nNorthlight\n\n{HISTORY}",
    "typed signature": f"{{}}\n\n--\nAda Lindqvist\nCustomer care\n\n{HISTORY}",
    "signature with a notice": f"{{}}\n\n-- \nAda\n\nThis message is confidential. Please delete it.\n\n{HISTORY}",
    "signature without a delimiter": "{}\n\nMit freundlichen Grüßen\n\nAda Lindqvist\nKundenservice\nNorthlight GmbH\n"
    f"Tel. +49 30 123456\n\n{BLOCK}",
    "signature below the writer's name": f"{{}}\n\nMira Holm\nNorthlight Lamps\n+46 8 123 45 67\n\n{HISTORY}",
    "slogan below a program's delimiter": f"{{}}\n\n-- \nAda\nAlready seen our new lamps?\n\n{HISTORY}",
    "notice of a list": "{}\n\n-- \nAda\n\n-- \nYou received this message because you are subscribed to the group.\n",
    "notice below a farewell": "{}\n\nBest regards\nAda Lindqvist\nwww.shop.example\n\nThis e-mail is confidential and "
    f"may be privileged. If you are not the addressee, please tell us and delete it.\n\n{BLOCK}",
    "long lines of contact": "{}\n\nKind regards,\nAda Lind\nNorthlight Lamps Ltd | Elm Road 5 | London | T: +44 20 "
    f"1234 5678 | E: ada@shop.example | W: www.shop.example\n\n{BLOCK}",
    "labels in bold": "{}\n\n*From:* Care <care@shop.example>\n*Sent:* Monday\n*To:* Jo\n*Subject:* x\n\nold",
    "separator nobody listed": f"{{}}\n\n-----Xyzzy Qqq-----\n{FOREIGN}",
    "ruler and labels nobody listed": f"{{}}\n\n________________________________\n{FOREIGN}",
    "two of them": f"{{}}\n\n-----Original Message-----\n{BLOCK}\n\n-----Original Message-----\n{BLOCK}",
    "quoted header block": "{}\n\n> Message du 02/03/26 10:00\n> De : Care\n> A : Jo\n> Objet : x\n>\n> old",
    "history below a phone's line": f"{{}}\n\nSent from my iPhone\n\nHello Jo,\n{'our words are long. ' * 12}",
    "picture": f"{{}}\n[cid:image001.png@01DC]\n[image: Screenshot 1.png]\n\n{HISTORY}",
    "device and signature": f"{{}}\n\nSent with Proton Mail secure email.\n\n-- \nAda\n\n{HISTORY}",
}
SAID = [
    WORDS,
    "ok",
    "👍",
    "+1",
    "Thanks!",
    "Yes.\n- the red one\n- the blue one",
    "Sizes:\n\n| item | qty |\n| lamp | 2   |",
    "See https://shop.example/a?b=1",
    "Kind regards to your mother.",
    "1. Open it.\n\n2. Close it.",
    "Sent by mail on 12 May, tracking 00340434161094.",
    "We are open:\nMonday: 10:00\nTuesday: 12:00",
    'Note:\n```\n--\nprint("x")\n```',
]


@pytest.mark.parametrize("words", SAID)
@pytest.mark.parametrize("around", FOLLOWED.values(), ids=FOLLOWED.keys())
def test_only_the_words_of_an_answer_are_kept(around: str, words: str) -> None:
    assert read(mail(around.replace("{}", words), **ANSWERS)).new == words


@pytest.mark.parametrize("subject", ["AW: Lampe", "RE: Lamp", "Antw: Lamp"])
def test_an_answer_is_recognised_by_its_prefix_without_headers(subject: str) -> None:
    found = read(mail(f"{WORDS}\n\n{BLOCK}", subject=subject))
    assert (found.reply, found.new) == (WORDS, WORDS)


def test_an_answer_is_recognised_by_its_quotation_alone() -> None:
    found = read(mail(f"{WORDS}\n\n{HISTORY}"))
    assert (found.reply, found.new) == (WORDS, WORDS)


def test_an_afterthought_below_the_phones_line_is_kept() -> None:
    text = f"{WORDS}\n\nSent from my iPhone\n\nThe order number is 2041."
    found = read(mail(text, **ANSWERS))
    assert (found.reply, found.new) == (text, text)


QUOTE = (
    '<div class="gmail_quote"><div class="gmail_attr">x wrote:</div><blockquote class="gmail_quote">old</blockquote>'
    "</div>"
)
ITEMS = "<div>1. lamp</div><div>2. shade</div>"
# What people use quotation tags and boxes for, and the text inside.
OWN = {
    "indent in Gmail": (
        f'<blockquote style="margin:0 0 0 40px;border:none;padding:0px">{ITEMS}</blockquote>',
        "1. lamp\n2. shade",
    ),
    "indent in Apple Mail": (
        f'<blockquote class="webkit-indent-blockquote" style="margin: 0 0 0 40px; border: none;">{ITEMS}</blockquote>',
        "1. lamp\n2. shade",
    ),
    "indent in Outlook": (
        f'<blockquote style="margin-top:0;margin-bottom:0">{ITEMS}</blockquote>',
        "1. lamp\n2. shade",
    ),
    "indent in capitals": (f'<BLOCKQUOTE STYLE="MARGIN-LEFT: 40PX">{ITEMS}</BLOCKQUOTE>', "1. lamp\n2. shade"),
    "ruled box": (
        '<div style="border-top:solid 1px #ccc">Name: Jo<br>Order: 2041<br>Problem: cracked</div>',
        "Name: Jo\nOrder: 2041\nProblem: cracked",
    ),
    "box of four lines": (
        '<div style="border: 1px solid; border-top: 2px solid">a: b<br>c: d: e</div>',
        "a: b\nc: d: e",
    ),
    "a quote asked for": ('<div id="quote">5 red: 20 EUR<br>5 blue: 30 EUR</div>', "5 red: 20 EUR\n5 blue: 30 EUR"),
    "a class of that name": ('<div class="quote">5 red: 20 EUR</div>', "5 red: 20 EUR"),
}


@pytest.mark.parametrize("answers", [False, True], ids=["first", "answer"])
@pytest.mark.parametrize(("html", "said"), OWN.values(), ids=OWN.keys())
def test_own_words_in_quotation_tags_and_boxes_are_kept(html: str, said: str, answers: bool) -> None:
    whole = f"<div>See:</div>{html}" + (f"<br>{QUOTE}" if answers else "")
    found = read(mail(whole, content_type="text/html; charset=utf-8", **(ANSWERS if answers else {})))
    assert [line for line in found.reply.split("\n") if line] == ["See:", *said.split("\n")]
    assert found.new == found.reply


def test_an_indent_that_the_plain_alternative_shows_as_quoted() -> None:
    html = f'<div>See:</div><blockquote style="margin:0 0 0 40px;border:none">{ITEMS}</blockquote>{QUOTE}'
    plain = "See:\n\n> 1. lamp\n> 2. shade\n\nx wrote:\n\n> old\n"
    found = read(multipart(part(plain), part(html, "text/html; charset=utf-8"), subtype="alternative", **ANSWERS))
    assert (found.reply, found.new) == ("See:\n\n1. lamp\n2. shade",) * 2


def test_an_agents_own_quotation_beside_the_history_is_kept() -> None:
    own = '<blockquote class="gmail_quote" style="border-left:1px solid">14 days</blockquote>'
    html = f"<div>Our terms:</div>{own}{QUOTE}"
    assert read(mail(html, content_type="text/html; charset=utf-8", **ANSWERS)).new == "Our terms:\n\n14 days"


BOXES = {
    "Outlook": '<div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0in 0in 0in"><b>Qa:</b> Care<br>'
    "<b>Qb:</b> Mon<br><b>Qc:</b> Jo<br><b>Qd:</b> x</div><p>old</p>",
    "Outlook for Mac": '<div style="border:none;border-top:solid #B5C4DF 1.0pt;padding:3.0pt 0cm 0cm 0cm"><b>From: </b>'
    "Care &lt;care@shop.example&gt;<br><b>Date: </b>Monday<br><b>To: </b>Ada<br><b>Subject: </b>x</div><p>old</p>",
    "a box with a header block": '<div style="border-top: 1px solid"><b>Von:</b> Care &lt;care@shop.example&gt;<br><b>'
    "Gesendet:</b> x<br><b>An:</b> y<br><b>Betreff:</b> z</div><p>old</p>",
    "Yandex": '<div>02.03.2026, 10:00, "Care" &lt;care@shop.example&gt;:</div><blockquote><p>old</p></blockquote>',
    "Mail.ru": '<blockquote style="border-left:1px solid #0857A6;margin:10px;padding:0 0 0 10px;">Понедельник, 2 марта '
    "2026, 10:00 +03:00 от Care &lt;care@shop.example&gt;:<br>old</blockquote>",
    "Gmail": QUOTE,
}


@pytest.mark.parametrize("html", BOXES.values(), ids=BOXES.keys())
def test_boxes_and_quotations_of_clients(html: str) -> None:
    found = read(mail(f"<div>Yes.</div>{html}", content_type="text/html; charset=utf-8", **ANSWERS))
    assert (found.reply, found.new) == ("Yes.", "Yes.")


@pytest.mark.parametrize(
    ("html", "new"),
    [
        ('<p>Yes.</p><img src="https://shop.example/l.png" alt="Northlight">', "Yes."),
        ('<p>Yes <img data-emoji="👍" alt="👍" src="https://shop.example/e.png"></p>', "Yes 👍"),
        ("<p>Yes.</p><p>Kind regards</p><p>Ada Lindqvist</p><p>Customer care</p><p>Tel +46 8 123 45 67</p>", "Yes."),
        ('<div>Yes.</div><div class="moz-signature">-- <br>Ada</div><div>And no.</div>', "Yes.\nAnd no."),
    ],
)
def test_pictures_and_signatures_in_html(html: str, new: str) -> None:
    assert read(mail(html, content_type="text/html; charset=utf-8", **ANSWERS)).new == new
