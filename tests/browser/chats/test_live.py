"""Chats in two browsers on the real package: rung, without connections, cut in the middle, and offline. Everything said
arrives once and in its order."""

import json
import re
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import boto3
import pytest
from playwright.sync_api import Page, expect

from local.aws import emulator
from tests.browser.chats.live import Both, begin, connected, reference, rings, rung, say, take, takes_chats
from tests.support.stack.local_stack import PATIENCE, Outside, someone

LINES, THIRD, FEW = 30, 10, 4
BEGINS = "My lamp hums."
SLOW = PATIENCE * 1000
_KEYS = {"region_name": emulator.REGION, "aws_access_key_id": "test", "aws_secret_access_key": "test"}


@pytest.fixture
def both(buyer: Page, ada: Page, stack: Outside) -> Both:
    """The pages of a chat that Ada has taken."""
    return chatting(buyer, ada, stack)


def chatting(buyer: Page, ada: Page, stack: Outside, address: str = "") -> Both:
    takes_chats(ada, stack)  # a slow machine may have taken longer than she counts as there
    begin(buyer, stack, address or someone(), BEGINS)
    take(ada, stack, reference(buyer))
    return buyer, ada


def they_say(both: Both, begin: int, end: int) -> None:
    for number in range(begin, end):
        for page, who in zip(both, ("customer", "agent"), strict=True):
            say(page, line(who, number))


def line(who: str, number: int) -> str:
    return f"{who} {number}: Grüße, „schön“ 💡👩🏽‍🔧"


def everything_arrived_once(both: Both, lines: int = LINES) -> None:
    """All lines of both stand at both, in one order, and nothing waits to be sent."""
    for page in both:
        expect(page.locator("#lines .line:not(.note)")).to_have_count(2 * lines + 1, timeout=SLOW)
        expect(page.locator("#lines .hint")).to_have_count(0, timeout=SLOW)
    for page in both:
        numbers = [int(line.get_attribute("data-number") or 0) for line in page.locator("#lines .line").all()]
        assert numbers == list(range(1, len(numbers) + 1))
    said = [page.locator("#lines .line:not(.note) .said").all_inner_texts() for page in both]
    assert said[0] == said[1]
    for who in ("customer", "agent"):
        assert [words for words in said[0] if words.startswith(who)] == [line(who, n) for n in range(lines)]


def mailed(stack: Outside, address: str) -> list[tuple[str, str]]:
    """Who said what, in its order, as the customer's mail has it, but for what the page itself said."""
    text = str(stack.message(stack.mail_to(address, "what was said"))["Text"]).replace("\r\n", "\n")
    lines = re.findall(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d (.+):\n> (.+)$", text, re.MULTILINE)
    return [(name, words) for name, words in lines if name != "Northlight Lamps"]


def cut(stack: Outside, both: Both) -> None:
    """API Gateway ends both connections, and that of the page on which the agent took it, if it is left."""
    items = list(stack.items(f"CONN#{reference(both[0])}", "PLACE#"))
    assert len(items) in (2, 3)
    address = str(both[0].evaluate("sockets.at(-1).url"))
    by_name: Any = boto3.client
    endpoint = address.partition("?")[0].replace("ws://", "http://")
    api = by_name("apigatewaymanagementapi", endpoint_url=endpoint, **_KEYS)
    for item in items:
        with suppress(api.exceptions.GoneException):
            api.delete_connection(ConnectionId=item["id"]["S"])


def test_with_connections_both_pages_are_rung(both: Both) -> None:
    connected(*both)
    they_say(both, 0, LINES)
    everything_arrived_once(both)
    for page in both:
        rung(page)


def _none(page: Page) -> None:
    """As the package answers where it is deployed without connections."""
    page.route("**/ring", lambda route: route.fulfill(content_type="application/json", body=json.dumps({"url": None})))


def _refused(page: Page) -> None:
    page.route_web_socket(re.compile("/_aws/execute-api/"), lambda made: made.close())


@pytest.mark.parametrize("without", [_none, _refused])
def test_without_connections_both_pages_ask(
    buyer: Page, ada: Page, stack: Outside, without: Callable[[Page], None]
) -> None:
    without(buyer)
    without(ada)
    both = chatting(buyer, ada, stack)
    they_say(both, 0, LINES)
    everything_arrived_once(both)
    assert [rings(page) for page in both] == [0, 0]


def test_connections_that_are_cut_by_the_server_and_by_the_page(both: Both, stack: Outside) -> None:
    connected(*both)
    they_say(both, 0, THIRD)
    cut(stack, both)
    they_say(both, THIRD, 2 * THIRD)
    connected(*both, number=2)
    for page in both:
        page.evaluate("sockets.at(-1).close()")
    they_say(both, 2 * THIRD, LINES)
    everything_arrived_once(both)
    connected(*both, number=3)
    before = [rings(page) for page in both]
    say(both[0], "Are you there?")
    for page, heard in zip(both, before, strict=True):
        rung(page, heard)
        expect(page.locator("#lines .line").last).to_contain_text("Are you there?")


def test_twenty_seconds_offline(buyer: Page, ada: Page, stack: Outside) -> None:
    """Twenty seconds of everybody's time. What was said then stands in the mail, as it was said."""
    address = someone()
    both = chatting(buyer, ada, stack, address)
    they_say(both, 0, FEW)
    buyer.context.set_offline(True)
    they_say(both, FEW, 2 * FEW)
    buyer.wait_for_timeout(20_000)
    expect(buyer.locator("#lines .hint").first).to_have_text("Not sent yet. We try again by ourselves.")
    expect(ada.locator("#lines")).to_contain_text(line("agent", 2 * FEW - 1))
    assert line("customer", 2 * FEW - 1) not in ada.locator("#lines").inner_text()
    buyer.context.set_offline(False)
    they_say(both, 2 * FEW, 3 * FEW)
    everything_arrived_once(both, 3 * FEW)
    said = buyer.locator("#lines .line:not(.note) .said").all_inner_texts()
    buyer.locator("#over button").click()
    expect(buyer.locator("#state")).to_contain_text("The chat is over.")
    assert mailed(stack, address) == [("Ada" if words.startswith("agent") else "Mira Holm", words) for words in said]


def test_a_ring_alone_brings_a_line_and_each_sees_the_other_type(both: Both) -> None:
    """The agent's page does not ask by itself: its clock stands still."""
    buyer, ada = both
    shown = ada.url.removesuffix("/take")
    ada.clock.install()
    ada.goto(shown)
    connected(*both)
    ada.clock.pause_at(ada.evaluate("Date.now() / 1000 + 1"))
    expect(ada.locator("#typing")).to_be_hidden()
    buyer.locator("#text").press_sequentially("The blue one")
    expect(ada.locator("#typing")).to_have_text("Mira Holm is typing …")
    expect(ada.locator("#typing")).to_be_visible()
    buyer.locator("#text").press("Enter")
    expect(ada.locator("#lines")).to_contain_text("The blue one")
    ada.clock.resume()
    ada.locator("#text").press_sequentially("I see")
    expect(buyer.locator("#typing")).to_be_visible()
