"""What IAM is asked for each AWS request: actions, resources, and values for conditions."""

import json
import re
from collections.abc import Callable, Mapping
from email import message_from_bytes
from email.utils import parseaddr
from typing import Any

from tests.support.store.tables import REGION
from tests.unit.rights.iam import Call
from tests.unit.rights.policies import ACCOUNT

Params = Mapping[str, Any]
LEADING = "dynamodb:LeadingKeys"
OF_TABLES = (
    "BatchExecuteStatement", "BatchGetItem", "BatchWriteItem", "DeleteItem", "GetItem", "PutItem", "Query",
    "TransactWriteItems", "UpdateItem",
)  # fmt: skip
_IN_TRANSACTIONS = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
}
_INSERTION = re.compile(r"INSERT INTO \"([\w.-]+)\" VALUE {'pk': \?, 'sk': \?}")
_INDEX_KEYS = re.compile(r"(\w+) = (:\w+)")


def calls(service: str, operation: str, params: Params) -> list[Call]:
    """What IAM is asked for one request. Raises KeyError for an operation that is not described here."""
    if service == "dynamodb":
        return _of_dynamodb(operation, params)
    return OTHERS[operation](params)


def _of_dynamodb(operation: str, params: Params) -> list[Call]:
    match operation:
        case "TransactWriteItems":
            return _of_transaction(params["TransactItems"])
        case "BatchExecuteStatement":
            return _of_statements(params["Statements"])
        case "BatchGetItem":
            return [_on_table(operation, table, [key["pk"] for key in asked["Keys"]])
                    for table, asked in params["RequestItems"].items()]  # fmt: skip
        case "BatchWriteItem":
            return [_on_table(operation, table, [_written(each) for each in asked])
                    for table, asked in params["RequestItems"].items()]  # fmt: skip
        case "Query":
            condition, values = params["KeyConditionExpression"], params["ExpressionAttributeValues"]
            first = _INDEX_KEYS.match(condition)
            assert first, condition
            return [_on_table(operation, params["TableName"], [values[first[2]]], params.get("IndexName", ""))]
        case "PutItem":
            return [_on_table(operation, params["TableName"], [params["Item"]["pk"]])]
        case "GetItem" | "UpdateItem" | "DeleteItem":
            return [_on_table(operation, params["TableName"], [params["Key"]["pk"]])]
        case _:
            raise KeyError(operation)


def _of_transaction(requests: list[Params]) -> list[Call]:
    """Each kind of write is asked for separately. AWS does not say whether LeadingKeys are then those of one item or of
    all. Puts and updates must be allowed either way; no item is deleted that is only updated beside it."""
    parts = [(kind, part) for request in requests for kind, part in request.items()]
    everyones = [_pk(part) for _, part in parts]
    found = []
    for kind in dict.fromkeys(kind for kind, _ in parts):
        own = [_pk(part) for each, part in parts if each == kind]
        keys = own if kind == "Delete" else everyones
        found.append(_on_table(_IN_TRANSACTIONS[kind], parts[0][1]["TableName"], keys))
    return found


def _of_statements(statements: list[Params]) -> list[Call]:
    """Inserts are asked for by table. As for a transaction, AWS does not say whether LeadingKeys are then those of one
    item or of all; they must be allowed either way, which they are if they are allowed together."""
    inserted: dict[str, list[Params]] = {}
    for each in statements:
        insertion = _INSERTION.fullmatch(each["Statement"])
        assert insertion, each["Statement"]
        inserted.setdefault(insertion[1], []).append(each["Parameters"][0])
    return [_on_table("PartiQLInsert", table, keys) for table, keys in inserted.items()]


def _pk(part: Params) -> Params:
    found: Params = (part.get("Item") or part["Key"])["pk"]
    return found


def _written(request: Params) -> Params:
    return _pk(request.get("PutRequest") or request["DeleteRequest"])


def _on_table(action: str, table: str, keys: list[Any], index: str = "") -> Call:
    resource = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{table}" + (f"/index/{index}" if index else "")
    leading = tuple(sorted({key["S"] for key in keys}))
    return Call(f"dynamodb:{action}", resource, ((LEADING, leading),))


def _on_object(*actions: str) -> Callable[[Params], list[Call]]:
    return lambda params: [Call(f"s3:{action}", _object(params["Bucket"], params["Key"])) for action in actions]


def _object(bucket: str, key: str) -> str:
    return f"arn:aws:s3:::{bucket}/{key}"


def _on_bucket(action: str) -> Callable[[Params], list[Call]]:
    return lambda p: [Call(f"s3:{action}", f"arn:aws:s3:::{p['Bucket']}", (("s3:prefix", (p.get("Prefix", ""),)),))]


def _copied(params: Params) -> list[Call]:
    source = params["CopySource"]
    read = [Call("s3:GetObject", _object(source["Bucket"], source["Key"]))]
    return read + _on_object("PutObject")(params)


def _deleted(params: Params) -> list[Call]:
    """A role that deletes versions must be allowed to delete objects too ("DeleteObjects" of the API reference)."""
    return [
        Call(f"s3:{action}", _object(params["Bucket"], each["Key"]))
        for each in params["Delete"]["Objects"]
        for action in ("DeleteObject", *(["DeleteObjectVersion"] if "VersionId" in each else []))
    ]


def _on_queue(action: str) -> Callable[[Params], list[Call]]:
    return lambda params: [
        Call(f"sqs:{action}", f"arn:aws:sqs:{REGION}:{ACCOUNT}:{params['QueueUrl'].rpartition('/')[2]}")
    ]


def _secret(params: Params) -> list[Call]:
    """Secrets Manager appends six random letters to its ARNs."""
    return [Call("secretsmanager:GetSecretValue", re.sub(r"-\w{6}$", "", params["SecretId"]))]


def _sent(params: Params) -> list[Call]:
    """A sender must be allowed as the address it gives to SES, and as the one in the mail."""
    written = parseaddr(message_from_bytes(params["RawMessage"]["Data"])["From"])[1]
    places = (f"identity/{params['Source'].rpartition('@')[2]}", f"configuration-set/{params['ConfigurationSetName']}")
    return [
        Call("ses:SendRawEmail", f"arn:aws:ses:{REGION}:{ACCOUNT}:{place}", (("ses:FromAddress", (sender,)),))
        for place in places
        for sender in dict.fromkeys((params["Source"], written))
    ]


def _texted(params: Params) -> list[Call]:
    """A sender is a phone number or a pool by its id, or else a sender ID of a country."""
    identity = params["OriginationIdentity"]
    kinds = {"phone": f"phone-number/{identity}", "pool": f"pool/{identity}"}
    kinds |= {identity: f"phone-number/{identity}"} if identity.startswith("+") else {}
    sender = kinds.get(identity.partition("-")[0], f"sender-id/{identity}/DE")
    rules = [f"configuration-set/{params['ConfigurationSetName']}"] if "ConfigurationSetName" in params else []
    return [
        Call("sms-voice:SendTextMessage", f"arn:aws:sms-voice:{REGION}:{ACCOUNT}:{place}") for place in (sender, *rules)
    ]


def _by_whatsapp(action: str) -> Callable[[Params], list[Call]]:
    numbers = f"arn:aws:social-messaging:{REGION}:{ACCOUNT}:phone-number-id"
    name = "originationPhoneNumberId"
    return lambda p: [Call(f"social-messaging:{action}", f"{numbers}/{p[name].removeprefix('phone-number-id-')}")]


def _fetched_by_whatsapp(params: Params) -> list[Call]:
    """The service puts the file with the rights of who asks for it."""
    to = params["destinationS3File"]
    put = Call("s3:PutObject", _object(to["bucketName"], f"{to['key']}{params['mediaId']}"))
    return [*_by_whatsapp("GetWhatsAppMessageMedia")(params), put]


def _everywhere(action: str) -> Callable[[Params], list[Call]]:
    return lambda _: [Call(action, "*")]


def _mail_domain(params: Params) -> list[Call]:
    return [Call("ses:GetEmailIdentity", f"arn:aws:ses:{REGION}:{ACCOUNT}:identity/{params['EmailIdentity']}")]


def _invoked(params: Params) -> list[Call]:
    json.loads(params["Payload"])
    return [Call("lambda:InvokeFunction", params["FunctionName"])]


def _published(params: Params) -> list[Call]:
    return [Call("sns:Publish", params["TopicArn"])]


def _rung(params: Params) -> list[Call]:
    api = f"arn:aws:execute-api:{REGION}:{ACCOUNT}:websocketapi/api"
    return [Call("execute-api:ManageConnections", f"{api}/POST/@connections/{params['ConnectionId']}")]


OTHERS: Mapping[str, Callable[[Params], list[Call]]] = {
    "AbortMultipartUpload": _on_object("AbortMultipartUpload"),
    "CompleteMultipartUpload": _on_object("PutObject"),
    "CopyObject": _copied,
    "CreateMultipartUpload": _on_object("PutObject"),
    "DeleteMessage": _on_queue("DeleteMessage"),
    "DeleteObjects": _deleted,
    "DescribeActiveReceiptRuleSet": _everywhere("ses:DescribeActiveReceiptRuleSet"),
    "GetAccount": _everywhere("ses:GetAccount"),
    "GetEmailIdentity": _mail_domain,
    "GetObject": _on_object("GetObject"),
    "SendTextMessage": _texted,
    "GetWhatsAppMessageMedia": _fetched_by_whatsapp,
    "SendWhatsAppMessage": _by_whatsapp("SendWhatsAppMessage"),
    "GetQueueAttributes": _on_queue("GetQueueAttributes"),
    "GetSecretValue": _secret,
    "HeadObject": _on_object("GetObject"),
    "Invoke": _invoked,
    "ListMultipartUploads": _on_bucket("ListBucketMultipartUploads"),
    "ListObjectVersions": _on_bucket("ListBucketVersions"),
    "ListObjectsV2": _on_bucket("ListBucket"),
    "PostToConnection": _rung,
    "Publish": _published,
    "PutObject": _on_object("PutObject"),
    "PutObjectTagging": _on_object("PutObjectTagging"),
    "ReceiveMessage": _on_queue("ReceiveMessage"),
    "SendMessage": _on_queue("SendMessage"),
    "SendRawEmail": _sent,
    "UploadPart": _on_object("PutObject"),
}
