"""Alarms that nobody gets are told of after each deployment."""

from types import SimpleNamespace
from typing import Any, cast

import pytest
from botocore.exceptions import ClientError

from deploy.cloud import alarm_mail
from deploy.cloud.account import Finding, Weight
from deploy.cloud.clients import Clients

OPS = "ops@company.example"
TOPIC = "arn:aws:sns:eu-central-1:123456789012:aftercare-prod-AlarmTopic"


class Alarms:
    """The stack's topic, with these subscriptions: protocol, address, and the ARN or what stands in its place."""

    def __init__(self, *subscriptions: tuple[str, str, str]) -> None:
        names = ("Protocol", "Endpoint", "SubscriptionArn")
        self.subscriptions = [dict(zip(names, each, strict=True)) for each in subscriptions]

    def describe_stack_resource(self, StackName: str, LogicalResourceId: str) -> dict[str, Any]:
        assert (StackName, LogicalResourceId) == ("aftercare-prod", "AlarmTopic")
        return {"StackResourceDetail": {"PhysicalResourceId": TOPIC}}

    def get_paginator(self, operation: str) -> Any:
        assert operation == "list_subscriptions_by_topic"
        return self

    def paginate(self, TopicArn: str) -> list[dict[str, Any]]:
        assert TopicArn == TOPIC
        return [{"Subscriptions": [each]} for each in self.subscriptions]


def found(alarms: Any, address: str = OPS) -> Finding:
    aws = cast(Clients, SimpleNamespace(cloudformation=alarms, sns=alarms))
    return alarm_mail.finding(aws, "aftercare-prod", address)


def test_a_confirmed_address_is_well() -> None:
    finding = found(Alarms(("email", "OPS@company.example", f"{TOPIC}:1")))
    assert (finding.weight, finding.sentence) == (Weight.WELL, f"alarms are mailed to {OPS}")


def test_an_address_that_was_not_confirmed_is_told_of_with_the_mail_and_how_to_have_it_again() -> None:
    finding = found(Alarms(("email", OPS, "PendingConfirmation")))
    assert finding.weight is Weight.NOTE
    assert "press its link" in finding.sentence
    assert f"aws sns subscribe --topic-arn {TOPIC} --protocol email --notification-endpoint {OPS}" in finding.sentence


@pytest.mark.parametrize(
    "others", [(), (("sms", OPS, f"{TOPIC}:1"),), (("email", "you@company.example", f"{TOPIC}:2"),)]
)
def test_somebody_elses_subscription_does_not_count(others: tuple[tuple[str, str, str], ...]) -> None:
    assert "is not subscribed" in found(Alarms(*others)).sentence


def test_without_an_address_nobody_is_asked() -> None:
    finding = found(None, "")
    assert finding.weight is Weight.NOTE
    assert "AlarmEmail" in finding.sentence


def test_what_aws_does_not_say_is_not_known() -> None:
    class Refusing(Alarms):
        def get_paginator(self, operation: str) -> Any:
            raise ClientError({"Error": {"Code": "AuthorizationError", "Message": ""}}, operation)

    assert "is not known: AuthorizationError" in found(Refusing()).sentence
