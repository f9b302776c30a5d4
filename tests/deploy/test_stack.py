"""The real package on the embedded AWS: the stack starts, every event source is connected, every function answers."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chalicelib.rules.identity import keys
from deploy import built, package
from deploy.package import Wanted
from local import ports, stack
from local.aws import emulator
from tests.support import shops
from tests.support.stack.emulator_python import EMULATOR_PYTHON

POLICY = shops.policy()
SHOP = next(iter(POLICY.shops))
HTTP_GET = {
    "httpMethod": "GET",
    "resource": "/health",
    "path": "/health",
    "requestContext": {"resourcePath": "/health", "httpMethod": "GET", "identity": {"sourceIp": "192.0.2.1"}},
    "headers": {},
    "multiValueHeaders": {},
    "queryStringParameters": None,
    "multiValueQueryStringParameters": None,
    "pathParameters": None,
    "stageVariables": None,
    "body": None,
    "isBase64Encoded": False,
}
DAY = {"from": "2026-11-25", "to": "2026-11-25"}
TICK = {
    "id": "0",
    "version": "0",
    "account": "000000000000",
    "region": emulator.REGION,
    "source": "aws.events",
    "detail-type": "Scheduled Event",
    "time": "2026-01-05T09:00:00Z",
    "resources": [],
    "detail": {},
}


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The embedded AWS with the stack."""
    data = tmp_path_factory.mktemp("data")
    port = ports.free()
    url = f"http://{ports.HOST}:{port}"
    (data / "logs").mkdir()
    running = emulator.start(EMULATOR_PYTHON, data, port, url, lambda line: None)
    try:
        emulator.wait(running, url)
        template, code = built.provide(Wanted("local", shops.FILE), data / "package", print)
        stack.deploy(url, template, code, {"PublicUrl": "http://127.0.0.1:8000"})
        yield url
    finally:
        running.stop(20)


@pytest.fixture(scope="module")
def deployed(address: str) -> stack.Deployed:
    return stack.inspect(address)


@pytest.mark.parametrize(
    ("function", "event"),
    [
        ("api_handler", HTTP_GET),
        ("receive_mail", {"Records": []}),
        ("receive_event", {"Records": []}),
        ("send_mail", {"Records": []}),
        ("index_words", {"Records": []}),
        ("escalate_overdue", TICK),
        ("note_delivery", {"Records": []}),
        ("reconcile", TICK),
        ("absences", {"shop": SHOP}),
        ("list_quarantine", {"shop": SHOP}),
        ("health", {}),
        ("redrive", {}),
        ("report", {"shop": SHOP, **DAY}),
        ("export_audit", {"shop": SHOP, **DAY}),
        ("export_tickets", {"shop": SHOP, "format": "xlsx", **DAY}),
        ("export_subject", {"shop": SHOP, "email": "mira@example.com"}),
    ],
)
def test_every_function_answers(address: str, deployed: stack.Deployed, function: str, event: dict[str, Any]) -> None:
    client = emulator.client("lambda", address)
    answer = client.invoke(FunctionName=deployed.functions[function], Payload=json.dumps(event).encode())
    said = answer["Payload"].read().decode()
    assert "FunctionError" not in answer, said
    if function == "api_handler":
        assert json.loads(said)["statusCode"] == 200, said


def test_queue_and_stream_are_connected_as_in_the_template(address: str, deployed: stack.Deployed) -> None:
    mappings = emulator.client("lambda", address).list_event_source_mappings()["EventSourceMappings"]
    by_function = {mapping["FunctionArn"].rpartition(":")[2]: mapping for mapping in mappings}
    mail = by_function[deployed.functions["receive_mail"]]
    assert mail["EventSourceArn"].endswith(deployed.outputs["MailQueueUrl"].rpartition("/")[2])
    assert mail["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    for function, dead in (("send_mail", "SendMailDeadLettersUrl"), ("index_words", "IndexWordsDeadLettersUrl")):
        stream = by_function[deployed.functions[function]]
        assert f"table/{deployed.outputs['TableName']}/stream/" in stream["EventSourceArn"]
        assert stream["FilterCriteria"]["Filters"]
        assert stream["DestinationConfig"]["OnFailure"]["Destination"].endswith(
            deployed.outputs[dead].rpartition("/")[2]
        )


def test_each_secret_is_created_for_this_stack_with_its_first_version(address: str, deployed: stack.Deployed) -> None:
    secrets = emulator.client("secretsmanager", address)
    values = [secrets.get_secret_value(SecretId=deployed.outputs[id]) for id in ("SecretId", "AuditSecretId")]
    made = [keys.read(value["SecretString"]) for value in values]
    assert [(secret.present, list(map(len, secret.versions.values()))) for secret in made] == [("1", [64])] * 2
    assert made[0] != made[1]


def test_the_same_package_again_changes_nothing(address: str, deployed: stack.Deployed, tmp_path: Path) -> None:
    template, code = package.build(Wanted("local", shops.FILE), tmp_path, print)
    stack.deploy(address, template, code, {"PublicUrl": "http://127.0.0.1:8000"})
    again = stack.inspect(address)
    assert again.outputs["TableName"] == deployed.outputs["TableName"]
    assert again.functions == deployed.functions
