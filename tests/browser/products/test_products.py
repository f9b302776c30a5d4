"""Products in a browser: a question before buying becomes a published answer, somebody waits, a buyer makes a claim."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.axe import violations
from tests.browser.desk import ADA, at_the_desk
from tests.support.stack import orders
from tests.support.stack.local_stack import Outside, someone, until
from tests.support.stack.orders import OwnDoor

SOON = 90
WIDER = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
PRODUCT = "/shops/northlight/products"
SEARCH = "/shops/northlight/help/search?lang=en&q=dim+the+Aurora"


def faults(page: Page, where: str) -> list[str]:
    found = ["wider than the screen"] if page.evaluate(WIDER) else []
    found += violations(page)
    page.emulate_media(color_scheme="dark")
    found += [f"{fault} (by night)" for fault in violations(page, "color-contrast")]
    page.emulate_media(color_scheme="light")
    return [f"{where}: {fault}" for fault in found]


def link(outside: Outside, to: str, about: str, path: str) -> str:
    """The link with this path in the mail about this."""
    mail = outside.mail_to(to, about, SOON)
    found = re.search(rf"https?://\S+{path}\S+", str(outside.message(mail)["Text"]))
    assert found
    return found[0]


@pytest.mark.parametrize("language", ["en", "de"])
def test_every_page_about_products_is_accessible(page: Page, outside: Outside, language: str) -> None:
    found, buyer, number = list[str](), someone(), orders.number()
    door = OwnDoor(outside)
    door.place(number, buyer, language)
    shop = f"{outside.url}/shops/northlight"
    for where, path in {
        "form": f"/contact?topic=before_buying&product=AURORA&lang={language}",
        "form-unknown": f"/contact?topic=before_buying&product=none&lang={language}",
        "product": f"/products/AURORA?lang={language}",
        "sold-out": f"/products/LAMP-2?lang={language}",
        "back": f"/products/LAMP-2/back?lang={language}",
    }.items():
        page.goto(f"{shop}{path}")
        found += faults(page, f"{where}-{language}")
    page.locator("form button").click()
    expect(page.locator(".summary")).to_be_visible()
    found += faults(page, f"back-errors-{language}")
    waits = someone()
    page.get_by_role("textbox").fill(waits)
    page.get_by_role("textbox").press("Enter")
    expect(page.get_by_role("status")).to_be_visible()
    page.goto(link(outside, waits, "Lamp Bea", "/w/"))
    found += faults(page, f"waiting-{language}")
    page.locator("form button").click()
    expect(page.locator('form[action*="/forget"]')).to_be_visible()
    found += faults(page, f"waiting-confirmed-{language}")
    door.tell("shipment.delivered", number, parcel={"id": "P-1"})
    page.goto(orders.order_page(outside, outside.mail_to(buyer, number, SOON)))
    found += faults(page, f"order-{language}")
    page.locator('a[href*="/g/"]').first.click()
    expect(page.locator('form[action*="/claim"]')).to_be_visible()
    found += faults(page, f"passport-{language}")
    assert found == []


def test_a_question_is_published_by_keyboard_and_without_script(browser: Browser, outside: Outside) -> None:
    """From the product's link to the published answer and back, without a script; the agent offers it at the desk."""
    context = browser.new_context(locale="en-GB", java_script_enabled=False, viewport={"width": 390, "height": 844})
    page, asker = context.new_page(), someone()
    page.goto(f"{outside.url}/shops/northlight/contact?topic=before_buying&product=AURORA&lang=en")
    page.get_by_label("Your question").fill("Does the lamp dim?")
    page.get_by_label("Email address").fill(asker)
    page.get_by_label("Email address").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    ref = until(lambda: _reference(outside, asker), SOON, "ticket")
    with at_the_desk(browser, outside, ADA) as desk:
        desk.goto(f"{outside.url}/desk/t/{ref}")
        expect(desk.locator("#product")).to_contain_text("Floor lamp Aurora")
        desk.locator("#offer_publication summary").first.click()
        desk.locator("#offer_publication [name=sku]").fill("AURORA")
        desk.locator("#offer_publication [name=question]").fill("Does the lamp dim?")
        answer = desk.locator("#offer_publication [name=text]")
        answer.fill(f"Yes, ask {asker} how.")
        desk.locator("#offer_publication form button").click()
        expect(desk.locator("#offer_publication .error").first).to_be_visible()
        answer.fill("Yes, with every dimmer.")
        desk.locator("#offer_publication form button").click()
        expect(desk.get_by_text("The customer is being asked.")).to_be_visible()
    url = link(outside, asker, "publish", "/q/")
    page.goto(url)
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Yes, publish it").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Take it back")).to_be_visible()
    page.goto(f"{outside.url}{PRODUCT}/AURORA?lang=en")
    expect(page.locator(".question-and-answer dt")).to_have_text(["Does the lamp dim?"])
    page.goto(f"{outside.url}{SEARCH}")
    expect(page.get_by_role("link", name="Does the lamp dim?")).to_be_visible()
    page.goto(url)
    page.get_by_role("button", name="Take it back").click()
    page.goto(f"{outside.url}{PRODUCT}/AURORA?lang=en")
    expect(page.locator(".question-and-answer dt")).to_have_count(0)
    page.goto(f"{outside.url}{SEARCH}")
    expect(page.get_by_role("link", name="Does the lamp dim?")).to_have_count(0)
    context.close()


def test_who_waits_is_told_once_and_a_passport_makes_a_claim(browser: Browser, outside: Outside) -> None:
    context = browser.new_context(locale="en-GB", java_script_enabled=False)
    page, waits, buyer, number = context.new_page(), someone(), someone(), orders.number()
    page.goto(f"{outside.url}{PRODUCT}/LAMP-2/back?lang=en")
    page.get_by_label("Email address").fill(waits)
    page.get_by_role("button", name="Send me the link").click()
    page.goto(link(outside, waits, "Lamp Bea", "/w/"))
    page.get_by_role("button", name="Yes, tell me").click()
    expect(page.get_by_role("button", name="Forget me")).to_be_visible()
    door = OwnDoor(outside)
    for _ in range(2):
        door.tell("product.back_in_stock", "0", sku="LAMP-2")
    until(lambda: list(outside.items("BACK#northlight#lamp-2")), SOON, "product that is back")
    for _ in range(2):
        assert outside.invoke("escalate_overdue", "{}").returncode == 0
    until(lambda: outside.mail_count(waits) == 2, SOON, "mail that it is back")
    assert not [item for item in outside.items("WAIT#") if waits in str(item)]
    door.place(number, buyer, "en")
    door.tell("shipment.delivered", number, parcel={"id": "P-1"})
    page.goto(orders.order_page(outside, outside.mail_to(buyer, number, SOON)))
    page.locator('a[href*="/g/"]').first.click()
    page.get_by_role("button", name="Make a claim").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    ticket = until(lambda: _ticket(outside, buyer), SOON, "claim")
    assert ticket["kind"]["S"] == "warranty"
    assert ticket["order_number"]["S"] == number
    context.close()


def _ticket(outside: Outside, customer: str) -> dict[str, dict[str, str]] | None:
    found = (item for item in outside.items("TICKET#") if item["sk"]["S"] == "TICKET" and customer in str(item))
    return next(found, None)


def _reference(outside: Outside, customer: str) -> str:
    found = _ticket(outside, customer)
    return found["ref"]["S"] if found else ""
