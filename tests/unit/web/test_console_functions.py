"""Each function that people run by the Test button, called through app.py on moto: with each event it ships with, and
with mistyped events."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import boto3
import pytest
from chalice.local import LambdaContext
from chalice.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import app
from chalicelib import wiring
from chalicelib.errors import InvalidEvent
from chalicelib.rules.privacy.audit_events import AuditEvent
from chalicelib.rules.tickets.remarks import Suspicion
from chalicelib.rules.tickets.ticket import Change
from deploy import test_events as shipped
from tests.support import audit_events, samples
from tests.support.store.whole import WholeStore

OPERATIONS = (Path(__file__).parents[3] / "docs/operations.md").read_text(encoding="utf-8")
FUNCTIONS = [function.name for function in app.app.pure_lambda_functions]
EVENTS = [(function, name) for function in FUNCTIONS for name in shipped.events(function)]
FIELDS = [(function, name, field) for function, name in EVENTS for field in shipped.events(function)[name]]
GIVE_FILES = ("export_tickets", "export_subject", "export_audit", "report")
BY_SCHEDULE = ("escalate_overdue", "send_digests", "reconcile", "purge_expired")
QUEUES = {
    "MAIL_QUEUE_URL": "mail",
    "DEAD_LETTERS_URL": "mail-dead",
    "DELIVERY_QUEUE_URL": "delivery",
    "DELIVERY_DEAD_LETTERS_URL": "delivery-dead",
    "SEND_MAIL_DEAD_LETTERS_URL": "send-dead",
    "INDEX_WORDS_DEAD_LETTERS_URL": "index-dead",
    "RUN_DEAD_LETTERS_URL": "run-dead",
}
# As EventBridge sends it.
TICK = {
    "version": "0", "id": "1", "detail-type": "Scheduled Event", "source": "aws.events", "account": "1",
    "time": "2026-11-25T09:30:00Z", "region": "eu-central-1", "resources": ["arn:aws:events:rule/x"], "detail": {},
}  # fmt: skip
# Lists of objects whose keys are the counted things.
COUNTED = {"reconciliations"}
# Wrong in every field of every function.
NEVER_RIGHT: list[Any] = [{"a": 1}, [{"a": 1}], [[{}]], [["northlight"]], "x" * 30_000, ["\ud800" * 30_000]]
# Wrong too, except as an agent's words.
NO_WORDS: list[Any] = [7, -0.5, [7], "", " ", "\x00"]
OPTIONAL = {"kinds", "states", "format", "messages", "dry_run", "queue", "written_since", "recount", "substitute"}
# The empty value by which an agent unassigns a ticket.
EMPTY_IS_RIGHT = {("act_on_ticket", "assign", "to")}
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda parts: st.lists(parts, max_size=4) | st.dictionaries(st.text(st.characters()), parts, max_size=4),
    max_leaves=12,
)


@pytest.fixture(scope="module")
def client(stack: None) -> Iterator[Client]:
    with pytest.MonkeyPatch.context() as environment:
        for setting, name in QUEUES.items():
            environment.setenv(setting, boto3.client("sqs").create_queue(QueueName=name)["QueueUrl"])
        # The time that Lambda gives; the test client gives three seconds.
        environment.setattr("chalice.test.LambdaContext", partial(LambdaContext, max_runtime_ms=900_000))
        wiring.deps.cache_clear()
        with Client(app.app) as client:
            yield client
    wiring.deps.cache_clear()


@pytest.fixture(scope="module", autouse=True)
def ticket(stack: None) -> None:
    """The ticket that the events name, and a quarantined one."""
    table = WholeStore(boto3.client("dynamodb"), "aftercare")
    table.commit(Change(samples.ticket()))
    table.commit(Change(samples.ticket("NL-0M2RT-8QW4E", suspicions=(Suspicion.TRAP,))))


@pytest.fixture(scope="module")
def answers(client: Client) -> dict[str, list[dict[str, Any]]]:
    """The answer of each function to each event it ships with, and the audit events it leaves."""
    return {
        function: [client.lambda_.invoke(function, event).payload for event in shipped.events(function).values()]
        for function in FUNCTIONS
    }


def trail(function: str) -> list[AuditEvent]:
    today = datetime.now(UTC).date()
    found = WholeStore(boto3.client("dynamodb"), "aftercare").audit_events(
        today - timedelta(days=9), today + timedelta(days=1)
    )
    return [
        audit_event for audit_event in found if isinstance(audit_event, AuditEvent) and audit_event.action == function
    ]


def refused(client: Client, function: str, event: Any) -> None:
    """The function refuses the event with a sentence, and in no other way."""
    with pytest.raises(InvalidEvent) as told:
        client.lambda_.invoke(function, event)
    is_told(told.value)


def is_told(wrong: InvalidEvent) -> None:
    for field, sentence in wrong.sentences.items():
        assert field
        assert len(sentence.split()) >= 3
    # Lambda shows an error by its message, as JSON.
    json.dumps(str(wrong))


@pytest.mark.parametrize(("function", "name"), EVENTS)
def test_each_function_accepts_its_shipped_events(client: Client, function: str, name: str) -> None:
    answer = client.lambda_.invoke(function, shipped.events(function)[name]).payload
    assert isinstance(answer, dict), answer
    assert "errorMessage" not in answer, answer
    json.dumps(answer)
    assert answer.get("finished", True)
    assert function not in GIVE_FILES or answer["key"] in answer["url"]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_each_run_leaves_an_audit_event_with_its_request_and_no_person(
    client: Client, answers: dict[str, Any], function: str
) -> None:
    before = {audit_event.id for audit_event in trail(function)}
    for event in shipped.events(function).values():
        client.lambda_.invoke(function, event)
    new = [
        audit_event
        for audit_event in trail(function)
        if audit_event.id not in before and not audit_event.id.endswith("-begun")
    ]
    assert len(new) == len(shipped.events(function))
    for audit_event in new:
        assert audit_event.actor == "console"
        assert audit_event.detail.endswith(f"request={audit_event.id}")
        assert not re.search(r"@|mira|holm|ada\b", audit_events.words(audit_event), re.IGNORECASE), audit_event.detail


@pytest.mark.parametrize("function", ["export_tickets", "export_subject", "export_audit"])
def test_each_export_is_audited_before_it_is_made(answers: dict[str, Any], function: str) -> None:
    begun = [
        audit_event for audit_event in trail(function) if audit_event.detail.startswith("begun=true shop=northlight ")
    ]
    assert begun
    assert begun[0] == trail(function)[0]


@pytest.mark.parametrize("function", BY_SCHEDULE)
def test_a_schedules_event_is_accepted_and_audited_only_if_something_was_done(client: Client, function: str) -> None:
    client.lambda_.invoke(function, TICK)  # do all pending work
    before = trail(function)
    assert isinstance(client.lambda_.invoke(function, TICK).payload, dict)
    assert trail(function) == before


class TestWrongEvents:
    @pytest.mark.parametrize("function", FUNCTIONS)
    @pytest.mark.parametrize("event", [[], [{}], "northlight", "", 7, 0.5, True])
    def test_an_event_that_is_no_object_is_answered_with_a_sentence(
        self, client: Client, function: str, event: Any
    ) -> None:
        refused(client, function, event)

    @pytest.mark.parametrize("function", FUNCTIONS)
    @pytest.mark.parametrize("more", [{"shop": "nowhere"}, {"nonsense": 1}, {"Shop": "northlight"}, {"": ""}])
    def test_an_unknown_shop_or_field_is_answered_with_a_sentence(
        self, client: Client, function: str, more: dict[str, Any]
    ) -> None:
        refused(client, function, more)
        for event in shipped.events(function).values():
            refused(client, function, event | more)

    @pytest.mark.parametrize(("function", "name", "field"), FIELDS)
    def test_each_field_of_a_wrong_type_is_answered_with_a_sentence(
        self, client: Client, function: str, name: str, field: str
    ) -> None:
        event = shipped.events(function)[name]
        wrong = list(NEVER_RIGHT)
        if function != "act_on_ticket" or field in ("shop", "reference", "agent", "action"):
            wrong += NO_WORDS
        if not isinstance(event[field], bool):
            wrong += [True] if field not in ("text", "reason") or function != "act_on_ticket" else []
        for value in wrong:
            refused(client, function, event | {field: value})

    @pytest.mark.parametrize(
        ("function", "name", "field"),
        [each for each in FIELDS if each[2] not in OPTIONAL and each not in EMPTY_IS_RIGHT],
    )
    def test_a_missing_or_null_field_is_answered_with_a_sentence(
        self, client: Client, function: str, name: str, field: str
    ) -> None:
        event = shipped.events(function)[name]
        refused(client, function, event | {field: None})
        refused(client, function, {each: value for each, value in event.items() if each != field})

    @pytest.mark.parametrize("function", [f for f in FUNCTIONS if "from" in next(iter(shipped.events(f).values()))])
    @pytest.mark.parametrize(
        "days",
        [
            ("2026-11-30", "2026-11-01"), ("0001-01-01", "2026-11-01"), ("2026-11-01", "9999-12-31"),
            ("2000-01-01", "2999-12-31"), ("2026-13-01", "2026-13-02"), ("today", "tomorrow"),
        ],
    )  # fmt: skip
    def test_implausible_days_are_answered_with_a_sentence(
        self, client: Client, function: str, days: tuple[str, str]
    ) -> None:
        refused(client, function, {"shop": "northlight", "from": days[0], "to": days[1]})

    @pytest.mark.parametrize("after", ["0001-01-01T00:00:00+23:59/NL-7K3F9-QXMT2", "9999-12-31T23:59:59-23:59/NL-1"])
    def test_a_cursor_outside_the_calendar_is_answered_with_a_sentence(self, client: Client, after: str) -> None:
        refused(client, "list_quarantine", {"shop": "northlight", "after": after})

    def test_a_ticket_together_with_days_is_answered_with_a_sentence(self, client: Client) -> None:
        one, days, _ = shipped.events("verify_audit").values()
        refused(client, "verify_audit", one | days)

    @pytest.mark.parametrize("function", FUNCTIONS)
    @settings(
        max_examples=40,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
    @given(data=st.data())
    def test_any_event_is_answered_or_refused_with_a_sentence(
        self, client: Client, function: str, data: st.DataObject
    ) -> None:
        event = data.draw(st.sampled_from([{}, *shipped.events(function).values()]))
        fields = sorted({field for each in shipped.events(function).values() for field in each})
        named = st.sampled_from(fields) if fields else st.nothing()
        typed = data.draw(VALUES | st.dictionaries(named | st.text(st.characters()), VALUES, max_size=4))
        try:
            answer = client.lambda_.invoke(function, event | typed if isinstance(typed, dict) else typed).payload
        except InvalidEvent as wrong:
            is_told(wrong)
        else:
            json.dumps(answer)


class TestManual:
    """In docs/operations.md, each shown answer belongs to the function named last before it."""

    names = "|".join(FUNCTIONS)
    told = re.compile(rf"`({names})`|```json\n(.*?)```", re.DOTALL)

    def shown(self) -> Iterator[tuple[str, dict[str, Any]]]:
        function = ""
        for name, result in self.told.findall(OPERATIONS):
            if result:
                yield function, json.loads(result)
            function = name or function

    def test_the_manual_shows_an_answer_of_every_function(self) -> None:
        assert {function for function, _ in self.shown()} == set(FUNCTIONS)

    def test_the_shown_answers_have_the_keys_of_real_ones(self, answers: dict[str, list[dict[str, Any]]]) -> None:
        for function, result in self.shown():
            real = [sorted(answer) for answer in answers[function]]
            assert any(alike(result, answer) for answer in answers[function]), (function, sorted(result), real)


def alike(shown: dict[str, Any], real: dict[str, Any]) -> bool:
    """Whether both have the same keys, and the objects in their lists too, if both lists have some."""
    if shown.keys() != real.keys():
        return False
    named = [key for key in shown if isinstance(shown[key], list) and key not in COUNTED]
    lists = [(shown[key], real[key]) for key in named if shown[key] and real[key]]
    return all(not isinstance(one[0], dict) or one[0].keys() == other[0].keys() for one, other in lists)
