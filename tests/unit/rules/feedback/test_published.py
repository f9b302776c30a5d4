"""What is published is a function of all ratings: whatever order they came in, however they were changed, and however
much a shop would like to leave one out."""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.rules.feedback.published import FROM, OTHERS, SMALLEST, Published, mean, published, since
from chalicelib.rules.procedure.rating import moved
from chalicelib.rules.record.counting import Tally
from chalicelib.rules.tickets.procedure_facts import Rating

UNTIL = date(2026, 11, 25)
Given = tuple[str, int, int]
"""A rating: kind, score, and how many days ago."""
ratings = st.lists(
    st.tuples(st.sampled_from(("complaint", "question", "return")), st.integers(1, 5), st.integers(0, 329))
)


def rating(given: Given) -> Rating:
    kind, score, ago = given
    return Rating(
        score, "", datetime(UNTIL.year, UNTIL.month, UNTIL.day, 12, tzinfo=UTC) - timedelta(days=ago), counted_as=kind
    )


def days(tallies: Iterable[Tally]) -> dict[date, Counter[str]]:
    found: dict[date, Counter[str]] = {}
    for tally in tallies:
        found.setdefault(tally.at.date(), Counter())[tally.name] += tally.by
    return found


def of(given: Iterable[Given]) -> Published:
    return published(days(tally for each in given for tally in moved("northlight", None, rating(each))), UNTIL)


@given(ratings)
def test_every_rating_counts_once(every: list[Given]) -> None:
    shown = of(every)
    assert shown.all.count == len(every)
    assert shown.all.total == sum(score for _, score, _ in every)
    assert shown.by_score == {score: sum(each[1] == score for each in every) for score in (5, 4, 3, 2, 1)}
    for rows in (shown.by_month, shown.by_kind):
        assert sum(row.count for row in rows) == len(every)
        assert sum(row.total for row in rows) == shown.all.total
    assert shown.shown is (len(every) >= FROM)


@given(ratings, st.randoms(use_true_random=False), st.data())
def test_it_depends_on_all_of_them_and_on_nothing_else(every: list[Given], chance: object, data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(every))
    assert of(shuffled) == of(every)
    if every:
        without = data.draw(st.integers(0, len(every) - 1))
        assert of([*every[:without], *every[without + 1 :]]) != of(every)


@given(ratings, ratings)
def test_of_a_changed_rating_the_last_counts(first: list[Given], last: list[Given]) -> None:
    pairs = list(zip(first, last, strict=False))
    changes = [
        tally
        for before, after in pairs
        for was, now in ((None, rating(before)), (rating(before), rating(after)))
        for tally in moved("northlight", was, now)
    ]
    assert published(days(changes), UNTIL) == of(after for _, after in pairs)


@given(ratings)
def test_a_rating_that_is_withdrawn_counts_no_more(every: list[Given]) -> None:
    there = [tally for each in every for tally in moved("northlight", None, rating(each))]
    gone = [tally for each in every for tally in moved("northlight", rating(each), None)]
    assert published(days([*there, *gone]), UNTIL).all.count == 0


@given(ratings)
def test_no_row_is_so_small_that_it_says_something_about_a_person(every: list[Given]) -> None:
    shown = of(every)
    for rows in (shown.by_month, shown.by_kind):
        for row in rows:
            assert row.count == 0 or row.count >= min(SMALLEST, len(every))


def test_a_rating_from_before_they_were_counted_is_not_taken_from_others() -> None:
    old = Rating(1, "", datetime(2026, 11, 1, tzinfo=UTC))
    new = rating(("complaint", 4, 0))
    assert [tally.by for tally in moved("northlight", old, new)] == [1]


def test_halves_are_rounded_as_people_do() -> None:
    assert [mean(total, 20) for total in (85, 87, 100)] == ["4.3", "4.4", "5.0"]
    assert mean(0, 0) == ""


def test_a_year_is_twelve_calendar_months() -> None:
    assert since(UNTIL) == date(2025, 12, 1)
    assert since(date(2026, 12, 31)) == date(2026, 1, 1)
    outside = days(moved("northlight", None, rating(("complaint", 5, 360))))
    assert published(outside, UNTIL).all.count == 0


def test_few_ratings_of_a_kind_stand_together() -> None:
    rows = of([("complaint", 5, 0)] * 20 + [("question", 1, 0)] * 3 + [("return", 2, 0)] * 2).by_kind
    assert [(row.name, row.count, row.total) for row in rows] == [("complaint", 20, 100), (OTHERS, 5, 7)]
