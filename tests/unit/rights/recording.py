"""What functions ask of AWS, recorded where botocore takes it: as IAM is asked, by action, resource and condition."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.utils import parseaddr
from functools import wraps
from typing import Any

import boto3
import pytest
from botocore.signers import S3PostPresigner

from tests.tables import REGION
from tests.unit.rights.iam import Call
from tests.unit.rights.policies import ACCOUNT
from tests.unit.rights.reach import PORTS, Used, methods

Params = Mapping[str, Any]
_IN_TRANSACTIONS = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
}
# A presigned form begins as if it made the bucket: which of its names is taken, botocore asks here.
_NO_REQUESTS = {"CreateBucket"}
LEADING = "dynamodb:LeadingKeys"
_INDEX_KEYS = re.compile(r"(\w+) = (:\w+)")


@dataclass(slots=True)
class Recorder:
    """`function` is who is at work: nobody's calls are not recorded. `used`: what of the ports.
    `unknown` are operations of which is not
    described here what IAM is asked for them. `mails` are the mails that were handed over, with what
    was "answered"."""

    function: str = ""
    asked: dict[str, dict[str, Call]] = field(default_factory=dict)
    used: dict[str, set[Used]] = field(default_factory=dict)
    unknown: set[str] = field(default_factory=set)
    mails: list[dict[str, Any]] = field(default_factory=list)

    def note(self, service: str, operation: str, params: Params) -> None:
        if not self.function or operation in _NO_REQUESTS:
            return
        if service != "dynamodb" and operation not in _OTHERS:
            self.unknown.add(operation)
            return
        if operation == "SendRawEmail":
            self.mails.append({**params})
        for call in calls(service, operation, params):
            self.asked.setdefault(self.function, {}).setdefault(_kind(call), call)

    def calls(self, function: str) -> list[Call]:
        """One of each kind that the function made."""
        return list(self.asked.get(function, {}).values())

    def use(self, port: str, method: str) -> None:
        self.used.setdefault(self.function, set()).add((port, method))

    @contextmanager
    def at_work(self, function: str) -> Iterator[None]:
        before, self.function = self.function, function
        try:
            yield
        finally:
            self.function = before


@contextmanager
def recording(recorder: Recorder) -> Iterator[None]:
    """Records for a while what clients of boto3's usual session are asked, if they are made in that while."""

    def asked(params: Params, model: Any, **_: Any) -> None:
        recorder.note(model.service_model.service_name, model.name, params)

    def taken(parsed: Params, **_: Any) -> None:
        if "MessageId" in parsed:
            recorder.mails[-1]["answered"] = parsed["MessageId"]

    presigned = S3PostPresigner.generate_presigned_post

    def presigning(self: Any, request_dict: Any, fields: Params, conditions: list[Any], **more: Any) -> Any:
        bucket = next(c["bucket"] for c in conditions if isinstance(c, dict) and "bucket" in c)
        recorder.note("s3", "PutObject", {"Bucket": bucket, "Key": fields["key"]})
        return presigned(self, request_dict, fields, conditions, **more)

    with pytest.MonkeyPatch.context() as patched:
        for port, kind in PORTS.items():
            for name in methods(kind):
                patched.setattr(kind, name, _noting(recorder, port, name, getattr(kind, name)))
        boto3.setup_default_session()
        boto3.DEFAULT_SESSION.events.register("provide-client-params", asked)
        boto3.DEFAULT_SESSION.events.register("after-call.ses.SendRawEmail", taken)
        patched.setattr(S3PostPresigner, "generate_presigned_post", presigning)
        yield
    boto3.DEFAULT_SESSION = None


def _noting(recorder: Recorder, port: str, name: str, method: Callable[..., Any]) -> Callable[..., Any]:
    """The port's method, which notes that it was used."""

    @wraps(method)
    def used(self: Any, *given: Any, **more: Any) -> Any:
        recorder.use(port, name)
        return method(self, *given, **more)

    return used


def _kind(call: Call) -> str:
    """What calls have in common that differ only in what no policy asks for: the ends of their keys."""
    keys = {key.partition("#")[0] for key in call.said(LEADING)}
    if call.action.startswith("s3:"):
        bucket, _, key = call.resource.partition("/")
        keys = {each.partition("/")[0] for each in (key, *call.said("s3:prefix"))}
        return f"{call.action} {bucket} {sorted(keys)}"
    return f"{call.action} {call.resource} {sorted(keys)}" if keys else str(call)


def calls(service: str, operation: str, params: Params) -> list[Call]:
    """What IAM is asked for one request. Raises KeyError for an operation nobody has described here."""
    if service == "dynamodb":
        return _of_dynamodb(operation, params)
    return _OTHERS[operation](params)


def _of_dynamodb(operation: str, params: Params) -> list[Call]:
    match operation:
        case "TransactWriteItems":
            return _of_transaction(params["TransactItems"])
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
    """Each kind of write is asked for by itself. Whether LeadingKeys are then those of one item or of all, AWS does not
    say. What is put or updated is to be allowed either way; nothing is deleted that is only updated beside it."""
    parts = [(kind, part) for request in requests for kind, part in request.items()]
    everyones = [_pk(part) for _, part in parts]
    found = []
    for kind in dict.fromkeys(kind for kind, _ in parts):
        own = [_pk(part) for each, part in parts if each == kind]
        keys = own if kind == "Delete" else everyones
        found.append(_on_table(_IN_TRANSACTIONS[kind], parts[0][1]["TableName"], keys))
    return found


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
    """Who deletes versions must be allowed to delete objects, too ("DeleteObjects" of the API reference)."""
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
    """Secrets Manager ends its ARNs in six letters of its own."""
    return [Call("secretsmanager:GetSecretValue", re.sub(r"-\w{6}$", "", params["SecretId"]))]


def _sent(params: Params) -> list[Call]:
    """Whoever sends must be allowed as what they call themselves, to SES and in the mail."""
    written = parseaddr(message_from_bytes(params["RawMessage"]["Data"])["From"])[1]
    places = (f"identity/{params['Source'].rpartition('@')[2]}", f"configuration-set/{params['ConfigurationSetName']}")
    return [
        Call("ses:SendRawEmail", f"arn:aws:ses:{REGION}:{ACCOUNT}:{place}", (("ses:FromAddress", (sender,)),))
        for place in places
        for sender in dict.fromkeys((params["Source"], written))
    ]


def _invoked(params: Params) -> list[Call]:
    json.loads(params["Payload"])
    return [Call("lambda:InvokeFunction", params["FunctionName"])]


_OTHERS: Mapping[str, Callable[[Params], list[Call]]] = {
    "AbortMultipartUpload": _on_object("AbortMultipartUpload"),
    "CompleteMultipartUpload": _on_object("PutObject"),
    "CopyObject": _copied,
    "CreateMultipartUpload": _on_object("PutObject"),
    "DeleteMessage": _on_queue("DeleteMessage"),
    "DeleteObjects": _deleted,
    "GetObject": _on_object("GetObject"),
    "GetQueueAttributes": _on_queue("GetQueueAttributes"),
    "GetSecretValue": _secret,
    "HeadObject": _on_object("GetObject"),
    "Invoke": _invoked,
    "ListMultipartUploads": _on_bucket("ListBucketMultipartUploads"),
    "ListObjectVersions": _on_bucket("ListBucketVersions"),
    "ListObjectsV2": _on_bucket("ListBucket"),
    "PutObject": _on_object("PutObject"),
    "PutObjectTagging": _on_object("PutObjectTagging"),
    "ReceiveMessage": _on_queue("ReceiveMessage"),
    "SendMessage": _on_queue("SendMessage"),
    "SendRawEmail": _sent,
    "UploadPart": _on_object("PutObject"),
}
