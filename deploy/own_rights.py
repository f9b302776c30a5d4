"""Rights of a function to what is called after itself: its log, and for some that they run themselves once more.

They are policies of their own beside the roles', for a role is made before its function and can't name it. A pattern in
its place would hold only where the stack's name is short, as CloudFormation cuts long names."""

from collections.abc import Iterable
from typing import Any

# Those that may not come to their end in the time of a run (aws.running).
RUN_ONCE_MORE = ("erase_subject", "export_audit", "export_subject", "export_tickets", "rectify_subject")


def policies(functions: Iterable[str]) -> dict[str, dict[str, Any]]:
    """The template's policy for each function, by logical id."""
    return {f"{role(name)}OwnRights": _policy(name) for name in functions}


def statements(function: str) -> list[dict[str, Any]]:
    logs = {"Fn::GetAtt": [f"{_capitalised(function)}LogGroup", "Arn"]}
    found = [_allowing("WriteOwnLogs", ["logs:CreateLogStream", "logs:PutLogEvents"], logs)]
    if function in RUN_ONCE_MORE:
        itself = {"Fn::GetAtt": [logical(function), "Arn"]}
        found.append(_allowing("RunOnceMore", ["lambda:InvokeFunction"], itself))
    return found


def logical(function: str) -> str:
    """The function's logical id, as Chalice makes it."""
    return "APIHandler" if function == "api_handler" else _capitalised(function)


def role(function: str) -> str:
    """The logical id of its role."""
    return f"{_capitalised(function)}Role"


def _policy(function: str) -> dict[str, Any]:
    document = {"Version": "2012-10-17", "Statement": statements(function)}
    named = {"PolicyName": "OwnRights", "Roles": [{"Ref": role(function)}]}
    return {"Type": "AWS::IAM::Policy", "Properties": named | {"PolicyDocument": document}}


def _allowing(sid: str, actions: list[str], resource: dict[str, Any]) -> dict[str, Any]:
    return {"Sid": sid, "Effect": "Allow", "Action": actions, "Resource": resource}


def _capitalised(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))
