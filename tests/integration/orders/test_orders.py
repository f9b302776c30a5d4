"""Orders on the running stack: what shops' systems post becomes letters, pages and tasks, each once."""

import json
import re
from collections.abc import Iterator
from decimal import Decimal

import pytest

from chalicelib.rules.events.sources import Source
from local.aws import emulator
from tests.support.stack import orders
from tests.support.stack.local_stack import Mail, Outside, form, someone, until
from tests.support.stack.order_browser import Visitor, choice_link
from tests.support.stack.orders import OwnDoor

# Seconds for what usually takes one: this machine may be busy.
SOON = 90
ADA, TOM = "ada@northlight.example", "tom@northlight.example"
LANGUAGES = ("de", "en")
# WooCommerce does not say which language its buyers read, so the shop's first is used.
SAYS_LANGUAGE = [
    (source, language) for source in orders.PLACED for language in LANGUAGES if source is not Source.WOOCOMMERCE
]
_AMOUNT = {"en": re.compile(r"([−-]?)€([\d,]+\.\d\d)"), "de": re.compile(r"([−-]?)([\d.]+,\d\d)\s€")}
_LINES = {"en": ("What you ordered", "Total: "), "de": ("Was Sie bestellt haben", "Gesamtsumme: ")}
# No letter about a price that is being looked at may have these words: they accept the order.
ACCEPTING = (
    "accept",
    "confirmed",
    "and the contract is made",
    "nehmen wir sie an",
    "bestätigt",
    "Vertrag ist geschlossen",
)


def sums(text: str, language: str) -> tuple[Decimal, Decimal]:
    """What the letter's lines and costs come to, and the total that it states."""
    heading, total = _LINES[language]
    shown, _, rest = text.partition(heading)[2].partition(total)
    lines = [line for line in shown.splitlines() if " = " in line or re.match(r"^\S.*: ", line)]
    return sum((_last(line.rpartition(" = ")[2], language) for line in lines), Decimal()), _last(
        rest.splitlines()[0], language
    )


def _last(words: str, language: str) -> Decimal:
    sign, digits = _AMOUNT[language].findall(words)[0]
    plain = digits.replace(",", "") if language == "en" else digits.replace(".", "").replace(",", ".")
    return Decimal(plain) * (-1 if sign else 1)


@pytest.mark.parametrize(("source", "language"), [*SAYS_LANGUAGE, (Source.WOOCOMMERCE, "en")])
def test_an_order_of_each_source_is_confirmed_once_with_its_sums(
    outside: Outside, source: Source, language: str
) -> None:
    file, _, total = orders.PLACED[source]
    number, buyer = orders.number(), someone()
    tongue = {'"de"': f'"{language}"', '"de-DE"': '"en-GB"' if language == "en" else '"de-DE"'}
    body = orders.now(outside, orders.body(source, file, number, buyer, tongue))
    assert orders.post(outside, source, file, body) == 200
    mail = outside.mail_to(buyer, number, SOON)
    shown = outside.message(mail)
    assert sums(shown["Text"], language) == (Decimal(total), Decimal(total))
    written = f"€{total}" if language == "en" else f"{total.replace('.', ',')}\N{NO-BREAK SPACE}€"
    assert written in shown["HTML"].replace("&nbsp;", "\N{NO-BREAK SPACE}")
    assert orders.post(outside, source, file, body) == 200
    _another_is_confirmed(outside)
    assert outside.mails(buyer) == [mail]


@pytest.mark.parametrize("source", list(orders.PLACED))
def test_of_a_forged_event_nothing_is_kept(outside: Outside, source: Source) -> None:
    file, buyer = orders.PLACED[source][0], someone()
    before = _kept(outside)
    body = orders.now(outside, orders.body(source, file, orders.number(), buyer))
    assert orders.post(outside, source, file, body, secret="not-the-secret-of-any-source-at-all") == 401
    assert _kept(outside) == before


def test_a_signature_holds_for_the_bytes_and_not_for_what_they_mean(outside: Outside) -> None:
    door, before = OwnDoor(outside), _kept(outside)
    body = orders.now(outside, orders.body(Source.OWN, "order_placed", orders.number(), someone()))
    again = json.dumps(json.loads(body)).encode()
    assert again != body
    assert door.send(again, door.signed(body)) == 401
    assert door.send(body, {"Content-Type": "application/json"}) == 401
    assert _kept(outside) == before


def test_what_is_larger_than_any_event_is_refused_and_not_kept(outside: Outside) -> None:
    door, before = OwnDoor(outside), _kept(outside)
    assert door.send(b'{"type":"order.placed","data":"' + b"x" * 1_100_000 + b'"}') == 413
    assert _kept(outside) == before


def test_a_customer_chooses_about_a_line_and_the_shop_is_told_once(outside: Outside) -> None:
    door, number, buyer = OwnDoor(outside), orders.number(), someone()
    door.place(number, buyer, "en")
    outside.mail_to(buyer, number, SOON)
    other = {"sku": "E27-9W", "name": "LED bulb E27, 9 W", "unit_price": "8.50"}
    door.tell("line.out_of_stock", number, currency="EUR", line="2", alternatives=[other])
    asked = outside.mail_to(buyer, "out of stock", SOON)
    page = choice_link(outside, orders.order_page(outside, asked))

    scanner, customer = Visitor(outside, keeps_cookies=False), Visitor(outside)
    assert scanner.press(page, scanner.open(page), choice="cancel").status == 422
    fields = customer.open(page)
    assert customer.press(page, fields, choice="alternative-0").status == 303
    told = outside.mail_to(buyer, "Your choice", SOON)
    assert "LED bulb E27, 9 W" in orders.text_of(outside, told)
    task = outside.mail_to(ADA, number, SOON)
    assert "LED bulb E27" in orders.text_of(outside, task)
    # A double post, the back button with another answer, and a fresh page with another answer.
    assert customer.press(page, fields, choice="alternative-0").status == 303
    assert customer.press(page, fields, choice="cancel").status == 422
    assert len(_about(outside, ADA, number)) == 1
    assert customer.press(page, customer.open(page), choice="cancel").status == 303
    until(lambda: len(_about(outside, ADA, number)) == 2, SOON, "second task")
    _another_is_confirmed(outside)
    assert len(outside.mails(buyer)) == 4
    # What a customer cancelled is not said to be still to come.
    door.tell("shipment.sent", number, parcel={"id": "P-1", "carrier": "dhl", "lines": [{"line": "1", "quantity": 1}]})
    sent = outside.mail_to(buyer, "on its way", SOON)
    assert "Still to come" not in orders.text_of(outside, sent)


def test_the_letter_of_a_parcel_names_what_is_still_to_come_and_when(outside: Outside) -> None:
    door, number, buyer = OwnDoor(outside), orders.number(), someone()
    door.place(number, buyer, "en")
    outside.mail_to(buyer, "confirmed", SOON)
    parcels = [("P-1", "1", 1), ("P-2", "2", 1), ("P-3", "2", 2)]
    texts = list[str]()
    for id, line, quantity in parcels:
        door.tell("shipment.sent", number, parcel={"id": id, "lines": [{"line": line, "quantity": quantity}]})
        before = len(texts) + 1
        until(lambda before=before: len(outside.mails(buyer)) > before, SOON, "letter of a parcel")  # type: ignore[misc]
        texts.append(orders.text_of(outside, outside.mails(buyer)[-1]))
    assert "Still to come - 3 × LED bulb E27 You get this by" in texts[0]
    assert "Still to come - 2 × LED bulb E27 You get this by" in texts[1]
    assert "Still to come" not in texts[2] and "With this, everything" in texts[2]


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_order_at_a_hundredth_of_its_price_is_held_and_accepted_by_no_word(outside: Outside, language: str) -> None:
    door, sku = OwnDoor(outside), f"VEGA-{orders.number()}"

    def place(price: str) -> tuple[str, str]:
        number, buyer = orders.number(), someone()
        line = {"id": "1", "sku": sku, "name": "Wall lamp Vega", "quantity": 1, "unit_price": price}
        door.place(number, buyer, language, lines=[line], costs=[], tax="0.00", total=price)
        return number, buyer

    for _ in range(5):
        outside.mail_to(place("189.00")[1], seconds=SOON)
    until(lambda: _sales(outside, sku) == ["18900"] * 5, SOON, "five sales")
    number, buyer = place("1.89")
    told = outside.mail_to(TOM, number, seconds=60)
    assert sku in orders.text_of(outside, told)
    received = outside.mail_to(buyer, number, SOON)
    page = outside.request("GET", orders.order_page(outside, received)).data.decode()
    for words in (received.subject, orders.text_of(outside, received), page):
        assert [word for word in ACCEPTING if word in words] == []
    assert "Content-Disposition: attachment" not in outside.raw(received).decode("ascii", "replace")
    assert _sales(outside, sku) == ["18900"] * 5


def test_what_strangers_write_into_an_order_stays_words(outside: Outside) -> None:
    door, number, buyer, victim = OwnDoor(outside), orders.number(), someone(), someone()
    script, picture = "<script>alert(1)</script>", "<img src=x onerror=alert(1)>"
    name = f"Mira {script}\r\nBcc: {victim}"
    line = {"id": "1", "sku": "S", "name": f"{picture}\r\nBcc: {victim}", "quantity": 1, "unit_price": "1.00"}
    address = {"name": name, "street": "javascript:alert(1)", "postcode": "1", "city": script, "country": "DE"}
    buyer_said = {"name": name, "email": buyer, "language": "en"}
    door.place(number, buyer, "en", lines=[line], costs=[], tax="0.00", total="1.00", customer=buyer_said,
               delivery_address=address, billing_address=address, payment=script, delivery_by=picture)  # fmt: skip
    confirmed = outside.mail_to(buyer, number, SOON)
    parcel = {"id": "P", "carrier": script, "tracking_number": picture, "tracking_url": "javascript:alert(1)"}
    door.tell("shipment.sent", number, parcel=parcel)
    outside.mail_to(buyer, "on its way", SOON)
    page = outside.request("GET", orders.order_page(outside, confirmed)).data.decode()
    for mail in outside.mails(buyer):
        head = outside.raw(mail).partition(b"\r\n\r\n")[0]
        assert b"\nBcc:" not in head and head.count(b"\nTo:") == 1
        page += str(outside.message(mail)["HTML"])
    assert script not in page and picture not in page
    assert re.findall(r"""(?:href|src)=["']?javascript:""", page) == []
    assert outside.mails(victim) == []


def test_a_link_opens_its_own_order_and_a_number_alone_opens_none(outside: Outside) -> None:
    door, found = OwnDoor(outside), list[tuple[str, str]]()
    street = {"name": "Mira Holm", "street": "Ahornweg 7731", "postcode": "10999", "city": "Berlin", "country": "DE"}
    for _ in range(2):
        number, buyer = orders.number(), someone()
        door.place(number, buyer, "en", delivery_address=street)
        found.append((number, orders.order_page(outside, outside.mail_to(buyer, number, SOON))))
    (number, first), (_, second) = found
    content, _, signature = second.rpartition("/")[2].partition(".")
    forged = first.rpartition("/")[0] + "/" + first.rpartition("/")[2].partition(".")[0] + "." + signature
    assert content and outside.request("GET", forged).status in (403, 404, 410)
    stranger = someone()
    posted = outside.post_json("/shops/northlight/tickets", form(stranger, order_number=number))
    assert posted.status == 201
    shown = outside.request("GET", outside.page_of(stranger)).data.decode()
    told = orders.text_of(outside, outside.mail_to(stranger, seconds=SOON))
    assert "Ahornweg 7731" not in shown + told and "Arc lamp Luna" not in shown + told


def test_links_that_a_wrong_address_was_sent_end_when_the_shop_corrects_it(outside: Outside) -> None:
    door, number, wrong, right = OwnDoor(outside), orders.number(), someone(), someone()
    door.place(number, wrong, "en")
    link = orders.order_page(outside, outside.mail_to(wrong, number, SOON))
    changed = orders.body(Source.OWN, "order_changed", number, right)
    assert orders.post(outside, Source.OWN, "order_changed", orders.now(outside, changed)) == 200
    confirmed = outside.mail_to(right, seconds=SOON)
    assert outside.request("GET", orders.order_page(outside, confirmed)).status == 200
    assert outside.request("GET", link).status in (403, 404, 410)
    assert len(outside.mails(wrong)) == 1


def test_an_order_of_ten_thousand_lines_is_confirmed_with_its_total(outside: Outside) -> None:
    door, number, buyer = OwnDoor(outside), orders.number(), someone()
    lines = [
        {"id": f"{n}", "sku": f"S{n}", "name": f"Bulb {n}", "quantity": 1, "unit_price": "1.00"} for n in range(10_000)
    ]
    door.place(number, buyer, "en", lines=lines, costs=[], tax="0.00", total="10000.00")
    text = orders.text_of(outside, outside.mail_to(buyer, number, SOON))
    assert "Total: €10,000.00" in text and "9750 further lines" in text.replace("9,750", "9750")


def _another_is_confirmed(outside: Outside) -> None:
    """Streams and queues keep order well enough: earlier events have been received by now."""
    number, later = orders.number(), someone()
    OwnDoor(outside).place(number, later)
    outside.mail_to(later, number, SOON)


def _about(outside: Outside, agent: str, number: str) -> list[Mail]:
    return [mail for mail in outside.mails(agent) if number in mail.subject]


def _kept(outside: Outside) -> set[str]:
    """The keys of all raw events in the bucket."""
    s3 = emulator.client("s3", outside.started.stack.endpoint)
    pages = s3.get_paginator("list_objects_v2")
    bucket = outside.started.stack.resources["MailBucket"]
    return {each["Key"] for page in pages.paginate(Bucket=bucket, Prefix="hooks/") for each in page.get("Contents", ())}


def _sales(outside: Outside, sku: str) -> list[str]:
    found: Iterator[dict[str, dict[str, list[dict[str, str]]]]] = outside.items("PRICES#", f"EUR#{sku}")
    return [each["N"] for item in found for each in item["sales"]["L"]]
