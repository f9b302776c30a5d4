"""Calls on a running stack: a half hour holds what it holds, however many come at the same moment."""

import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from selectolax.lexbor import LexborHTMLParser

from tests.support.stack.local_stack import Outside

AT_ONCE = 20
PER_SLOT = 2
"""As the tests' policy states it."""
FORM = "/shops/northlight/call"


def offered(outside: Outside) -> list[str]:
    """The half hours that the form offers, the first first."""
    page = LexborHTMLParser(outside.request("GET", f"{FORM}?lang=en").data)
    values = [node.attributes.get("value") or "" for node in page.css("[name=slot]")]
    return [value for value in values if value.startswith("20")]


def booked(outside: Outside, slot: str, gate: Barrier) -> int:
    """The status of one customer's form; all are sent at the same moment."""
    fields = {
        "slot": slot, "phone": f"+49 30 {uuid.uuid4().int % 10**7:07}", "name": "Mira Holm", "note": "My lamp hums.",
        "email": f"caller-{uuid.uuid4().hex[:8]}@example.com", "language": "en", "submission_id": uuid.uuid4().hex,
    }  # fmt: skip
    gate.wait(timeout=60)
    return outside.post_json(FORM, fields, {"Accept": "application/json"}).status


def holders(outside: Outside, slot: str) -> Counter[str]:
    """The references of tickets whose call begins in this half hour."""
    begins = slot.replace("Z", ":00")
    tickets = (item for item in outside.items("TICKET#") if item["sk"]["S"] == "TICKET" and "call" in item)
    starts = ((item["ref"]["S"], item["call"]["M"].get("starts_at", {}).get("S", "")) for item in tickets)
    return Counter(ref for ref, start in starts if start.startswith(begins))


def test_twenty_at_one_moment_never_exceed_a_half_hour(outside: Outside) -> None:
    slot = offered(outside)[-1]
    gate = Barrier(AT_ONCE)
    with ThreadPoolExecutor(AT_ONCE) as people:
        statuses = list(people.map(lambda _: booked(outside, slot, gate), range(AT_ONCE)))
    assert Counter(statuses) == {201: PER_SLOT, 422: AT_ONCE - PER_SLOT}
    assert len(holders(outside, slot)) == PER_SLOT
    assert slot not in offered(outside)
