"""What SES says about account and mail domains, from answers in its API's form."""

from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from chalicelib.aws.mail_account import MailAccount
from chalicelib.services.ports.mail_account import MailDomain, Receiving, Sending

OURS = "aftercare-rules"
HEALTHY: dict[str, Any] = {
    "EnforcementStatus": "HEALTHY",
    "ProductionAccessEnabled": True,
    "SendingEnabled": True,
    "SendQuota": {"Max24HourSend": 50_000.0, "SentLast24Hours": 500.0},
}
VERIFIED: dict[str, Any] = {
    "VerifiedForSendingStatus": True,
    "DkimAttributes": {"Status": "SUCCESS"},
    "MailFromAttributes": {"MailFromDomainStatus": "SUCCESS"},
}


class FakeSes:
    """Answers each question with `answer`, or raises it."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer

    def _answered(self, **_: Any) -> Any:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    describe_active_receipt_rule_set = get_account = get_email_identity = _answered


def refused(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": ""}}, "Get")


def account(answer: Any, rule_set: str = OURS) -> MailAccount:
    return MailAccount(lambda: FakeSes(answer), lambda: FakeSes(answer), rule_set)


@pytest.mark.parametrize(
    ("answer", "receiving"),
    [
        ({"Metadata": {"Name": OURS}}, Receiving.BY_OURS),
        ({"Metadata": {"Name": "theirs"}}, Receiving.BY_OTHERS),
        ({}, Receiving.BY_NONE),
        (refused("RuleSetDoesNotExist"), Receiving.BY_NONE),
        (refused("AccessDenied"), Receiving.UNKNOWN),
        (EndpointConnectionError(endpoint_url="https://email"), Receiving.UNKNOWN),
    ],
)
def test_who_receives(answer: Any, receiving: Receiving) -> None:
    assert account(answer).receiving() is receiving


def test_without_a_rule_set_of_ours_nobody_is_asked() -> None:
    assert account(AssertionError("asked"), "").receiving() is Receiving.ELSEWHERE


@pytest.mark.parametrize(
    ("answer", "sending"),
    [
        (HEALTHY, Sending(active=True, share=0.01)),
        (HEALTHY | {"SendingEnabled": False}, Sending(active=False, share=0.01)),
        (HEALTHY | {"EnforcementStatus": "SHUTDOWN"}, Sending(active=False, share=0.01)),
        (HEALTHY | {"EnforcementStatus": "PROBATION"}, Sending(active=True, reviewed=True, share=0.01)),
        (HEALTHY | {"ProductionAccessEnabled": False}, Sending(active=True, sandbox=True, share=0.01)),
        (HEALTHY | {"SendQuota": {"Max24HourSend": -1, "SentLast24Hours": 9}}, Sending(active=True)),
        (refused("AccessDeniedException"), None),
    ],
)
def test_what_the_account_sends(answer: Any, sending: Sending | None) -> None:
    assert account(answer).sending() == sending


@pytest.mark.parametrize(
    ("answer", "domain"),
    [
        (VERIFIED, MailDomain(verified=True)),
        (VERIFIED | {"VerifiedForSendingStatus": False}, MailDomain(verified=False)),
        (VERIFIED | {"DkimAttributes": {"Status": "FAILED"}}, MailDomain(verified=True, signed=False)),
        (
            VERIFIED | {"MailFromAttributes": {"MailFromDomainStatus": "PENDING"}},
            MailDomain(verified=True, return_path=False),
        ),
        (refused("NotFoundException"), MailDomain(verified=False)),
        (refused("AccessDeniedException"), None),
    ],
)
def test_what_ses_knows_of_a_domain(answer: Any, domain: MailDomain | None) -> None:
    assert account(answer).domain("help.northlight.example") == domain
