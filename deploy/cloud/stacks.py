"""A stack of CloudFormation: its state, waiting for it, why it failed, and what protects it."""

import json
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from deploy.cloud.stops import Stopped
from deploy.cloud.terminal import Terminal

POLICY = Path(__file__).resolve().parent.parent / "stack-policy.json"
# In these states a stack has never held records, or holds them and takes updates.
NEVER_MADE = frozenset({"REVIEW_IN_PROGRESS", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED"})
_READY = frozenset({"CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "IMPORT_COMPLETE"})
_SECONDS = 5.0
_SAY_AFTER = 30.0
# Consequences of another failure
_CONSEQUENCES = ("Resource creation cancelled", "Resource update cancelled")


def find(client: Any, stack: str) -> dict[str, Any] | None:
    """The stack as CloudFormation describes it; None if there is none."""
    try:
        found: list[dict[str, Any]] = client.describe_stacks(StackName=stack)["Stacks"]
    except ClientError as error:
        if "does not exist" in str(error):
            return None
        raise
    return next((each for each in found if each["StackStatus"] != "DELETE_COMPLETE"), None)


def outputs(stack: dict[str, Any]) -> dict[str, str]:
    return {each["OutputKey"]: each["OutputValue"] for each in stack.get("Outputs", [])}


def table_in_use(stack: dict[str, Any]) -> str:
    """The table that the stack's functions work with: its own, or a restored one, which is no resource of the stack
    (decision 204). Empty if the stack was never made."""
    return outputs(stack).get("TableName", "")


def refuse_unready(stack: dict[str, Any] | None) -> None:
    """Raise Stopped if the stack can't be updated now."""
    status = stack["StackStatus"] if stack else "CREATE_COMPLETE"
    if status in _READY or status in NEVER_MADE:
        return
    assert stack is not None
    name = stack["StackName"]
    if status == "UPDATE_ROLLBACK_FAILED":
        advice = f"Its last update was not undone: aws cloudformation continue-update-rollback --stack-name {name}"
    elif status == "DELETE_FAILED":
        advice = "Its deletion did not end: make destroy again; its last lines say what is in the way."
    else:
        advice = "Somebody is changing it. Wait until that has ended."
    raise Stopped(f"The stack {name} is {status}. {advice}")


def wait(client: Any, arn: str, terminal: Terminal, since: str = "") -> str:
    """The stack's status, once nothing is in progress; not before there is an event after the one with the id `since`.
    Says now and then how far it is."""
    waited = 0.0
    while True:
        status: str = client.describe_stacks(StackName=arn)["Stacks"][0]["StackStatus"]
        if not status.endswith("_IN_PROGRESS") and (not since or latest_event(client, arn) != since):
            return status
        terminal.sleep(_SECONDS)
        waited += _SECONDS
        if waited % _SAY_AFTER == 0:
            terminal.say(f"  {status.lower().replace('_', ' ')}, {waited:.0f} s")


def complaints(client: Any, arn: str, since: str) -> list[str]:
    """Why resources failed, the first failure first, in the events after the one with the id `since`."""
    lines: list[str] = []
    for page in client.get_paginator("describe_stack_events").paginate(StackName=arn):
        for event in page["StackEvents"]:
            if event["EventId"] == since:
                return lines[::-1]
            reason = event.get("ResourceStatusReason", "")
            if event["ResourceStatus"].endswith("_FAILED") and not reason.startswith(_CONSEQUENCES):
                lines.append(f"  {event['LogicalResourceId']}: {reason}")
    return lines[::-1]


def ever_made(client: Any, arn: str) -> list[tuple[str, str]]:
    """(type, physical id) of everything that this stack has begun to make, also of what it no longer knows."""
    found: dict[tuple[str, str], None] = {}
    for page in client.get_paginator("describe_stack_events").paginate(StackName=arn):
        for event in page["StackEvents"]:
            if event.get("PhysicalResourceId"):
                found[event["ResourceType"], event["PhysicalResourceId"]] = None
    return list(found)


def latest_event(client: Any, stack: str) -> str:
    """The id of the stack's latest event."""
    found: str = client.describe_stack_events(StackName=stack)["StackEvents"][0]["EventId"]
    return found


def protect(client: Any, stack: str) -> None:
    """From now on nobody deletes the stack by mistake, and no update replaces or deletes what holds records."""
    client.set_stack_policy(StackName=stack, StackPolicyBody=json.dumps(json.loads(POLICY.read_text(encoding="utf-8"))))
    client.update_termination_protection(StackName=stack, EnableTerminationProtection=True)


def resources(client: Any, stack: str) -> list[tuple[str, str, str, str]]:
    """(logical id, type, physical id, status) of everything in the stack."""
    return [
        (each["LogicalResourceId"], each["ResourceType"], each.get("PhysicalResourceId", ""), each["ResourceStatus"])
        for page in client.get_paginator("list_stack_resources").paginate(StackName=stack)
        for each in page["StackResourceSummaries"]
    ]
