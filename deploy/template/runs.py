"""What Lambda needs to know of functions that start by a schedule or start themselves, in the stack's template. Nobody
waits for the answer of such a run: when it fails for the third time, Lambda puts its event into a queue."""

from typing import Any

from deploy.own_rights import logical
from deploy.rights import FUNCTIONS, Function


def add_to(resources: dict[str, Any]) -> None:
    """Add it to the functions of the template's resources."""
    for name, function in FUNCTIONS.items():
        resources[logical(name)]["Properties"] |= _properties(function)


def _properties(function: Function) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if function.runs_once_more:
        # Else Lambda takes the sixteenth run in a row for a mistake and drops it.
        found["RecursiveLoop"] = "Allow"
    if function.runs_unawaited:
        kept = {"Type": "SQS", "Destination": {"Fn::GetAtt": ["RunDeadLetters", "Arn"]}}
        found["EventInvokeConfig"] = {"DestinationConfig": {"OnFailure": kept}}
    return found
