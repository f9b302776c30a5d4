"""The envelope of letters about orders: who sends and gets them, how they thread, what is attached, and what an answer
does."""

import hashlib
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest

from chalicelib.mail.composing import Letter, compose
from chalicelib.rules.documents.published import digest
from chalicelib.rules.identity import derived
from chalicelib.rules.orders.history import state
from chalicelib.rules.orders.order import Choice, Chosen, Order
from chalicelib.rules.policy.promises import Adverts
from chalicelib.rules.tickets.outbox import Delivery, Purpose
from chalicelib.services.orders import enclosed, letters
from local.previews import orders
from tests.support import shops
from tests.support.store.fakes import World, world

SHOP = shops.policy().shop("northlight")
MADE = orders.orders(SHOP)
CUSTOMER = "chidinma.okafor@example.org"


@pytest.fixture
def w() -> World:
    return world()


def written(
    w: World, order: Order, purpose: Purpose, about: str = "", to: str = CUSTOMER
) -> tuple[Letter, EmailMessage]:
    letter = letters.letter(w.deps, order, Delivery(purpose, to, about=about), w.clock.at)
    message = message_from_bytes(compose(letter), policy=default)
    assert isinstance(message, EmailMessage)
    return letter, message


def test_a_confirmation_comes_from_the_shop_to_the_customer_and_is_automatic(w: World) -> None:
    _, mail = written(w, MADE["new"], Purpose.ORDER_CONFIRMED)
    assert SHOP.support in str(mail["From"])
    assert CUSTOMER in str(mail["To"])
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Unsubscribe"] is None


def test_an_answer_goes_to_the_shops_plain_address_and_so_opens_a_ticket(w: World) -> None:
    _, mail = written(w, MADE["new"], Purpose.ORDER_CONFIRMED)
    (reply_to,) = mail["Reply-To"].addresses
    assert reply_to.addr_spec == SHOP.support
    assert derived.read_token(w.deps.secret, str(mail["Reply-To"]) + str(mail["References"])) is None


def test_all_letters_of_an_order_are_one_thread_and_each_is_a_mail_of_its_own(w: World) -> None:
    mails = [written(w, MADE["sent"], Purpose.ORDER_SENT, about)[1] for about in ("p1", "p2")]
    mails.append(written(w, MADE["sent"], Purpose.ORDER_CONFIRMED)[1])
    assert len({str(mail["References"]) for mail in mails}) == 1
    assert len({str(mail["Message-ID"]) for mail in mails}) == 3


def test_the_language_is_the_customers_or_the_shops_first(w: World) -> None:
    def subject(language: str) -> str:
        buyer = replace(orders.CHIDINMA, language=language)
        order = orders.order_of(SHOP, orders.placed(buyer=buyer))
        return str(written(w, order, Purpose.ORDER_CONFIRMED)[1]["Subject"])

    assert subject("de") == subject("de-AT") == "Ihre Bestellung 2026-10442 ist bestätigt"
    assert subject("en") == "Your order 2026-10442 is confirmed"
    assert subject("xx") == subject("") == subject(SHOP.languages[0])


def test_the_accepted_terms_are_attached_with_the_digest_that_the_letter_names(w: World) -> None:
    letter, mail = written(w, MADE["new"], Purpose.ORDER_CONFIRMED)
    files = list(mail.iter_attachments())
    assert [str(file.get_filename()).partition("-")[0] for file in files] == ["terms", "returns"]
    for file in files:
        content = file.get_payload(decode=True)
        assert isinstance(content, bytes)
        assert hashlib.sha256(content).hexdigest() == digest(content.decode())
        assert digest(content.decode()) in letter.text
    assert sum(len(each.text) for each in letter.attachments) <= enclosed.LARGEST


def test_texts_without_room_are_linked(w: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(enclosed, "LARGEST", 100)
    letter, _ = written(w, MADE["new"], Purpose.ORDER_CONFIRMED)
    assert not letter.attachments
    assert "/shops/northlight/terms/2026-11-01" in letter.text


def test_a_held_order_gets_no_terms_and_other_letters_have_no_files(w: World) -> None:
    assert not written(w, MADE["held"], Purpose.ORDER_CONFIRMED)[0].attachments
    for purpose in (Purpose.ORDER_SENT, Purpose.ORDER_STATUS, Purpose.ORDER_LINK):
        assert not written(w, MADE["sent"], purpose)[0].attachments


def test_thanks_can_be_ended_with_one_press(w: World) -> None:
    w.with_shop(adverts=Adverts("existing_customer"))
    letter, mail = written(w, MADE["delivered"], Purpose.ORDER_THANKS)
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert letter.unsubscribe in letter.text


def test_a_task_is_for_the_shops_people_in_the_shops_first_language(w: World) -> None:
    letter, mail = written(w, MADE["new"], Purpose.ORDER_TASK, "dispatch due", "ada@northlight.example")
    assert str(mail["Subject"]) == "Order 2026-10442: the dispatch"
    assert letter.recipient_name == "Ada Lindqvist"
    assert CUSTOMER not in letter.text


@pytest.mark.parametrize(
    ("choice", "sku", "named"),
    [(Choice.CANCEL, "", "to cancel it"), (Choice.ALTERNATIVE, "LAMP-9", "in its place LAMP-9")],
)
def test_the_task_after_a_choice_names_it(w: World, choice: Choice, sku: str, named: str) -> None:
    order = MADE["new"]
    basket = state(order.events).basket
    assert basket
    line = basket.lines[0].id
    chosen = replace(order, choices=(Chosen(line, choice, w.clock(), sku, by_silence=not sku),))
    letter, _ = written(w, chosen, Purpose.ORDER_TASK, f"choice {line}", "ada@northlight.example")
    for text in (letter.text, letter.html):
        assert named in text
        assert ("said nothing in the time" in text) == (not sku)


def test_a_letter_says_what_is_known_as_it_is_written(w: World) -> None:
    order = MADE["part"]
    for days, late in ((1, False), (40, True)):
        w.clock.at = orders.PLACED + timedelta(days=days)
        letter, _ = written(w, order, Purpose.ORDER_STATUS, "silence")
        assert ("haben wir nicht gehalten" in " ".join(letter.text.split())) == late
