"""The store on the DynamoDB that the setting DYNAMODB_ENDPOINT names. Where it names none: tests/needs.py."""

import os
import uuid
from collections.abc import Iterator

import pytest

from chalicelib.aws.store.table import Table
from local.aws import emulator
from tests.support.store import tables
from tests.support.store.contract import StoreContract


class TestTableAtTheNamedEndpoint(StoreContract):
    @pytest.fixture
    def store(self, named_table: Table) -> Table:
        return named_table


@pytest.fixture(scope="session")
def named_table() -> Iterator[Table]:
    client = emulator.client("dynamodb", os.environ["DYNAMODB_ENDPOINT"])
    name = f"aftercare-{uuid.uuid4().hex[:8]}"
    yield tables.create(client, name)
    client.delete_table(TableName=name)
    client.close()
