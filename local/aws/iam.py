"""Runs the stack under the embedded AWS's own IAM: removes from the template what that IAM can't evaluate.

What remains is each role's actions and resources. docs/operations.md lists what is removed.
"""

from typing import Any

from local.aws import emulator

_SESSION = "rehearsal"


def enforceable(template: dict[str, Any]) -> dict[str, Any]:
    """The template as the embedded AWS can enforce it. Changes it in place."""
    resources = template["Resources"]
    for resource in resources.values():
        match resource:
            case {"Type": "AWS::S3::BucketPolicy"}:
                _without_tls(resource["Properties"]["PolicyDocument"])
            case {"Type": "AWS::IAM::Role"}:
                for policy in resource["Properties"].get("Policies", ()):
                    _sending_as_anybody(policy["PolicyDocument"])
                    _inserting_anywhere(policy["PolicyDocument"])
            case {"Type": "AWS::Serverless::Function"}:
                role = resources[resource["Properties"]["Role"]["Fn::GetAtt"][0]]
                if not _reads_the_table(role):
                    # The stage "local" reads its movable clock from the table, which this function may not read.
                    resource["Properties"]["Environment"]["Variables"]["STAGE"] = "prod"
    # Here a process serves HTTP instead of the function; it assumes the function's role.
    trust = resources["ApiHandlerRole"]["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    trust.append({"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"})
    return template


def credentials(address: str, role: str) -> dict[str, str]:
    """Environment variables that give a process the rights of this role and no others."""
    sts, iam = emulator.client("sts", address), emulator.client("iam", address)
    arn = iam.get_role(RoleName=role)["Role"]["Arn"]
    given = sts.assume_role(RoleArn=arn, RoleSessionName=_SESSION, DurationSeconds=3600)["Credentials"]
    return {
        "AWS_ACCESS_KEY_ID": given["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": given["SecretAccessKey"],
        "AWS_SESSION_TOKEN": given["SessionToken"],
    }


def _without_tls(document: dict[str, Any]) -> None:
    """Remove the TLS condition: the embedded AWS uses HTTP."""
    document["Statement"] = [each for each in document["Statement"] if each["Sid"] != "OnlyByTls"]


def _sending_as_anybody(document: dict[str, Any]) -> None:
    """Allow any sender and identity: the embedded AWS knows neither the sender condition nor SES identities."""
    for statement in document["Statement"]:
        if "ses:SendRawEmail" in statement["Action"]:
            statement["Resource"] = "*"
            statement.pop("Condition")


def _inserting_anywhere(document: dict[str, Any]) -> None:
    """Allow the request instead of the inserts in it, on any table: the embedded AWS does not read the statements of
    PartiQL before it decides."""
    for statement in document["Statement"]:
        if statement["Effect"] == "Allow" and "dynamodb:PartiQLInsert" in statement["Action"]:
            statement["Action"] = ["dynamodb:BatchExecuteStatement"]
            statement["Resource"] = "*"


def _reads_the_table(role: dict[str, Any]) -> bool:
    statements = [each for policy in role["Properties"]["Policies"] for each in policy["PolicyDocument"]["Statement"]]
    return any("dynamodb:GetItem" in each["Action"] for each in statements if each["Effect"] == "Allow")
