"""An order in a browser: its page and choice by keyboard and without scripts, the form that finds it, and the desk."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.axe import violations
from tests.browser.desk import ADA, at_the_desk
from tests.support.stack import orders
from tests.support.stack.local_stack import Outside, someone, until
from tests.support.stack.order_browser import choice_link
from tests.support.stack.orders import OwnDoor

SOON = 90
WIDER = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


def placed(outside: Outside, language: str) -> tuple[OwnDoor, str, str, str]:
    """An order with a line that is out of stock: the door, its number, its buyer, the link to its page."""
    door, number, buyer = OwnDoor(outside), orders.number(), someone()
    door.place(number, buyer, language)
    page = orders.order_page(outside, outside.mail_to(buyer, number, SOON))
    other = {"sku": "E27-9W", "name": "LED bulb E27, 9 W", "unit_price": "8.50"}
    door.tell("line.out_of_stock", number, currency="EUR", line="2", expected="2027-12-01", alternatives=[other])
    until(lambda: len(outside.mails(buyer)) == 2, SOON, "letter about the line")
    return door, number, buyer, page


def faults(page: Page, where: str) -> list[str]:
    found = ["wider than the screen"] if page.evaluate(WIDER) else []
    found += violations(page)
    page.emulate_media(color_scheme="dark")
    found += [f"{fault} (by night)" for fault in violations(page, "color-contrast")]
    page.emulate_media(color_scheme="light")
    return [f"{where}: {fault}" for fault in found]


@pytest.mark.parametrize("language", ["en", "de"])
def test_an_orders_pages_are_accessible(page: Page, outside: Outside, language: str) -> None:
    door, number, _, link = placed(outside, language)
    choice = choice_link(outside, link)
    found = list[str]()
    for where in (link, choice, f"{choice}?done=1", f"{link}/address"):
        page.goto(where)
        found += faults(page, where.removeprefix(link) or "order")
    page.goto(choice)
    with page.expect_navigation():
        page.locator("form button").click()
    found += faults(page, "choice with faults")
    find = f"{outside.url}/shops/northlight/orders/find?lang={language}"
    page.goto(find)
    found += faults(page, "find")
    with page.expect_navigation():
        page.locator("form button").click()
    found += faults(page, "find with faults")
    parcel = {"id": "P-1", "carrier": "dhl", "tracking_number": "00340434161094000004"}
    door.tell("shipment.sent", number, parcel=parcel | {"lines": [{"line": "1", "quantity": 1}]})
    until(lambda: "00340434161094000004" in outside.request("GET", link).data.decode(), SOON, "parcel on the page")
    page.goto(link)
    expect(page.get_by_role("link", name=re.compile("parcel|Paket|Sendung", re.I)).first).to_be_visible()
    found += faults(page, "sent")
    assert found == []


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_a_choice_is_made_by_keyboard_and_counts_once_in_two_tabs_and_after_going_back(
    browser: Browser, outside: Outside, scripts: bool
) -> None:
    _, number, buyer, link = placed(outside, "en")
    context = browser.new_context(java_script_enabled=scripts, locale="en-GB")
    page = context.new_page()
    page.goto(link)
    page.get_by_role("link", name="Choose").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("form input[type=radio]")).to_have_count(3)
    assert page.locator("form input[type=radio]:checked").count() == 0, "nothing is chosen beforehand"
    older = context.new_page()
    older.goto(page.url)
    page.locator("input[value='alternative-0']").focus()
    page.keyboard.press("Space")
    page.locator("form button").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_be_visible()
    # Another tab, opened before, with the same answer; then the back button and the same press again.
    older.locator("input[value='alternative-0']").check()
    older.locator("form button").click()
    expect(older.get_by_role("status")).to_be_visible()
    page.go_back()
    page.locator("input[value='alternative-0']").check()
    page.locator("form button").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    context.close()
    outside.mail_to(buyer, "Your choice", SOON)
    until(lambda: [m for m in outside.mails(ADA) if number in m.subject], SOON, "task")
    until(lambda: outside.owes_nothing("ORDER#") or None, SOON, "end of all mails")
    assert len([mail for mail in outside.mails(buyer) if "Your choice" in mail.subject]) == 1
    assert len([mail for mail in outside.mails(ADA) if number in mail.subject]) == 1


def test_the_form_that_finds_an_order_answers_the_same_for_known_and_unknown(page: Page, outside: Outside) -> None:
    _, number, buyer, link = placed(outside, "en")
    said = []
    for typed, address in ((number, buyer), (number, someone()), ("no-such-order", buyer)):
        page.goto(f"{outside.url}/shops/northlight/orders/find?lang=en")
        page.locator("input[name=number]").fill(typed)
        page.locator("input[name=email]").fill(address)
        with page.expect_navigation():
            page.locator("form button").click()
        said.append((page.url, page.locator("main").inner_text()))
    assert len(set(said)) == 1
    mail = outside.mail_to(buyer, "The link to your order", SOON)
    assert orders.order_page(outside, mail) == link
    assert len(outside.mails(buyer)) == 3


def test_the_desk_lists_orders_and_shows_one(browser: Browser, outside: Outside) -> None:
    _, number, _, _ = placed(outside, "en")
    with at_the_desk(browser, outside, ADA) as page:
        page.goto(f"{outside.url}/desk/orders")
        found = faults(page, "orders")
        for shown in page.locator("nav a[href*='/desk/orders?']").all():
            where = shown.get_attribute("href") or ""
            listed = page.context.new_page()
            listed.goto(where if where.startswith("http") else outside.url + where)
            found += faults(listed, where)
            listed.close()
        page.goto(f"{outside.url}/desk/orders/{orders.ref_of(outside, number)}")
        expect(page.get_by_role("heading", level=1)).to_contain_text(number)
        page.evaluate("for (const fold of document.querySelectorAll('main details')) fold.open = true")
        found += faults(page, "order")
        assert found == []
