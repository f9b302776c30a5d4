"""What customers and agents do in a chat of the real package, in two browsers; and what their pages heard meanwhile."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect

from tests.browser.desk import ADA, sign_in
from tests.support.stack.local_stack import Outside

Both = tuple[Page, Page]
"""The customer's page and the agent's."""
PHONE: ViewportSize = {"width": 390, "height": 844}
# Remembers the page's connections and what was heard by them.
_WATCHED = """
const Real = WebSocket;
window.sockets = [];
window.heard = [];
window.WebSocket = class extends Real {
  constructor(...given) {
    super(...given);
    window.sockets.push(this);
    this.addEventListener("message", (event) => window.heard.push(JSON.parse(event.data)));
  }
};
"""


@contextmanager
def a_customer(browser: Browser) -> Iterator[Page]:
    """Whoever is here ends their chat before they go: an agent has few at the same time."""
    context = browser.new_context(viewport=PHONE, locale="en-GB")
    page = _watched(context)
    yield page
    if page.locator("#over").is_visible():
        page.locator("#over button").click()
        expect(page.locator("#over")).to_be_hidden()
    context.close()


@contextmanager
def an_agent(browser: Browser, stack: Outside) -> Iterator[Page]:
    """Ada at the desk, who takes chats."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB")
    page = _watched(context)
    sign_in(page, stack, ADA, "/desk/chats")
    takes_chats(page, stack)
    yield page
    context.close()


def _watched(context: BrowserContext) -> Page:
    context.add_init_script(_WATCHED)
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.on("pageerror", lambda error: pytest.fail(str(error)))
    return page


def takes_chats(page: Page, stack: Outside) -> None:
    """From now on, also where she was there before: that lasts a minute and a half."""
    page.goto(f"{stack.url}/desk/chats")
    with page.expect_navigation():
        page.locator("button[name=takes]").click()
    if page.get_by_role("button", name="Take chats").is_visible():
        page.get_by_role("button", name="Take chats").click()
    expect(page.get_by_role("button", name="Take no more")).to_be_visible()


def begin(page: Page, stack: Outside, address: str, words: str = "My lamp hums.") -> None:
    page.goto(f"{stack.url}/shops/northlight/chat")
    fill(page, address, words)
    send(page, words)


def fill(page: Page, address: str, words: str) -> None:
    page.get_by_label("Your name").fill("Mira Holm")
    page.get_by_label("Email address").fill(address)
    page.get_by_label("Your message").fill(words)


def send(page: Page, words: str) -> None:
    page.get_by_role("button", name=re.compile("Begin the chat|Send the message")).click()
    expect(page.locator("#lines")).to_contain_text(words)


def take(page: Page, stack: Outside, ref: str) -> None:
    page.goto(f"{stack.url}/desk/chats/{ref}")
    page.get_by_role("button", name="Take it").click()
    expect(page.locator("#text")).to_be_visible()


def reference(page: Page) -> str:
    return page.locator(".reference").inner_text()


def say(page: Page, words: str) -> None:
    page.locator("#text").fill(words)
    page.locator("#text").press("Enter")


def connected(*pages: Page, number: int = 1) -> None:
    """Wait until each page has connected so often, and its last connection is open."""
    for page in pages:
        page.wait_for_function("number => sockets.length >= number && sockets.at(-1).readyState === 1", arg=number)


def rings(page: Page) -> int:
    """How often it was rung."""
    return int(page.evaluate("heard.filter((each) => each.ring).length"))


def rung(page: Page, more_than: int = 0) -> None:
    """Wait until the page was rung more often than so often."""
    page.wait_for_function("before => heard.filter((each) => each.ring).length > before", arg=more_than)
