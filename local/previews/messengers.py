"""Sample pages and mails about a messenger's user: the page on which they give a mail address, and its confirmation."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from chalicelib.rendering import words
from chalicelib.rules.policy.model import Shop

AT = datetime(2026, 11, 24, 9, tzinfo=UTC)
BY = "by Telegram"
Sample = tuple[str, str, dict[str, Any]]


def page_samples(shop: Shop, language: str, ticket: dict[str, Any]) -> Iterator[Sample]:
    """`ticket`: the sample of the customer's page."""
    asking = ticket | {"address_url": "/t/WyJOTC03SzNGOSJd.rT9fXw2c/email"}
    yield "ticket-by-messenger", "ticket", asking
    wrong = {"email": words.phrase(language, "problem.email.not_an_address")}
    yield "ticket-by-messenger-errors", "ticket", asking | {"errors": wrong, "values": {"email": "mira"}}
    yield "ticket-by-messenger-asked", "ticket", asking | {"address_asked": True}
    again = {"nonce": words.phrase(language, "problem.press_again")}
    shown = {"shop": shop, "address": "chidinma.okafor@example.org", "reference": "", "status_url": "", "kept": False}
    shown |= {"by": words.phrase(language, "messages.by.whatsapp"), "confirm_url": "/e/WyJO.z", "nonce": "WyJu.n"}
    yield "own-address", "own_address", shown | {"errors": {}}
    yield "own-address-again", "own_address", shown | {"errors": again}
    done = {"reference": ticket["reference"], "status_url": "https://care.northlight.example/t/WyJO.r", "nonce": ""}
    yield "own-address-done", "own_address", shown | done | {"errors": {}}


def mail_samples(shop: Shop) -> Iterator[Sample]:
    asked = {"shop": shop, "name": "", "by": BY, "confirm_url": "https://care.northlight.example/e/WyJO.z"}
    yield "confirm_address", "confirm_address", asked | {"confirm_by": AT}
    yield "confirm_address-bare", "confirm_address", asked | {"confirm_by": AT, "by": ""}
    refused = {"shop": shop, "provider": "Telegram", "account": "200000000000001", "since": AT}
    yield "token_refused", "token_refused", refused
    yield "token_refused-bare", "token_refused", refused | {"account": ""}
