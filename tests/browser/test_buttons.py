"""Buttons with consequences in a browser: by keyboard, without scripts, and in two tabs."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.mailed import to_confirm, to_object
from tests.support.stack.local_stack import Outside, someone


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_an_identity_is_confirmed_by_keyboard_and_in_the_older_of_two_tabs(
    browser: Browser, outside: Outside, scripts: bool
) -> None:
    context = browser.new_context(java_script_enabled=scripts, locale="en-GB")
    link = to_confirm(outside)
    older, newer = context.new_page(), context.new_page()
    for page in (older, newer):
        page.goto(link)
        expect(page.get_by_role("heading", level=1)).to_have_text("Was it you who asked?")
    older.get_by_role("button", name="Yes, I asked for this").focus()
    older.keyboard.press("Enter")
    expect(older.get_by_role("heading", level=1)).to_have_text("Thank you, that is confirmed")
    newer.get_by_role("button", name="Yes, I asked for this").click()
    expect(newer.get_by_role("heading", level=1)).to_have_text("Thank you, that is confirmed")
    context.close()


def test_without_the_cookie_the_page_comes_again_and_then_works(page: Page, outside: Outside) -> None:
    page.goto(to_confirm(outside))
    page.context.clear_cookies()
    page.get_by_role("button", name="Yes, I asked for this").click()
    expect(page.get_by_role("alert")).to_contain_text("Please press the button once more")
    page.get_by_role("button", name="Yes, I asked for this").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you, that is confirmed")


@pytest.mark.parametrize(
    ("language", "button", "done"),
    [
        ("en", "Send me no more of these", "You will get no more of these emails"),
        ("de", "Schicken Sie mir keine mehr", "Sie bekommen keine solchen E-Mails mehr"),
    ],
)
def test_adverts_end_by_one_press_without_scripts_and_cookies(
    browser: Browser, outside: Outside, language: str, button: str, done: str
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(to_object(outside, someone(), language))
    page.get_by_role("button", name=button).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(done)
    assert context.cookies() == []
    assert len(list(outside.items("OBJECTION#northlight#"))) >= 1
    context.close()
