"""What services may expect of where feedback is kept: run against the tests' fake and every available DynamoDB."""

import itertools
from dataclasses import replace
from datetime import timedelta
from typing import Protocol

from chalicelib.rules.feedback.said import Felt, KeptFeedback, Managed
from chalicelib.services.ports.feedback.anonymous import AnonymousFeedback
from tests.support.store.fakes import START

_numbers = itertools.count(1)


class FeedbackStore(AnonymousFeedback, Protocol):
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
