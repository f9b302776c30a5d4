"""The topic of the bells, the wires to browsers, and what API Gateway says of a connection."""

from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError

from chalicelib.aws import bells, events
from chalicelib.aws.bells import BellTopic, Sockets
from chalicelib.rules.bells.connections import Bell, Side
from chalicelib.services.ports.bells.bells import Heard


class Gone(ClientError):
    """What boto3 raises for a connection that is no more."""


class Service:
    """A client that answers everything with `fails`, or takes it."""

    def __init__(self, fails: Exception | None = None) -> None:
        self.fails, self.asked = fails, list[dict[str, Any]]()
        self.exceptions = self
        self.GoneException = Gone

    def publish(self, **asked: Any) -> None:
        self.asked.append(asked)
        if self.fails:
            raise self.fails

    post_to_connection = publish


REFUSED = ClientError({"Error": {"Code": "Throttling", "Message": "no"}}, "Publish")
SLOW = ConnectTimeoutError(endpoint_url="https://live.example")


@pytest.mark.parametrize(
    "bell", [Bell("NL-1"), Bell("NL-1", Side.DESK), Bell("NL-1", Side.CUSTOMER), Bell("NL-1", waits=True)]
)
def test_a_bell_arrives_as_it_was_passed_on(bell: Bell) -> None:
    service = Service()
    BellTopic(lambda: service, "arn:topic").pass_on(bell)
    (asked,) = service.asked
    assert bells.read(asked["Message"]) == bell
    assert asked["TopicArn"] == "arn:topic"
    assert asked["Subject"] and asked["MessageAttributes"]  # Chalice's event reads both


@pytest.mark.parametrize("fails", [REFUSED, SLOW])
def test_what_cannot_be_passed_on_is_left_out(fails: Exception) -> None:
    BellTopic(lambda: Service(fails), "arn:topic").pass_on(Bell("NL-1"))


def test_one_that_was_passed_on_by_the_version_before_is_read() -> None:
    assert bells.read('{"ref": "NL-1", "typing": null}') == Bell("NL-1")


def test_without_a_topic_no_client_is_made() -> None:
    BellTopic(lambda: pytest.fail("made"), "").pass_on(Bell("NL-1"))


@pytest.mark.parametrize(
    ("fails", "heard"),
    [
        (None, Heard.SENT),
        (Gone({"Error": {"Code": "GoneException", "Message": ""}}, "PostToConnection"), Heard.GONE),
        (REFUSED, Heard.FAILED),
        (SLOW, Heard.FAILED),
    ],
)
def test_what_becomes_of_a_sound(fails: Exception | None, heard: Heard) -> None:
    service = Service(fails)
    assert Sockets(lambda: service).post("c1=", b"x") is heard
    assert service.asked == [{"ConnectionId": "c1=", "Data": b"x"}]


@pytest.mark.parametrize(
    ("event", "told"),
    [
        ({}, ("c1=", "", "")),
        ({"queryStringParameters": None, "headers": None}, ("c1=", "", "")),
        ({"queryStringParameters": {"t": "a"}, "headers": {"origin": "https://b"}}, ("c1=", "a", "https://b")),
        ({"queryStringParameters": {"u": "a"}, "headers": {"Origin": "https://b"}}, ("c1=", "", "https://b")),
    ],
)
def test_what_a_new_connection_brings(event: dict[str, Any], told: tuple[str, str, str]) -> None:
    assert bells.knocking({"requestContext": {"connectionId": "c1="}} | event) == told


def test_only_lines_ring_and_each_conversation_once() -> None:
    found = [("NL-1", "MSG#~000002"), ("NL-1", "MSG#~000003"), ("NL-2", "MSG#~000002"), ("NL-3", "LOG#1")]
    images = [{"pk": {"S": f"TICKET#{ref}"}, "sk": {"S": sk}, "action": {"S": "noted"}} for ref, sk in found]
    rung, order = list[str](), list[str]()

    def note(item: object) -> None:
        order.append("noted")

    def ring(ref: str) -> None:
        rung.append(ref)
        order.append("rung")

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(events, "read_message", lambda image: image)
        records = [{"dynamodb": {"NewImage": image}} for image in images]
        events.each_indexed({"Records": records}, note, ring=ring)
    assert rung == ["NL-1", "NL-2"]
    assert order[:2] == ["rung", "rung"]
