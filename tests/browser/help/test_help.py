"""The help in a browser: suggestions beside the form while it is written, by keyboard and for screen readers; the form
without script; and what axe-core says of the pages."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.axe import violations
from tests.browser.desk import ADA, at_the_desk, opened
from tests.support.stack.local_stack import Outside, someone

CONTACT = "/shops/northlight/contact?lang=en"


def write(page: Page, kind: str, message: str) -> None:
    page.get_by_role("radio", name=kind, exact=True).check()
    page.get_by_label("Your message").press_sequentially(message)


def test_suggestions_appear_while_a_question_is_written(page: Page, outside: Outside) -> None:
    page.goto(f"{outside.url}{CONTACT}")
    beside = page.locator(".suggestions")
    expect(beside).to_have_attribute("aria-live", "polite")
    expect(beside.get_by_role("heading")).to_be_hidden()
    write(page, "Question", "my parcel is delayed")
    expect(page.get_by_role("heading", name="May already answer it")).to_be_visible()
    link = beside.get_by_role("link", name="My parcel is late (opens in a new tab)")
    expect(link).to_be_visible()
    expect(beside.get_by_role("listitem").first).to_contain_text("we ask the courier")
    expect(page.get_by_label("Your message")).to_be_focused()
    assert violations(page) == []

    send = page.get_by_role("button", name="Send message")
    send.focus()
    page.keyboard.press("Tab")
    expect(link).to_be_focused()
    with page.context.expect_page() as opened:
        page.keyboard.press("Enter")
    expect(opened.value.get_by_role("heading", level=1)).to_have_text("My parcel is late")
    expect(page.get_by_label("Your message")).to_have_value("my parcel is delayed")
    opened.value.close()


@pytest.mark.parametrize("kind", ["Complaint", "My personal data"])
def test_some_kinds_are_not_held_up(page: Page, outside: Outside, kind: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/help/suggest" in request.url else None)
    page.goto(f"{outside.url}{CONTACT}")
    write(page, kind, "my parcel is delayed")
    page.wait_for_timeout(1500)
    assert asked == []
    page.get_by_role("radio", name="Question", exact=True).check()
    expect(page.get_by_role("heading", name="May already answer it")).to_be_visible()
    page.get_by_role("radio", name=kind, exact=True).check()
    expect(page.locator(".suggestions").get_by_role("heading")).to_be_hidden()


def test_the_form_is_the_same_without_script(browser: Browser, outside: Outside) -> None:
    context = browser.new_context(java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    page.goto(f"{outside.url}{CONTACT}")
    page.get_by_role("radio", name="Question", exact=True).check()
    page.get_by_label("Your message").fill("my parcel is delayed")
    page.get_by_label("Email address").fill(someone())
    expect(page.locator(".suggestions").get_by_role("heading")).to_be_hidden()
    page.get_by_role("button", name="Send message").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("We have your message")
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_have_no_fault_that_axe_finds(page: Page, outside: Outside, scheme: str) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    for path in ("help", "help/late-parcel", "help/search?q=late", "help/search?q=tulips", "help/bulbs?helped=yes"):
        page.goto(f"{outside.url}/shops/northlight/{path}")
        assert violations(page) == [], path
        assert not page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")


def test_somebody_searches_reads_and_says_that_it_helped(page: Page, outside: Outside) -> None:
    page.goto(f"{outside.url}/shops/northlight/help?lang=en")
    page.get_by_role("searchbox", name="What is your question?").fill("wheres my order")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="My parcel is late").click()
    page.get_by_role("group", name="Did this answer your question?").get_by_role("button", name="Yes").click()
    expect(page.get_by_role("status")).to_contain_text("glad that it helped")
    assert page.context.cookies() == []


def test_an_agent_puts_an_article_into_an_answer(browser: Browser, outside: Outside) -> None:
    ref, _ = opened(outside, someone(), kind="question", subject="Late", message="My parcel is delayed.")
    with at_the_desk(browser, outside, ADA) as page:
        page.goto(f"{outside.url}/desk/t/{ref}")
        box = page.get_by_label("Your words")
        box.fill("Dear Mira,\n\n")
        page.get_by_text("1 article of the help may answer it").click()
        page.get_by_role("button", name="Insert link: My parcel is late").focus()
        page.keyboard.press("Enter")
        expect(box).to_have_value(
            f"Dear Mira,\n\nMy parcel is late: {outside.url}/shops/northlight/help/late-parcel?lang=en"
        )
        expect(box).to_be_focused()
        page.get_by_role("button", name="Insert text: My parcel is late").click()
        expect(box).to_have_value(re.compile("Tell us, and we ask the courier"))
        assert violations(page) == []
