"""The form that begins a chat, in a browser: what stands beside it while a message is written,
and the files that go with the first words."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect

from tests.browser import axe
from tests.browser.chats import live
from tests.support.store.fakes import World
from tests.support.web.served import served


@pytest.fixture(scope="module")
def here() -> Iterator[tuple[World, str]]:
    with served() as found:
        yield found


@pytest.fixture
def form(buyer: Page, here: tuple[World, str]) -> Page:
    _, root = here
    buyer.goto(f"{root}/shops/northlight/chat?lang=en")
    return buyer


def test_articles_appear_beside_the_form_and_lead_to_another_tab(form: Page) -> None:
    beside = form.locator(".suggestions")
    expect(beside.get_by_role("heading")).to_be_hidden()
    form.get_by_label("Your message").press_sequentially("my parcel is delayed")
    link = beside.get_by_role("link", name="My parcel is late (opens in a new tab)")
    expect(link).to_be_visible()
    expect(form.get_by_label("Your message")).to_be_focused()
    assert axe.violations(form) == []
    with form.context.expect_page() as opened:
        link.click()
    expect(opened.value.get_by_role("heading", level=1)).to_have_text("My parcel is late")
    expect(form.get_by_label("Your message")).to_have_value("my parcel is delayed")
    opened.value.close()


@pytest.mark.parametrize("said", ["what size is the carton", "Please send me all personal data that you have of me"])
def test_what_no_article_answers_gets_none(form: Page, said: str) -> None:
    with form.expect_response(lambda answer: "/help/suggest" in answer.url) as asked:
        form.get_by_label("Your message").fill(said)
    assert asked.value.json() == {"results": []}
    expect(form.locator(".suggestions").get_by_role("heading")).to_be_hidden()


def test_small_files_go_with_the_form_and_too_many_are_said_at_once(form: Page) -> None:
    live.fill(form, "photos@example.com", "It flickers.")
    photo: FilePayload = {"name": "lamp.jpg", "mimeType": "image/jpeg", "buffer": b"a lamp"}
    form.locator("#attachments").set_input_files([photo] * 11)
    form.get_by_role("button", name=re.compile("Begin the chat|Send the message")).click()
    expect(form.locator("#attachments + .error")).to_contain_text("10")
    expect(form.get_by_label("Your message")).to_have_value("It flickers.")
    form.locator("#attachments").set_input_files(photo)
    assert axe.violations(form) == []
    live.send(form, "It flickers.")
    expect(form.locator("#lines .files a")).to_have_text(["lamp.jpg"])


def test_the_form_is_the_same_without_script(browser: Browser, here: tuple[World, str]) -> None:
    context = browser.new_context(java_script_enabled=False, locale="en-GB", viewport=live.PHONE)
    page = context.new_page()
    page.goto(f"{here[1]}/shops/northlight/chat")
    live.fill(page, "scriptless@example.com", "my parcel is delayed")
    expect(page.locator(".suggestions").get_by_role("heading")).to_be_hidden()
    page.locator("#attachments").set_input_files({"name": "lamp.jpg", "mimeType": "image/jpeg", "buffer": b"a lamp"})
    live.send(page, "my parcel is delayed")
    expect(page.locator("#lines .files a")).to_have_text(["lamp.jpg"])
    context.close()
