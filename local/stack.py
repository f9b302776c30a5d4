"""Deploys the package to the embedded AWS as it would be to the real one: the zip in a bucket, the template to
CloudFormation, a stack created or updated in place so that its data stays."""

import hashlib
import json
import re
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.rules.tickets.outbox import MISSED_AFTER
from local.aws import emulator

STACK = "aftercare-local"
CODE_BUCKET = "aftercare-local-code"
WAIT_SECONDS = 240
_BAD = ("FAILED", "ROLLBACK")


class NotDeployed(Exception):
    """CloudFormation refused the package."""


@dataclass(frozen=True, slots=True)
class Deployed:
    """What the stack consists of: physical names by logical id, functions by their name in app.py."""

    resources: dict[str, str]
    functions: dict[str, str]
    outputs: dict[str, str]


def deploy(
    address: str,
    template: Path,
    package: Path,
    parameters: Mapping[str, str],
    adapt: Callable[[dict[str, Any]], dict[str, Any]] = lambda template: template,
) -> None:
    """Creates the stack of the template as `adapt` makes it, or updates it where it differs, and waits for it. Raises
    NotDeployed."""
    cloudformation = emulator.client("cloudformation", address)
    existing = describe(cloudformation)
    request = {
        "StackName": STACK,
        "TemplateURL": _upload(address, template, package, adapt),
        "Parameters": [{"ParameterKey": name, "ParameterValue": value} for name, value in parameters.items()],
        "Capabilities": ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
    }
    try:
        if existing is None:
            cloudformation.create_stack(**request, OnFailure="DO_NOTHING")
        else:
            cloudformation.update_stack(**request)
    except ClientError as error:
        if "No updates" in str(error):
            return
        raise NotDeployed(f"{error}\nIf the stack in DATA is beyond mending: start with another DATA.") from error
    _wait(cloudformation)


def describe(cloudformation: Any) -> dict[str, Any] | None:
    """The stack as CloudFormation describes it; None where there is none."""
    try:
        stack: dict[str, Any] = cloudformation.describe_stacks(StackName=STACK)["Stacks"][0]
    except (ClientError, IndexError):
        return None
    return None if stack["StackStatus"] == "DELETE_COMPLETE" else stack


def inspect(address: str) -> Deployed:
    """Reads what the running stack consists of."""
    cloudformation = emulator.client("cloudformation", address)
    stack = describe(cloudformation) or {}
    resources, functions = {}, {}
    for page in cloudformation.get_paginator("list_stack_resources").paginate(StackName=STACK):
        for resource in page["StackResourceSummaries"]:
            resources[resource["LogicalResourceId"]] = resource["PhysicalResourceId"]
            if resource["ResourceType"] in ("AWS::Lambda::Function", "AWS::Serverless::Function"):
                functions[function_name(resource["LogicalResourceId"])] = resource["PhysicalResourceId"]
    outputs = {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}
    return Deployed(resources, functions, outputs)


def function_name(logical_id: str) -> str:
    """The name in app.py of a function Chalice packaged under this logical id: ListQuarantine is list_quarantine."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", logical_id).lower()


def environment(address: str, function: str) -> dict[str, str]:
    """The environment a function of the stack is given."""
    configuration = emulator.client("lambda", address).get_function_configuration(FunctionName=function)
    variables: dict[str, str] = configuration.get("Environment", {}).get("Variables", {})
    return variables


# As a schedule runs a function: nobody did it by hand.
_TICK = b'{"detail-type": "Scheduled Event"}'


def catch_up(address: str, function: str, after: ExitStack) -> None:
    """Has the due-work index looked after now, and once more when all that was owed at the last stop has come due on
    it. What the stream had not brought by then is lost with the stream: else it would wait for the schedule."""

    def look() -> None:
        with suppress(BotoCoreError, ClientError):  # the run may be ending: the next one begins with it
            emulator.client("lambda", address).invoke(FunctionName=function, InvocationType="Event", Payload=_TICK)

    look()
    again = threading.Timer(MISSED_AFTER.total_seconds(), look)
    again.daemon = True
    again.start()
    after.callback(again.cancel)


def verify_senders(address: str, domains: list[str]) -> None:
    """Does what on AWS an entry in the domain's DNS does: lets SES send in the name of these domains."""
    ses = emulator.client("ses", address)
    for domain in domains:
        ses.verify_domain_identity(Domain=domain)


def _upload(address: str, template: Path, package: Path, adapt: Callable[[dict[str, Any]], dict[str, Any]]) -> str:
    """Puts both into the bucket; the template's address. A request itself may hold 51,200 bytes of template."""
    content = package.read_bytes()
    key = f"{hashlib.sha256(content).hexdigest()}.zip"
    pointed = json.dumps(_pointed_at(adapt(json.loads(template.read_text(encoding="utf-8"))), key)).encode()
    s3 = emulator.client("s3", address)
    with suppress(s3.exceptions.BucketAlreadyOwnedByYou):
        s3.create_bucket(Bucket=CODE_BUCKET, CreateBucketConfiguration={"LocationConstraint": emulator.REGION})
    for old in s3.list_objects_v2(Bucket=CODE_BUCKET).get("Contents", []):
        if old["Key"] != key:
            s3.delete_object(Bucket=CODE_BUCKET, Key=old["Key"])
    s3.put_object(Bucket=CODE_BUCKET, Key=key, Body=content)
    s3.put_object(Bucket=CODE_BUCKET, Key="template.json", Body=pointed)
    return f"{address}/{CODE_BUCKET}/template.json"


def _pointed_at(template: dict[str, Any], key: str) -> dict[str, Any]:
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = {"Bucket": CODE_BUCKET, "Key": key}
    return template


def _wait(cloudformation: Any, sleep: Callable[[float], None] = time.sleep) -> None:
    give_up = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < give_up:
        status = (describe(cloudformation) or {}).get("StackStatus", "")
        if any(word in status for word in _BAD):
            raise NotDeployed("\n".join(["The stack could not be set up:", *_complaints(cloudformation)]))
        if status.endswith("_COMPLETE"):
            return
        sleep(0.05)
    raise NotDeployed(f"The stack was not set up within {WAIT_SECONDS} s.")


def _complaints(cloudformation: Any) -> list[str]:
    events = cloudformation.describe_stack_events(StackName=STACK)["StackEvents"]
    return [
        f"  {event['LogicalResourceId']}: {event.get('ResourceStatusReason', '')}"
        for event in reversed(events)
        if "FAILED" in event["ResourceStatus"]
    ]
