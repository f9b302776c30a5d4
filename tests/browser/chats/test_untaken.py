"""An agent sits in one chat and learns that another customer waits: without connections by the page's own half minute
and the moment that it was told, and with them also by a bell."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from local import clock
from tests.browser import axe
from tests.browser.chats import live
from tests.browser.chats.live import PHONE
from tests.browser.chats.test_chats import agent, begin, customer, here, take
from tests.browser.chats.test_live import chatting
from tests.support.stack.local_stack import PATIENCE, Outside, someone
from tests.support.store.fakes import World

__all__ = ["agent", "customer", "here"]

# Remembers what the browser was to tell outside the page, which nobody looks at.
_TOLD = """
window.told = [];
window.Notification = class extends EventTarget {
  static permission = sessionStorage.getItem("allowed") || "default";
  static async requestPermission() { sessionStorage.setItem("allowed", "granted"); return "granted"; }
  constructor(text, { tag }) { super(); window.told.push([text, tag]); }
};
document.hasFocus = () => false;
"""


@pytest.fixture
def another(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport=PHONE, locale="en-GB")
    yield context.new_page()
    context.close()


def test_who_is_in_a_chat_sees_that_another_customer_waits(
    customer: Page, another: Page, agent: Page, here: tuple[World, str]
) -> None:
    world, root = here
    agent.add_init_script(_TOLD)
    agent.goto(f"{root}/desk/chats")
    allow = agent.get_by_role("button", name="Tell me in this browser when nobody answers")
    allow.click()
    expect(allow).to_be_hidden()
    begin(customer, root, "My lamp hums.")
    agent.clock.install()
    take(agent, root)
    line = agent.get_by_role("status").filter(has_text="wait")
    expect(line).to_have_count(0)
    begin(another, root, "My lamp is cold.")
    pass_by(agent, world, 30)
    expect(line).to_have_text("One customer waits in a chat")
    expect(agent).to_have_title("(1) Chat with Mira Holm – Aftercare")
    expect(agent.locator("#untaken-count")).to_have_text("1")
    assert agent.evaluate("told") == []
    pass_by(agent, world, 15)
    expect(line).to_have_text("Nobody answers: one customer waits in a chat")
    assert agent.evaluate("told") == [["Nobody answers: one customer waits in a chat", "untaken"]]
    assert axe.violations(agent) == []
    agent.set_viewport_size(PHONE)
    assert axe.violations(agent) == []
    line.get_by_role("link").click()
    agent.get_by_role("button", name="Take it").first.click()
    expect(agent.locator("#lines")).to_contain_text("My lamp is cold.")
    expect(line).to_have_count(0)
    expect(agent.locator("#untaken-count")).to_be_empty()


def pass_by(agent: Page, world: World, seconds: int) -> None:
    """The seconds pass on the page's clock and on ours."""
    world.clock.at += timedelta(seconds=seconds)
    agent.clock.run_for(seconds * 1000)


def test_a_bell_says_it_to_a_page_that_has_a_connection(
    buyer: Page, ada: Page, browser: Browser, stack: Outside
) -> None:
    """Whoever reads the chat that waits rings: here its customer's own page."""
    chatting(buyer, ada, stack)
    live.connected(ada)
    with live.a_customer(browser) as other:
        live.begin(other, stack, someone(), "My lamp is cold.")
        now = clock.moved("", stack.started.data)
        clock.moved((now + timedelta(seconds=46)).isoformat(), stack.started.data)
        ada.wait_for_function("() => heard.some((each) => each.waits)", timeout=PATIENCE * 1000)
        expect(ada.get_by_role("status").filter(has_text="Nobody answers")).to_have_text(
            "Nobody answers: one customer waits in a chat"
        )
        live.take(ada, stack, live.reference(other))
        expect(ada.locator("#untaken")).to_be_empty()
