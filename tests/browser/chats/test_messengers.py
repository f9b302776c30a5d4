"""The pages about who writes by WhatsApp: the ticket at the desk with until when an answer reaches them and what may be
sent after that, their own page with the form for an address, and the page that confirms it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from playwright.sync_api import Browser, Page, expect

from chalicelib.rules.identity.handles import Handle, Provider
from local import clock
from local.events import saying
from tests.browser.chats.looks import faults, tab_to
from tests.browser.desk import ADA, at_the_desk
from tests.support.stack.local_stack import PATIENCE, Outside, someone, until

WORDS = "Wo ist meine Lampe? Grüße aus Köln 💡👩🏽‍🔧 https://www.northlight.example/lamps/a-very-long-address-without-any-space"
NUMBER = "4915155500123"
# WhatsApp takes what is written freely for a day.
TAKEN = timedelta(hours=25)


def written(stack: Outside) -> tuple[str, str]:
    """A WhatsApp user writes; the reference of their ticket, and the link to its page, both of the acknowledgement."""
    status, answer = saying.said(saying.Options("whatsapp", f"+{NUMBER}", WORDS, stack.started.data))
    assert status == 200, answer
    heard = until(lambda: _heard(stack), PATIENCE, "acknowledgement in the messenger")
    ref, link = re.search(r"NL-\w{5}-\w{5}", heard), re.search(r"http\S+/t/\S+", heard)
    assert ref, heard
    assert link, heard
    return ref[0], link[0]


def _heard(stack: Outside) -> str:
    said = [mail for mail in stack.mails(NUMBER) if "channels.localhost" in mail.to]
    return str(stack.message(said[0])["Text"]) if said else ""


@contextmanager
def later(stack: Outside, by: timedelta) -> Iterator[None]:
    """Meanwhile the stack's clock is ahead by this time; others go on at the hour at which they were."""
    data = stack.started.data
    clock.moved(f"+{by // timedelta(hours=1)}h", data)
    yield
    clock.moved(f"{clock.moved('', data) - by:%Y-%m-%dT%H:%MZ}", data)


def test_pages_of_who_writes_by_whatsapp(browser: Browser, buyer: Page, stack: Outside) -> None:
    ref, link = written(stack)
    found = list[str]()
    with at_the_desk(browser, stack, ADA) as ada:
        ada.goto(f"{stack.url}/desk/t/{ref}")
        expect(ada.locator("#reach")).to_be_visible()
        expect(ada.locator("#templates")).to_have_count(0)
        found += faults(ada, "messenger ticket at the desk")
    with later(stack, TAKEN), at_the_desk(browser, stack, ADA) as ada:
        ada.goto(f"{stack.url}/desk/t/{ref}")
        expect(ada.locator("#templates [name=template]")).to_have_count(2)
        found += faults(ada, "messenger ticket after the window")
        ada.locator("#templates button").click()
        expect(ada.locator("#templates .error").first).to_be_visible()
        found += faults(ada, "no template chosen")
    address = someone()
    buyer.goto(link)
    found += faults(buyer, "own page of a messenger ticket")
    buyer.locator("form[action$='/email'] button").click()
    expect(buyer.locator(".summary, [role=alert]").first).to_be_visible()
    found += faults(buyer, "own page without an address")
    by_keyboard(buyer, address)
    found += faults(buyer, "own page after the address")
    buyer.goto(to_confirm(stack, address))
    found += faults(buyer, "page that confirms an address")
    tab_to(buyer, "main form button")
    buyer.keyboard.press("Enter")
    expect(buyer.locator(".lead")).to_contain_text(ref)
    found += faults(buyer, "address confirmed")
    assert Handle(Provider.WHATSAPP, NUMBER).address not in buyer.content()
    assert found == [], "\n".join(found)


def by_keyboard(page: Page, address: str) -> None:
    tab_to(page, "#email")
    page.keyboard.type(address)
    page.keyboard.press("Enter")
    expect(page.locator("section#email")).to_be_visible()


def to_confirm(stack: Outside, address: str) -> str:
    text = stack.message(stack.mail_to(address))["Text"]
    found = re.search(r"http\S+/e/\S+", text)
    assert found, text
    return found[0]
