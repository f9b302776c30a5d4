"""Loads everything that the first visitor, form and mail need, before the run prints "ready": on a busy machine they
would wait for many seconds. Nothing of it is kept."""

import json
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from chalicelib.rules.policy.model import Shop
from local.aws import emulator, receipt

_SECONDS = 120
# The mail has no recipient of ours, so it has no effect; it overwrites that of an earlier run.
_KEY = f"{receipt.PREFIX}warm-up"
_MAIL = b"From: nobody@localhost.invalid\r\nTo: nobody@localhost.invalid\r\nSubject: Warm-up\r\n\r\nNothing.\r\n"


def web(url: str, shops: Sequence[Shop]) -> None:
    """Request each kind of page, and send empty forms, which are refused."""
    pages = [f"/shops/{shop.id}/{page}" for shop in shops for page in ("contact", "policy")]
    asked = [urllib.request.Request(f"{url}{path}") for path in (*pages, "/desk/login", "/t/no-link")]
    headers = {"Content-Type": "application/json"}
    asked += [urllib.request.Request(f"{url}/shops/{shop.id}/tickets", b"{}", headers) for shop in shops]
    for request in asked:
        with suppress(urllib.error.HTTPError), urllib.request.urlopen(request, timeout=_SECONDS) as answer:
            answer.read()


def functions(address: str, resources: Mapping[str, str], functions: Mapping[str, str]) -> None:
    """Let each function with an event source start its first worker, and receive_mail read one mail."""
    lambdas = emulator.client("lambda", address)
    sources = {source["FunctionArn"] for source in lambdas.list_event_source_mappings()["EventSourceMappings"]}

    def call(function: str, event: object) -> None:
        lambdas.invoke(FunctionName=function, Payload=json.dumps(event).encode())["Payload"].read()

    with ThreadPoolExecutor(len(sources)) as at_once:
        list(at_once.map(lambda function: call(function, {"Records": []}), sources))
    s3, table = emulator.client("s3", address), emulator.client("dynamodb", address)
    s3.put_object(Bucket=resources["MailBucket"], Key=_KEY, Body=_MAIL)
    call(functions["receive_mail"], _arrived())
    s3.delete_object(Bucket=resources["MailBucket"], Key=_KEY)
    table.delete_item(TableName=resources["Table"], Key={"pk": {"S": f"RAW#{_KEY}"}, "sk": {"S": "RAW"}})


def _arrived() -> dict[str, object]:
    """The event of the mail queue for this mail."""
    mail_receipt = {"recipients": ["nobody@localhost.invalid"], "action": {"type": "S3", "objectKey": _KEY}}
    body = json.dumps({"notificationType": "Received", "receipt": mail_receipt})
    record = {"messageId": "warm-up", "receiptHandle": "warm-up", "body": body, "md5OfBody": "", "attributes": {}}
    source = {"eventSource": "aws:sqs", "eventSourceARN": "arn:aws:sqs:::warm-up", "awsRegion": emulator.REGION}
    return {"Records": [record | source | {"messageAttributes": {}}]}
