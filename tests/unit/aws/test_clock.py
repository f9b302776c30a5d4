"""The clock: the real time, plus the table's offset in the stage "local" only."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.aws.clock import FRESH, KEY, clock
from tests.support.store import tables


class Item:
    """A stand-in for the table's client: it holds one offset and counts its reads."""

    def __init__(self, offset: str | None = None) -> None:
        self.offset = offset
        self.asked = 0

    def get_item(self, *, TableName: str, Key: Any) -> dict[str, Any]:
        assert (TableName, Key) == ("tickets", KEY)
        self.asked += 1
        return {} if self.offset is None else {"Item": KEY | {"offset_seconds": {"N": self.offset}}}


@pytest.fixture
def passing(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    """The seconds that the worker has been alive; the test advances them."""
    seconds = [0.0]
    monkeypatch.setattr("chalicelib.aws.clock.time.monotonic", lambda: seconds[0])
    yield seconds


@pytest.mark.parametrize("stage", ["prod", "staging", "", "Local"])
def test_no_other_stage_ever_reads_the_table(stage: str) -> None:
    item: Any = Item("86400")
    now = clock(item, "tickets", stage)
    before = datetime.now(UTC)
    assert before <= now() <= datetime.now(UTC)
    assert item.asked == 0


@pytest.mark.parametrize("offset", [None, "0", "86400", "-86400"])
def test_the_local_stage_adds_the_tables_offset(offset: str | None) -> None:
    item: Any = Item(offset)
    now = clock(item, "tickets", "local")
    ahead = timedelta(seconds=int(offset or 0))
    before = datetime.now(UTC) + ahead
    assert before <= now() <= datetime.now(UTC) + ahead


def test_the_offset_is_read_at_once_and_then_cached(passing: list[float]) -> None:
    item: Any = Item("60")
    now = clock(item, "tickets", "local")
    now()
    item.offset = str(60 + 86400)
    assert now() < datetime.now(UTC) + timedelta(days=1)
    assert item.asked == 1
    passing[0] += FRESH
    assert now() > datetime.now(UTC) + timedelta(days=1)
    assert item.asked == 2


def test_the_offset_is_read_from_a_real_tables_item() -> None:
    with tables.in_process():
        from chalicelib.aws import clients

        client = clients.client("dynamodb")
        tables.create(client, "tickets")
        client.put_item(TableName="tickets", Item=KEY | {"offset_seconds": {"N": "3600"}})
        assert clock(client, "tickets", "local")() > datetime.now(UTC) + timedelta(minutes=59)
