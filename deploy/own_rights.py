"""Rights of a function to resources named after it: its log, and for some functions the right to invoke themselves
again.

They are separate policies beside the roles', because a role is created before its function and can't name it. A pattern
instead would fail with long stack names, since CloudFormation shortens names (decision 139).
"""

from typing import Any

from deploy.rights import FUNCTIONS
from deploy.statements import Statement, right


def policies() -> dict[str, dict[str, Any]]:
    """The template's policy for each function, by logical id."""
    return {f"{role(name)}OwnRights": _policy(name) for name in FUNCTIONS}


def statements(function: str) -> list[Statement]:
    logs = {"Fn::GetAtt": [f"{_capitalised(function)}LogGroup", "Arn"]}
    found = [right("WriteOwnLogs", "logs: CreateLogStream PutLogEvents", logs)]
    if FUNCTIONS[function].runs_once_more:
        itself = {"Fn::GetAtt": [logical(function), "Arn"]}
        found.append(right("RunOnceMore", "lambda: InvokeFunction", itself))
    return found


def logical(function: str) -> str:
    """The function's logical id, as Chalice makes it."""
    return "APIHandler" if function == "api_handler" else _capitalised(function)


def role(function: str) -> str:
    """The logical id of the function's role."""
    return f"{_capitalised(function)}Role"


def _policy(function: str) -> dict[str, Any]:
    document = {"Version": "2012-10-17", "Statement": statements(function)}
    named = {"PolicyName": "OwnRights", "Roles": [{"Ref": role(function)}]}
    return {"Type": "AWS::IAM::Policy", "Properties": named | {"PolicyDocument": document}}


def _capitalised(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))
