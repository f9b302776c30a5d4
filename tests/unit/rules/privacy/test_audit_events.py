"""Audit events form a chain: a missing, altered or added one is noticed."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.rules.identity.keys import Secret
from chalicelib.rules.privacy.audit_events import AuditEvent, ChainPlace, following, judged
from chalicelib.rules.privacy.hash_chain import Verdict
from tests.support.store.fakes import AUDIT_SECRET, START, secret_of

TURNED = Secret({**AUDIT_SECRET.versions, "2": b"another"}, "2")


def chain(number: int) -> list[AuditEvent]:
    made: list[AuditEvent] = []
    for each in range(number):
        audit_event = AuditEvent(
            f"request-{each}", START + timedelta(minutes=each), "console", "report", f"tickets={each}"
        )
        # The secret is rotated in the middle.
        secret = AUDIT_SECRET if each < number // 2 else TURNED
        made.append(following(secret, audit_event, made[-1].place if made else None))
    return made


def wrong(audit_events: list[AuditEvent]) -> list[Verdict]:
    return [verdict for _, verdict in judged(TURNED, audit_events) if verdict is not Verdict.WHOLE]


@given(st.integers(0, 6), st.randoms(use_true_random=False))
def test_an_untouched_chain_verifies_in_any_reading_order(number: int, random: object) -> None:
    audit_events = chain(number)
    shuffled = list(audit_events)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert [audit_event for audit_event, _ in judged(TURNED, shuffled)] == audit_events
    assert wrong(shuffled) == []


@pytest.mark.parametrize(
    "changed",
    [
        {"id": "request-x"}, {"actor": "innocent"}, {"action": "health"}, {"detail": ""}, {"number": 9},
        {"at": START - timedelta(days=1)}, {"after": None}, {"after": ChainPlace(1, START, "x")}, {"proof": ""},
        {"proof": "1"}, {"proof": f"1{'ä' * 43}"}, {"proof": f"9{'a' * 43}"},
    ],
)  # fmt: skip
def test_an_altered_event_is_noticed(changed: dict[str, object]) -> None:
    audit_events = chain(6)
    audit_events[2] = replace(audit_events[2], **changed)  # type: ignore[arg-type]
    assert Verdict.ALTERED in wrong(audit_events)


def test_a_missing_added_or_repeated_event_is_noticed() -> None:
    audit_events = chain(6)
    assert wrong(audit_events[:2] + audit_events[3:]) == [Verdict.MISSING]
    assert Verdict.ADDED in wrong([*audit_events, audit_events[2]])
    forged = following(secret_of("a guess"), AuditEvent("x", START, "console", "x"), audit_events[-1].place)
    assert wrong([*audit_events, forged]) == [Verdict.ALTERED]
    # Two runs both believed to be the next; one was written without the other's knowledge.
    both = [following(TURNED, AuditEvent(id, START, "console", "x"), audit_events[-1].place) for id in "ab"]
    assert wrong([*audit_events, *both]) == [Verdict.ADDED]


def test_an_event_is_dated_after_its_predecessor_even_if_that_clock_was_ahead() -> None:
    ahead = ChainPlace(7, START + timedelta(seconds=2), "x")
    audit_event = following(AUDIT_SECRET, AuditEvent("x", START, "console", "x"), ahead)
    assert (audit_event.number, audit_event.after) == (8, ahead)
    assert ahead.at < audit_event.at < ahead.at + timedelta(milliseconds=1)
