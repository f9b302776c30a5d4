"""Separating new words from old ones: by text in many languages, by structure in HTML, and never leaving an empty
text."""

import pytest

from chalicelib.mail.bodies import html_text
from chalicelib.mail.quoting import quoting
from chalicelib.mail.quoting.answering import Kind
from chalicelib.mail.reading import read
from tests.unit.mail.mails import mail, multipart, part

ATTRIBUTIONS = {
    "English": "On Mon, Mar 2, 2026 at 10:00 AM Shop Care <care@shop.example> wrote:",
    "English, date last": "Shop Care <care@shop.example> wrote on Mon, 2 Mar 2026 at 10:00:",
    "English, in two lines": "On Mon, Mar 2, 2026 at 10:00 AM, Shop Care <\ncare@shop.example> wrote:",
    "German": "Am Mo., 2. März 2026 um 10:00 Uhr schrieb Shop Care <care@shop.example>:",
    "German, name first": "Shop Care <care@shop.example> schrieb am Mo., 2. März\n2026 um 10:00 Uhr:",
    "French": "Le lun. 2 mars 2026 à 10:00, Shop Care <care@shop.example> a écrit :",
    "Spanish": "El lun, 2 mar 2026 a las 10:00, Shop Care (<care@shop.example>) escribió:",
    "Italian": "Il giorno lun 2 mar 2026 alle ore 10:00 Shop Care <care@shop.example> ha scritto:",
    "Portuguese": "Em seg., 2 de mar. de 2026 às 10:00, Shop Care <care@shop.example> escreveu:",
    "Dutch": "Op ma 2 mrt 2026 om 10:00 schreef Shop Care <care@shop.example>:",
    "Danish": "Den man. 2. mar. 2026 kl. 10.00 skrev Shop Care <care@shop.example>:",
    "Norwegian": "man. 2. mars 2026 kl. 10:00 skrev Shop Care <care@shop.example>:",
    "Swedish": "Den mån 2 mars 2026 kl 10:00 skrev Shop Care <care@shop.example>:",
    "Finnish": "ma 2. maalisk. 2026 klo 10.00 Shop Care (care@shop.example) kirjoitti:",
    "Polish": "pon., 2 mar 2026 o 10:00 Shop Care <care@shop.example> napisał(a):",
    "Czech": "po 2. 3. 2026 v 10:00 odesílatel Shop Care <care@shop.example> napsal:",
    "Russian": "пн, 2 мар. 2026 г. в 10:00, Shop Care <care@shop.example>:",
    "Ukrainian": "пн, 2 бер. 2026 р. о 10:00 Shop Care <care@shop.example> пише:",
    "Turkish": "Shop Care <care@shop.example>, 2 Mar 2026 Pzt, 10:00 tarihinde şunu yazdı:",
    "Hungarian": "Shop Care <care@shop.example> ezt írta (időpont: 2026. márc. 2., H, 10:00):",
    "Romanian": "În lun., 2 mar. 2026 la 10:00, Shop Care <care@shop.example> a scris:",
    "Greek": "Στις Δευ 2 Μαρ 2026 στις 10:00 π.μ., ο χρήστης Shop Care <care@shop.example> έγραψε:",
    "Chinese": "Shop Care <care@shop.example> 于2026年3月2日周一 10:00写道：",
    "Chinese, Apple": "在 2026年3月2日，10:00，Shop Care <care@shop.example> 写道：",
    "Japanese": "2026年3月2日(月) 10:00 Shop Care <care@shop.example>:",
    "Korean": "2026년 3월 2일 (월) 오전 10:00, Shop Care <care@shop.example>님이 작성:",
    "Croatian": "pon, 2. ožu 2026. u 10:00 Shop Care <care@shop.example> napisao je:",
}
BLOCKS = {
    "English": "From: Shop Care <care@shop.example>\nSent: Monday, March 2, 2026 10:00 AM\nTo: Mira\nSubject: Order",
    "German": "Von: Shop Care <care@shop.example>\nGesendet: Montag, 2. März 2026 10:00\nAn: Mira\nBetreff: Bestellung",
    "French": "De : Shop Care <care@shop.example>\nEnvoyé : lundi 2 mars 2026 10:00\nÀ : Mira\nObjet : Commande",
    "Spanish": "De: Shop Care <care@shop.example>\nEnviado: lunes, 2 de marzo de 2026 10:00\nPara: Mira\nAsunto: "
    "Pedido",
    "Italian": "Da: Shop Care <care@shop.example>\nInviato: lunedì 2 marzo 2026 10:00\nA: Mira\nOggetto: Ordine",
    "Portuguese": "De: Shop Care <care@shop.example>\nEnviado: segunda-feira, 2 de março de 2026 10:00\nPara: "
    "Mira\nAssunto: Pedido",
    "Dutch": "Van: Shop Care <care@shop.example>\nVerzonden: maandag 2 maart 2026 10:00\nAan: Mira\nOnderwerp: "
    "Bestelling",
    "Danish": "Fra: Shop Care <care@shop.example>\nSendt: 2. marts 2026 10:00\nTil: Mira\nEmne: Ordre",
    "Swedish": "Från: Shop Care <care@shop.example>\nSkickat: den 2 mars 2026 10:00\nTill: Mira\nÄmne: Order",
    "Finnish": "Lähettäjä: Shop Care <care@shop.example>\nLähetetty: 2. maaliskuuta 2026 10:00\nVastaanottaja: "
    "Mira\nAihe: Tilaus",
    "Polish": "Od: Shop Care <care@shop.example>\nWysłano: poniedziałek, 2 marca 2026 10:00\nDo: Mira\nTemat: "
    "Zamówienie",
    "Czech": "Od: Shop Care <care@shop.example>\nOdesláno: pondělí 2. března 2026 10:00\nKomu: Mira\nPředmět: "
    "Objednávka",
    "Russian": "От: Shop Care <care@shop.example>\nОтправлено: 2 марта 2026 г. 10:00\nКому: Mira\nТема: Заказ",
    "Turkish": "Kimden: Shop Care <care@shop.example>\nGönderilen: 2 Mart 2026 10:00\nKime: Mira\nKonu: Sipariş",
    "Hungarian": "Feladó: Shop Care <care@shop.example>\nElküldve: 2026. március 2. 10:00\nCímzett: Mira\nTárgy: "
    "Rendelés",
    "Chinese": "发件人: Shop Care <care@shop.example>\n发送时间: 2026年3月2日 10:00\n收件人: Mira\n主题: 订单",
    "Japanese": "差出人: Shop Care <care@shop.example>\n送信日時: 2026年3月2日 10:00\n宛先: Mira\n件名: 注文",
}


@pytest.mark.parametrize("attribution", ATTRIBUTIONS.values(), ids=ATTRIBUTIONS.keys())
@pytest.mark.parametrize(
    "quote", ["\n> Dear Mira,\n> which lamp?", "\n\nDear Mira,\nwhich lamp?"], ids=["marked", "bare"]
)
def test_an_answer_above_an_attribution(attribution: str, quote: str) -> None:
    found = quoting.split(f"The red one, order 12.\nThanks!\n\n{attribution}{quote}\n")
    assert found.reply == "The red one, order 12.\nThanks!"
    assert found.quoted.startswith(attribution.split("\n")[0])
    assert "which lamp?" in found.quoted


@pytest.mark.parametrize("attribution", ATTRIBUTIONS.values(), ids=ATTRIBUTIONS.keys())
def test_an_answer_below_a_quotation(attribution: str) -> None:
    found = quoting.split(f"{attribution}\n> Dear Mira,\n> which lamp?\n\nThe red one.\n")
    assert found.reply == "The red one."


@pytest.mark.parametrize("block", BLOCKS.values(), ids=BLOCKS.keys())
@pytest.mark.parametrize(
    "ruler", ["", "________________________________\n", "-----Original Message-----\n"], ids=["bare", "ruled", "named"]
)
def test_an_answer_above_a_header_block(block: str, ruler: str) -> None:
    found = quoting.split(f"The red one.\n\n{ruler}{block}\n\nDear Mira,\nwhich lamp?\n")
    assert found.reply == "The red one."


@pytest.mark.parametrize(
    "line",
    [
        "-----Original Message-----",
        "-----Ursprüngliche Nachricht-----",
        "-------- Message d'origine --------",
        "-----Mensaje original-----",
        "---- Oorspronkelijk bericht ----",
        "-----Исходное сообщение-----",
        "-----邮件原件-----",
        "*-------- Original Message --------*",
        "---------- Forwarded message ---------",
        "Begin forwarded message:",
    ],
)
def test_separators(line: str) -> None:
    assert quoting.split(f"New.\n\n{line}\n\nOld.\n").reply == "New."


def test_interleaved_answers_keep_their_questions() -> None:
    text = "On Mon, 2 Mar 2026 at 10:00, Shop <care@shop.example> wrote:\n> Which lamp?\nThe red one.\n> When?\nToday."
    assert quoting.split(text).reply == "> Which lamp?\nThe red one.\n> When?\nToday."


def test_words_below_a_quotation_stay_with_words_above_it() -> None:
    text = (
        "Hello,\n\nOn Mon, 2 Mar 2026 at 10:00, Shop <care@shop.example> wrote:\n> Which lamp?\n\nThe red one, "
        "as I said.\n"
    )
    found = quoting.split(text).reply
    assert found.startswith("Hello,")
    assert found.endswith("The red one, as I said.")


def test_a_broken_long_line_belongs_to_the_quotation() -> None:
    text = (
        "Yes.\n\nOn 2 Mar 2026 at 10:00, Shop <care@shop.example> wrote:\n> a long line of words that the mail "
        "client of somebody wrapped at its\nend\n> more\n"
    )
    assert quoting.split(text).reply == "Yes."


@pytest.mark.parametrize(
    "text",
    [
        "> only a quote",
        "On Mon, 2 Mar 2026 at 10:00, Shop <care@shop.example> wrote:\n> only history",
        "-- \nonly a signature",
        "Sent from my iPhone",
        "-----Original Message-----",
        ">",
        "\u200b> x",
        "From: a <a@b.example>\nSubject: x\nTo: y",
    ],
)
def test_a_mail_is_never_stripped_to_an_empty_text(text: str) -> None:
    assert quoting.split(text).reply.strip() != ""


@pytest.mark.parametrize(
    "text",
    [
        "On the surface it is fine.\n\nOn Monday I wrote to you:\nno answer came.",
        "I ordered on 2 March 2026 at 10:00:\n1 lamp\n2 bulbs",
        "From: Rome\nTo: Milan\nThat is how it was sent.",
        "Item | Price\n-----|------\nLamp | 20\n\nIs that right?",
        "Hello,\n-- first the lamp is broken\n-- then the bulb is missing\nMira",
        "Note:\nthe code is\n```\n--\nx\n```\nthanks",
        "I sent it from my house last week, please check.",
        "He wrote:\nwe will refund you.",
        "Regards,\nMira",
        "My number: 12\nMy date: 2 March\nMy wish: a new one",
    ],
)
def test_a_persons_own_words_are_kept_whole(text: str) -> None:
    assert quoting.split(text).reply == text


@pytest.mark.parametrize(
    ("text", "signature"),
    [
        ("Words.\n\n-- \nMira Holm\nBerlin", "--\nMira Holm\nBerlin"),
        ("Words.\n\nSent from my iPhone", "Sent from my iPhone"),
        ("Words.\n\nVon meinem iPhone gesendet", "Von meinem iPhone gesendet"),
        ("Words.\n\nEnvoyé de mon iPad", "Envoyé de mon iPad"),
        ("Words.\n\nGet Outlook for Android", "Get Outlook for Android"),
        (
            "Words.\n\nSent from Outlook for iOS<https://aka.ms/o0ukef>",
            "Sent from Outlook for iOS<https://aka.ms/o0ukef>",
        ),
        (
            "Words.\n\nBest regards,\n\nMira Holm\nManager, Holm GmbH\n+49 30 1234567",
            "Best regards,\n\nMira Holm\nManager, Holm GmbH\n+49 30 1234567",
        ),
        ("Words.\n\n_______________\nMira", "_______________\nMira"),
    ],
)
def test_signatures_are_separated(text: str, signature: str) -> None:
    found = quoting.split(text)
    assert (found.reply, found.signature) == ("Words.", signature)


ATTRIBUTED = "On Mon, Mar 2, 2026 at 10:00 AM Shop &lt;care@shop.example&gt; wrote:"
DOCUMENTS = {
    "Gmail": f'<div dir="ltr">New.</div><br><div class="gmail_quote"><div class="gmail_attr">{ATTRIBUTED}<br></div>'
    '<blockquote class="gmail_quote">Old.</blockquote></div>',
    "Gmail in a language nobody listed": '<div>New.</div><div class="gmail_quote"><div class="gmail_attr">Xyz qqq<br>'
    '</div><blockquote class="gmail_quote">Old.</blockquote></div>',
    "Outlook": '<div class="WordSection1"><p>New.</p><div><div style="border:none;border-top:solid #E1E1E1 '
    '1.0pt"><p><b>From:</b> Shop<br>'
    "<b>Sent:</b> Monday<br><b>To:</b> Mira<br><b>Subject:</b> x</p></div></div><p>Old.</p></div>",
    "Outlook on the web": '<div>New.</div><div id="appendonsend"></div><hr><div id="divRplyFwdMsg"><b>Xx:</b> '
    "Shop</div><div>Old.</div>",
    "Apple": f'<div>New.</div><br><blockquote type="cite">{ATTRIBUTED}<br><br></blockquote><blockquote '
    f'type="cite">Old.</blockquote>',
    "Yahoo": f'<div>New.</div><div id="yahoo_quoted_1" '
    f'class="yahoo_quoted"><div>{ATTRIBUTED}</div><div>Old.</div></div>',
    "Thunderbird": '<p>New.</p><div class="moz-cite-prefix">Somebody once wrote:</div><blockquote '
    'type="cite">Old.</blockquote>',
    "Proton": f'<div>New.</div><div class="protonmail_quote">{ATTRIBUTED}<br><blockquote '
    f'class="protonmail_quote">Old.</blockquote></div>',
    "Zimbra": '<div>New.</div><hr id="zwchr" data-marker="__DIVIDER__"><div data-marker="__HEADERS__"><b>Xx: '
    "</b>Shop</div><div>Old.</div>",
    "Zoho": '<div>New.</div><div class="zmail_extra"><div>---- On Mon, 02 Mar 2026 10:00:00 +0100 Shop wrote '
    "----</div><div>Old.</div></div>",
    "GMX": '<div>New.</div><div name="quote"><b>Xx:</b> Shop<div name="quoted-content">Old.</div></div>',
}


@pytest.mark.parametrize("html", DOCUMENTS.values(), ids=DOCUMENTS.keys())
def test_the_structure_of_mail_clients(html: str) -> None:
    found = quoting.split_mail(html_text.to_text(html), html, False, Kind.ANSWER)
    assert found.reply == "New."
    assert "Old." in found.quoted


def test_answers_inside_a_quoting_element_are_kept() -> None:
    html = (
        f'<div class="gmail_quote"><div class="gmail_attr">{ATTRIBUTED}</div><blockquote '
        f'class="gmail_quote">Which?</blockquote><div>Red.</div>'
    )
    html += '<blockquote class="gmail_quote">When?</blockquote><div>Today.</div></div>'
    assert (
        quoting.split_mail(html_text.to_text(html), html, False, Kind.ANSWER).reply
        == "> Which?\n\nRed.\n\n> When?\n\nToday."
    )


def test_a_customers_own_box_is_no_history() -> None:
    html = '<p>See:</p><div style="border-top:solid 1px">the box</div><p>ok?</p>'
    assert quoting.split_mail(html_text.to_text(html), html, False, Kind.ANSWER).reply == "See:\n\nthe box\n\nok?"


def test_the_structure_corrects_a_plain_alternative_without_marks() -> None:
    html = (
        '<div>New.</div><div class="gmail_quote"><div class="gmail_attr">Xyz qqq</div><blockquote '
        'class="gmail_quote">Old.</blockquote></div>'
    )
    found = read(multipart(part("New.\n\nXyz qqq\n\nOld."), part(html, "text/html"), subtype="alternative"))
    assert found.reply == "New."
    assert found.text == "New.\n\nXyz qqq\n\nOld."


@pytest.mark.parametrize("block", BLOCKS.values(), ids=BLOCKS.keys())
def test_forwards_in_many_languages(block: str) -> None:
    found = read(mail(f"Please handle.\n\n{block}\n\nIt broke.\n", subject="WG: Bestellung")).forwarded
    assert found is not None
    assert found.sender is not None
    assert (found.sender.name, found.sender.address) == ("Shop Care", "care@shop.example")
    assert (found.note, found.text, found.certain) == ("Please handle.", "It broke.", True)
    assert found.date is not None
    assert (found.date.year, found.date.month, found.date.day) == (2026, 3, 2)
    assert found.subject


def test_apple_forwards_are_unquoted() -> None:
    text = (
        "See below.\n\n> Begin forwarded message:\n>\n> From: Ann <ann@x.example>\n> Subject: My lamp\n> Date: "
        "2 March 2026 at 10:00:00 CET\n>\n> It broke.\n> Ann\n"
    )
    found = read(mail(text, subject="Re: x")).forwarded
    assert found is not None
    assert (found.note, found.text, found.certain) == ("See below.", "It broke.\nAnn", True)


def test_an_attached_mail_is_a_certain_forward() -> None:
    inner = mail("It broke.", subject="My lamp", **{"from": "Ann <ann@x.example>"})
    found = read(multipart(part("Please handle."), part(inner, "message/rfc822"))).forwarded
    assert found is not None
    assert found.sender is not None
    assert (found.sender.address, found.subject, found.text, found.note) == (
        "ann@x.example",
        "My lamp",
        "It broke.",
        "Please handle.",
    )


def test_an_answer_with_its_history_is_no_certain_forward() -> None:
    found = read(
        mail(
            "Thanks.\n\nFrom: Shop <care@shop.example>\nSent: 2 March 2026\nTo: Mira\nSubject: x\n\nOld.",
            subject="Re: x",
        )
    ).forwarded
    assert found is None or not found.certain
