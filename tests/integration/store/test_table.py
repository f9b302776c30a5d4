"""The store over HTTP: on the embedded AWS, and on the endpoint that the setting DYNAMODB_ENDPOINT names."""

import os
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.rules.intake.limits import DAY, Bound, Limit
from chalicelib.rules.tickets.ticket import Change
from local.aws import emulator
from tests import needs
from tests.support import samples
from tests.support.bells.contract import BellContract
from tests.support.store import tables
from tests.support.store.contract import HOUR, StoreContract
from tests.support.store.feedback_contract import FeedbackContract
from tests.support.store.order_contract import OrderContract
from tests.support.store.whole import WholeStore


@pytest.fixture(scope="session")
def emulated_table(emulated: Any) -> WholeStore:
    return tables.create(emulated, "aftercare")


class TestTableOnTheEmbeddedAws(StoreContract, OrderContract, FeedbackContract, BellContract):
    @pytest.fixture
    def store(self, emulated_table: WholeStore) -> WholeStore:
        return emulated_table

    def test_opening_is_one_request_of_at_most_six_write_units(self, emulated: Any, store: WholeStore) -> None:
        requests = tables.Requests(emulated)
        store.commit(Change(samples.ticket("NL-C0STS-00000")))
        assert requests.names == ["PutItem"]
        assert tables.write_units(requests.puts[0]) <= 6
        assert sum(requests.units) <= 6

    def test_limits_and_replies_are_one_write_each(self, emulated: Any, store: WholeStore) -> None:
        ticket = samples.ticket("NL-C0STS-00001")
        store.commit(Change(ticket))
        requests = tables.Requests(emulated)
        firm = [Limit(Bound.SENDER_HOUR, "costs", 3, HOUR)]
        store.count(firm, ticket.opened_at, soft=[Limit(Bound.SHOP_DAY, "costs", 3, DAY)], idempotency_key="costs")
        store.commit(samples.reply(ticket))
        assert requests.names == ["BatchGetItem", "TransactWriteItems", "TransactWriteItems"]


class TestTableAtTheNamedEndpoint(StoreContract, OrderContract, FeedbackContract, BellContract):
    __test__ = needs.DYNAMODB.met()

    @pytest.fixture
    def store(self, named_table: WholeStore) -> WholeStore:
        return named_table


@pytest.fixture(scope="session")
def named_table() -> Iterator[WholeStore]:
    client = emulator.client("dynamodb", os.environ["DYNAMODB_ENDPOINT"])
    name = f"aftercare-{uuid.uuid4().hex[:8]}"
    yield tables.create(client, name)
    client.delete_table(TableName=name)
    client.close()
