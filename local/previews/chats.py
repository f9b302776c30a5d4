"""Samples of the pages and the mail about chats."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from chalicelib.rendering import words
from chalicelib.rules.chats.request import LONGEST
from chalicelib.rules.policy.model import Shop
from chalicelib.services.chats.reading import ChatState, Line, LineFile, Live, Who
from chalicelib.services.chats.transcript import Said
from chalicelib.web.bodies import LIMITS

REFERENCE = "NL-7K3F9-QXMT2"
_AT = datetime(2026, 11, 26, 9, 30, tzinfo=UTC)


def page_samples(shop: Shop, language: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Pages in all their states."""
    form: dict[str, Any] = {
        "shop": shop, "staffed": True, "values": {"submission_id": "5d0c6e9a"}, "errors": {}, "kept": False,
        "form_token": "WyJub3J0.x", "longest": LONGEST, "limits": LIMITS,
    }  # fmt: skip
    yield "chat", "chat", form
    opens = words.phrase(language, "chats.right_now.opens").format(when="10:00", place="Deutschland")
    holidays = {"closed": words.phrase(language, "closures.form").format(days="24. – 31. 12. 2026")}
    yield "chat-closed", "chat", form | {"staffed": False, "right_now": [opens]} | holidays
    faults = {"email": words.phrase(language, "problem.missing")}
    yield (
        "chat-errors",
        "chat",
        form | {"values": {"email": "mira", "submission_id": "1"}, "errors": faults, "chosen_files": ["lamp.jpg"]},
    )
    news = words.phrase(language, "chats.news.taken").format(name="Ada")
    lines = (
        Line(1, Who.YOU, shop.name, _AT, "My lamp hums."),
        Line(2, Who.NOTE, shop.name, _AT, news, news="taken"),
        Line(3, Who.SHOP, "Ada", _AT, "Which lamp is it?\nThe number is below."),
        Line(4, Who.YOU, shop.name, _AT, "", files=(LineFile("lamp.jpg", "/f/WyJOTC03.z"),)),
    )
    own: dict[str, Any] = {
        "shop": shop, "reference": REFERENCE, "chat_url": "/chat/WyJOTC03.z",
        "call_url": "/shops/northlight/call",
        "submission_id": "5d0c6e9a", "sent": "", "values": {}, "errors": {}, "kept": False, "longest": LONGEST,
        "by": words.moment(_AT, shop.timezone, language), "bells": True, "limits": LIMITS,
    }  # fmt: skip
    live = Live(None, shop, lines, ChatState.OPEN, "Ada", 4, 2000)  # type: ignore[arg-type]
    for state in ChatState:
        yield f"chat-own-{state}", "chat_own", own | {"seen": replace(live, state=state)}
    yield "chat-own-as-message", "chat_own", own | {"seen": replace(live, state=ChatState.ENDED), "sent": "message"}


def mail_samples(full: dict[str, Any], bare: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """(name of the sample, template, context) of each mail."""
    said = [
        Said("2026-11-26 10:30:00", "Mira Holm", "My lamp hums."),
        Said("2026-11-26 10:30:40", "Ada", "Which lamp is it?\nThe number is below."),
    ]
    yield "transcript", "transcript", full | {"said": said}
    yield "transcript-bare", "transcript", bare | {"said": said[:1]}
