"""When an improvement is proposed."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.rules.learning.causes import Cause, Signal, of_signal, signals
from chalicelib.rules.learning.improvements import Improvement, Reason, Stage
from chalicelib.rules.learning.proposing import ENOUGH, READ, Proposal, proposals
from tests.support.store.fakes import START

TODAY = START.date()
CAUSE, OTHER = Cause("late", "courier"), Cause("faulty")


def counts(days: dict[int, int], cause: Cause = CAUSE, signal: Signal = Signal.MISSED) -> dict[date, dict[str, int]]:
    """So many signals so many days ago."""
    return {TODAY - timedelta(days=ago): {of_signal(signal, cause): number} for ago, number in days.items()}


def improvement(closed_at: datetime | None = None, cause: Cause = CAUSE) -> Improvement:
    stage = Stage.CLOSED if closed_at else Stage.ACCEPTED
    return Improvement(
        "northlight", "one", cause, Reason.FIVE, 5, START - timedelta(days=60), "tom@northlight.example", START,
        stage=stage, closed_at=closed_at,
    )  # fmt: skip


def test_the_fifth_signal_of_a_cause_proposes() -> None:
    assert not list(proposals(counts({0: 2, 40: 2}), [], TODAY))
    assert list(proposals(counts({0: 3, 40: 2}), [], TODAY)) == [Proposal(CAUSE, Reason.FIVE, 5, 0, "")]


def test_signals_of_every_sort_count_together_and_of_other_causes_do_not() -> None:
    day = {of_signal(signal, CAUSE): 1 for signal in Signal} | {of_signal(Signal.MISSED, OTHER): 4, "kind question": 9}
    assert signals(day) == {CAUSE: len(Signal), OTHER: 4}
    assert [each.cause for each in proposals({TODAY: day}, [], TODAY)] == [CAUSE]


def test_signals_of_long_ago_do_not_count() -> None:
    assert not list(proposals(counts({84: 5}), [], TODAY))


def test_twice_the_usual_rate_proposes() -> None:
    lately = counts({1: 3, 90: 4})  # three in four weeks; usual: four in twelve, so 1.33 in four
    assert list(proposals(lately, [], TODAY)) == [Proposal(CAUSE, Reason.TWICE, 3, 4, "")]
    assert not list(proposals(counts({1: 3, 90: 5}), [], TODAY))
    assert not list(proposals(counts({1: 2, 90: 1}), [], TODAY)), "two may be chance"


def test_what_is_open_is_not_proposed_again() -> None:
    assert not list(proposals(counts({0: 50}), [improvement()], TODAY))
    assert list(proposals(counts({0: 50}), [improvement(cause=OTHER)], TODAY))


def test_after_a_closed_one_only_new_signals_count() -> None:
    closed = improvement(START - timedelta(days=10))
    assert not list(proposals(counts({11: 50}), [closed], TODAY))
    assert not list(proposals(counts({10: 50}), [closed], TODAY))
    assert list(proposals(counts({9: 5}), [closed], TODAY)) == [Proposal(CAUSE, Reason.FIVE, 5, 0, "one")]
    assert not list(proposals(counts({9: 5}), [closed, replace(improvement(), id="two")], TODAY))


@given(st.dictionaries(st.integers(0, READ), st.integers(0, 4)))
def test_enough_is_enough(days: dict[int, int]) -> None:
    found = list(proposals(counts(days), [], TODAY))
    assert (sum(n for ago, n in days.items() if ago < 84) >= ENOUGH) == any(p.reason is Reason.FIVE for p in found)
