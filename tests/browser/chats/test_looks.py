"""The pages of chats: no error that axe-core finds, as wide as a phone, by keyboard; and the storefront's button."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from tests.browser.chats import live
from tests.browser.chats.live import PHONE, begin, reference, say, take
from tests.browser.chats.looks import faults, tab_to
from tests.support.stack.local_stack import Outside, someone


def test_all_pages_are_accessible_and_as_wide_as_a_phone(buyer: Page, ada: Page, stack: Outside) -> None:
    buyer.goto(f"{stack.url}/shops/northlight/chat")
    found = faults(buyer, "form")
    buyer.get_by_role("button", name="Begin the chat").click()
    expect(buyer.locator(".summary, [role=alert]").first).to_be_visible()
    found += faults(buyer, "form with faults")
    begin(buyer, stack, someone(), "My lamp hums. " * 12)
    found += faults(buyer, "waiting")
    ada.goto(f"{stack.url}/desk/chats")
    found += faults(ada, "list with one who waits")
    take(ada, stack, reference(buyer))
    say(ada, "Which one is it? https://www.northlight.example/lamps/a-very-long-address-without-any-space-in-it?x=1")
    say(buyer, "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft")
    for page in (buyer, ada):
        expect(page.locator("#lines .line")).to_have_count(4)
        expect(page.locator("#log")).to_have_attribute("role", "log")
    found += faults(buyer, "chat") + faults(ada, "chat at the desk")
    ada.goto(f"{stack.url}/desk/chats")
    found += faults(ada, "list with one who was taken")
    assert found == []


def test_everything_is_done_by_keyboard(buyer: Page, ada: Page, stack: Outside) -> None:
    buyer.goto(f"{stack.url}/shops/northlight/chat")
    buyer.get_by_label("Your name").focus()
    buyer.keyboard.type("Mira Holm")
    buyer.keyboard.press("Tab")
    buyer.keyboard.type(someone())
    tab_to(buyer, "#message")
    buyer.keyboard.type("My lamp hums.")
    tab_to(buyer, "main button")
    buyer.keyboard.press("Enter")
    expect(buyer.locator("#lines")).to_contain_text("My lamp hums.")
    ada.goto(f"{stack.url}/desk/chats/{reference(buyer)}")
    tab_to(ada, "form[action$='/take'] button")
    ada.keyboard.press("Enter")
    expect(ada.locator("#text")).to_be_visible()
    for page, words in ((ada, "Which one is it?"), (buyer, "The blue one.")):
        tab_to(page, "#text")
        page.keyboard.type(words)
        page.keyboard.press("Enter")
        expect(page.locator("#text")).to_have_value("")
        expect(page.locator("#text")).to_be_focused()
    for page in (buyer, ada):
        expect(page.locator("#lines .line")).to_have_count(4)
    tab_to(buyer, "#over button")
    buyer.keyboard.press("Enter")
    expect(buyer.locator("#state")).to_contain_text("The chat is over.")


@pytest.fixture
def storefront(browser: Browser, stack: Outside) -> Iterator[BrowserContext]:
    """Pages of any shop that have the button."""
    context = browser.new_context(viewport=PHONE, locale="en-GB")
    context.set_default_timeout(60_000)
    # Chromium asks its user before a page of the internet loads something from their own machine.
    context.grant_permissions(["local-network-access"])
    context.route("https://*.example/**", lambda route: _page_with_the_button(route, stack))
    yield context
    context.close()


def _page_with_the_button(route: Route, stack: Outside) -> None:
    script = f'{stack.url}/static/chat-launcher.js" data-chat="{stack.url}/shops/northlight/chat'
    body = f'<!doctype html><html lang="en"><title>Lamps</title><h1>Lamps</h1><script src="{script}" defer></script>'
    route.fulfill(content_type="text/html", body=body)


def test_the_shops_own_page_shows_the_chat_in_its_frame(storefront: BrowserContext, ada: Page, stack: Outside) -> None:
    page = storefront.new_page()
    page.goto("https://www.northlight.example/lamps")
    assert page.locator("iframe").count() == 0
    page.get_by_role("button", name="Chat").focus()
    page.keyboard.press("Enter")
    frame = page.frame_locator("iframe")
    frame.get_by_label("Your name").fill("Mira Holm")
    frame.get_by_label("Email address").fill(someone())
    frame.get_by_label("Your message").fill("My lamp hums.")
    frame.get_by_role("button", name="Begin the chat").click()
    expect(frame.locator("#lines")).to_contain_text("My lamp hums.")
    take(ada, stack, frame.locator(".reference").inner_text())
    live.say(ada, "Which one is it?")
    expect(frame.locator("#lines")).to_contain_text("Which one is it?")
    page.get_by_role("button", name="Close").click()
    expect(page.get_by_role("button", name="Chat")).to_be_focused()
    page.keyboard.press("Enter")
    expect(frame.locator("#lines")).to_contain_text("Which one is it?")
    frame.get_by_role("button", name="End the chat").click()
    expect(frame.locator("#state")).to_contain_text("The chat is over.")


def test_nobody_elses_page_shows_it(storefront: BrowserContext) -> None:
    page = storefront.new_page()
    page.goto("https://www.elsewhere.example/lamps")
    with page.expect_console_message(lambda said: "frame-ancestors" in said.text):
        page.get_by_role("button", name="Chat").click()
    expect(page.frame_locator("iframe").get_by_label("Your name")).to_have_count(0)
