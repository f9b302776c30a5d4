"""What SES says about our account and mail domains.

It is asked by version 2 of its API, which says more than version 1; about receiving only version 1 knows.
"""

from collections.abc import Callable
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.services.ports.mail_account import MailDomain, Receiving, Sending
from chalicelib.telemetry import logger

_FAILURES = (BotoCoreError, ClientError)
_DONE = "SUCCESS"


class MailAccount:
    """Implements services.ports.mail_account.MailAccount. `ses` and `sesv2` return boto3 clients, made at their first
    use. `rule_set`: our receipt rule set; empty if SES does not receive for us."""

    def __init__(self, ses: Callable[[], Any], sesv2: Callable[[], Any], rule_set: str) -> None:
        self._ses = ses
        self._sesv2 = sesv2
        self._rule_set = rule_set

    def receiving(self) -> Receiving:
        if not self._rule_set:
            return Receiving.ELSEWHERE
        try:
            active = self._ses().describe_active_receipt_rule_set().get("Metadata", {}).get("Name", "")
        except _FAILURES as error:
            if _code(error) == "RuleSetDoesNotExist":
                return Receiving.BY_NONE
            _log("receiving", error)
            return Receiving.UNKNOWN
        if not active:
            return Receiving.BY_NONE
        return Receiving.BY_OURS if active == self._rule_set else Receiving.BY_OTHERS

    def sending(self) -> Sending | None:
        try:
            account = self._sesv2().get_account()
        except _FAILURES as error:
            _log("sending", error)
            return None
        status, quota = account.get("EnforcementStatus"), account.get("SendQuota", {})
        most = quota.get("Max24HourSend", 0)
        return Sending(
            active=account.get("SendingEnabled", True) and status != "SHUTDOWN",
            sandbox=not account.get("ProductionAccessEnabled", True),
            reviewed=status == "PROBATION",
            # -1 stands for no limit.
            share=quota.get("SentLast24Hours", 0) / most if most > 0 else 0.0,
        )

    def domain(self, name: str) -> MailDomain | None:
        try:
            identity = self._sesv2().get_email_identity(EmailIdentity=name)
        except _FAILURES as error:
            if _code(error) == "NotFoundException":
                return MailDomain(verified=False)
            _log("domain", error)
            return None
        return MailDomain(
            verified=bool(identity.get("VerifiedForSendingStatus")),
            signed=identity.get("DkimAttributes", {}).get("Status", _DONE) == _DONE,
            return_path=identity.get("MailFromAttributes", {}).get("MailFromDomainStatus", _DONE) == _DONE,
        )


def _code(error: Exception) -> str:
    return str(error.response["Error"]["Code"]) if isinstance(error, ClientError) else type(error).__name__


def _log(asked: str, error: Exception) -> None:
    logger.warning("SES does not say", extra={"asked": asked, "reason": _code(error)})
