"""What is looked at in an account, and what is said about it."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from deploy.cloud import account, dns
from deploy.cloud.account import Weight
from tests.support.stack.sesv2 import FakeSesV2


class Functions:
    def __init__(self, at_once: int) -> None:
        self.at_once = at_once

    def get_account_settings(self) -> dict[str, Any]:
        return {"AccountLimit": {"ConcurrentExecutions": self.at_once}}


def silent(name: str, kind: str) -> list[str]:
    raise dns.Silent("The name server 192.0.2.1 does not say anything.")


def test_a_region_in_which_ses_does_not_receive_stops_a_deployment() -> None:
    found = account.receiving("xx-north-1", lambda name, kind: [])
    assert found.weight is Weight.STOP
    assert "inbound-smtp.xx-north-1.amazonaws.com" in found.sentence
    assert account.receiving("eu-west-1", lambda name, kind: ["192.0.2.1"]).weight is Weight.WELL


def test_without_dns_nothing_is_stopped() -> None:
    assert account.receiving("eu-west-1", silent).weight is Weight.NOTE


@pytest.mark.parametrize(("at_once", "weight"), [(10, Weight.NOTE), (99, Weight.NOTE), (1000, Weight.WELL)])
def test_few_functions_at_once_are_named_with_the_way_to_more(at_once: int, weight: Weight) -> None:
    found = account.at_once(Functions(at_once))
    assert found.weight is weight
    assert str(at_once) in found.sentence
    assert ("request-service-quota-increase" in found.sentence) == (weight is Weight.NOTE)


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ({"SendQuota": {"Max24HourSend": 50000.0, "MaxSendRate": 14.0}}, ["[  ok  ] SES sends 50000 mails a day"]),
        ({"ProductionAccessEnabled": False}, ["[ note ] SES is in its sandbox in eu-west-1"]),
        ({"SendingEnabled": False}, ["[ note ] SES has paused sending", "[  ok  ] SES sends 0 mails"]),
        ({"EnforcementStatus": "SHUTDOWN"}, ["[ note ] SES has paused sending", "[  ok  ] SES sends 0 mails"]),
    ],
)
def test_the_state_of_ses_is_said(state: dict[str, Any], said: list[str]) -> None:
    lines = [str(found) for found in account.sending(FakeSesV2(**state), "eu-west-1")]
    assert [line.startswith(beginning) for line, beginning in zip(lines, said, strict=True)] == [True] * len(said)


def test_without_the_right_to_ask_ses_it_is_said_that_nothing_is_known() -> None:
    class Refusing:
        def get_account(self) -> None:
            raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": ""}}, "GetAccount")

    assert [each.weight for each in account.sending(Refusing(), "eu-west-1")] == [Weight.NOTE]
