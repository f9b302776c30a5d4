"""A signature's element is removed; words and photos that were put into it, because the cursor stood there, stay."""

import pytest

from chalicelib.mail.inbound import InboundMail
from chalicelib.mail.reading import read
from tests.unit.mail.mails import encoded, multipart, part

HISTORY = (
    '<div id="appendonsend"></div><hr><div id="divRplyFwdMsg"><b>From:</b> Kim Lee &lt;kim@example.com&gt;<br>'
    '<b>Sent:</b> Monday<br></div><div>Old <img src="cid:old"></div>'
)
ELEMENTS = {
    "Outlook": '<div id="Signature">{}</div>',
    "Gmail": '<div dir="ltr"><div class="gmail_signature" data-smartmail="gmail_signature">{}</div></div>',
    "iPhone": '<br id="lineBreakAtBeginningOfSignature"><div dir="ltr">{}</div>',
    "Thunderbird": '<div class="moz-signature">{}</div>',
    "one in another": '<div id="Signature"><div class="gmail_signature">{}</div></div>',
}
SIGNATURES = [
    "<div>Anna Berg<br>Northlight</div>",
    "<p>Kind regards</p><p>Anna Berg</p><p>We answer every mail within two working days.</p>",
    "<div>Anna Berg</div><div>This email is confidential. Please do not share it with anybody else.</div>",
    "<div>Care of Northlight<br>Tel. +49 40 123456<br>We answer within two working days, every week.</div>",
    "<div>“Light up your life and that of others.”</div><div>Anna Berg</div>",
    "<div>Have a great day!</div><div>Anna Berg</div>",
    "<div>Vielen Dank</div><div>Anna Berg</div>",
    "<div>Merry Christmas and a happy new year!</div><div>Anna Berg</div>",
    '<div><img src="cid:a"></div><div>Anna Berg<br>Responsable du service client<br>+49 40 123456</div>',
    '<table><tr><td><img src="cid:a"></td><td><b>Anna</b> Berg<br>Customer care<br><a href="https://x.example">x.example</a>'
    "</td></tr></table>",
    "<pre>-- \nAnna Berg\nWe answer all mails today.</pre>",
    "<div>--</div><div>This week you find us at the fair in Hamburg.</div>",
    "<style>p {color: red}</style><p>Anna Berg</p>",
    "<div>Northlight GmbH</div>",
    "<p>Kundenservice<br>Northlight Lamps</p><p>Wir sind immer gern für Sie da.</p>",
    "<p>Anna Berg (sie/ihr)</p>",
    "<div>Sent from my iPhone</div>",
    "<div>Mit freundlichen Grüßen aus Hamburg<br>Ihr Northlight-Team<br>Hafenstr. 5</div>",
    '<div><img src="cid:a"></div>',
]
WORDS = ["Yes, we ship tomorrow.", "Yes", "we ship tomorrow", "明天发货。", "When do you need it?"]
WORDS += ["It costs 30 EUR.", "Thanks for the photo", "Thank you, it comes tomorrow.", "Thanks!<br>we ship it"]
TAILS = ["<div>Anna Berg<br>Northlight</div>", "<p>Best regards</p><p>Kim Lee</p>", "<div>Sent from my iPhone</div>"]


def answer(document: str) -> InboundMail:
    picture = {"content_disposition": "inline", "content_transfer_encoding": "base64"}
    pictures = [part(encoded(b"\x89PNG"), "image/png", content_id=f"<{name}>", **picture) for name in ("a", "old")]
    html = part(f"<html><body>{document}{HISTORY}</body></html>", "text/html; charset=utf-8")
    headers = {"subject": "Re: Order 1001", "in_reply_to": "<a@b.c>"}
    return read(multipart(html, *pictures, subtype="related", From="Anna Berg <anna@shop.example>", **headers))


@pytest.mark.parametrize("element", ELEMENTS.values(), ids=ELEMENTS.keys())
@pytest.mark.parametrize("signature", SIGNATURES)
def test_a_signature_goes_whole(element: str, signature: str) -> None:
    for words in ("Yes.", ""):
        mail = answer(f"<div>{words}</div>{element.format(signature)}")
        assert mail.new == words
        assert "new" not in [one.shown for one in mail.attachments]


@pytest.mark.parametrize("element", ELEMENTS.values(), ids=ELEMENTS.keys())
@pytest.mark.parametrize("words", WORDS)
def test_words_in_the_element_stay_without_what_is_below_them(element: str, words: str) -> None:
    said = words.split("<br>")
    for tail in TAILS:
        photo = '<div><img src="cid:a"></div>'
        mail = answer(f"<div>Hi Kim,</div>{element.format(f'<div>{words}</div>{photo}{tail}')}")
        assert mail.new.split("\n") in (["Hi Kim,", *said], ["Hi Kim,", "", *said])
        assert [one.shown for one in mail.attachments] == ["new", "old"]


@pytest.mark.parametrize("words", WORDS)
def test_an_element_without_any_signature_stays_whole(words: str) -> None:
    assert answer(f"<div>Hi Kim,</div>{ELEMENTS['Gmail'].format(words)}").new == f"Hi Kim,\n{words}".replace(
        "<br>", "\n"
    )


def test_a_link_of_the_signature_goes_and_one_of_the_words_stays() -> None:
    said = '<div>see <a href="https://shop.example/x">here</a></div>'
    signed = '<div>Anna Berg<br><a href="https://shop.example"><b>our shop</b></a></div>'
    assert answer(ELEMENTS["Outlook"].format(said + signed)).new == "see here (https://shop.example/x)"


@pytest.mark.parametrize("tail", ["Sent from my iPhone", "Best regards<br>Anna Berg"])
def test_a_photo_above_an_apps_line_or_a_farewell_stays(tail: str) -> None:
    photo = f'<img src="cid:a"><br>{tail}'
    assert [one.shown for one in answer(ELEMENTS["iPhone"].format(photo)).attachments] == ["new", "old"]


def test_a_sentence_below_an_apps_line_stays() -> None:
    late = "Sent from my iPhone<div>One more thing: we ship tomorrow.</div>"
    assert answer(f"Yes.{ELEMENTS['iPhone'].format(late)}").new == "Yes.\nOne more thing: we ship tomorrow."


def test_an_element_of_thousands_of_lines_is_no_signature() -> None:
    lines = "<div>word</div>" * 4_000
    assert answer(ELEMENTS["Outlook"].format(lines)).new.count("word") == 4_000


LEAVE = ["Vielen Dank und viele Grüße", "Best regards and have a nice day", "Herzliche Grüße und einen schönen Abend"]
LEAVE += ["Beste Grüße und einen schönen Tag", "Kind regards from all of us", "Sunny regards from the lamp team"]
LEAVE += ["Einen schönen Tag wünscht", "Einen schönen Tag wünscht Anna Berg", "Bonne journée", "Que tenga un buen día"]
LEAVE += [
    "Buona giornata",
    "Fijne dag!",
    "Ha en fin dag!",
    "Miłego dnia",
    "Hezký den",
    "Хорошего дня!",
    "Tenha um bom dia",
]
LEAVE += [
    "Open: Mon-Fri 9-17 h",
    "Mo-Fr 9-17 Uhr",
    "Ich bin Mo-Fr von 9-17 Uhr erreichbar.",
    "We are happy to help you!",
]
SLOGANS = ["Ihr freundlicher Lampenladen", "Light is life", "New: the winter collection is here! Save 20 % now."]
CLIENTS = [ELEMENTS["Gmail"], ELEMENTS["Outlook"], '<div id="ms-outlook-mobile-signature">{}</div>']


@pytest.mark.parametrize("element", CLIENTS, ids=["Gmail", "Outlook", "Outlook mobile"])
@pytest.mark.parametrize("said", ["", "Text here."], ids=["none", "some"])
@pytest.mark.parametrize("line", LEAVE + SLOGANS)
def test_a_stored_signature_with_a_sentence_is_no_answer(line: str, said: str, element: str) -> None:
    forms = ["{}<br>Anna Berg", "<p>{}<br>Anna Berg<br>030 1234567</p>"]
    for form in [*forms, "<div>{}</div><div>Anna Berg</div>"] if line in LEAVE else forms:
        assert answer(f"<div>{said}</div>{element.format(form.format(line))}").new == said


@pytest.mark.parametrize("element", CLIENTS, ids=["Gmail", "Outlook", "Outlook mobile"])
@pytest.mark.parametrize("line", ["Your contact: Anna Berg, 030 1234567", "How was my answer? Rate it", LEAVE[-1]])
def test_a_signature_without_a_name_is_no_answer(line: str, element: str) -> None:
    assert answer(element.format(line)).new == ""
    assert answer(f"<div>Yes.</div>{element.format(line)}").new == "Yes."


@pytest.mark.parametrize("element", CLIENTS, ids=["Gmail", "Outlook", "Outlook mobile"])
@pytest.mark.parametrize(
    "words",
    [
        "yes, we ship tomorrow.",
        "We ship Mon-Fri",
        "it comes 9-17 h on Monday",
        "Best regards and the lamp comes tomorrow",
        "Please give my regards to Tom",
        "Your contact: Kim Lee, 030 1234567",
        "Have a look at the lamp",
        "We are happy to send you a new lamp",
        "Einen schönen Tag wünscht man sich anders, wir senden neu",
    ],
)
def test_words_typed_into_a_stored_signature_stay(words: str, element: str) -> None:
    for form in ("<div>{}</div><div>Anna Berg<br>030 1234567</div>", "{}<br><br>Best regards<br>Anna Berg", "{}"):
        assert answer(element.format(form.format(words))).new == words
    greeted = f"Hi Kim,<br>{words}<br>Anna Berg"
    assert answer(element.format(greeted)).new == f"Hi Kim,\n{words}"


@pytest.mark.parametrize("words", ["Yes", "Yes, we ship tomorrow.", "Nein.", "OK!", "Oui, demain"])
def test_a_yes_in_one_run_with_the_name_was_typed(words: str) -> None:
    assert answer(ELEMENTS["Gmail"].format(f"{words}<br>Anna")).new == words
