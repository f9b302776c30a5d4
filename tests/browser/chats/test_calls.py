"""The pages of calls and absences with somebody on them: no error that axe-core finds, as wide as a phone; and a call
is booked and moved by keyboard."""

import json
import re

from playwright.sync_api import Page, expect

from tests.browser.chats.looks import faults, tab_to
from tests.browser.desk import ADA, TOM, opened
from tests.support.stack.local_stack import Outside, someone

# Around the day to which the stack's clock is moved.
FIRST_DAY, LAST_DAY = "2027-03-03", "2027-03-31"
NAME = "Hubertine-Wolfgangine Freifrau von Donaudampfschifffahrtselektrizitätenhauptbetriebswerk"
NOTE = "The lamp hums: https://www.northlight.example/lamps/a-very-long-address-without-any-space-in-it?x=1 " * 3


def form(page: Page, stack: Outside) -> None:
    page.goto(f"{stack.url}/shops/northlight/call?lang=en")


def own_page(stack: Outside, address: str, ref: str) -> str:
    """The call's own page, by the link in the mail that confirms it."""
    text = stack.message(stack.mail_to(address, ref))["Text"]
    found = re.search(r"http\S+/call/\S+", text)
    assert found, text
    return found[0]


def book(page: Page, phone: str, address: str, name: str = "Mira Holm") -> str:
    """Fill the form and send it; the reference."""
    page.locator("#slot").check()
    page.get_by_label("Phone number").fill(phone)
    page.get_by_label("Your name").fill(name)
    page.locator("#email").fill(address)
    page.locator("#note").fill(NOTE)
    page.locator("main form button").click()
    return page.locator(".reference").inner_text()


def test_pages_of_a_call_from_the_form_to_its_end(buyer: Page, ada: Page, stack: Outside) -> None:
    form(buyer, stack)
    found = faults(buyer, "form")
    buyer.locator("main form button").click()
    expect(buyer.locator(".summary, [role=alert]").first).to_be_visible()
    found += faults(buyer, "form with faults")
    address = someone()
    ref = book(buyer, "+49 30 5551001", address, NAME)
    found += faults(buyer, "booked")
    buyer.goto(own_page(stack, address, ref))
    buyer.locator("main details").evaluate_all("days => days.forEach((day) => { day.open = true; })")
    found += faults(buyer, "its own page, all days unfolded")
    buyer.locator("main form button").click()
    expect(buyer.locator(".summary, [role=alert]").first).to_be_visible()
    found += faults(buyer, "its own page with faults")
    buyer.locator("[name=slot]").nth(1).check()
    buyer.locator("main form button").click()
    expect(buyer.get_by_role("status")).to_be_visible()
    found += faults(buyer, "moved") + at_the_desk(ada, stack, ref)
    buyer.locator("[name=slot][value=cancel]").check()
    buyer.locator("main form button").click()
    expect(buyer.locator(".lead")).to_be_visible()
    found += faults(buyer, "cancelled")
    assert found == []


def at_the_desk(ada: Page, stack: Outside, ref: str) -> list[str]:
    """The list of calls with what to say unfolded, a result that was refused, and the ticket."""
    ada.goto(f"{stack.url}/desk/calls")
    call = ada.locator(f"section[aria-labelledby=call-{ref}]")
    call.locator("summary").click()
    expect(call).to_contain_text(ref)
    found = faults(ada, "list with a call")
    call.get_by_role("button", name="Reached", exact=True).click()
    expect(call.locator(".error").first).to_be_visible()
    found += faults(ada, "list with a result that was refused")
    ada.goto(f"{stack.url}/desk/t/{ref}")
    return found + faults(ada, "ticket of a call")


def test_a_call_is_booked_and_moved_by_keyboard(buyer: Page, stack: Outside) -> None:
    address = someone()
    form(buyer, stack)
    choose(buyer, "#slot", "Space")
    for field, words in (("#phone", "+49 30 5551002"), ("#name", "Mira Holm"), ("#email", address)):
        tab_to(buyer, field)
        buyer.keyboard.type(words)
    tab_to(buyer, "main form button")
    buyer.keyboard.press("Enter")
    ref = buyer.locator(".reference").inner_text()
    asked = buyer.locator("dd").first.inner_text()
    buyer.goto(own_page(stack, address, ref))
    expect(buyer.locator("dd").first).to_have_text(asked)
    chosen = choose(buyer, "#slot", "ArrowDown")
    tab_to(buyer, "main form button")
    buyer.keyboard.press("Enter")
    expect(buyer.get_by_role("status")).to_be_visible()
    expect(buyer.locator("dd").first).to_contain_text(chosen.replace("–", " to "))
    expect(buyer.locator("dd").first).not_to_have_text(asked)


def choose(page: Page, first: str, key: str) -> str:
    """Choose by this key from the first of the times; the words of what is chosen then."""
    tab_to(page, first)
    page.keyboard.press(key)
    chosen = page.locator("[name=slot]:checked")
    expect(chosen).to_have_count(1)
    return page.locator(f"label[for={chosen.get_attribute('id')}]").inner_text()


def test_the_page_of_absences_with_one_that_is_asked_about_and_one_that_holds(ada: Page, stack: Outside) -> None:
    refs = [opened(stack, someone())[0] for _ in range(2)]
    for ref in refs:
        assigned = {"shop": "northlight", "reference": ref, "agent": ADA, "action": "assign", "to": ADA}
        assert stack.invoke("act_on_ticket", json.dumps(assigned)).returncode == 0
    ada.goto(f"{stack.url}/desk/away")
    found = faults(ada, "nobody is away")
    ada.locator("#northlight-since").fill(FIRST_DAY)
    ada.locator("#northlight-until").fill(LAST_DAY)
    ada.locator("#northlight-substitute").select_option(TOM)
    ada.get_by_role("button", name="What falls due then?").click()
    expect(ada.get_by_role("status")).to_contain_text(refs[0])
    found += faults(ada, "what would fall due")
    ada.get_by_role("button", name="Save").click()
    expect(ada.locator("main")).to_contain_text("away now")
    expect(ada.locator("main")).to_contain_text(refs[1])
    found += faults(ada, "somebody is away")
    ada.get_by_role("button", name="Save").click()
    expect(ada.locator(".error").first).to_be_visible()
    found += faults(ada, "absences with faults")
    ada.get_by_role("button", name="Back again").click()
    expect(ada.locator("main")).to_contain_text("Nobody is away.")
    assert found == []
