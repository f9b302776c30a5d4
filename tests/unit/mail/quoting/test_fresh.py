"""Only the new words of a mail, in the forms of today's mail clients: agents' answers are sent from them."""

import pytest

from chalicelib.mail.inbound import InboundMail
from chalicelib.mail.reading import read
from tests.unit.mail.mails import encoded, mail, multipart, nested, part

HISTORY = "We asked SwiftParcel.\n\nINTERNAL: we pay you 12 EUR, do not tell the customer."
QUOTED = "".join(f"> {line}".rstrip() + "\n" for line in HISTORY.split("\n"))
HTML_HISTORY = "<p>We asked SwiftParcel.</p><p>INTERNAL: we pay you 12 EUR.</p>"
BLOCK = "From: Care <care@shop.example>\nSent: Saturday, November 28, 2026 2:50 AM\nTo: Ada\nSubject: Parcel\n\n"
HTML_BLOCK = (
    "<b>From:</b> Care &lt;care@shop.example&gt;<br><b>Sent:</b> Saturday<br><b>To:</b> Ada<br><b>Subject:</b> P"
)
WROTE = "On 28 Nov 2026, at 10:12, Care <care@shop.example> wrote:\n"
HTML_WROTE = "On 28 Nov 2026, at 10:12, Care &lt;care@shop.example&gt; wrote:"

# What each client writes around the words of an answer; "{}" stands for the words.
TEXTS = {
    "Outlook": "{}\n\n-----Original Message-----\n" + BLOCK + HISTORY,
    "Outlook, ruled": "{}\n\n________________________________\n" + BLOCK + HISTORY,
    "Outlook, signed": "{}\n\nKind regards\n\nAda Lindqvist\nCustomer care\n+46 8 123 45 67\n\n" + BLOCK + HISTORY,
    "Outlook mobile": "{}\n\nGet Outlook for iOS<https://aka.ms/o0ukef>\n________________________________\n"
    + BLOCK
    + HISTORY,
    "Outlook for Mac": '{}\n\nOn 28/11/2026, 10:12, "Care" <care@shop.example> wrote:\n\n    ' + HISTORY,
    "Apple Mail": "{}\n\n> " + WROTE + ">\n" + QUOTED,
    "iPhone": "{}\n\nSent from my iPhone\n\n> " + WROTE + "> \n" + QUOTED,
    "Gmail": "{}\n\nOn Sat, Nov 28, 2026 at 10:12 AM Care <care@shop.example> wrote:\n\n" + QUOTED,
    "Gmail, signed": "{}\n\n-- \nAda Lindqvist\nNorthlight\n\n" + WROTE + "\n" + QUOTED,
    "Thunderbird": "{}\n\nAm 28.11.26 um 10:12 schrieb Care:\n" + QUOTED,
    "Thunderbird, below": "Am 28.11.26 um 10:12 schrieb Care:\n" + QUOTED + "\n{}\n\n-- \nAda Lindqvist\n",
    "Yahoo": "{}\n\n    On Saturday, November 28, 2026 at 10:12:00 AM GMT+1, Care <care@shop.example> wrote:  \n \n "
    + HISTORY,
    "GMX": "{}\n\n--\nDiese Nachricht wurde von meinem Android Mobiltelefon mit GMX Mail gesendet.\n"
    "Am 28.11.26, 10:12 schrieb Care <care@shop.example>:\n" + HISTORY,
    "Samsung": "{}\n\nVon meinem Samsung Galaxy Smartphone gesendet.\n\n-------- Ursprüngliche Nachricht --------\n"
    "Von: Care <care@shop.example>\nDatum: 28.11.26 10:12 (GMT+01:00)\nAn: Ada\nBetreff: Parcel\n\n" + HISTORY,
    "Proton": "{}\n\nSent with [Proton Mail](https://proton.me/) secure email.\n\nOn Saturday, November 28th, 2026 at "
    "10:12 AM, Care <care@shop.example> wrote:\n\n" + QUOTED,
}
DOCUMENTS = {
    "Outlook": '<div class="WordSection1"><p class="MsoNormal">{}</p><p class="MsoNormal">&nbsp;</p><div><div style="'
    f'border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p class="MsoNormal">{HTML_BLOCK}</p></div>'
    f"</div>{HTML_HISTORY}</div>",
    "Outlook on the web": '<div class="elementToProof">{}</div><div id="Signature"><p>Ada Lindqvist</p></div><div '
    f'id="appendonsend"></div><hr><div id="divRplyFwdMsg">{HTML_BLOCK}</div>{HTML_HISTORY}',
    "Outlook mobile": '<div dir="ltr">{}</div><div id="ms-outlook-mobile-signature">Get <a '
    'href="https://aka.ms/o0ukef">Outlook for iOS</a></div><hr><div id="divRplyFwdMsg" dir="ltr">'
    f"{HTML_BLOCK}</div>{HTML_HISTORY}",
    "Apple Mail": f'{{}}<br id="lineBreakAtBeginningOfMessage"><div><br><blockquote type="cite"><div>{HTML_WROTE}</div>'
    f"<br><div>{HTML_HISTORY}</div></blockquote></div>",
    "iPhone": '<div dir="ltr">{}</div><br id="lineBreakAtBeginningOfSignature"><div dir="ltr">Sent from my iPhone</div>'
    f'<div dir="ltr"><br><blockquote type="cite">{HTML_WROTE}<br><br></blockquote></div><blockquote type="cite">'
    f"{HTML_HISTORY}</blockquote>",
    "Gmail": '<div dir="ltr">{}<br clear="all"><div><br></div><span class="gmail_signature_prefix">-- </span><br><div '
    'class="gmail_signature">Ada Lindqvist</div></div><br><div class="gmail_quote gmail_quote_container"><div '
    f'class="gmail_attr">{HTML_WROTE}<br></div><blockquote class="gmail_quote">{HTML_HISTORY}</blockquote></div>',
    "Thunderbird": f'<p>{{}}</p><div class="moz-cite-prefix">{HTML_WROTE}<br></div><blockquote type="cite">'
    f'{HTML_HISTORY}</blockquote><pre class="moz-signature" cols="72">-- \nAda Lindqvist</pre>',
    "Yahoo": f'<div>{{}}</div><div id="yahoo_quoted_1" class="yahoo_quoted"><p>{HTML_WROTE}</p>{HTML_HISTORY}</div>',
    "GMX": f'<div>{{}}</div><div name="quote"><div><b>Gesendet:</b> Samstag<br><b>Von:</b> Care</div><div '
    f'name="quoted-content">{HTML_HISTORY}</div></div>',
    "Samsung": '<div dir="auto">{}</div><div id="composer_signature" dir="auto">Sent from my Galaxy</div><div>-------- '
    f"Original message --------</div><div>{HTML_BLOCK}</div>{HTML_HISTORY}",
    "Proton": '<div>{}</div><div class="protonmail_signature_block"><div>Ada Lindqvist</div></div><div '
    f'class="protonmail_quote">{HTML_WROTE}<br><blockquote class="protonmail_quote">{HTML_HISTORY}</blockquote></div>',
}
WORDS = ["", "Please keep the parcel,\nwe send a new lamp."]


def answer(raw_body: bytes | str, content_type: str = "text/plain; charset=utf-8") -> InboundMail:
    return read(mail(raw_body, subject="RE: Parcel", in_reply_to="<1@shop.example>", content_type=content_type))


@pytest.mark.parametrize("words", WORDS, ids=["none", "some"])
@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_the_new_words_of_plain_text(text: str, words: str) -> None:
    assert answer(text.replace("{}", words)).new == words


@pytest.mark.parametrize("words", ["", "Please keep the parcel."], ids=["none", "some"])
@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS.keys())
def test_the_new_words_of_html(document: str, words: str) -> None:
    assert answer(document.replace("{}", words), "text/html; charset=utf-8").new == words


@pytest.mark.parametrize(
    "line",
    [
        "Sent from my iPhone",
        "-- \nAda Lindqvist\nNorthlight Lamps",
        "Mit freundlichen Grüßen\n\nMira Holm",
        "Mira Holm\nNorthlight Lamps\n+46 8 123 45 67",
        "[image: image.png]",
        "[cid:image001.png@01DC5F9A.1B2C3D40]",
        "<image001.png>",
        "________________________________",
        WROTE,
    ],
)
def test_mails_without_new_words(line: str) -> None:
    assert answer(line).new == ""
    assert answer(f"{line}\n\n{WROTE}{QUOTED}").new == ""


UNDATED = [
    "On Monday Northlight wrote:",
    "On Monday, Northlight Lamps <care@shop.example> wrote:",
    "Northlight Lamps wrote:",
    "Am Montag schrieb Northlight Lamps:",
    "Mira Holm schrieb:",
    "Le lundi, Mira a écrit :",
    "Il lunedì Mira Holm ha scritto:",
    "Mira Holm napisał(a):",
    "Μίρα έγραψε:",
    "Мира Хольм написал(а):",
    "米拉写道：",
]


@pytest.mark.parametrize("line", UNDATED)
@pytest.mark.parametrize("words", WORDS)
def test_an_attribution_without_a_time_or_an_address_is_no_word(line: str, words: str) -> None:
    assert answer(f"{words}\n\n{line}\n{QUOTED}").new == words
    assert answer(f"{words}\n\n{line}\n\n{BLOCK}{HISTORY}").new == words
    assert answer(f"{line}\n{QUOTED}\n{words}\n\n-- \nAda").new == words
    above = f"{words}\n{line}".replace("\n", "<br>")
    document = f"<div>{above}</div><blockquote type='cite'>{HTML_HISTORY}</blockquote>"
    html = part(document, "text/html; charset=utf-8")
    assert read(multipart(html, subject="Re: Parcel", in_reply_to="<1@shop.example>")).new == words


@pytest.mark.parametrize(
    "line",
    [
        "This is what I wrote on the card:",
        "As I wrote to you on Monday, the lamp comes by parcel and you need not be at home for it:",
        "On Monday I wrote to you",
        "Please send it to:",
    ],
)
def test_a_sentence_above_a_quotation_stays(line: str) -> None:
    assert answer(f"{line}\n{QUOTED}\nThank you.").new == f"{line}\n\nThank you."


def test_a_sentence_that_introduces_the_agents_own_words_stays() -> None:
    assert answer(f"The courier wrote:\nwe lost it.\n\n{WROTE}{QUOTED}").new == "The courier wrote:\nwe lost it."


def test_answers_between_quotations_lose_the_quotations() -> None:
    text = f"{WROTE}> Which lamp?\n\nThe red one.\n\n> When?\n\nToday.\n\n-- \nAda\n"
    assert answer(text).new == "The red one.\n\nToday."


def test_words_of_a_mail_that_is_no_answer_are_kept() -> None:
    text = f"New message from the form:\n\n{BLOCK}My lamp is broken."
    assert read(mail(text)).new == text


def _picture(identity: str) -> bytes:
    return part(
        encoded(b"\x89PNG" + identity.encode()),
        f'image/png; name="{identity}.png"',
        content_id=f"<{identity}>",
        content_disposition="inline",
        content_transfer_encoding="base64",
    )


@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS.keys())
@pytest.mark.parametrize("words", ["", "Here:"], ids=["picture alone", "with words"])
def test_pictures_of_the_new_words_and_of_the_history(document: str, words: str) -> None:
    html = document.replace("{}", f'{words}<br><img src="cid:pasted" alt="image.png">')
    html = html.replace("INTERNAL", '<img src="cid:logo" alt="Northlight">INTERNAL')
    plain = f"{words}\n[image: image.png]\n\n{WROTE}\n{QUOTED}"
    body = nested(part(plain), part(html, "text/html; charset=utf-8"), subtype="alternative", boundary="inner")
    read_as = read(
        multipart(
            body,
            _picture("pasted"),
            _picture("logo"),
            _picture("unseen"),
            subtype="related",
            subject="RE: Parcel",
            in_reply_to="<1@shop.example>",
        )
    )
    assert read_as.new == words
    assert [one.shown for one in read_as.attachments] == ["new", "old", None]


SIGNED = "Mit freundlichen Grüßen<br>Ada Lindqvist<br>Northlight Lamps"


@pytest.mark.parametrize(
    ("words", "new", "shown"),
    [
        (f'{SIGNED}<br><img src="cid:pasted">', "", "old"),
        (f'Hallo Frau Holm,<br><br>{SIGNED}<br><img src="cid:pasted">', "", "old"),
        ('Best,<br><img src="cid:pasted"> Ada', "", "old"),
        ('Ada<br><br><img src="cid:pasted">', "", "old"),
        ('Ihr Northlight-Team<br><img src="cid:pasted">', "", "old"),
        (f'{SIGNED}<br>Follow us on LinkedIn<br><img src="cid:pasted">', "", "old"),
        (f'<img src="cid:pasted"><br>{SIGNED}', "", "new"),
        (f'Hallo Frau Holm,<br><img src="cid:pasted"><br>{SIGNED}', "", "new"),
        ('Hallo Frau Holm,<br><img src="cid:pasted">', "", "new"),
        ('<img src="cid:pasted">', "", "new"),
        (
            f'It is this one.<br><br>{SIGNED}<br><img src="cid:pasted">',
            "It is this one.\n\nMit freundlichen Grüßen\nAda Lindqvist\nNorthlight Lamps",
            "new",
        ),
    ],
)
@pytest.mark.parametrize("client", ["Outlook", "Gmail", "Apple Mail", "Thunderbird"])
def test_a_picture_below_the_name_is_signature_where_nothing_is_said(
    client: str, words: str, new: str, shown: str
) -> None:
    html = part(DOCUMENTS[client].replace("{}", words), "text/html; charset=utf-8")
    found = read(
        multipart(
            html,
            _picture("pasted"),
            part(encoded(b"\x89PNG"), 'image/png; name="photo.png"', content_transfer_encoding="base64"),
            subtype="related",
            From="Ada Lindqvist <ada@shop.example>",
            in_reply_to="<1@shop.example>",
        )
    )
    assert (found.new, [one.shown for one in found.attachments]) == (new, [shown, None])
