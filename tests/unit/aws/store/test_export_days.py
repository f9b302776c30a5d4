"""An export of tickets reads only the requested days from DynamoDB. Its requests are counted on moto."""

import uuid
from collections import Counter
from datetime import date, timedelta
from typing import Any

import boto3
import pytest

from chalicelib.aws.files import Files
from chalicelib.rules.tickets.ticket import Change
from chalicelib.services.exports.ticket_exports import export_tickets
from chalicelib.services.ports.deps import Deps
from tests.support import samples
from tests.support.store import tables
from tests.support.store.fakes import START, FakeRun, World
from tests.support.store.whole import WholeStore, on

PAGE = 100
# By day: the number of tickets opened on it. Only the days in the middle are requested.
OPENED = (2, 3, 0, PAGE + 5, 4)
FIRST, LAST = 1, 3


def day(number: int) -> date:
    return (START + timedelta(days=number)).date()


def reference(number: int, ticket: int) -> str:
    return f"NL-{number:05d}-{ticket:05d}"


ASKED = {reference(number, ticket) for number in range(FIRST, LAST + 1) for ticket in range(OPENED[number])}


class Heard:
    """The reading requests: their names, their days, and their tickets."""

    def __init__(self, client: Any) -> None:
        self.names: Counter[str] = Counter()
        self.days: list[str] = []
        self.tickets: Counter[str] = Counter()
        client.meta.events.register("provide-client-params.dynamodb", self._asked)

    def _asked(self, params: dict[str, Any], model: Any, **_: Any) -> None:
        self.names[model.name] += 1
        values = params.get("ExpressionAttributeValues", {})
        if params.get("IndexName") == "calendar":
            self.days.append(values[":day"]["S"])
        elif model.name == "Query":
            self.tickets[values[":pk"]["S"]] += 1
        for table in params.get("RequestItems", {}).values():
            self.tickets.update(key["pk"]["S"] for key in table["Keys"])


@pytest.fixture(scope="module")
def client(in_process: None) -> Any:
    client = boto3.client("dynamodb", region_name=tables.REGION)
    store = tables.create(client, "exported")
    for number, opened in enumerate(OPENED):
        for ticket in range(opened):
            at = START + timedelta(days=number)
            store.commit(Change(samples.ticket(reference(number, ticket), at)))
    return client


@pytest.fixture
def deps(client: Any, world: World) -> Deps:
    s3, bucket = boto3.client("s3", region_name=tables.REGION), f"files-{uuid.uuid4().hex}"
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": tables.REGION})
    return on(world.deps, WholeStore(client, "exported"), files=Files(lambda: s3, "mail", bucket))


@pytest.mark.parametrize("format", ["csv", "xlsx", "jsonl"])
@pytest.mark.parametrize("messages", [True, False])
def test_only_the_requested_days_are_read_and_each_ticket_once(
    client: Any, deps: Deps, format: str, messages: bool
) -> None:
    days = {"from": day(FIRST).isoformat(), "to": day(LAST).isoformat()}
    heard = Heard(client)
    answer = export_tickets(deps, {"shop": "northlight", "format": format, "messages": messages, **days}, FakeRun())
    assert (answer["finished"], answer["tickets"]) == (True, len(ASKED))
    # One request per page of a day, and one more that finds no further page.
    pages = {number: -(-OPENED[number] // PAGE) + 1 for number in range(FIRST, LAST + 1)}
    assert Counter(heard.days) == {f"northlight#{day(number)}": pages[number] for number in pages}
    assert heard.tickets == {f"TICKET#{ref}": 1 for ref in ASKED}
    assert not {"Scan", "TransactGetItems"} & set(heard.names)
    assert set(heard.names) <= {"Query", "BatchGetItem", "GetItem", "PutItem", "TransactWriteItems"}
