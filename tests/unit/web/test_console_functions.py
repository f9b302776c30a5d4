"""Each function that people run by the Test button, through app.py with each event it ships with, on moto; and as a
person would mistype it."""

import json
from collections.abc import Iterator
from functools import partial
from typing import Any

import boto3
import pytest
from chalice.local import LambdaContext
from chalice.test import Client

import app
from chalicelib import wiring
from chalicelib.aws.table import Table
from chalicelib.errors import BadInput
from chalicelib.rules.tickets import Change
from deploy import test_events as shipped
from tests import samples

FUNCTIONS = [function.name for function in app.app.pure_lambda_functions]
EVENTS = [(function, name) for function in FUNCTIONS for name in shipped.events(function)]
GIVE_FILES = ("export_tickets", "export_subject", "export_audit", "report")
QUEUES = {
    "MAIL_QUEUE_URL": "mail",
    "DEAD_LETTERS_URL": "mail-dead",
    "DELIVERY_QUEUE_URL": "delivery",
    "DELIVERY_DEAD_LETTERS_URL": "delivery-dead",
    "STREAM_DEAD_LETTERS_URL": "stream-dead",
}


@pytest.fixture(scope="module")
def client(stack: None) -> Iterator[Client]:
    with pytest.MonkeyPatch.context() as environment:
        for setting, name in QUEUES.items():
            environment.setenv(setting, boto3.client("sqs").create_queue(QueueName=name)["QueueUrl"])
        # As long as Lambda gives them; the test client gives three seconds.
        environment.setattr("chalice.test.LambdaContext", partial(LambdaContext, max_runtime_ms=900_000))
        wiring.deps.cache_clear()
        with Client(app.app) as client:
            yield client
    wiring.deps.cache_clear()


@pytest.fixture(scope="module", autouse=True)
def ticket(stack: None) -> None:
    """The ticket that the events name."""
    Table(boto3.client("dynamodb"), "aftercare").commit(Change(samples.ticket()))


@pytest.mark.parametrize(("function", "name"), EVENTS)
def test_it_takes_its_shipped_event(client: Client, function: str, name: str) -> None:
    answer = client.lambda_.invoke(function, shipped.events(function)[name]).payload
    assert isinstance(answer, dict), answer
    assert "errorMessage" not in answer, answer
    json.dumps(answer)
    assert answer.get("finished", True)
    assert function not in GIVE_FILES or answer["key"] in answer["url"]


@pytest.mark.parametrize(
    "function", [f for f in FUNCTIONS if f not in ("escalate_overdue", "reconcile", "send_digests")]
)
@pytest.mark.parametrize("event", [{"shop": "nowhere"}, {"nonsense": 1}, [], "northlight"])
def test_a_wrong_event_is_answered_with_a_sentence(client: Client, function: str, event: Any) -> None:
    with pytest.raises(BadInput) as refused:
        client.lambda_.invoke(function, event)
    # Lambda shows an error by its words.
    field, _, sentence = str(refused.value).partition(": ")
    assert field
    assert len(sentence.split()) >= 3
