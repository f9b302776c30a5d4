"""Audit events in the table: each is appended in one request, also when the stored items were altered."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, cast

import boto3
import pytest

from chalicelib.aws.table import items
from chalicelib.rules.privacy.audit_events import AuditEvent, following, judged
from chalicelib.rules.privacy.hash_chain import Verdict
from chalicelib.services.ports.inbox import MIN_TIME
from chalicelib.services.ports.purges import UnreadableEvent
from tests.support.store import tables
from tests.support.store.fakes import AUDIT_SECRET, START
from tests.support.store.whole import WholeStore

NAME = "audit_log"


@pytest.fixture
def client(in_process: None) -> Iterator[Any]:
    made = boto3.client("dynamodb", region_name=tables.REGION)
    tables.create(made, NAME)
    yield made
    made.delete_table(TableName=NAME)


def note(store: WholeStore, id: str, minutes: int = 0) -> bool:
    audit_event = AuditEvent(id, START + timedelta(minutes=minutes), "console", "report", "tickets=1")
    return store.note_audit_event(following(AUDIT_SECRET, audit_event, store.latest_audit_event()))


def found(store: WholeStore) -> list[AuditEvent | UnreadableEvent]:
    return list(store.audit_events(START.date(), START.date()))


def test_each_costs_a_read_and_a_write(client: Any) -> None:
    store = WholeStore(client, NAME)
    assert note(store, "one")
    requests = tables.Requests(client)
    assert note(store, "two")
    assert requests.names == ["GetItem", "TransactWriteItems"]
    assert verdicts(store) == [Verdict.WHOLE] * 2


def verdicts(store: WholeStore) -> list[Verdict]:
    audit_events = [entry for entry in found(store) if isinstance(entry, AuditEvent)]
    return [verdict for _, verdict in judged(AUDIT_SECRET, audit_events)]


def test_an_event_that_lost_a_race_is_not_written(client: Any) -> None:
    store = WholeStore(client, NAME)
    first = following(AUDIT_SECRET, AuditEvent("one", START, "console", "report"), None)
    other = following(AUDIT_SECRET, AuditEvent("other", START, "console", "report"), None)
    assert store.note_audit_event(first)
    assert not store.note_audit_event(other)
    assert found(store) == [first]
    assert store.latest_audit_event() == first.place


@pytest.mark.parametrize("codes", [["TransactionConflict", "None"], ["None", "ConditionalCheckFailed"]])
def test_a_transaction_conflict_is_left_to_the_caller_to_retry(client: Any, codes: list[str]) -> None:
    assert not Refusing(client, codes).noted()


@pytest.mark.parametrize("codes", [["ThrottlingError", "None"], ["ValidationError", "None"]])
def test_other_write_errors_are_raised(client: Any, codes: list[str]) -> None:
    with pytest.raises(client.exceptions.TransactionCanceledException):
        Refusing(client, codes).noted()


class Refusing:
    """A client whose transactions are cancelled."""

    def __init__(self, client: Any, codes: list[str]) -> None:
        self.exceptions, self._codes = client.exceptions, codes

    def transact_write_items(self, **_: Any) -> None:
        reasons = [{"Code": code} for code in self._codes]
        response = {"Error": {"Code": "TransactionCanceledException"}, "CancellationReasons": reasons}
        raise self.exceptions.TransactionCanceledException(response, "TransactWriteItems")

    def noted(self) -> bool:
        audit_event = following(AUDIT_SECRET, AuditEvent("one", START, "console", "report"), None)
        return WholeStore(cast(Any, self), NAME).note_audit_event(audit_event)


@pytest.mark.parametrize(
    "latest",
    [{"number": {"S": "x"}}, {"at": {"N": "1"}}, {"proof": {"N": "1"}}, {"proof": {"S": ""}}, {"at": {"S": "soon"}}],
)
def test_an_altered_item_of_the_latest_event_does_not_stop_new_events(client: Any, latest: Any) -> None:
    store = WholeStore(client, NAME)
    note(store, "one")
    item = client.get_item(TableName=NAME, Key=items.latest_audit_event_key())["Item"]
    client.put_item(TableName=NAME, Item=item | latest)
    assert note(store, "two", 1)
    assert note(store, "three", 2)
    assert len(verdicts(store)) == 3
    assert set(verdicts(store)) > {Verdict.WHOLE}
    latest_now = store.latest_audit_event()
    assert latest_now
    assert latest_now.at > MIN_TIME


@pytest.mark.parametrize(
    "change",
    [{"at": {"S": "x"}}, {"at": None}, {"detail": {"N": "1"}}, {"expires_at": {"N": "1"}}, {"after": {"M": {}}}],
)
def test_an_unreadable_event_is_returned_with_its_key(client: Any, change: dict[str, Any]) -> None:
    store = WholeStore(client, NAME)
    for number in range(3):
        note(store, f"request-{number}", number)
    written = [audit_event for audit_event in found(store) if isinstance(audit_event, AuditEvent)]
    item = items.audit_event_item(written[1]) | change
    client.put_item(TableName=NAME, Item={name: value for name, value in item.items() if value})
    first, unread, last = found(store)
    assert (first, last) == (written[0], written[2])
    assert unread == UnreadableEvent(item["sk"]["S"])
