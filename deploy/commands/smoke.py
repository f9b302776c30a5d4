"""`make smoke STAGE=…`: one form and one mail through the deployed stack, then the function `health`.

The form comes from SES's mailbox simulator, which takes the confirmation and disturbs nobody. The ticket is then closed
as spam. The mail goes from the shop to itself, by SES, DNS, the bucket and the queue.
"""

import json
import secrets
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

from chalicelib.rules.policy.model import Shop
from deploy.cloud import stacks
from deploy.cloud.clients import Clients
from deploy.cloud.stage import Stage
from deploy.cloud.stops import Stopped
from deploy.cloud.terminal import Terminal
from deploy.template import policy_facts

_SECONDS, _MOST = 2.0, 60
_HTTP_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Smoke:
    """A deployed stage to try. `url`: the address by which it is reached; empty: the one that customers see."""

    stage: Stage
    aws: Clients
    terminal: Terminal
    url: str = ""


def run(work: Smoke) -> None:
    """Try everything; raise Stopped at the first thing that does not work."""
    stack = stacks.find(work.aws.cloudformation, work.stage.stack)
    if stack is None:
        raise Stopped(f"There is no stack {work.stage.stack} yet: make deploy STAGE={work.stage.name}")
    names = {
        logical: physical for logical, _, physical, _ in stacks.resources(work.aws.cloudformation, stack["StackId"])
    }
    url = work.url or _public_url(stack)
    shop = next(iter(policy_facts.policy(work.stage.policy).shops.values()))
    _pages(work, url)
    reference = _one_form(work, url, shop, stacks.table_in_use(stack))
    _close(work, names["ActOnTicket"], shop, reference)
    if "ReceiptRuleSetName" in stacks.outputs(stack):
        _one_mail(work, shop, names["MailBucket"])
    _health(work, names["Health"])


def _public_url(stack: dict[str, Any]) -> str:
    given = {each["ParameterKey"]: each["ParameterValue"] for each in stack.get("Parameters", [])}
    outputs = stacks.outputs(stack)
    return (outputs.get("PublicAddress") or given.get("PublicUrl") or outputs["EndpointURL"]).rstrip("/")


def _pages(work: Smoke, url: str) -> None:
    answer = _asked(f"{url}/health")
    work.terminal.say(f"pages: {url}/health says {answer['status']}, shops {', '.join(answer['shops'])}")


def _one_form(work: Smoke, url: str, shop: Shop, table: str) -> str:
    """Post a form and wait until its mails are sent; return its ticket's reference."""
    form = {
        "name": "Smoke test",
        "email": f"success+{secrets.token_hex(4)}@simulator.amazonses.com",
        "subject": "Smoke test",
        "message": "This form tries a deployment. It closes by itself.",
    }
    reference: str = _asked(f"{url}/shops/{shop.id}/tickets", form)["reference"]
    work.terminal.say(f"form: opened {reference}")
    _until(work, lambda: _mailed(work.aws.dynamodb, table, reference), _NOT_MAILED.format(reference=reference))
    work.terminal.say("form: its confirmation and its notification are sent")
    return reference


def _close(work: Smoke, function: str, shop: Shop, reference: str) -> None:
    event = {"shop": shop.id, "reference": reference, "agent": shop.agents[0].address, "action": "spam"}
    _invoked(work.aws.functions, function, event)
    work.terminal.say(f"form: {reference} is closed as spam again")


_NOT_MAILED = (
    "The ticket {reference} is open, but its mails are not sent. In SES's sandbox the agents' addresses must be "
    "verified too (docs/deploying.md, step 6). Otherwise look at the log of send_mail. Close the ticket at the desk."
)


def _mailed(dynamodb: Any, table: str, reference: str) -> bool:
    """Whether the ticket, found by its reference, owes no mail."""
    asked = {"TableName": table, "KeyConditionExpression": "pk = :pk", "ConsistentRead": True}
    key = {":pk": {"S": f"TICKET#{reference}"}}
    found = dynamodb.query(**asked, ExpressionAttributeValues=key, ProjectionExpression="outbox")
    stages = [item["outbox"]["S"] for item in found["Items"] if "outbox" in item]
    return bool(stages) and all(stage == "done" for stage in stages)


def _one_mail(work: Smoke, shop: Shop, bucket: str) -> None:
    mark, began = secrets.token_hex(8), datetime.now(UTC) - timedelta(minutes=1)
    mail = EmailMessage()
    mail["From"] = mail["To"] = shop.support
    mail["Subject"] = f"Smoke test {mark}"
    mail.set_content("This mail tries a deployment. It opens no ticket.\n")
    work.aws.ses.send_raw_email(Source=shop.support, Destinations=[shop.support], RawMessage={"Data": mail.as_bytes()})
    work.terminal.say(f"mail: sent to {shop.support}")
    _until(work, lambda: _received(work.aws.s3, bucket, mark, began), _NOT_RECEIVED)
    work.terminal.say("mail: it came in, and has its outcome")


_NOT_RECEIVED = (
    "The mail has not come in, or has no outcome yet. make go-live says whether the MX record and the receipt rule set "
    "are there; the log of receive_mail says what it did."
)


def _received(s3: Any, bucket: str, mark: str, since: datetime) -> bool:
    """Whether the mail with this mark lies in the bucket and has an outcome."""
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix="raw/"):
        for each in page.get("Contents", []):
            if each["LastModified"] < since:
                continue
            head = s3.get_object(Bucket=bucket, Key=each["Key"], Range="bytes=0-16383")["Body"].read()
            if mark.encode() in head:
                tags = s3.get_object_tagging(Bucket=bucket, Key=each["Key"])["TagSet"]
                return any(tag["Key"] == "outcome" for tag in tags)
    return False


def _health(work: Smoke, function: str) -> None:
    answer = _invoked(work.aws.functions, function, {})
    unwell = [check["check"] for check in answer["checks"] if not check["well"]]
    work.terminal.say(
        "health: all is well" if not unwell else f"health: look at {', '.join(unwell)} (docs/operations.md)"
    )


def _invoked(functions: Any, name: str, event: dict[str, Any]) -> Any:
    answer = functions.invoke(FunctionName=name, Payload=json.dumps(event).encode())
    body = json.loads(answer["Payload"].read() or b"null")
    if "FunctionError" in answer:
        raise Stopped(f"{name} failed: {body}")
    return body


def _asked(url: str, form: dict[str, str] | None = None) -> Any:
    data = json.dumps(form).encode() if form else None
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=_HTTP_SECONDS) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        raise Stopped(f"{url} answers {error.code}: {error.read(500).decode('utf-8', 'replace')}") from error
    except OSError as error:
        raise Stopped(
            f"{url} does not answer: {error}\n"
            "If its name is not in DNS yet, SMOKE_URL before the command names another address."
        ) from error


def _until(work: Smoke, done: Callable[[], bool], otherwise: str) -> None:
    for _ in range(_MOST):
        if done():
            return
        work.terminal.sleep(_SECONDS)
    raise Stopped(otherwise)
