"""What services may expect of where feedback is kept: run against the tests' fake and every available DynamoDB."""

import itertools
from dataclasses import replace
from datetime import timedelta
from typing import Protocol

from chalicelib.rules.feedback.said import Felt, KeptFeedback, Managed
from chalicelib.rules.record.counting import Finished, SlaCount, Tally
from chalicelib.rules.record.leaves import with_leaves
from chalicelib.rules.record.tree import BEGINNING, close_day
from chalicelib.rules.tickets.ticket import Change
from chalicelib.services.ports.feedback.anonymous import AnonymousFeedback
from chalicelib.services.ports.feedback.record import PromiseRecord
from chalicelib.services.ports.tickets import Tickets
from chalicelib.services.ports.work import Digests
from tests.support import samples
from tests.support.store.fakes import SECRET, START

_numbers = itertools.count(1)


class FeedbackStore(AnonymousFeedback, PromiseRecord, Tickets, Digests, Protocol):
    """Everything that is promised about feedback and what is published."""


def fresh_shop() -> str:
    """A shop that no other test of this run uses."""
    return f"shop-of-feedback-{next(_numbers)}"


class FeedbackContract:
    """What every store of feedback promises."""

    def test_feedback_is_kept_once_and_listed_the_newest_first(self, store: FeedbackStore) -> None:
        shop, first = fresh_shop(), START.date()
        old = KeptFeedback(first, "en", Managed.NO, Felt.BAD, "pay", "It was slow.", "/checkout")
        new = KeptFeedback(first + timedelta(days=1), "de", Managed.YES, Felt.VERY_GOOD)
        for each in (old, old, replace(old, text="Other words.")):
            store.keep_feedback(shop, "a", each)
        store.keep_feedback(shop, "b", new)
        assert store.latest_feedback(shop, 10) == [new, old]
        assert store.latest_feedback(shop, 1) == [new]
        assert store.latest_feedback(fresh_shop(), 10) == []

    def test_a_change_counts_its_promises_on_one_day_and_leaves_them_in_the_record(self, store: FeedbackStore) -> None:
        shop, at = fresh_shop(), START
        counts = tuple(finishing(shop, number, kept=number != 2) for number in range(3))
        ticket = replace(samples.ticket(f"NL-{next(_numbers):05d}-FEEDB"), shop=shop)
        rated = (Tally(shop, at, "rated complaint 5"), Tally(shop, at, "rated complaint 5", -1))
        store.commit(Change(ticket, sla_counts=with_leaves(SECRET, counts, at), tallies=(*rated, rated[0])))
        assert store.sla_counted(shop, at.date(), at.date()) == (2, 1)
        assert store.day_counts(shop, at.date(), at.date()) == {
            at.date(): {
                "kept": 2, "missed": 1, "kept complaint": 2, "missed complaint": 1, "answered hours": 2,
                "answered late": 1, "rated complaint 5": 1,
            }
        }  # fmt: skip
        leaves = list(store.leaves(shop, at.date(), at.date()))
        assert [leaf.kept for leaf in leaves].count(True) == 2
        assert leaves == sorted(leaves, key=lambda leaf: leaf.id)
        wanted = [(at.date(), leaves[0].id), (at.date() + timedelta(days=1), leaves[0].id), (at.date(), "none")]
        assert store.find_leaves(shop, wanted) == [leaves[0]]
        assert store.day_counts(fresh_shop(), at.date(), at.date()) == {}

    def test_tickets_with_a_comment_are_listed_the_newest_first_and_once(self, store: FeedbackStore) -> None:
        shop = fresh_shop()
        for number, ref in enumerate(("NL-1", "NL-2", "NL-1", "NL-3")):
            store.list_comment(shop, ref, START + timedelta(minutes=number))
        assert store.listed_comments(shop, 9) == ["NL-3", "NL-1", "NL-2"]
        assert store.listed_comments(shop, 1) == ["NL-3"]
        assert store.listed_comments(fresh_shop(), 9) == []

    def test_a_day_is_closed_once(self, store: FeedbackStore) -> None:
        shop, day = fresh_shop(), START.date()
        first = close_day(day, (), BEGINNING)
        second = close_day(day + timedelta(days=1), (), first.chain)
        assert store.latest_root(shop) is None
        assert store.publish_root(shop, first)
        assert not store.publish_root(shop, replace(first, kept=9))
        assert store.publish_root(shop, second)
        assert store.latest_root(shop) == second
        assert store.roots(shop, day, second.day) == [first, second]
        assert store.roots(shop, second.day, second.day) == [second]


def finishing(shop: str, number: int, *, kept: bool) -> SlaCount:
    """A first answer of three hours, kept or missed."""
    begun = START - timedelta(hours=3)
    finished = Finished(f"NL-{number}", "complaint", "first_answer", begun, START, kept)
    return SlaCount(shop, START, int(kept), int(not kept), (finished,))
