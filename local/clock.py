"""Moves the running stack's clock, so that promises fall due without waiting (decision 44): `python -m local clock
+3d`."""

import math
import re
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from chalicelib.aws.clock import FRESH, KEY
from local import state
from local.aws import emulator

_MOVE = re.compile(r"\+([0-9]{1,5})(m|h|d)")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


def main(move: str, data: Path) -> int:
    """Move the clock forward (+30m, +4h, +3d) or to a time (2027-03-01T09:12Z), reset it to the real time ("reset") or
    only show it ("")."""
    try:
        print(f"{moved(move, data):%A %Y-%m-%d %H:%M:%S} UTC")
    except (ValueError, state.NotRunning) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def moved(move: str, data: Path) -> datetime:
    """The stack's time after the move. Returns when the whole stack uses it. Raises ValueError and NotRunning with a
    sentence for people."""
    stack = state.running(data)
    table, dynamodb = stack.resources["Table"], emulator.client("dynamodb", stack.endpoint)
    item = dynamodb.get_item(TableName=table, Key=KEY, ConsistentRead=True).get("Item", {})
    seconds = int(item.get("offset_seconds", {"N": "0"})["N"])
    if move:
        seconds = offset(move, seconds, datetime.now(UTC))
        dynamodb.put_item(TableName=table, Item=KEY | {"offset_seconds": {"N": str(seconds)}})
        time.sleep(FRESH)
    return datetime.now(UTC) + timedelta(seconds=seconds)


def offset(move: str, seconds: int, now: datetime) -> int:
    """How many seconds the clock is ahead of the real time `now` after the move; `seconds` before it.

    The new time may lie before the present, so that a story with fixed days can be played again later. Raises
    ValueError.
    """
    if move == "reset":
        return 0
    if match := _MOVE.fullmatch(move):
        return seconds + int(timedelta(**{_UNITS[match[2]]: int(match[1])}).total_seconds())
    try:
        moment = datetime.fromisoformat(move)
    except ValueError:
        raise ValueError(f"{move!r} is no move: write +30m, +4h, +3d, 2027-03-01T09:12Z or reset.") from None
    if moment.tzinfo is None:
        raise ValueError(
            f"{move} is another moment everywhere: write it with Z, for UTC, or with its offset, as +01:00."
        )
    # Round up: the clock must not show an earlier time than asked for.
    return math.ceil((moment - now).total_seconds())
