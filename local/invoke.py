"""Calls a function of the running stack as the AWS console's Test button would, and prints its answer."""

import json
import sys
from pathlib import Path

from botocore.exceptions import ClientError, EndpointConnectionError

from deploy import test_events
from local import state
from local.aws import emulator

# A function may run for 15 minutes; a retry during that time would run it twice.
PATIENCE = {"read_timeout": 900, "retries": {"total_max_attempts": 1}}


def main(function: str, payload: str, data: Path) -> int:
    """Print the function's JSON answer and return 0; or print a sentence and return 1."""
    try:
        payload = _shipped(function, payload[1:]) if payload.startswith("@") else payload
        json.loads(payload)
    except ValueError as error:
        return _failed(f"The event is not JSON: {error}")
    except LookupError as error:
        return _failed(str(error.args[0]))
    try:
        stack = state.running(data)
    except state.NotRunning as error:
        return _failed(str(error))
    physical = stack.functions.get(function)
    if physical is None:
        return _failed(f"There is no function {function!r}. There are: {', '.join(sorted(stack.functions))}.")
    try:
        client = emulator.client("lambda", stack.endpoint, **PATIENCE)
        answer = client.invoke(FunctionName=physical, Payload=payload.encode())
    except (ClientError, EndpointConnectionError) as error:
        return _failed(f"{function} could not be called: {error}")
    body = json.loads(answer["Payload"].read() or b"null")
    if "FunctionError" in answer:
        return _failed(
            f"{function} failed: {body.get('errorMessage', body)}\nIts log is in {data / 'logs' / 'aws.log'}."
        )
    print(json.dumps(body, indent=2, ensure_ascii=False))
    return 0


def _shipped(function: str, name: str) -> str:
    """The event of this name that the console's Test button also offers. Raises LookupError with a sentence."""
    events = test_events.events(function) if function in test_events.functions() else {}
    if name not in events:
        known = ", ".join(f"@{known}" for known in events)
        raise LookupError(f"There is no event @{name} of {function}. There are: {known or 'none'}.")
    return json.dumps(events[name])


def _failed(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 1
