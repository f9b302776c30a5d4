"""SES's identities and account, in memory: what deploy.cloud asks of version 2 of its API. Every change is counted."""

from typing import Any

from botocore.exceptions import ClientError


class FakeSesV2:
    """Makes identities that are not verified before `verify`."""

    def __init__(self, **account: Any) -> None:
        self.account = {"SendingEnabled": True, "ProductionAccessEnabled": True} | account
        self.identities: dict[str, dict[str, Any]] = {}
        self.changes = 0

    def verify(self, domain: str) -> None:
        self.identities[domain]["VerifiedForSendingStatus"] = True

    def get_account(self) -> dict[str, Any]:
        return self.account

    def get_email_identity(self, EmailIdentity: str) -> dict[str, Any]:
        if EmailIdentity not in self.identities:
            raise ClientError({"Error": {"Code": "NotFoundException", "Message": "none"}}, "GetEmailIdentity")
        return self.identities[EmailIdentity]

    def create_email_identity(self, EmailIdentity: str, DkimSigningAttributes: dict[str, str]) -> None:
        assert DkimSigningAttributes == {"NextSigningKeyLength": "RSA_2048_BIT"}
        self.changes += 1
        self.identities[EmailIdentity] = {
            "VerifiedForSendingStatus": False,
            "FeedbackForwardingStatus": True,
            "DkimAttributes": {"Tokens": ["one", "two", "three"]},
        }

    def put_email_identity_mail_from_attributes(self, EmailIdentity: str, **given: str) -> None:
        self.changes += 1
        self.identities[EmailIdentity]["MailFromAttributes"] = given

    def put_email_identity_feedback_attributes(self, EmailIdentity: str, EmailForwardingEnabled: bool) -> None:
        self.changes += 1
        self.identities[EmailIdentity]["FeedbackForwardingStatus"] = EmailForwardingEnabled


class FakeReceiving:
    """SES's receipt rule sets: only which one is active."""

    def __init__(self, active: str = "") -> None:
        self.active = active
        self.changes = 0

    def describe_active_receipt_rule_set(self) -> dict[str, Any]:
        return {"Metadata": {"Name": self.active}} if self.active else {}

    def set_active_receipt_rule_set(self, RuleSetName: str = "") -> None:
        self.changes += 1
        self.active = RuleSetName
