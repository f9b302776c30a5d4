"""What agents do in a browser: sign in by the mailed link, open tickets, write, unfold forms."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Locator, Page, expect

from tests.support.stack.local_stack import PATIENCE, Outside, form, until

ADA, TOM, ROBIN = "ada@northlight.example", "tom@northlight.example", "robin@kettle.example"
_LINK = re.compile(r"http\S+/desk/in\?t=\S+")


def sign_in(page: Page, outside: Outside, address: str, start: str = "/desk") -> None:
    """Sign in by the mailed link; ends at the page that was requested."""
    before = len(outside.mails(address))
    page.goto(f"{outside.url}{start}")
    page.get_by_label("Email address").fill(address)
    page.get_by_role("button", name="Send me a link").click()
    expect(page.get_by_role("status")).to_be_visible()
    page.goto(until(lambda: _link(outside, address, before), PATIENCE, "link to sign in"))
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator("header .who")).to_be_visible()


def _link(outside: Outside, address: str, before: int) -> str:
    texts = (str(outside.message(mail)["Text"]) for mail in reversed(outside.mails(address)[before:]))
    return next((found[0] for text in texts if (found := _LINK.search(text))), "")


@contextmanager
def at_the_desk(browser: Browser, outside: Outside, address: str, **options: object) -> Iterator[Page]:
    """A separate browser in which this agent has signed in."""
    settings: dict[str, object] = {"locale": "en-GB", "viewport": {"width": 1280, "height": 900}} | options
    context = browser.new_context(**settings)  # type: ignore[arg-type]
    page = context.new_page()
    page.set_default_timeout(60_000)
    sign_in(page, outside, address)
    yield page
    context.close()


def opened(outside: Outside, customer: str, **fields: object) -> tuple[str, str]:
    """A ticket opened by this customer, and the URL of its page."""
    answer = outside.post_json("/shops/northlight/tickets", form(customer, **fields))
    assert answer.status == 201, answer.data
    return str(answer.json()["reference"]), outside.page_of(customer, answer.json()["reference"])


def row_of(page: Page, ref: str) -> Locator:
    """A ticket's row in the shown list, on any of its pages: the oldest tickets come first."""
    row, next_page = page.locator(".row").filter(has_text=ref), page.locator("[rel=next]")
    while not row.count() and next_page.count():
        with page.expect_navigation():
            next_page.click()
    return row


def show(page: Page, outside: Outside, ref: str) -> None:
    page.goto(f"{outside.url}/desk/t/{ref}")
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def unfold(page: Page, action: str) -> Locator:
    """Unfold an action's form in the ticket's side column."""
    row = page.locator(f"#{action}")
    if row.get_attribute("open") is None:
        row.locator("summary").first.click()
    return row.locator(f"form[action*='/{action}']")


def write(page: Page, words: str, mode: str = "Answer") -> None:
    """Write into the composer, as an answer, a question or a note."""
    page.locator(".modes").get_by_label(mode, exact=True).check()
    page.get_by_label("Your words").fill(words)


def conversation(page: Page) -> Locator:
    return page.locator("ol.conversation")
