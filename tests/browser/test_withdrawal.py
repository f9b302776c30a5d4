"""A customer withdraws from a contract, by keyboard only and without scripts: from the link to the mailbox."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.axe import violations
from tests.support.stack.local_stack import PATIENCE, Outside, someone, until

LABELS = {
    "en": ("Withdraw from contract here", "Continue to the statement", "Confirm withdrawal", "has been received"),
    "de": ("Vertrag widerrufen", "Weiter zur Erklärung", "Widerruf bestätigen", "ist eingegangen"),
}
TO_THE_MINUTE = re.compile(r"\d{4}, \d\d:\d\d(?: Uhr)? \(Europe/Berlin, UTC\+0[12]:00\)")


def _reach(page: Page, role: str, name: str) -> None:
    """Go on by the Tab key until this control has the focus."""
    wanted = page.get_by_role(role, name=name).last  # type: ignore[arg-type]
    for _ in range(80):
        if wanted.evaluate("node => node === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the Tab key does not reach {name}")


@pytest.mark.parametrize("language", LABELS)
def test_a_withdrawal_takes_two_pages_and_the_keyboard(browser: Browser, outside: Outside, language: str) -> None:
    link, on, confirm, received = LABELS[language]
    customer, pages = someone(), list[str]()
    context = browser.new_context(java_script_enabled=False, locale=language)
    page = context.new_page()
    page.goto(f"{outside.url}/shops/northlight/contact?lang={language}")
    page.on("framenavigated", lambda frame: pages.append(frame.url))
    _reach(page, "link", link)
    page.keyboard.press("Enter")
    expect(page.locator("form")).to_be_visible()
    for field, value in (("name", "Mira Holm"), ("contract", "no idea, the blue lamp"), ("email", customer)):
        for _ in range(40):
            page.keyboard.press("Tab")
            if page.locator(f"#{field}:focus").count():
                break
        page.keyboard.type(value)
    _reach(page, "button", on)
    page.keyboard.press("Enter")
    expect(page.locator("blockquote")).to_contain_text("no idea, the blue lamp")
    _reach(page, "button", confirm)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text(received)
    assert len(pages) == 3, "the form, the statement, and its acknowledgement"
    expect(page.locator("main")).to_contain_text(TO_THE_MINUTE)
    reference = page.locator(".reference").first.inner_text()
    shown = TO_THE_MINUTE.search(page.locator("main").inner_text())
    context.close()

    until(lambda: outside.mails(customer), PATIENCE, "acknowledgement")
    text = " ".join(outside.message(outside.mail_to(customer, reference))["Text"].split())
    assert "no idea, the blue lamp" in text
    assert "Mira Holm" in text
    assert shown
    assert shown[0] in text


@pytest.mark.parametrize("language", LABELS)
def test_its_pages_are_accessible(page: Page, outside: Outside, language: str) -> None:
    page.goto(f"{outside.url}/shops/northlight/withdraw?lang={language}")
    assert violations(page) == []
    page.locator("form button").click()
    expect(page.locator(".summary")).to_be_visible()
    assert violations(page) == []
    for field, value in (("name", "Mira Holm"), ("contract", "NL-1"), ("email", someone())):
        page.locator(f"#{field}").fill(value)
    page.locator("form button").click()
    expect(page.locator("blockquote")).to_be_visible()
    assert violations(page) == []
    page.locator("form button").click()
    expect(page.locator(".panel")).to_be_visible()
    assert violations(page) == []
