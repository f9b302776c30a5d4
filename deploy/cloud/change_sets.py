"""What CloudFormation would change: asked for, said in words, and refused where it would lose records."""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from deploy.cloud.stops import Stopped

TABLE = "AWS::DynamoDB::Table"
# What holds records: replaced or removed, the stack would go on with an empty one.
# A change of these replaces the resource, also where CloudFormation can't tell yet and says "Conditional".
_REPLACING = {
    TABLE: {"KeySchema", "LocalSecondaryIndexes", "TableName"},
    "AWS::S3::Bucket": {"BucketName", "BucketNamePrefix", "BucketNamespace"},
    "AWS::SecretsManager::Secret": {"Name"},
}
RECORDS = tuple(_REPLACING)
# A change of these makes a new value and forgets every version of the secret.
_VALUES = frozenset({"GenerateSecretString", "SecretString"})
_CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"]
_NOTHING = ("didn't contain changes", "No updates are to be performed")
_SECONDS = 2.0
_MOST_WAITS = 300
_NAMED = 3
_VERBS = {"Add": "makes", "Modify": "changes", "Remove": "removes", "Import": "imports", "Dynamic": "may change"}


@dataclass(frozen=True, slots=True)
class Change:
    """What happens to one resource. `replacement`: True, False or Conditional, as CloudFormation says it."""

    action: str
    name: str
    type: str
    replacement: str = "False"
    properties: tuple[str, ...] = ()

    @property
    def replaces(self) -> bool:
        surely = self.replacement == "True"
        return self.action == "Modify" and (surely or self._may_replace_records())

    def _may_replace_records(self) -> bool:
        return self.replacement == "Conditional" and bool(_REPLACING.get(self.type, set()) & set(self.properties))


def make(
    client: Any, stack: str, url: str, parameters: Mapping[str, str], first: bool, sleep: Callable[[float], None]
) -> tuple[str, list[Change]] | None:
    """A change set's ARN and its changes; None if the stack is that way already. Raises Stopped if it can't be made."""
    made = client.create_change_set(
        StackName=stack,
        ChangeSetName=f"aftercare-{time.time_ns()}",
        ChangeSetType="CREATE" if first else "UPDATE",
        TemplateURL=url,
        Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
        Capabilities=_CAPABILITIES,
        Tags=[{"Key": "application", "Value": "aftercare"}],
    )
    described = _made(client, made["Id"], sleep)
    if described["Status"] == "FAILED":
        client.delete_change_set(ChangeSetName=made["Id"])
        reason = described.get("StatusReason", "")
        if any(words in reason for words in _NOTHING):
            return None
        raise Stopped(f"CloudFormation does not accept the template: {reason}")
    return made["Id"], list(_changes(client, made["Id"]))


def _made(client: Any, arn: str, sleep: Callable[[float], None]) -> dict[str, Any]:
    for _ in range(_MOST_WAITS):
        described: dict[str, Any] = client.describe_change_set(ChangeSetName=arn)
        if described["Status"] in ("CREATE_COMPLETE", "FAILED"):
            return described
        sleep(_SECONDS)
    raise Stopped("CloudFormation has not made the change set within ten minutes. Run the command again.")


def _changes(client: Any, arn: str) -> Iterable[Change]:
    for page in client.get_paginator("describe_change_set").paginate(ChangeSetName=arn):
        for each in page["Changes"]:
            change = each["ResourceChange"]
            targets = [detail["Target"] for detail in change.get("Details", [])]
            yield Change(
                change["Action"],
                change["LogicalResourceId"],
                change["ResourceType"],
                change.get("Replacement", "False"),
                tuple(sorted({target.get("Name") or target["Attribute"] for target in targets})),
            )


def refusals(changes: Iterable[Change]) -> list[str]:
    """A sentence for each change by which records would be lost."""
    found = []
    for change in changes:
        if change.type not in RECORDS:
            continue
        if change.action == "Remove":
            found.append(f"{change.name} ({_kind(change)}) would be removed from the stack, with the records in it.")
        elif change.replaces:
            found.append(
                f"{change.name} ({_kind(change)}) would be replaced by an empty one, "
                f"because of {', '.join(change.properties) or 'its name'}."
            )
        elif change.action == "Modify" and _VALUES & set(change.properties):
            found.append(f"{change.name} would get a new value: links, references and seals would be invalid.")
    return found


def words(changes: Iterable[Change]) -> list[str]:
    """The changes as lines, the same change of many resources as one. What is replaced or removed is always named."""
    groups: dict[tuple[bool, str, str], list[str]] = {}
    for change in changes:
        because = f": {', '.join(change.properties)}" if change.properties else ""
        maybe = "; may replace it" if change.action == "Modify" and change.replacement == "Conditional" else ""
        verb = "REPLACES" if change.replaces else _VERBS[change.action]
        groups.setdefault((not change.replaces, verb, f"{_kind(change)}{because}{maybe}"), []).append(change.name)
    return [_line(verb, what, names) for (_, verb, what), names in sorted(groups.items())]


def _line(verb: str, what: str, names: list[str]) -> str:
    if len(names) <= _NAMED or verb in ("REPLACES", _VERBS["Remove"]):
        return f"  {verb:<8} {', '.join(sorted(names))} ({what})"
    return f"  {verb:<8} {len(names)} × {what}"


def _kind(change: Change) -> str:
    return change.type.removeprefix("AWS::").replace("::", " ")
