"""The present time. In the stage "local" the clock can be moved forward, to go through weeks in a minute. Otherwise it
is the real time, and nothing is read for it."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

KEY = {"pk": {"S": "LOCAL#CLOCK"}, "sk": {"S": "CLOCK"}}
MOVABLE_STAGE = "local"
# For how many seconds the offset is not read again.
FRESH = 0.2


def clock(client: DynamoDBClient, table: str, stage: str) -> Callable[[], datetime]:
    """The clock of this stage, in UTC."""
    return _Movable(client, table) if stage == MOVABLE_STAGE else _real


def _real() -> datetime:
    return datetime.now(UTC)


class _Movable:
    """The real time plus the number of seconds in the table."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        self._client = client
        self._table = table
        self._read_at = -FRESH
        self._offset = timedelta(0)

    def __call__(self) -> datetime:
        if time.monotonic() - self._read_at >= FRESH:
            item = self._client.get_item(TableName=self._table, Key=KEY).get("Item", {})
            self._offset = timedelta(seconds=int(item.get("offset_seconds", {"N": "0"})["N"]))
            self._read_at = time.monotonic()
        return _real() + self._offset
