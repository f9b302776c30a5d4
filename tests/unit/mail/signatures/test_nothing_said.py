"""An agent's mail that only greets, takes leave and says who writes holds no answer. Short answers are answers."""

import pytest

from chalicelib.mail.reading import read
from chalicelib.mail.signatures.signatures import said
from tests.unit.mail.mails import mail

WORDS = "Hi Kim,\n\nwe ship it tomorrow."
QUOTED = "\n\nOn Mon, Nov 30, 2026 at 10:12 AM Kim Lee <kim@example.com> wrote:\n> Where is my lamp?\n"
FORMULAS = [
    *("Kind regards", "Kindest regards", "Warmest regards", "With best wishes", "All the best", "BR", "Rgds", "Yours"),
    *("Best regards / Mit freundlichen Grüßen", "Viele Grüße aus Hamburg", "Viele liebe Grüße", "Freundlicher Gruß"),
    *("Mit freundlichem Gruß", "Beste Grüße aus dem sonnigen Hamburg", "Gruß", "Grüße", "MfG", "LG", "Best"),
    *("Med vänlig hälsning", "Med vänliga hälsningar", "Hälsningar", "Bästa hälsningar", "Vennlig hilsen", "Hilsen"),
    *("De bedste hilsner", "Ystävällisin terveisin", "Met vriendelijke groet", "Groetjes"),
    *("Un cordial saludo", "Saludos", "Com os melhores cumprimentos", "Abraço", "Salutări", "Un cordiale saluto"),
    *("Bien cordialement", "Salutations distinguées", "Pozdrawiam serdecznie", "Lep pozdrav", "Pozdrav", "S pozdravom"),
    *("Поздрави", "С уважением", "З повагою", "Lugupidamisega", "Ar cieņu", "Pagarbiai", "Φιλικά", "Üdvözlettel"),
    *("祝好", "此致\n敬礼", "よろしくお願いいたします。", "감사합니다.", "בברכה", "مع تحياتي", "Saygılarımla"),
]
NOTHING = [
    *("Anna Berg", "Anna", "Berg", "AB", "Anna B.", "- Anna", "/Anna", "*Anna Berg*\n*Customer Care*"),
    *("Anna Berg, Northlight", "Anna Berg | Northlight Support", "i.A. Anna Berg\nNorthlight", "Ihre Anna Berg"),
    *("Anna 😊", "Best regards 😊\nAnna", "Anna Berg <anna@shop.example>", "Anna Berg Kundenservice", "Best, A."),
    *("Anna Berg (she/her)\nNorthlight", "Pozdrawiam\nAnna Berg\nSpecjalista ds. obsługi klienta"),
    "Cordialement,\nAnna Berg\nChargée de clientèle\n12 rue de la Paix\n75002 Paris",
    "Kind regards,\n\nAnna Berg\n\nNorthlight Ltd\n12 High Street, London SW1A 1AA\nt: +44 20 1234 5678",
    *("M.f.G.\nAnna", "Mit freundlichen Grüßen / Best regards / Cordialement\nAnna", "--\nAnna Berg\nNorthlight"),
    "A. Berg\nNorthlight GmbH\nTel. +49 40 123456",
    "Anna Berg\nCustomer Care Specialist\nNorthlight GmbH | Hafenstr. 5 | 20457 Hamburg\nM: +49 170 1234567",
    'Anna Berg\nResponsable du service client\n"Light is life"',
    "Anna Berg\nNorthlight GmbH, Geschäftsführer: A. Berg, Handelsregister HRB 1234",
    *("Best regards, Anna Berg", "Liebe Grüße, Anna", "LG Anna", "MfG Anna Berg", "Mit freundlichen Grüßen Anna Berg"),
    *("Best regards,\nYour Northlight Team", "Viele Grüße\nIhr Northlight-Team", "Best regards, Kim Lee"),
    *(
        "Hi Kim,",
        "Sehr geehrter Herr Lee,",
        "Hi Kim,\n\nBest regards,\nAnna Berg",
    ),
    *("Hallo Kim,\n\nAnna", "Hi,\n\n-- \nAnna"),
    "你好，\n\n祝好\nAnna",
]
ANSWERS = [
    *("Thanks", "Thanks, Anna", "Thanks\nAnna", "Danke", "Vielen Dank\nAnna", "Merci\nAnna", "Cheers", "감사합니다."),
    *("Yes", "OK", "Yes\nAnna", "Anna Berg\nYes", "Hi Kim\nOK", "Ja.\n\nLG Anna", "Nein, Anna", "A", "👍", "👍\nAnna"),
    *("Herr Berg", "Frau Berg", "Regards to Tom", "Grüße an Tom", "Anna Berg is ill", "Viel Erfolg!\nAnna"),
    *("Done\n\nAnna", "Refunded\nBest regards\nAnna", "Paket unterwegs\nAnna", "Friday", "Kim Lee\nHafenstr. 5"),
    *("Yours", "Best", "Lieber Montag", "👍 Anna", "Anna 👍", "LG 👍", "Hi Kim 👍"),
    *(
        "よろしくお願いいたします。",
        "你好，我们明天发货",
        "Anna\n👍",
        "Anna?",
    ),
    *("Anna Berg: yes", "Kim Lee", "Anna at 5"),
    *("LG Electronics", "Best Buy", "VG Bild", "LG\nOLED55 Tel. Hotline +49 40 1234567", "Regards the lamp, yes"),
    *("+49 40 123456", "+49 40 123456\nAnna", "https://shop.example/a", "anna@shop.example", "Northlight GmbH"),
    *("Kind regards from Hamburg, we ship tomorrow.", "Anna\nwe ship tomorrow", "Anna Berg\nIt costs 30 EUR"),
    *("Anna\n30 EUR", "Anna will call you", "Dear Kim, thank you", "Bis morgen, Anna", "Hello Kim, Anna is ill"),
    "Hi Kim,\nAnna Berg\nwill call you at +44 20 1234 5678 on Monday.",
    *("Anna Berg\nCan you call?", "Hi, can you call me?\nAnna", "Anna\nOrder 1001 is cancelled"),
]


def new(text: str, author: str = "Anna Berg") -> str:
    return read(mail(text, From=f"{author} <anna@shop.example>", subject="Re: Order 1001", in_reply_to="<a@b.c>")).new


@pytest.mark.parametrize("formula", FORMULAS)
def test_a_farewell_alone_is_no_answer(formula: str) -> None:
    block = "\nAnna Berg\nCare\nTel. +49 40 123456"
    for name in (block, "\nAnna Berg", "\n\nAnna", ",\nKim Lee", ",\nAnna\nNorthlight"):
        assert new(f"\n{formula}{name}{QUOTED}") == ""
        assert new(f"Hi Kim,\n\n{formula}{name}") == ""


@pytest.mark.parametrize("formula", FORMULAS)
def test_a_contact_block_below_a_farewell_is_cut(formula: str) -> None:
    block = f"\n\n{formula},\nAnna Berg\nNorthlight\nTel. +49 40 123456"
    assert new(WORDS + block + QUOTED) == WORDS
    customers = read(mail(WORDS + block))
    assert (customers.reply, customers.signature) == (WORDS, block.strip())


@pytest.mark.parametrize("text", NOTHING)
def test_a_greeting_a_name_and_a_farewell_are_no_answer(text: str) -> None:
    assert new(f"\n{text}{QUOTED}") == ""
    assert new(text) == ""
    assert said(text.replace("-- \n", ""), "Anna Berg") == ""


@pytest.mark.parametrize("text", ANSWERS)
def test_what_says_something_stays_whole(text: str) -> None:
    assert new(f"\n{text}{QUOTED}") == text


@pytest.mark.parametrize("text", ["Anna Berg", "LG Anna", "Anna, Northlight"])
def test_anothers_name_is_an_answer(text: str) -> None:
    assert new(f"{text}{QUOTED}", author="Mira Holm") == text


@pytest.mark.parametrize(
    ("author", "text"), [("Nils Olsen", "No"), ("Olga Klein", "OK"), ("Berg, Anna", "A. Berg"), ("山田太郎", "山田")]
)
def test_initials_that_are_an_answer_are_an_answer(author: str, text: str) -> None:
    assert said(text, author) == ("" if text in ("A. Berg", "山田") else text)


def test_a_name_between_quotations_is_an_answer_beside_others() -> None:
    text = "> Who calls me?\n\nAnna\n\n> When?\n\nTomorrow."
    assert new(text) == "Anna\n\nTomorrow."


def test_in_html_too() -> None:
    document = "<div>Hi Kim,</div><div>Best regards,<br>Anna Berg</div><blockquote type='cite'>Old</blockquote>"
    assert _html(document) == ""
    assert _html(document.replace("Hi Kim,", "Yes.")) == "Yes.\nBest regards,\nAnna Berg"


def _html(document: str) -> str:
    headers = {"content_type": "text/html; charset=utf-8", "in_reply_to": "<a@b.c>"}
    return read(mail(document, From="Anna Berg <anna@shop.example>", **headers)).new
