"""No page for customers or of the desk has an error that axe-core finds, or is wider than its screen: with everything
unfolded, on a phone and on a desktop, in light and dark mode."""

import json
import re

import pytest
from playwright.sync_api import Locator, Page

from tests.browser.axe import violations
from tests.browser.mailed import to_confirm, to_object
from tests.support.stack.local_stack import Outside, form, someone, until

ADA, TOM = "ada@northlight.example", "tom@northlight.example"
_WIDER = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
_UNFOLD = "for (const fold of document.querySelectorAll('main details')) fold.open = true"
_HEIGHT = "document.documentElement.scrollHeight"


@pytest.fixture(scope="module")
def ticket(outside: Outside) -> str:
    """A ticket in which much has happened: asked by form, noted on, answered, asked again, referred."""
    address = someone()
    opened = outside.post_json("/shops/northlight/tickets", form(address, topic="damaged_in_transit", name="ليلى حداد"))
    ref: str = opened.json()["reference"]
    _acted(outside, ref, "assign", to=ADA)
    _acted(outside, ref, "prioritise", priority="urgent")
    _acted(outside, ref, "note", text="Ask the warehouse.")
    _acted(outside, ref, "answer", text="A new shade is on its way: https://www.northlight.example/help")
    answer = until(
        lambda: next((m for m in outside.mails(address) if m.subject.startswith("Re:")), None), 120, "answer"
    )
    html = b'<p>Thank <b>you</b>!</p><table width="900"><tr><td>1</td></tr></table><blockquote>On its way.</blockquote>'
    head = f"From: {address}\r\nTo: {answer.reply_to}\r\nSubject: Re: Shade\r\nMessage-ID: <{address}>\r\n"
    raw = head.encode() + b"Content-Type: text/html; charset=utf-8\r\n\r\n" + html
    outside.send(raw, address, answer.reply_to)
    until(lambda: any(ref in m.subject and "Re:" in m.subject for m in outside.mails(ADA)), 120, "the reply told")
    _acted(outside, ref, "refer", to="swiftparcel", facts="order_number", text="Where was it damaged?")
    return ref


def test_customers_pages_are_accessible(page: Page, outside: Outside) -> None:
    page.goto(f"{outside.url}/shops/northlight/contact")
    found = _faults(page, "contact")
    page.get_by_label("Email address").fill("mira@example")
    _pressed(page, page.get_by_role("button", name="Send message"))
    found += _faults(page, "contact with faults")
    page.get_by_role("radio", name="Complaint", exact=True).check()
    page.get_by_label("Your message").fill("The shade is cracked.")
    page.get_by_label("Email address").fill(someone())
    _pressed(page, page.get_by_role("button", name="Send message"))
    found += _faults(page, "thanks")
    _pressed(page, page.get_by_role("link", name="See your message"))
    found += _faults(page, "ticket")
    _pressed(page, page.get_by_role("button", name="Send reply"))
    found += _faults(page, "ticket with faults")
    shops = ("/shops/northlight/policy", "/shops/kettle/contact", "/shops/nobody/contact")
    documents = ("/shops/northlight/policies", "/shops/northlight/terms", "/shops/northlight/terms/2026-02-01")
    published = [f"/shops/northlight/{page}" for page in ("feedback", "ratings", "record", "improved")]
    for path in (*shops, *documents, *published, "/t/forged.token", "/", "/nothing"):
        page.goto(outside.url + path)
        found += _faults(page, path)
    assert found == []


def test_rating_pages_are_accessible(page: Page, outside: Outside) -> None:
    customer = someone()
    opened = outside.post_json("/shops/northlight/tickets", form(customer)).json()
    _acted(outside, opened["reference"], "close", outcome="settled", reason="Done.")
    page.goto(outside.page_of(customer, opened["reference"]))
    found = _faults(page, "to be rated")
    _pressed(page, page.get_by_role("button", name="Send rating"))
    found += _faults(page, "to be rated, with faults")
    page.get_by_label("Happy", exact=True).check()
    page.get_by_label("What was good").fill("Quick.")
    _pressed(page, page.get_by_role("button", name="Send rating"))
    found += _faults(page, "rated")
    page.locator("summary", has_text="Take your rating back").click()
    found += _faults(page, "to be taken back")
    _pressed(page, page.get_by_role("button", name="Take rating back"))
    found += _faults(page, "taken back")
    assert found == []


def test_pages_behind_the_links_of_mails_are_accessible(page: Page, outside: Outside) -> None:
    confirmation, objection = to_confirm(outside), to_object(outside, someone())
    page.goto(confirmation)
    found = _faults(page, "confirm")
    page.context.clear_cookies()
    _pressed(page, page.get_by_role("button", name="Yes, I asked for this"))
    found += _faults(page, "confirm, not pressed by hand")
    _pressed(page, page.get_by_role("button", name="Yes, I asked for this"))
    found += _faults(page, "confirmed")
    page.goto(objection)
    found += _faults(page, "objection")
    _pressed(page, page.get_by_role("button", name="Send me no more of these"))
    found += _faults(page, "objected")
    assert found == []


def test_pages_before_signing_in_are_accessible(page: Page, outside: Outside) -> None:
    page.goto(f"{outside.url}/desk/login")
    found = _faults(page, "login")
    page.get_by_label("Email address").fill("tom")
    _pressed(page, page.get_by_role("button", name="Send me a link"))
    found += _faults(page, "login with faults")
    page.goto(_asked_for_a_link(page, outside))
    found += _faults(page, "in")
    page.goto(f"{outside.url}/desk/in?t=forged")
    found += _faults(page, "a link that does not work")
    assert found == []


def test_desk_pages_are_accessible(page: Page, outside: Outside, ticket: str) -> None:
    page.goto(_asked_for_a_link(page, outside))
    _pressed(page, page.get_by_role("button", name="Sign in"))
    found = _faults(page, "inbox")
    lists = ("mine", "overdue", "waiting", "referred", "owed", "quarantine", "condemned", "closed")
    others = (
        "search?q=shade",
        "search?q=nowhere",
        "search",
        "contact",
        "reports",
        "improvements",
        "admin",
        "help",
        "t/NL-22222-22222",
    )
    for path in (*(f"?list={name}" for name in lists), *(f"/{name}" for name in others)):
        page.goto(f"{outside.url}/desk{path}")
        found += _faults(page, path)
    page.goto(f"{outside.url}/desk/contact")
    _pressed(page, page.get_by_role("button", name="Log it"))
    found += _faults(page, "contact with faults")
    page.goto(f"{outside.url}/desk/t/{ticket}")
    found += _faults(page, "ticket")
    _pressed(page, page.get_by_role("link", name="Show the whole mail").last)
    found += _faults(page, "ticket with a whole mail")
    _pressed(page, page.locator("#extend button"))
    found += _faults(page, "ticket with faults")
    page.get_by_label("Note", exact=True).check()
    found += _faults(page, "ticket with a note begun")
    assert found == []


def _faults(page: Page, where: str) -> list[str]:
    """The errors of the current page in its full height, so that nothing is hidden under a sticky bar."""
    size = page.viewport_size or {"width": 0, "height": 0}
    page.evaluate(_UNFOLD)
    page.set_viewport_size({"width": size["width"], "height": max(size["height"], int(page.evaluate(_HEIGHT)))})
    found = ["wider than the screen"] if page.evaluate(_WIDER) else []
    found += violations(page)
    page.emulate_media(color_scheme="dark")
    found += [f"{fault} (by night)" for fault in violations(page, "color-contrast")]
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(size)
    return [f"{where}: {fault}" for fault in found]


def _pressed(page: Page, pressed: Locator) -> None:
    """Press a button or link that leads to another page, or to this one again."""
    with page.expect_navigation():
        pressed.click()


def _asked_for_a_link(page: Page, outside: Outside) -> str:
    before = len(outside.mails(TOM))
    page.goto(f"{outside.url}/desk/login")
    page.get_by_label("Email address").fill(TOM)
    _pressed(page, page.get_by_role("button", name="Send me a link"))
    return until(lambda: _link(outside, before), 120, "link to sign in")


def _link(outside: Outside, before: int) -> str:
    for mail in reversed(outside.mails(TOM)[before:]):
        if found := re.search(r"http\S+/desk/in\?t=\S+", str(outside.message(mail)["Text"])):
            return found[0]
    return ""


def _acted(outside: Outside, ref: str, action: str, **fields: str) -> None:
    event = {"shop": "northlight", "reference": ref, "agent": ADA, "action": action} | fields
    answer = outside.invoke("act_on_ticket", json.dumps(event))
    assert answer.returncode == 0, answer.stdout + answer.stderr
