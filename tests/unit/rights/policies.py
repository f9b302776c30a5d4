"""The rights of each function: the statements of deploy.rights plus those for its own log and itself, with names
resolved as by CloudFormation; and what AWS itself does under a function's role, by the template's events."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from deploy import own_rights, package, rights
from tests.support import shops
from tests.support.store.tables import REGION
from tests.unit.rights import iam
from tests.unit.rights.iam import Call, Policy

ACCOUNT = "123456789012"
# Single sign-on as configured in these tests.
CLIENT_SECRET = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:client"
_PSEUDO = {
    "AWS::Partition": "aws",
    "AWS::URLSuffix": "amazonaws.com",
    "AWS::Region": REGION,
    "AWS::AccountId": ACCOUNT,
    "AWS::StackName": "s" * 128,
}
_ARNS = {
    "AWS::DynamoDB::Table": f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/",
    "AWS::Lambda::Function": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:",
    "AWS::Logs::LogGroup": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:",
    "AWS::S3::Bucket": "arn:aws:s3:::",
    "AWS::SNS::Topic": f"arn:aws:sns:{REGION}:{ACCOUNT}:",
    "AWS::SQS::Queue": f"arn:aws:sqs:{REGION}:{ACCOUNT}:",
    "AWS::SecretsManager::Secret": f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:",
}
_IN_TEXT = re.compile(r"\$\{([^}]+)\}")


@cache
def template() -> dict[str, Any]:
    return package.resources("prod", shops.FILE)


def functions() -> tuple[str, ...]:
    return tuple(rights.FUNCTIONS)


def statements(function: str) -> list[dict[str, Any]]:
    """The statements as written; those for the function's own log and itself come last."""
    return [*rights.statements(function), *own_rights.statements(function)]


@cache
def policy(function: str) -> Policy:
    return iam.read(resolved(statement) for statement in statements(function))


def name(logical: str) -> str:
    """A resource's name in these tests: S3 accepts only small letters."""
    return logical.lower()


def arn(logical: str) -> str:
    kind = template()["Resources"][logical]["Type"].replace("Serverless", "Lambda")
    return _ARNS[kind] + name(logical) + (":*" if kind == "AWS::Logs::LogGroup" else "")


def resolved(value: Any) -> Any:
    """The value with CloudFormation's functions resolved, as if every condition held."""
    match value:
        case {"Ref": str(named)}:
            return _ref(named)
        case {"Fn::GetAtt": [str(logical), str(attribute)]}:
            return _attribute(logical, attribute)
        case {"Fn::Sub": str(text)}:
            return _IN_TEXT.sub(lambda found: _named(found[1]), text)
        case {"Fn::If": [str(_), then, _]}:
            return resolved(then)
        case {"Fn::FindInMap": [str(of), str(first), str(second)]}:
            return template()["Mappings"][of][first][second]
        case dict():
            if strange := [key for key in value if key.startswith("Fn::")]:
                raise ValueError(f"not known here: {strange}")
            return {key: resolved(inner) for key, inner in value.items()}
        case list():
            return [each for inner in value for each in _flat(resolved(inner))]
        case _:
            return value


def by_aws(function: str) -> list[Call]:
    """Calls under the function's role that its own code does not make: its log, its events, its failed runs."""
    log = arn(f"{own_rights.role(function).removesuffix('Role')}LogGroup").removesuffix("*") + "log-stream:today"
    calls = [Call(f"logs:{action}", log) for action in ("CreateLogStream", "PutLogEvents")]
    properties = template()["Resources"][own_rights.logical(function)]["Properties"]
    for event in properties.get("Events", {}).values():
        match event:
            case {"Type": "SQS", "Properties": of}:
                polled = ("DeleteMessage", "GetQueueAttributes", "ReceiveMessage")
                calls += [Call(f"sqs:{action}", resolved(of["Queue"])) for action in polled]
            case {"Type": "DynamoDB", "Properties": of}:
                streamed = ("DescribeStream", "GetRecords", "GetShardIterator", "ListStreams")
                calls += [Call(f"dynamodb:{action}", resolved(of["Stream"])) for action in streamed]
                calls.append(Call("sqs:SendMessage", resolved(of["DestinationConfig"]["OnFailure"]["Destination"])))
    if kept := properties.get("EventInvokeConfig", {}).get("DestinationConfig"):
        calls.append(Call("sqs:SendMessage", resolved(kept["OnFailure"]["Destination"])))
    return calls


def _flat(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _ref(named: str) -> str:
    if named in _PSEUDO:
        return _PSEUDO[named]
    if named == "OidcClientSecretArn":
        return CLIENT_SECRET
    if named in template()["Parameters"]:
        return str(template()["Parameters"][named].get("Default", ""))
    if named not in template()["Resources"]:
        raise ValueError(f"no resource {named}")
    return arn(named) if template()["Resources"][named]["Type"] == "AWS::SNS::Topic" else name(named)


def _attribute(logical: str, attribute: str) -> str:
    match attribute:
        case "Arn" | "Id":
            return arn(logical)
        case "StreamArn":
            return f"{arn(logical)}/stream/2026"
        case _:
            raise ValueError(f"not known here: {logical}.{attribute}")


def _named(named: str) -> str:
    logical, _, attribute = named.partition(".")
    return _attribute(logical, attribute) if attribute else _ref(logical)


def environment(made: Mapping[str, str]) -> dict[str, str]:
    """The functions' settings as in the template; `made`: names that only AWS gives, by logical id."""
    variables = template()["Resources"]["APIHandler"]["Properties"]["Environment"]["Variables"]
    found = {}
    for key, value in variables.items():
        match value:
            case {"Ref": str(named)} | {"Fn::GetAtt": [str(named), _]} if named in made:
                found[key] = made[named]
            case {"Ref": str(named)} if named in template()["Parameters"] and named != "OidcClientSecretArn":
                found[key] = str(template()["Parameters"][named].get("Default", ""))
            case _:
                found[key] = str(resolved(value))
    return found
