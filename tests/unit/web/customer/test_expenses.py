"""Claiming on the customer's page what a matter has cost: seen only where the shop owes it, taken once."""

import itertools
from collections.abc import Iterator
from dataclasses import replace

import pytest

from chalicelib import wiring
from chalicelib.rules.tickets.procedure_facts import Fault, Finding, RemedyKind
from chalicelib.rules.tickets.ticket import Change, Ticket
from chalicelib.services.tickets import links
from tests.support import samples
from tests.support.store.fakes import PUBLIC_URL
from tests.support.web.browsing import Browser, first, page
from tests.support.web.visitors import Around, surroundings

_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def around(stack: None) -> Iterator[Around]:
    with surroundings() as made:
        yield made


@pytest.fixture
def ticket(browser: Browser, around: Around) -> Ticket:
    """A ticket about which the shop was found at fault."""
    opened = samples.ticket(f"NL-EXPEN-{next(_numbers):05}", around.clock())
    found = replace(opened, finding=Finding(Fault.SELLER, "Packed badly.", around.clock(), "ada@northlight.example"))
    wiring.deps().tickets.commit(Change(found))
    return found


def now(ticket: Ticket) -> Ticket:
    found = wiring.deps().tickets.ticket(ticket.ref)
    assert found
    return found


def url(ticket: Ticket) -> str:
    return f"/t/{links.status_url(wiring.deps(), ticket).rpartition('/')[2]}"


def test_the_page_leads_to_it_only_where_the_shop_was_late_or_at_fault(
    browser: Browser, around: Around, ticket: Ticket
) -> None:
    assert f"/api{url(ticket)}/expenses" in browser.get(url(ticket)).body.decode()
    fine = samples.ticket(f"NL-EXPEN-{next(_numbers):05}", around.clock())
    wiring.deps().tickets.commit(Change(fine))
    assert "/expenses" not in browser.get(url(fine)).body.decode()
    assert browser.get(f"{url(fine)}/expenses").headers["Location"] == f"{PUBLIC_URL}{url(fine)}"


def test_the_tariff_stands_above_the_form(browser: Browser, ticket: Ticket) -> None:
    text = first(browser.get(f"{url(ticket)}/expenses"), "main").text()
    for said in ("€0.20 for a minute", "€10.00 for an hour", "At most €30.00", "without admission"):
        assert said in text


def test_a_claim_is_a_message_with_its_receipt_and_a_remedy_once(browser: Browser, ticket: Ticket) -> None:
    said = {"call_minutes": "10", "postage": "4.90", "expenses_text": "Twice to the post.", "submission_id": "claim"}
    receipt = [("receipt.jpg", "image/jpeg", b"\xff\xd8 receipt")]
    answer = browser.multipart(said, receipt, f"{url(ticket)}/expenses")
    assert answer.headers["Location"].startswith(f"{PUBLIC_URL}{url(ticket)}?sent=")
    again = browser.multipart(said, receipt, f"{url(ticket)}/expenses")
    assert again.headers["Location"] == f"{PUBLIC_URL}{url(ticket)}"
    remedy = now(ticket).remedy
    assert remedy
    assert (remedy.remedy_kind, remedy.money) == (RemedyKind.EXPENSES, "6.90 EUR")
    _, messages = wiring.deps().tickets.conversation(ticket.ref)
    (message,) = messages
    assert message.text.splitlines() == [
        "What this has cost me:", "Minutes of calls: 10", "Postage: €4.90",
        "By the published tariff, without admission: €6.90", "", "Twice to the post.",
    ]  # fmt: skip
    assert [file.filename for file in message.files] == ["receipt.jpg"]
    assert "/expenses" not in browser.get(url(ticket)).body.decode()


def test_what_is_wrong_is_said_and_nothing_typed_is_lost(browser: Browser, ticket: Ticket) -> None:
    answer = browser.form({"postage": "4.90", "own_hours": "many"}, f"{url(ticket)}/expenses")
    assert answer.status_code == 422
    assert {node.attributes["href"] for node in page(answer).css(".summary a")} == {"#attachments", "#own_hours"}
    assert first(answer, "#postage").attributes["value"] == "4.90"
    assert now(ticket).remedy is None


def test_a_strangers_receipt_claims_nothing(browser: Browser, ticket: Ticket) -> None:
    receipt = links.receipt_url(wiring.deps(), ticket).rpartition("/")[2]
    assert browser.get(f"/t/{receipt}/expenses").status_code == 403
    assert browser.form({"call_minutes": "5"}, f"/t/{receipt}/expenses").status_code == 403
    assert now(ticket).remedy is None
