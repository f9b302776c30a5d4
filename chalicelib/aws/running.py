"""A run of a Lambda function: its remaining time, and a new run of the same function."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.aws.clients import client
from chalicelib.telemetry import logger

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

# The upload of a part with its retries, and the write that records it.
ENOUGH_MILLIS = 60_000


class Running:
    """Implements services.ports.running.Run. `context` is Lambda's context object; `enough`: the maximum of
    milliseconds that another step takes."""

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
        """With its own rights: a function may invoke itself and no other function."""
        name = self._context.invoked_function_arn
        lambdas: LambdaClient = client("lambda")
        try:
            lambdas.invoke(FunctionName=name, InvocationType="Event", Payload=json.dumps(event).encode())
        except (ClientError, BotoCoreError):
            logger.exception("a function could not have itself run once more", extra={"function": name})
            return False
        return True
