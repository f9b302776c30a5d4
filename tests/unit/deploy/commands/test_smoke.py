"""What a smoke test says when something does not work. That all works is seen in tests/integration/deploying."""

import io
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import SimpleNamespace
from typing import Any, cast

import pytest
from botocore.exceptions import ClientError

from chalicelib.services.operations.health_checks import health
from deploy.cloud.clients import Clients
from deploy.cloud.stage import Stage
from deploy.cloud.stops import Stopped
from deploy.cloud.terminal import Terminal
from deploy.commands import smoke
from tests.support import shops
from tests.support.store.fakes import World


class Pages(BaseHTTPRequestHandler):
    """Answers as Aftercare's pages do, without one behind them; a form as `posted` says."""

    posted: tuple[int, dict[str, Any]] = (201, {"reference": "KT-7K3F9-QXMT2"})

    def _answer(self, status: int, body: dict[str, Any]) -> None:
        self.send_response(status)
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def do_GET(self) -> None:
        self._answer(200, {"status": "ok", "shops": ["northlight"]})

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self._answer(*self.posted)

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture(scope="module")
def pages() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Pages)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


IN_USE = "care-restored"


class Stacks:
    """CloudFormation with one stack, whose functions work with a restored table instead of its own."""

    def __init__(self, url: str) -> None:
        self.stack: dict[str, Any] = {
            "StackId": "arn",
            "StackStatus": "CREATE_COMPLETE",
            "Parameters": [{"ParameterKey": "PublicUrl", "ParameterValue": url}],
            "Outputs": [
                {"OutputKey": "EndpointURL", "OutputValue": "https://api.example/api/"},
                {"OutputKey": "TableName", "OutputValue": IN_USE},
            ],
        }

    def describe_stacks(self, StackName: str) -> dict[str, Any]:
        if StackName != "aftercare-prod":
            raise ClientError({"Error": {"Code": "ValidationError", "Message": "does not exist"}}, "DescribeStacks")
        return {"Stacks": [self.stack]}

    def get_paginator(self, name: str) -> "Stacks":
        return self

    def paginate(self, StackName: str) -> list[dict[str, Any]]:
        names = ("Table", "MailBucket", "ActOnTicket", "Health")
        other = {"ResourceType": "", "ResourceStatus": ""}
        listed = [{"LogicalResourceId": name, "PhysicalResourceId": name} | other for name in names]
        return [{"StackResourceSummaries": listed}]


class Table:
    """A ticket whose mails are in these stages."""

    def __init__(self, *outboxes: str) -> None:
        self.outboxes = outboxes

    def query(self, **asked: Any) -> dict[str, Any]:
        assert asked["ConsistentRead"]
        assert asked["TableName"] == IN_USE
        return {"Items": [{}, *({"outbox": {"S": outbox}} for outbox in self.outboxes)]}


def tried(url: str, table: Table | None = None, stage: str = "prod") -> list[str]:
    said: list[str] = []
    functions = SimpleNamespace(invoke=lambda **_: {"Payload": io.BytesIO(b'{"checks": []}')})
    aws = cast(Clients, SimpleNamespace(cloudformation=Stacks(url), dynamodb=table, functions=functions))
    terminal = Terminal(said.append, sleep=lambda seconds: None)
    smoke.run(smoke.Smoke(Stage(stage, "eu-west-1", shops.FILE), aws, terminal))
    return said


def test_there_must_be_a_stack(pages: str) -> None:
    with pytest.raises(Stopped, match="make deploy STAGE=other"):
        tried(pages, stage="other")


def test_an_address_that_does_not_answer_is_named_with_the_way_around() -> None:
    with pytest.raises(Stopped, match=r"does not answer[\s\S]*SMOKE_URL"):
        tried("http://127.0.0.1:9")


def test_what_the_pages_refuse_is_shown(pages: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Pages, "posted", (422, {"title": "refused"}))
    with pytest.raises(Stopped, match=r"answers 422: .*refused"):
        tried(pages)


@pytest.mark.parametrize("outboxes", [(), ("queued",), ("done", "retry")])
def test_mails_that_are_not_sent_are_told_with_what_to_look_at(pages: str, outboxes: tuple[str, ...]) -> None:
    with pytest.raises(Stopped, match=r"KT-7K3F9-QXMT2 is open, but its mails are not sent[\s\S]*sandbox"):
        tried(pages, Table(*outboxes))


def test_mails_are_looked_for_in_the_table_in_use(pages: str) -> None:
    said = tried(pages, Table("done", "done"))
    assert "form: its confirmation and its notification are sent" in said
    assert said[-1] == "health: all is well"


def test_the_address_is_that_which_customers_see() -> None:
    stack = Stacks("https://care.example/").stack
    assert smoke._public_url(stack) == "https://care.example"
    stack["Outputs"].append({"OutputKey": "PublicAddress", "OutputValue": "https://own.example"})
    assert smoke._public_url(stack) == "https://own.example"
    del stack["Outputs"][-1], stack["Parameters"][0]
    assert smoke._public_url(stack) == "https://api.example/api"


def test_what_health_finds_is_named(world: World) -> None:
    world.queue.dead = ["raw/1"]
    answer = {"Payload": io.BytesIO(json.dumps(health(world.deps, {})).encode())}
    aws = cast(Clients, SimpleNamespace(functions=SimpleNamespace(invoke=lambda **_: answer)))
    said: list[str] = []
    work = smoke.Smoke(Stage("prod", "eu-central-1", shops.FILE), aws, Terminal(said.append))
    smoke._health(work, "Health")
    assert said == ["health: look at queues (docs/operations.md)"]
