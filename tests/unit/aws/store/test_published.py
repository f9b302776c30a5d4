"""Published answers in DynamoDB: what was taken back is found by nobody, and takes nobody's place."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.aws.store.products import published
from chalicelib.aws.store.products.published import PublishedAnswers
from chalicelib.aws.table.table import Table
from chalicelib.services.ports.products.published import AnswerKey, PublishedAnswer
from tests.support.store.fakes import START
from tests.support.store.whole import WholeStore


def answer(sku: str, number: int) -> PublishedAnswer:
    at = START + timedelta(minutes=number)
    return PublishedAnswer(AnswerKey("northlight", sku, "en", f"a{number}"), "Does it dim?", "Yes.", at)


def test_what_was_taken_back_takes_nobodys_place(
    store: WholeStore, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However much of it the table still has, and wherever it stands."""
    monkeypatch.setattr(published, "_MOST", 3)
    answers = PublishedAnswers(Table(client, "aftercare"))
    for number in range(8):
        taken_back = answer("AAA", number)
        assert answers.publish(taken_back)
        answers.unpublish(taken_back.key, START)
    stay = [answer("ZZZ", number) for number in range(3)]
    for each in stay:
        assert answers.publish(each)
    assert answers.all_published("northlight", "en") == stay


def test_what_is_taken_back_is_read_from_no_older_copy(store: WholeStore, client: Any) -> None:
    """Each list is read consistently: that is what makes it gone with the next request."""
    asked = list[Any]()
    client.meta.events.register("provide-client-params.dynamodb.Query", lambda params, **_: asked.append(params))
    answers = PublishedAnswers(Table(client, "aftercare"))
    answers.all_published("northlight", "en")
    answers.all_published("northlight", "en", "LAMP")
    answers.published("northlight", "LAMP-1", "en")
    assert [each.get("ConsistentRead") for each in asked] == [True] * 3
