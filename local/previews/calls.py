"""Samples of the pages and mails about calls."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from chalicelib.rendering import words
from chalicelib.rules.calls.booking import CallNews
from chalicelib.rules.calls.request import LONGEST
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.tickets.procedure_facts import CallBack, CallEnd
from chalicelib.services.calls import changing, told
from chalicelib.services.calls.told import Choice, Day, Times

URL = "https://care.northlight.example/call/WyJOTC03SzNGOSJd.rT9fXw2c"
REFERENCE = "NL-7K3F9-QXMT2"
CALL = CallBack(datetime(2026, 11, 26, 9, 30, tzinfo=UTC), datetime(2026, 11, 26, 9, tzinfo=UTC), "Europe/Lisbon")
_HALF_HOURS = (Choice("2026-11-26T09:00Z", "10:00–10:30"), Choice("2026-11-26T09:30Z", "10:30–11:00"))


def page_samples(shop: Shop, language: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Pages in all their states."""
    when = told.call_time(CALL, shop, language)
    soon = Choice("soon", words.phrase(language, "calls.said.soon_choice").format(when="11:00"))
    days = (
        Day("26 November 2026", _HALF_HOURS),
        Day("27 November 2026", (Choice("2026-11-27T09:00Z", "10:00–10:30"),)),
    )
    times, recorded = Times(soon, days, "Germany"), replace(shop, channels=replace(shop.channels, calls_recorded=True))
    form: dict[str, Any] = {
        "shop": shop, "times": times, "countries": shop.called_countries, "values": {"submission_id": "5d0c6e9a"},
        "errors": {}, "kept": False, "longest": LONGEST,
    }  # fmt: skip
    yield "call", "call", form | {"shop": recorded}
    typed = {"phone": "0900 123456", "slot": "2026-11-27T09:00Z", "name": "Chidinma Okafor", "submission_id": "1"}
    faults = {"phone": words.phrase(language, "problem.costly_number")}
    yield "call-errors", "call", form | {"values": typed, "errors": faults, "kept": True}
    yield "call-nothing", "call", form | {"times": Times(None, (), "Berlin")}
    yield "call-no-soon", "call", form | {"times": replace(times, soon=None)}
    done = {"shop": recorded, "reference": REFERENCE, "open": True, "when": when, "mailed": True}
    yield "call-booked", "call_booked", done
    yield "call-booked-unmailed", "call_booked", done | {"mailed": False, "shop": shop}
    yield "call-booked-over", "call_booked", done | {"open": False}
    own: dict[str, Any] = {
        "shop": shop, "reference": REFERENCE, "call": CALL, "when": when, "changeable": True, "by_mail": True,
        "number_needed": False,
        "digits": "820", "times": times, "cancel": changing.CANCEL, "done": False, "values": {}, "errors": {},
        "kept": False, "longest": LONGEST, "nonce": "aWyJub25j.x", "call_url": "/call/WyJOTC03.z",
    }  # fmt: skip
    yield "call-own", "call_own", own
    yield "call-own-done", "call_own", own | {"done": True}
    yield "call-own-tried", "call_own", own | {"call": replace(CALL, tries=(CALL.until,))}
    yield "call-own-errors", "call_own", own | {"errors": {"slot": words.phrase(language, "problem.slot.missing")}}
    yield "call-own-no-times", "call_own", own | {"times": Times(None, (), "Berlin"), "call": _over(CallEnd.CANCELLED)}
    for end in CallEnd:
        again = end in (CallEnd.GIVEN_UP, CallEnd.WRONG_NUMBER, CallEnd.CANCELLED)
        needed = {"number_needed": end is CallEnd.WRONG_NUMBER, "changeable": again}
        yield f"call-own-{end}", "call_own", own | needed | {"call": _over(end)}


def mail_samples(shop: Shop, full: dict[str, Any], bare: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """(name of the sample, template, context) of each mail."""
    when = told.call_time(CALL, shop, shop.languages[0])
    facts = {"when": when, "call_url": URL}
    recorded = {"shop": replace(shop, channels=replace(shop.channels, calls_recorded=True))}
    yield "acknowledgement-call", "acknowledgement", full | {"kind": "question", "call": facts}
    yield "acknowledgement-call-recorded", "acknowledgement", bare | {"kind": "question", "call": facts} | recorded
    for about in CallNews:
        template = "call_changed" if about in (CallNews.MOVED, CallNews.CANCELLED) else "call_failed"
        yield f"{template}-{about}", template, full | facts | {"about": about, "again": True}
        yield f"{template}-{about}-bare", template, bare | facts | {"about": about, "again": False}


def _over(end: CallEnd) -> CallBack:
    return CALL.over(end, CALL.until)
