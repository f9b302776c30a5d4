"""A run of a Lambda function: the time it has left, and having itself run once more."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.aws.clients import client
from chalicelib.telemetry import logger

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

# A part's upload with its retries, and the write that says so.
ENOUGH_MILLIS = 60_000


class Running:
    """Implements services.ports.deps.Run. `context` is what Lambda hands the function; `enough`: the milliseconds that
    a step more takes at most."""

    def __init__(self, context: Any, enough: int = ENOUGH_MILLIS) -> None:
        self._context = context
        self._enough = enough

    @property
    def request(self) -> str:
        return str(self._context.aws_request_id)

    def time_left(self) -> bool:
        remaining: int = self._context.get_remaining_time_in_millis()
        return remaining > self._enough

    def again(self, event: Mapping[str, Any]) -> bool:
        """By its own rights: a function may invoke itself and no other."""
        name = self._context.invoked_function_arn
        lambdas: LambdaClient = client("lambda")
        try:
            lambdas.invoke(FunctionName=name, InvocationType="Event", Payload=json.dumps(event).encode())
        except (ClientError, BotoCoreError):
            logger.exception("a function could not have itself run once more", extra={"function": name})
            return False
        return True
