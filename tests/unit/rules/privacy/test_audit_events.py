"""Deeds follow each other: one that is missing, altered or added shows."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.rules.identity.keys import Secret
from chalicelib.rules.privacy.audit_events import Deed, Place, following, judged
from chalicelib.rules.privacy.hash_chain import Verdict
from tests.support.store.fakes import AUDIT_SECRET, START, secret_of

TURNED = Secret({**AUDIT_SECRET.versions, "2": b"another"}, "2")


def chain(number: int) -> list[Deed]:
    made: list[Deed] = []
    for each in range(number):
        deed = Deed(f"request-{each}", START + timedelta(minutes=each), "console", "report", f"tickets={each}")
        # In the middle the secret changes.
        secret = AUDIT_SECRET if each < number // 2 else TURNED
        made.append(following(secret, deed, made[-1].place if made else None))
    return made


def wrong(deeds: list[Deed]) -> list[Verdict]:
    return [verdict for _, verdict in judged(TURNED, deeds) if verdict is not Verdict.WHOLE]


@given(st.integers(0, 6), st.randoms(use_true_random=False))
def test_as_they_were_written_they_come_out_in_whatever_order_they_are_read(number: int, random: object) -> None:
    deeds = chain(number)
    shuffled = list(deeds)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert [deed for deed, _ in judged(TURNED, shuffled)] == deeds
    assert wrong(shuffled) == []


@pytest.mark.parametrize(
    "changed",
    [
        {"id": "request-x"}, {"actor": "innocent"}, {"action": "health"}, {"detail": ""}, {"number": 9},
        {"at": START - timedelta(days=1)}, {"after": None}, {"after": Place(1, START, "x")}, {"proof": ""},
        {"proof": "1"}, {"proof": f"1{'ä' * 43}"}, {"proof": f"9{'a' * 43}"},
    ],
)  # fmt: skip
def test_one_that_was_altered_shows(changed: dict[str, object]) -> None:
    deeds = chain(6)
    deeds[2] = replace(deeds[2], **changed)  # type: ignore[arg-type]
    assert Verdict.ALTERED in wrong(deeds)


def test_one_that_is_missing_added_or_comes_twice_shows() -> None:
    deeds = chain(6)
    assert wrong(deeds[:2] + deeds[3:]) == [Verdict.MISSING]
    assert Verdict.ADDED in wrong([*deeds, deeds[2]])
    forged = following(secret_of("a guess"), Deed("x", START, "console", "x"), deeds[-1].place)
    assert wrong([*deeds, forged]) == [Verdict.ALTERED]
    # Of two runs that both believed to be the next, one was written without the other's knowing.
    both = [following(TURNED, Deed(id, START, "console", "x"), deeds[-1].place) for id in "ab"]
    assert wrong([*deeds, *both]) == [Verdict.ADDED]


def test_their_moments_are_in_their_order_whichever_clock_is_ahead() -> None:
    ahead = Place(7, START + timedelta(seconds=2), "x")
    deed = following(AUDIT_SECRET, Deed("x", START, "console", "x"), ahead)
    assert (deed.number, deed.after) == (8, ahead)
    assert ahead.at < deed.at < ahead.at + timedelta(milliseconds=1)
