"""Pages full of XSS payloads in Chromium: none runs, with and without our pages' CSP, even when all events fire."""

import base64
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from playwright.sync_api import Browser, Dialog, Page

from tests.browser.desk import ADA, sign_in
from tests.support.payloads import HOOK, PAYLOADS
from tests.support.stack.local_stack import PATIENCE, Outside, someone, until

CARE = "care@help.northlight.example"
_MAILS = 20
# The events that payloads wait for, on every element; folded parts are unfolded first.
HAPPEN = """() => {
  for (const fold of document.querySelectorAll("details")) fold.open = true;
  const events = ["load", "error", "focus", "mouseover", "toggle", "animationstart", "animationend", "begin", "close"];
  for (const node of document.querySelectorAll("body, body *"))
    for (const name of events) node.dispatchEvent(new Event(name));
}"""


@pytest.fixture(scope="module")
def tickets(outside: Outside) -> list[str]:
    """Tickets opened by mails, each with ten payloads in HTML and in text. (Single payloads: tests/unit/web.)"""
    customers = [someone() for _ in range(_MAILS)]
    for number, customer in enumerate(customers):
        payloads = PAYLOADS[number::_MAILS]
        html = "".join(f"<div>{payload}</div>\n" for payload in payloads)
        outside.send(_mail(customer, payloads[0], html, "\n\n".join(payloads)), customer, CARE)
    return [until(partial(_reference, outside, customer), PATIENCE, "confirmation") for customer in customers]


@pytest.fixture(scope="module")
def customers_page(outside: Outside) -> str:
    """The page of a ticket opened by a form with all payloads as its message."""
    customer = someone()
    said = {"email": customer, "kind": "complaint", "name": PAYLOADS[14], "subject": PAYLOADS[15]}
    answer = outside.post_json("/shops/northlight/tickets", said | {"message": "\n\n".join(PAYLOADS)})
    assert answer.status == 201
    for payload in PAYLOADS[:100]:
        said = {"email": someone(), "kind": "complaint", "name": payload, "subject": payload, "message": payload}
        assert outside.post_json("/shops/northlight/tickets", said).status == 201
    return outside.page_of(customer, answer.json()["reference"])


@pytest.fixture(params=[False, True], ids=["with its policy", "without it"])
def hooked(browser: Browser, request: pytest.FixtureRequest) -> Iterator[tuple[Page, list[Any]]]:
    """A page that records which payloads ran; without the CSP, escaping must be enough."""
    context = browser.new_context(bypass_csp=request.param, locale="en-GB")
    page = context.new_page()
    page.set_default_timeout(60_000)
    ran: list[Any] = []
    page.expose_function(HOOK, lambda *number: ran.append(number))
    page.on("dialog", lambda dialog: _dismissed(dialog, ran))
    page.on("request", lambda asked: ran.extend([asked.url] if "evil.example" in asked.url else []))
    yield page, ran
    context.close()


def test_the_hook_records_payloads_that_run(hooked: tuple[Page, list[Any]]) -> None:
    page, ran = hooked
    page.set_content(f"<body>{PAYLOADS[0]}<img src=x onerror={HOOK}(7)>")
    until(lambda: page.evaluate("1") and {(0,), (7,)} <= set(ran), PATIENCE, "payloads that ran")


def happens(page: Page) -> None:
    page.evaluate(HAPPEN)
    page.evaluate("new Promise((done) => setTimeout(done))")  # until payloads that ran have been recorded


def test_no_payload_runs_at_the_desk(
    hooked: tuple[Page, list[Any]], outside: Outside, tickets: list[str], customers_page: str
) -> None:
    page, ran = hooked
    sign_in(page, outside, ADA)
    shown = ""
    for ref in tickets:
        page.goto(f"{outside.url}/desk/t/{ref}?original=opening")
        happens(page)
        shown += page.locator(".sheet").inner_text()
        assert page.locator("a[href^='javascript' i], a[href^='data' i], .sheet [id], .sheet [class]").count() == 0
        assert ran == []
    assert shown.count("More") > 5
    for path in (f"/desk/t/{tickets[0]}", f"/desk/t/{tickets[-1]}", "/desk?list=open", "/desk/search?q=pwned"):
        page.goto(outside.url + path)
        happens(page)
        assert ran == []


def test_no_payload_runs_on_the_customers_page(
    hooked: tuple[Page, list[Any]], outside: Outside, customers_page: str
) -> None:
    page, ran = hooked
    page.goto(customers_page)
    assert PAYLOADS[15] in page.locator("h1").inner_text()
    happens(page)
    assert ran == []


def _dismissed(dialog: Dialog, ran: list[Any]) -> None:
    ran.append(dialog.message)
    dialog.dismiss()


def _mail(sender: str, subject: str, html: str, text: str) -> bytes:
    def part(kind: str, words: str) -> str:
        body = base64.encodebytes(words.encode()).decode().replace("\n", "\r\n")
        return f"--a\r\nContent-Type: {kind}; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n{body}"

    head = f"From: {sender}\r\nTo: {CARE}\r\nSubject: {subject}\r\nMessage-ID: <{sender}>\r\nMIME-Version: 1.0\r\n"
    parts = part("text/plain", text) + part("text/html", html)
    return f"{head}Content-Type: multipart/alternative; boundary=a\r\n\r\n{parts}--a--\r\n".encode()


def _reference(outside: Outside, customer: str) -> str:
    words = " ".join(str(outside.message(mail)["Text"]) for mail in outside.mails(customer)).split()
    return next((word.strip(".,()") for word in words if word.startswith("NL-")), "")
