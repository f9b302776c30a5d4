"""Moto's DynamoDB answers what botocore sends without a web server's request in between. Botocore still checks, writes
and reads each request as the client is configured. Left out are its signature, which moto does not check, and moto's
own parsing and writing of texts that are JSON already."""

import json
import re
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSPreparedRequest
from moto.core import responses as moto_responses
from moto.core.botocore_stubber import BotocoreStubber
from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult
from moto.core.utils import camelcase_to_underscores, method_names_from_class
from moto.dynamodb.responses import DynamoHandler
from werkzeug.exceptions import HTTPException

# What reads and writes items. Others, such as creating a table, are rare, and some of their answers have dates.
_OPERATIONS = {
    name: camelcase_to_underscores(name)
    for name in (
        "BatchExecuteStatement", "BatchGetItem", "BatchWriteItem", "DeleteItem", "GetItem", "PutItem", "Query",
        "TransactGetItems", "TransactWriteItems", "UpdateItem",
    )
}  # fmt: skip
_ACCOUNT = "123456789012"  # moto's own
_HOST = re.compile(r"https://dynamodb\.([a-z0-9-]+)\.amazonaws\.com/")
_TYPE = "application/x-amz-json-1.0"


def quick(environment: pytest.MonkeyPatch) -> None:
    """Apply the changes until `environment` ends."""
    process, sign = BotocoreStubber.process_request, SigV4Auth.add_auth
    names = dict[object, list[str]]()

    def answered(stubber: BotocoreStubber, request: AWSPreparedRequest) -> Any:
        return _answer(request) or process(stubber, request)

    def signed(signer: Any, request: Any) -> None:
        if signer._service_name != "dynamodb":
            sign(signer, request)

    def methods(handler: object) -> list[str]:
        if handler not in names:
            names[handler] = method_names_from_class(handler)
        return names[handler]

    environment.setattr(BotocoreStubber, "process_request", answered)
    environment.setattr(SigV4Auth, "add_auth", signed)
    environment.setattr(moto_responses, "method_names_from_class", methods)


def _answer(request: Any) -> Any:
    """Status, headers and body; or None for a request that takes moto's own way: other services and operations, other
    addresses than AWS's, and bytes, which JSON has only as text."""
    target = request.headers.get("X-Amz-Target", "")
    name = (target if isinstance(target, str) else target.decode()).removeprefix("DynamoDB_20120810.")
    place = _HOST.fullmatch(request.url)
    if name not in _OPERATIONS or not place or b'{"B' in request.body.replace(b'{"BOOL"', b""):
        return None
    handler = DynamoHandler()
    handler.current_account, handler.region = _ACCOUNT, place[1]
    handler.headers, handler.querystring = {"X-Amz-Target": f"DynamoDB_20120810.{name}", "Content-Type": _TYPE}, {}
    handler.response_headers = {}
    handler.body = handler.params = json.loads(request.body)
    try:
        result = getattr(handler, _OPERATIONS[name])()
    except ServiceException as error:
        return handler.serialized(ActionResult(error))
    except HTTPException as error:
        return error.code, dict(error.get_headers() or []), error.description
    try:
        return 200, {"content-type": _TYPE}, json.dumps(result.result)
    except TypeError:
        return handler.serialized(result)
