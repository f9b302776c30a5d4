"""Tables for the store's tests, in this process."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from tests.support.store import tables
from tests.support.store.whole import WholeStore


@pytest.fixture(scope="module")
def client(in_process: None) -> Any:
    return boto3.client("dynamodb", region_name=tables.REGION)


@pytest.fixture
def store(client: Any) -> Iterator[WholeStore]:
    """A table for this test only."""
    yield tables.create(client, "aftercare")
    client.delete_table(TableName="aftercare")


@pytest.fixture(scope="module")
def shared(client: Any) -> WholeStore:
    return tables.create(client, "shared")
