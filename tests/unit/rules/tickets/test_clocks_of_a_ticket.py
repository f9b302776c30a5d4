"""Operations on all clocks of a ticket: each returns clocks, keeps their order, and keeps one clock per name."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.rules.tickets.clocks import (
    ACKNOWLEDGE,
    CLOSE,
    FIRST_ANSWER,
    NEXT_ANSWER,
    RESOLVE,
    REVIEW,
    Clock,
    Clocks,
    SetBy,
)
from tests.support import samples
from tests.support.store.fakes import START

DAY = timedelta(days=1)
NAMES = (ACKNOWLEDGE, FIRST_ANSWER, NEXT_ANSWER, RESOLVE, CLOSE, REVIEW, "referral-1")
KIND = samples.context().shop.kinds["complaint"]


def clock(name: str, days: int = 1, **changes: object) -> Clock:
    return replace(Clock(name, "1 day", START, START + days * DAY), **changes)  # type: ignore[arg-type]


perhaps = st.none() | st.just(START)
singles = st.builds(
    lambda name, days, met, paused: clock(name, days, met_at=met, paused_at=paused),
    st.sampled_from(NAMES), st.integers(1, 9), perhaps, perhaps,
)  # fmt: skip
every = st.lists(singles, unique_by=lambda each: each.name).map(Clocks)
names = st.sets(st.sampled_from(NAMES))


@given(every, names)
def test_each_selection_and_its_rest_are_all_clocks(clocks: Clocks, some: set[str]) -> None:
    assert sorted((*clocks.only(*some), *clocks.without(*some)), key=clocks.index) == list(clocks)
    assert set(clocks.only(*some).names) == some & set(clocks.names)
    assert sorted((*clocks.met, *clocks.unmet), key=clocks.index) == list(clocks)
    assert set(clocks.running) == {each for each in clocks.unmet if each.paused_at is None}


@given(every, st.lists(singles, max_size=3, unique_by=lambda each: each.name))
def test_put_adds_a_clock_last_and_once(clocks: Clocks, more: list[Clock]) -> None:
    after = clocks.put(*more)
    assert after == Clocks((*clocks.without(*(each.name for each in more)), *more))
    assert len(set(after.names)) == len(after)


@given(every, singles)
def test_update_keeps_the_place_of_a_clock(clocks: Clocks, other: Clock) -> None:
    after = clocks.update(other)
    assert after.names == clocks.names
    assert after.named(other.name) == (other if clocks.named(other.name) else None)
    assert after.without(other.name) == clocks.without(other.name)


@given(every, names)
def test_meet_sets_only_the_named_clocks_and_keeps_earlier_times(clocks: Clocks, some: set[str]) -> None:
    after = clocks.meet(*some, at=START + DAY)
    assert after.without(*some) == clocks.without(*some)
    assert [each.met_at for each in after.only(*some)] == [each.met_at or START + DAY for each in clocks.only(*some)]
    assert after.meet(*some, at=START + 2 * DAY) == after


def test_naming_no_clock_changes_no_clock() -> None:
    clocks = Clocks([clock(RESOLVE)])
    assert clocks.meet(at=START) == clocks.without() == clocks.put() == clocks
    assert clocks.only() == Clocks()
    assert clocks.change(lambda each: replace(each, met_at=START)) == clocks


@given(every)
def test_every_operation_returns_clocks(clocks: Clocks) -> None:
    given = samples.context()
    ways: list[Callable[[], object]] = [
        lambda: clocks.running, lambda: clocks.met, lambda: clocks.unmet, clocks.only, clocks.without, clocks.put,
        clocks.without_review_clock, lambda: clocks.update(clock(RESOLVE)), lambda: clocks.each(lambda each: each),
        lambda: clocks.meet(RESOLVE, at=START), lambda: clocks.renew(KIND, given, SetBy.MERGE),
        lambda: clocks.ensure_promise(KIND, given, SetBy.MERGE),
    ]  # fmt: skip
    assert all(type(way()) is Clocks for way in ways)


def test_a_review_clock_that_was_met_is_kept() -> None:
    answer, asked = clock(FIRST_ANSWER), clock(REVIEW, met_at=START)
    assert Clocks([clock(REVIEW), answer]).without_review_clock() == Clocks([answer])
    assert Clocks([asked, answer]).without_review_clock() == Clocks([asked, answer])


class TestANewPromise:
    def test_a_new_promise_is_to_resolve(self) -> None:
        after = Clocks([clock(RESOLVE, met_at=START), clock(CLOSE)]).renew(KIND, samples.context(), SetBy.REOPENING)
        assert [(each.name, each.set_by, each.met_at) for each in after] == [
            (CLOSE, SetBy.OPENING, None),
            (RESOLVE, SetBy.REOPENING, None),
        ]

    def test_a_kind_without_resolution_promises_an_answer(self) -> None:
        after = Clocks().renew(replace(KIND, resolve=None), samples.context(), SetBy.MERGE)
        assert after.names == (NEXT_ANSWER,)

    def test_a_kind_without_promises_gets_none(self) -> None:
        silent = replace(KIND, resolve=None, first_answer=None)
        assert Clocks().renew(silent, samples.context(), SetBy.MERGE) == Clocks()

    @pytest.mark.parametrize("name", [FIRST_ANSWER, NEXT_ANSWER, RESOLVE])
    def test_a_new_promise_is_made_only_if_none_runs(self, name: str) -> None:
        running, other = Clocks([clock(name)]), Clocks([clock(ACKNOWLEDGE), clock(CLOSE)])
        assert running.ensure_promise(KIND, samples.context(), SetBy.KIND) == running
        for none in (other, other.put(clock(name, met_at=START)), other.put(clock(name, paused_at=START))):
            resolve = none.ensure_promise(KIND, samples.context(), SetBy.KIND).named(RESOLVE)
            assert resolve
            assert (resolve.running, resolve.set_by) == (True, SetBy.KIND)
