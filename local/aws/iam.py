"""The stack under the embedded AWS's own IAM: what it can't decide is taken out of the template it is given.

What is left is what it does decide: each role's actions and resources. docs/operations.md says what it can't."""

from typing import Any

from local.aws import emulator

_SESSION = "rehearsal"


def enforceable(template: dict[str, Any]) -> dict[str, Any]:
    """The template as the embedded AWS can enforce it, changed in place."""
    resources = template["Resources"]
    for resource in resources.values():
        match resource:
            case {"Type": "AWS::S3::BucketPolicy"}:
                _without_tls(resource["Properties"]["PolicyDocument"])
            case {"Type": "AWS::IAM::Role"}:
                for policy in resource["Properties"]["Policies"]:
                    _sending_as_anybody(policy["PolicyDocument"])
            case {"Type": "AWS::Serverless::Function"}:
                role = resources[resource["Properties"]["Role"]["Fn::GetAtt"][0]]
                if not _reads_the_table(role):
                    # The stage "local" has a clock that can be moved, which stands in the table.
                    resource["Properties"]["Environment"]["Variables"]["STAGE"] = "prod"
    # HTTP is no function here, but a process that has taken on its role.
    trust = resources["ApiHandlerRole"]["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    trust.append({"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"})
    return template


def credentials(address: str, role: str) -> dict[str, str]:
    """What a process needs to have the rights of this role and no others."""
    sts, iam = emulator.client("sts", address), emulator.client("iam", address)
    arn = iam.get_role(RoleName=role)["Role"]["Arn"]
    given = sts.assume_role(RoleArn=arn, RoleSessionName=_SESSION, DurationSeconds=3600)["Credentials"]
    return {
        "AWS_ACCESS_KEY_ID": given["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": given["SecretAccessKey"],
        "AWS_SESSION_TOKEN": given["SessionToken"],
    }


def _without_tls(document: dict[str, Any]) -> None:
    """It speaks HTTP."""
    document["Statement"] = [each for each in document["Statement"] if each["Sid"] != "OnlyByTls"]


def _sending_as_anybody(document: dict[str, Any]) -> None:
    """It knows neither the condition by sender nor the resource that an identity is."""
    for statement in document["Statement"]:
        if "ses:SendRawEmail" in statement["Action"]:
            statement["Resource"] = "*"
            statement.pop("Condition")


def _reads_the_table(role: dict[str, Any]) -> bool:
    statements = [each for policy in role["Properties"]["Policies"] for each in policy["PolicyDocument"]["Statement"]]
    return any("dynamodb:GetItem" in each["Action"] for each in statements if each["Effect"] == "Allow")
