"""Deploys the package to the embedded AWS as to the real one: uploads the zip to a bucket and the template to
CloudFormation, and creates the stack or updates it in place, so that its data stays."""

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
    """The stack's parts: physical names by logical id, and functions by their name in app.py."""

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
    """Create the stack from the template changed by `adapt`, or update it if it differs, and wait. Raises
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
    """The stack as CloudFormation describes it; None if there is none."""
    try:
        stack: dict[str, Any] = cloudformation.describe_stacks(StackName=STACK)["Stacks"][0]
    except (ClientError, IndexError):
        return None
    return None if stack["StackStatus"] == "DELETE_COMPLETE" else stack


def inspect(address: str) -> Deployed:
    """Read the parts of the running stack."""
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
    """The name in app.py of the function with this logical id from Chalice: ListQuarantine is list_quarantine."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", logical_id).lower()


def environment(address: str, function: str) -> dict[str, str]:
    """The environment variables of one of the stack's functions."""
    configuration = emulator.client("lambda", address).get_function_configuration(FunctionName=function)
    variables: dict[str, str] = configuration.get("Environment", {}).get("Variables", {})
    return variables


# The event of a schedule, so that the run does not count as started by a person.
_TICK = b'{"detail-type": "Scheduled Event"}'


def catch_up(address: str, function: str, after: ExitStack) -> None:
    """Work off the due-work index now, and again when all mails owed at the last stop are due there. The emulator loses
    stream records not delivered at the stop; without this, such mails would wait for the schedule."""

    def look() -> None:
        with suppress(BotoCoreError, ClientError):  # the run may be ending: the next run starts with this too
            emulator.client("lambda", address).invoke(FunctionName=function, InvocationType="Event", Payload=_TICK)

    look()
    again = threading.Timer(MISSED_AFTER.total_seconds(), look)
    again.daemon = True
    again.start()
    after.callback(again.cancel)


def verify_senders(address: str, domains: list[str]) -> None:
    """Let SES send for these domains. On AWS a DNS entry of the domain does this."""
    ses = emulator.client("ses", address)
    for domain in domains:
        ses.verify_domain_identity(Domain=domain)


def _upload(address: str, template: Path, package: Path, adapt: Callable[[dict[str, Any]], dict[str, Any]]) -> str:
    """Upload both to the bucket; return the template's URL. A template inside the request is limited to 51,200
    bytes."""
    content = package.read_bytes()
    key = f"{hashlib.sha256(content).hexdigest()}.zip"
    adapted = _numbered(adapt(json.loads(template.read_text(encoding="utf-8"))))
    pointed = json.dumps(_pointed_at(adapted, key)).encode()
    s3 = emulator.client("s3", address)
    with suppress(s3.exceptions.BucketAlreadyOwnedByYou):
        s3.create_bucket(Bucket=CODE_BUCKET, CreateBucketConfiguration={"LocationConstraint": emulator.REGION})
    for old in s3.list_objects_v2(Bucket=CODE_BUCKET).get("Contents", []):
        if old["Key"] != key:
            s3.delete_object(Bucket=CODE_BUCKET, Key=old["Key"])
    s3.put_object(Bucket=CODE_BUCKET, Key=key, Body=content)
    s3.put_object(Bucket=CODE_BUCKET, Key="template.json", Body=pointed)
    return f"{address}/{CODE_BUCKET}/template.json"


def _numbered(template: dict[str, Any]) -> dict[str, Any]:
    """The template with the numbers themselves in place of parameters: the embedded AWS hands a parameter on as a text,
    and then cannot compare it."""
    numbers = {name: each["Default"] for name, each in template["Parameters"].items() if each["Type"] == "Number"}

    def filled(part: Any) -> Any:
        match part:
            case {"Ref": str(name)} if name in numbers:
                return numbers[name]
            case dict():
                return {name: filled(each) for name, each in part.items()}
            case list():
                return [filled(each) for each in part]
        return part

    return template | {"Resources": filled(template["Resources"])}


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
