"""The clients of the functions: what they leave out for speed, and that tests leave out no check."""

import json
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, ClassVar

import boto3
import botocore
import pytest
from botocore.awsrequest import AWSPreparedRequest
from botocore.exceptions import ParamValidationError

from chalicelib.aws import clients, events
from chalicelib.aws.table import ticket_items
from tests.support import samples
from tests.support.store import tables

SERVICES = ("dynamodb", "s3", "ses", "sqs", "secretsmanager", "lambda")
# DynamoDB refuses it: there is no key.
WRONG = {"TableName": "none"}


class Sent(Exception):
    """A request that was about to leave this process."""


@pytest.fixture
def shipped(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The clients as a function makes them; none of their requests leaves this process."""
    keys = {"AWS_ACCESS_KEY_ID": "AKIA", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_REGION": "eu-central-1"}
    for name, value in (keys | {"AWS_DEFAULT_REGION": "eu-central-1", "AWS_CONFIG_FILE": "/dev/null"}).items():
        monkeypatch.setenv(name, value)
    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    clients.client.cache_clear()
    yield
    clients.client.cache_clear()


def kept(request: AWSPreparedRequest, **_: Any) -> None:
    raise Sent(request)


def sent(client: Any, operation: str, **parameters: Any) -> Any:
    client.meta.events.register_last("before-send", kept)
    with pytest.raises(Sent) as caught:
        getattr(client, operation)(**parameters)
    return caught.value.args[0]


def user_agent(client: Any, operation: str, **parameters: Any) -> str:
    header = sent(client, operation, **parameters).headers["User-Agent"]
    return header.decode() if isinstance(header, bytes) else str(header)


@pytest.mark.parametrize("service", SERVICES)
def test_every_client_has_a_fixed_user_agent(shipped: None, service: str) -> None:
    assert clients.client(service).meta.config._supplied_user_agent == "Aftercare"


def test_no_part_of_the_user_agent_is_made_for_a_request(shipped: None) -> None:
    header = user_agent(clients.client("dynamodb"), "get_item", TableName="none", Key={"pk": {"S": "TICKET#1"}})
    # powertools adds its name where it was imported before.
    assert header.partition(" PT/")[0] == f"Aftercare Botocore/{botocore.__version__}"


def test_dynamodb_checks_parameters_and_we_do_not(shipped: None) -> None:
    assert user_agent(clients.client("dynamodb"), "get_item", **WRONG), "the request went out"


class TestAttributesAreHandedOnAsTheyAre:
    """On the wire and in Python they are what botocore makes of them otherwise."""

    ITEM: ClassVar = ticket_items.ticket_item(samples.ticket()) | {
        "none": {"NULL": True},
        "words": {"SS": ["a", "b"]},
        "empty": {"L": []},
        "odd": {"M": {"ü\n": {"S": "\u2028"}, "n": {"N": "-1.5"}}},
    }

    def plain(self) -> Any:
        return boto3.session.Session().client("dynamodb")

    def test_requests(self, shipped: None) -> None:
        values = {"ExpressionAttributeValues": {":one": {"N": "1"}}, "ConditionExpression": "version = :one"}
        for operation, parameters in (
            ("put_item", {"Item": self.ITEM} | values),
            ("get_item", {"Key": {"pk": {"S": "TICKET#1"}, "sk": {"S": "TICKET"}}}),
        ):
            asked = {"TableName": "none"} | parameters
            ours, theirs = (
                sent(client, operation, **asked).body for client in (clients.client("dynamodb"), self.plain())
            )
            assert json.loads(ours) == json.loads(theirs)

    def test_answers(self, shipped: None) -> None:
        body = json.dumps({"Items": [self.ITEM, {}], "Count": 2, "LastEvaluatedKey": {"pk": {"S": "x"}}}).encode()
        found = [self.answered(client, body) for client in (clients.client("dynamodb"), self.plain())]
        assert found[0] == found[1]
        assert found[0]["Items"][0] == self.ITEM

    def answered(self, client: Any, body: bytes) -> dict[str, Any]:
        def answer(request: AWSPreparedRequest, **_: Any) -> Any:
            return SimpleNamespace(status_code=200, headers={}, content=body)

        client.meta.events.register("before-send", answer)
        values = {":pk": {"S": "TICKET#1"}}
        asked = {"KeyConditionExpression": "pk = :pk", "ExpressionAttributeValues": values}
        found: dict[str, Any] = client.query(TableName="none", **asked)
        del found["ResponseMetadata"]
        return found


@pytest.mark.parametrize(
    ("service", "operation", "parameters"),
    [
        ("s3", "get_object", {"Bucket": "files", "Key": ""}),
        ("s3", "delete_object", {"Bucket": "files", "Key": ""}),
        ("sqs", "send_message", {"QueueUrl": "https://queue.example"}),
        ("ses", "send_raw_email", {"Source": "care@help.northlight.example"}),
    ],
)
def test_parameters_of_other_services_are_checked(
    shipped: None, service: str, operation: str, parameters: dict[str, str]
) -> None:
    """An empty key would name the bucket."""
    with pytest.raises(ParamValidationError):
        getattr(clients.client(service), operation)(**parameters)


def test_tests_check_the_parameters_of_every_request() -> None:
    """The tests of rights call every method of every port with these clients."""
    with tables.in_process(), pytest.raises(ParamValidationError):
        clients.client("dynamodb").get_item(**WRONG)


@pytest.mark.parametrize("service", SERVICES)
def test_a_function_waits_as_long_as_before(shipped: None, service: str) -> None:
    """What is merged into a client's settings leaves the others as they are."""
    config = clients.client(service).meta.config
    assert config.connect_timeout == 3
    assert config.read_timeout == (20 if service == "s3" else 10)
    assert config.retries["total_max_attempts"] == (1 if service == "ses" else 5)


def test_a_text_message_ends_before_its_run_does(shipped: None) -> None:
    """What came of it is still written into the log."""
    config = clients.client("pinpoint-sms-voice-v2").meta.config
    longest = 1000 * (config.connect_timeout + config.read_timeout)
    assert longest * 2 < events.ONE_HOOK_MILLIS
    assert config.retries["total_max_attempts"] == 1
