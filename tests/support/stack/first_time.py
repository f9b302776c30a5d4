"""A function's first real event in a process of its own, on moto: what is imported, rendered and connected only then.
It is told as JSON, with the table's items after it. Run as `python -m tests.support.stack.first_time FUNCTION
[warm]`; the items that stand in the table before are read from the standard input."""

import json
import os
import socket
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest import mock

import boto3

from bench.cold import arrived, inserted
from chalicelib.aws import clients
from chalicelib.external.holidays_calendar import holidays_of
from chalicelib.rules.identity.keys import written
from local.aws import emulator
from local.web import server, warming
from tests.support import samples, shops
from tests.support.stack.local_stack import form
from tests.support.store import tables
from tests.support.store.fakes import secret_of
from tests.support.store.fakes import written as mail

ROOT = Path(__file__).parents[3]
RESOURCES = {"Table": "aftercare", "MailBucket": "mail"}
BUCKETS = ("mail", "files")
SETTINGS = {"TABLE_NAME": "aftercare", "MAIL_BUCKET": "mail", "FILES_BUCKET": "files", "SECRET_ID": "secret"}
SETTINGS |= {"AUDIT_SECRET_ID": "secret", "CONFIGURATION_SET": "", "RATE_LIMITS": "on", "STAGE": "dev"}
SETTINGS |= dict.fromkeys(("MAIL_QUEUE_URL", "DEAD_LETTERS_URL"), "https://queue.example")
LOADED = ("app", "boto3", "chalicelib", "holidays")
CONNECTED: set[str] = set()
_CONTEXT = SimpleNamespace(aws_request_id="first", get_remaining_time_in_millis=lambda: 60_000)


def main(function: str, warm: bool) -> None:
    known = json.loads(sys.stdin.read() or "[]")
    with tables.in_process(), mock.patch.dict(os.environ, SETTINGS | {"POLICY_FILE": str(shops.FILE)}):
        os.environ["AWS_REGION"] = tables.REGION
        _furnish(known)
        with _watched(), FUNCTIONS[function](warm) as first:
            before = _there()
            first()
            late = {name: sorted(now - before[name]) for name, now in _there().items()}
        items = boto3.client("dynamodb").scan(TableName="aftercare")["Items"]
        print(json.dumps({"late": late, "items": items}))


def _furnish(items: list[dict[str, Any]]) -> None:
    tables.create(boto3.client("dynamodb"), "aftercare")
    for bucket in BUCKETS:
        boto3.client("s3").create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": tables.REGION})
    boto3.client("secretsmanager").create_secret(Name="secret", SecretString=written(secret_of("_" * 64)))
    for shop in shops.policy().shops.values():
        boto3.client("ses").verify_domain_identity(Domain=shop.domain)
    for item in items:
        boto3.client("dynamodb").put_item(TableName="aftercare", Item=item)


def _there() -> dict[str, set[str]]:
    """What this process has by now: our modules, rendered templates, and clients of AWS."""
    rendered = sys.modules.get("chalicelib.rendering.environment")
    templates = rendered.environment().cache if rendered else {}
    return {
        "modules": {name for name in list(sys.modules) if name.partition(".")[0] in LOADED},
        "templates": {str(key[1]) for key in templates},
        "clients": set(CONNECTED),
    }


@contextmanager
def _watched() -> Iterator[None]:
    """From now on, the services of AWS to which a client is made are noted."""
    made: Callable[..., Any] = boto3.client

    def connecting(service: str, **options: Any) -> Any:
        CONNECTED.add(service)
        return made(service, **options)

    with mock.patch.object(clients, "boto3", mock.Mock(wraps=boto3, client=connecting, DEFAULT_SESSION=None)):
        yield


@contextmanager
def _web(warm: bool) -> Iterator[Callable[[], None]]:
    """The web as `make run` serves it. First somebody opens the form's page and sends the form."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        os.environ["PUBLIC_URL"] = url
        threading.Thread(target=server.serve, args=(listening, ROOT), daemon=True).start()
        with suppress(urllib.error.HTTPError):
            urllib.request.urlopen(f"{url}/health").close()
        if warm:
            warming.web(url, list(shops.policy().shops.values()))

        def first() -> None:
            urllib.request.urlopen(f"{url}/shops/northlight/contact").close()
            body, kind = json.dumps(form("mira.holm@example.com")).encode(), {"Content-Type": "application/json"}
            sent = urllib.request.Request(f"{url}/shops/northlight/tickets", body, kind)
            with urllib.request.urlopen(sent) as answer:
                assert answer.status == 201

        yield first


class Lambdas:
    """The embedded AWS's Lambda with the one function of this process."""

    def __init__(self, function: str) -> None:
        self.function = function

    def list_event_source_mappings(self) -> Mapping[str, Any]:
        return {"EventSourceMappings": [{"FunctionArn": self.function}]}

    def invoke(self, FunctionName: str, Payload: bytes) -> Mapping[str, Any]:
        if FunctionName == self.function:
            _called(self.function, json.loads(Payload))
        return {"Payload": mock.Mock()}


def _called(function: str, event: Any) -> None:
    import app

    getattr(app, function)(event, _CONTEXT)


@contextmanager
def _of_events(function: str, event: Callable[[], Mapping[str, Any]], warm: bool) -> Iterator[Callable[[], None]]:
    os.environ["PUBLIC_URL"] = "https://care.example"
    os.environ["_HANDLER"] = f"app.{function}"
    for shop in shops.policy().shops.values():
        holidays_of(shop)(date.today())  # in the package they are written down
    lambdas = Lambdas(function)
    made: Callable[..., Any] = boto3.client
    client = lambda service, _address: lambdas if service == "lambda" else made(service)  # noqa: E731
    if warm:
        with mock.patch.object(emulator, "client", client):
            warming.functions("", RESOURCES, {"receive_mail": "receive_mail", "send_mail": "send_mail"})
    given = event()
    yield lambda: _called(function, given)


def _mail_came() -> Mapping[str, Any]:
    raw = mail("Mira Holm <mira.holm@example.com>", text=samples.WORDS, Message_ID="<first@mail.example>")
    boto3.client("s3").put_object(Bucket="mail", Key="raw/first", Body=raw.as_bytes())
    return arrived("raw/first", "mira.holm@example.com")


def _ticket_came() -> Mapping[str, Any]:
    items = boto3.client("dynamodb").scan(TableName="aftercare")["Items"]
    (ticket,) = [item for item in items if item["sk"]["S"] == "TICKET"]
    return inserted(ticket)


FUNCTIONS: Mapping[str, Callable[[bool], Any]] = {
    "api_handler": _web,
    "receive_mail": lambda warm: _of_events("receive_mail", _mail_came, warm),
    "send_mail": lambda warm: _of_events("send_mail", _ticket_came, warm),
}

if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:] == ["warm"])
