"""Samples of the withdrawal function's pages, and of its acknowledgement by mail."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from chalicelib.rendering import words
from chalicelib.rules.intake.withdrawal_form import Statement
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.tickets.due_dates import DueDate
from chalicelib.services.intake.withdrawing import as_text

RECEIVED_AT = datetime(2026, 11, 23, 22, 59, tzinfo=UTC)
TYPED = {"name": "Chidinma Okafor", "contract": "2026-10442", "email": "chidinma.okafor@example.org"}
_BY_DAY = DueDate(datetime(2026, 12, 7, 12, tzinfo=UTC), by_day=True)


def page_samples(shop: Shop, language: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    form = {"shop": shop, "values": {}, "errors": {}, "kept": False, "token": ""}
    yield "withdraw", "withdraw", form
    faults = {"email": words.phrase(language, "problem.email.not_an_address")}
    yield "withdraw-errors", "withdraw", form | {"values": TYPED, "errors": faults, "kept": True, "token": "WyJOTC03.w"}
    text = as_text(Statement(**TYPED, language=language))
    confirm = {
        "shop": shop,
        "statement": TYPED | {"language": language},
        "text": text,
        "token": "",
        "nonce": "aWyJub25j.x",
    }
    yield "withdraw-confirm", "withdraw_confirm", confirm | {"errors": {}, "kept": False}
    again = {"nonce": words.phrase(language, "problem.press_again")}
    yield (
        "withdraw-confirm-again",
        "withdraw_confirm",
        confirm | {"errors": again, "kept": False, "token": "WyJOTC03.w"},
    )
    done = {
        "shop": shop,
        "reference": "NL-7K3F9-QXMT2",
        "statement": TYPED | {"received_at": RECEIVED_AT},
        "mailed": True,
        "refund_by": _BY_DAY,
        "refund_waits": False,
        "send_back_by": _BY_DAY,
        "status_url": "https://care.northlight.example/t/WyJOTC03SzNGOSJd.rT9fXw2c",
    }
    yield "withdrawn", "withdrawn", done
    yield "withdrawn-waits", "withdrawn", done | {"refund_by": None, "refund_waits": True}
    yield "withdrawn-aside", "withdrawn", done | {"refund_by": None, "send_back_by": None, "mailed": False}


def mailed() -> Iterator[tuple[str, dict[str, Any]]]:
    """What the acknowledgement of a withdrawal is given besides what each acknowledgement is."""
    said = {
        "received_at": RECEIVED_AT,
        "facts": TYPED,
        "text": "",
        "refund_by": _BY_DAY,
        "refund_waits": False,
        "send_back_by": _BY_DAY,
    }
    yield "form", {"withdrawn": said, "subject": TYPED["contract"]}
    waits: dict[str, Any] = {
        "facts": {},
        "text": "I hereby withdraw from my contract.",
        "refund_by": None,
        "refund_waits": True,
    }
    yield "mail", {"withdrawn": said | waits}
