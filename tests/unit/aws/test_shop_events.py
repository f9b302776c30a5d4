"""A batch of shops' events: those that fail, or for which no time is left, come again, and only they."""

import json
from typing import Any

import pytest

from chalicelib.aws import events
from chalicelib.errors import NotYetKnown
from chalicelib.services.ports.events.hooks import HookReceived


def batch(*keys: tuple[str, int]) -> dict[str, Any]:
    """Messages by their keys, each with how often it was delivered. A message's id is its key."""
    return {
        "Records": [
            {"messageId": key, "body": json.dumps({"key": key}), "attributes": {"ApproximateReceiveCount": str(times)}}
            for key, times in keys
        ]
    }


def failures(answer: dict[str, Any]) -> list[str]:
    return [each["itemIdentifier"] for each in answer["batchItemFailures"]]


def test_those_that_came_least_often_are_first() -> None:
    seen: list[HookReceived] = []

    def receive(notice: HookReceived) -> str:
        seen.append(notice)
        return "applied"

    assert failures(events.each_hook(batch(("a", 4), ("b", 1), ("c", 2)), receive)) == []
    assert seen == [HookReceived("b", 1), HookReceived("c", 2), HookReceived("a", 4)]


def test_only_what_failed_comes_again() -> None:
    def receive(notice: HookReceived) -> str:
        if notice.key == "b":
            raise RuntimeError
        return "duplicate"

    assert failures(events.each_hook(batch(("a", 1), ("b", 1), ("c", 1)), receive)) == ["b"]


def test_what_only_waits_comes_again_and_is_no_fault(caplog: pytest.LogCaptureFixture) -> None:
    def receive(notice: HookReceived) -> str:
        raise NotYetKnown(notice.key)

    assert failures(events.each_hook(batch(("a", 1)), receive)) == ["a"]
    assert {each.levelname for each in caplog.records} == {"INFO"}


def test_without_time_the_rest_is_left() -> None:
    left = [True, False, False]
    answer = events.each_hook(batch(("a", 1), ("b", 1), ("c", 1)), lambda _: "applied", lambda: left.pop(0))
    assert failures(answer) == ["b", "c"]


@pytest.mark.parametrize("body", ["", "{}", "[]", "null", '{"receipt": 1}'])
def test_a_message_of_another_form_is_a_failure(body: str) -> None:
    message = {"messageId": "a", "body": body}
    assert failures(events.each_hook({"Records": [message]}, lambda _: "applied")) == ["a"]


def test_what_a_topic_published_is_kept_before_it_is_received() -> None:
    done: list[str] = []

    def keep(text: str) -> str:
        done.append(text)
        return "kept"

    def receive(notice: HookReceived) -> str:
        done.append(notice.key)
        return "applied"

    message = {"messageId": "a", "body": json.dumps({"Type": "Notification", "Message": '{"a": 1}'})}
    assert failures(events.each_hook({"Records": [message]}, receive, keep=keep)) == []
    assert done == ['{"a": 1}', "kept"]
    assert failures(events.each_hook({"Records": [message]}, receive)) == ["a"]
