"""Chats in two browsers, by polling: everything said arrives once and in its order, also through a lost connection; and
without scripts."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, FilePayload, Page, Route, ViewportSize, expect

from chalicelib.services.actions import chatting
from chalicelib.services.chats import present
from tests.browser import axe
from tests.support.store.fakes import World
from tests.support.web.served import served

PHONE: ViewportSize = {"width": 390, "height": 844}
LINES = 30


@pytest.fixture(scope="module")
def here() -> Iterator[tuple[World, str]]:
    with served() as found:
        yield found


@pytest.fixture
def customer(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport=PHONE, locale="en-GB")
    yield _watched(context)
    context.close()


@pytest.fixture
def agent(browser: Browser, here: tuple[World, str]) -> Iterator[Page]:
    """Ada at the desk, who takes chats."""
    world, root = here
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB")
    page = _watched(context)
    page.goto(f"{root}/desk/login")
    page.get_by_label("Email").fill(world.shop.agents[0].address)
    page.get_by_role("button").first.click()
    link = re.search(r"http://\S+/desk/in\?t=\S+", world.mailer.sent[-1].text)
    assert link is not None
    page.goto(link[0])
    page.locator("main button").first.click()
    page.goto(f"{root}/desk/chats")
    if page.get_by_role("button", name="Take chats").is_visible():
        page.get_by_role("button", name="Take chats").click()
    yield page
    context.close()


def _watched(context: BrowserContext) -> Page:
    page = context.new_page()
    page.set_default_timeout(30_000)
    page.on("pageerror", lambda error: pytest.fail(str(error)))
    return page


def begin(page: Page, root: str, words: str) -> None:
    page.goto(f"{root}/shops/northlight/chat")
    page.get_by_label("Your name").fill("Mira Holm")
    page.get_by_label("Email address").fill("mira@example.com")
    page.get_by_label("Your message").fill(words)
    page.get_by_role("button", name=re.compile("Begin the chat|Send the message")).click()
    expect(page.locator("#lines")).to_contain_text(words)


def take(page: Page, root: str) -> None:
    page.goto(f"{root}/desk/chats")
    page.get_by_role("button", name="Take it").first.click()
    expect(page.locator("#text")).to_be_visible()


def say(page: Page, words: str) -> None:
    page.locator("#text").fill(words)
    page.locator("#text").press("Enter")


def said(page: Page) -> list[str]:
    return page.locator("#lines .line:not(.note) .said").all_inner_texts()


def numbered(page: Page) -> list[str | None]:
    lines = page.locator("#lines .line").all()
    return [line.get_attribute("data-number") for line in lines]


def test_thirty_lines_each_way_arrive_once_and_in_one_order(
    customer: Page, agent: Page, here: tuple[World, str]
) -> None:
    _, root = here
    begin(customer, root, "My lamp hums.")
    take(agent, root)
    for number in range(LINES):
        say(customer, f"customer {number}")
        say(agent, f"agent {number}")
    for page in (customer, agent):
        expect(page.locator("#lines .line:not(.note)")).to_have_count(2 * LINES + 1)
        expect(page.locator("#lines .hint")).to_have_count(0)
    for page in (customer, agent):
        numbers = [int(number or 0) for number in numbered(page)]
        assert numbers == list(range(1, 2 * LINES + 3))
    everything = said(customer)
    assert everything == said(agent)
    for who in ("customer", "agent"):
        assert [words for words in everything if words.startswith(who)] == [f"{who} {n}" for n in range(LINES)]
    assert axe.violations(customer) == []
    assert axe.violations(agent) == []


def test_files_go_with_a_line_and_the_next_line_has_none(customer: Page, agent: Page, here: tuple[World, str]) -> None:
    _, root = here
    begin(customer, root, "It flickers.")
    take(agent, root)
    photo: FilePayload = {"name": "lamp.jpg", "mimeType": "image/jpeg", "buffer": b"a lamp"}
    for page in (customer, agent):
        page.locator("#attachments").set_input_files(photo)
        say(page, "Look")
        expect(page.locator("#attachments")).to_have_value("")
        say(page, "Do you see it?")
    for page in (customer, agent):
        expect(page.locator("#lines .line:not(.note)")).to_have_count(5)
        expect(page.locator("#lines .hint")).to_have_count(0)
        expect(page.locator("#lines .files a")).to_have_text(["lamp.jpg", "lamp.jpg"])
    assert axe.violations(customer) == []
    assert axe.violations(agent) == []


def test_what_is_typed_without_a_connection_and_through_a_reload_is_said_once(
    customer: Page, agent: Page, here: tuple[World, str]
) -> None:
    _, root = here
    begin(customer, root, "It hums again.")
    take(agent, root)
    customer.context.set_offline(True)
    say(customer, "one")
    say(customer, "two")
    expect(customer.locator("#lines .hint").first).to_have_text("Not sent yet. We try again by ourselves.")
    say(agent, "Are you there?")
    expect(agent.locator("#lines .line").last).to_have_attribute("data-number", re.compile(r"\d+"))
    customer.context.set_offline(False)
    customer.reload()
    for page in (customer, agent):
        expect(page.locator("#lines .line:not(.note)")).to_have_count(4)
        expect(page.locator("#lines .hint")).to_have_count(0)
    assert said(customer) == said(agent) == ["It hums again.", "Are you there?", "one", "two"]


def test_words_whose_answer_is_lost_are_not_said_twice(customer: Page, here: tuple[World, str]) -> None:
    world, root = here
    present.note(world.deps, world.shop, world.shop.agents[0], takes=True)
    begin(customer, root, "It hums.")
    expect(customer.locator("#reload")).to_be_hidden()  # the script is there: the form is not sent by itself
    lost = list[int]()

    def swallow(route: object) -> None:
        if lost:
            route.continue_()  # type: ignore[attr-defined]
        else:
            lost.append(route.fetch().status)  # type: ignore[attr-defined]
            route.abort()  # type: ignore[attr-defined]

    customer.route("**/say", swallow)
    say(customer, "Only once")
    expect(customer.locator("#lines .hint")).to_have_count(0)
    expect(customer.locator("#lines .line").last).to_have_attribute("data-number", "2")
    assert lost == [200]
    assert said(customer) == ["It hums.", "Only once"]


def test_with_nobody_there_the_page_says_so_and_takes_a_message(customer: Page, here: tuple[World, str]) -> None:
    world, root = here
    world.store.present_until.clear()
    customer.goto(f"{root}/shops/northlight/chat")
    expect(customer.locator("main")).to_contain_text("Nobody is in the chat right now.")
    assert axe.violations(customer) == []
    begin(customer, root, "Is anybody there?")
    expect(customer.locator("#state")).to_contain_text("You get an answer by email.")
    say(customer, "It is the blue one.")
    expect(customer.locator("#lines .hint")).to_have_text(
        "Your words have reached us as a message. You get an answer by email."
    )


def test_without_scripts_forms_and_reloading_do(browser: Browser, here: tuple[World, str]) -> None:
    world, root = here
    agent = world.shop.agents[0]
    present.note(world.deps, world.shop, agent, takes=True)
    context = browser.new_context(viewport=PHONE, java_script_enabled=False)
    page = context.new_page()
    begin(page, root, "No scripts here.")
    ref = page.locator(".reference").inner_text()
    page.locator("#text").fill("The blue one.")
    page.get_by_role("button", name="Send", exact=True).click()
    chatting.take(world.deps, world.shop, ref, agent)
    chatting.say(world.deps, world.shop, ref, {"id": "desk-line-1", "text": "I see."}, agent)
    page.get_by_role("link", name="Show what is new").click()
    page.reload()
    expect(page.locator("#lines")).to_contain_text("I see.")
    assert said(page) == ["No scripts here.", "The blue one.", "I see."]
    page.get_by_role("button", name="End the chat").click()
    expect(page.locator("#state")).to_contain_text("The chat is over.")
    context.close()


PHOTO: FilePayload = {"name": "lamp.jpg", "mimeType": "image/jpeg", "buffer": b"a lamp"}


def test_words_whose_files_a_reload_has_lost_say_which_to_choose_again(customer: Page, here: tuple[World, str]) -> None:
    world, root = here
    present.note(world.deps, world.shop, world.shop.agents[0], takes=True)
    begin(customer, root, "It flickers.")
    expect(customer.locator("#reload")).to_be_hidden()
    customer.route("**/say", lambda route: route.abort())
    customer.locator("#attachments").set_input_files(PHOTO)
    say(customer, "Look")
    expect(customer.locator("#lines .hint")).to_have_text("Not sent yet. We try again by ourselves.")
    for _ in range(2):
        customer.reload()
        expect(customer.locator("#text")).to_have_value("Look")
        expect(customer.locator("#refused")).to_have_text(
            "These words were not sent. Please choose their files again: lamp.jpg"
        )
    assert axe.violations(customer) == []
    customer.unroute("**/say")
    customer.locator("#attachments").set_input_files(PHOTO)
    expect(customer.locator("#refused")).to_be_hidden()
    say(customer, "Look")
    expect(customer.locator("#lines .files a")).to_have_text(["lamp.jpg"])
    customer.reload()
    expect(customer.locator("#lines .line:not(.note)")).to_have_count(2)
    expect(customer.locator("#text")).to_have_value("")
    expect(customer.locator("#refused")).to_be_hidden()


def test_words_with_files_that_were_taken_before_the_reload_are_not_asked_for_again(
    customer: Page, here: tuple[World, str]
) -> None:
    world, root = here
    present.note(world.deps, world.shop, world.shop.agents[0], takes=True)
    begin(customer, root, "It flickers again.")
    expect(customer.locator("#reload")).to_be_hidden()
    taken = list[int]()

    def swallow(route: Route) -> None:
        taken.append(route.fetch().status)
        route.abort()

    customer.route("**/say", swallow)
    customer.route("**/live?*", lambda route: route.abort())
    customer.locator("#attachments").set_input_files(PHOTO)
    say(customer, "Look")
    expect(customer.locator("#lines .hint")).to_have_text("Not sent yet. We try again by ourselves.")
    customer.unroute_all()
    customer.reload()
    assert 200 in taken
    expect(customer.locator("#lines .files a")).to_have_text(["lamp.jpg"])
    expect(customer.locator("#lines .line:not(.note)")).to_have_count(2)
    expect(customer.locator("#text")).to_have_value("")
    expect(customer.locator("#refused")).to_be_hidden()
