"""What of the account and the region decides whether Aftercare can work there."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any

from botocore.exceptions import ClientError

from deploy.cloud import clients, dns
from deploy.cloud.clients import Clients

# Fewer than this many functions at once, and a burst of mail keeps the pages waiting.
ENOUGH_AT_ONCE = 100
_QUOTA = (
    "aws service-quotas request-service-quota-increase --service-code lambda --quota-code L-B99A9384 "
    "--desired-value 1000"
)


class Weight(Enum):
    """How much a finding matters."""

    WELL = "  ok  "
    NOTE = " note "
    STOP = " STOP "


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at, in a sentence that says what to do if anything."""

    weight: Weight
    sentence: str

    def __str__(self) -> str:
        return f"[{self.weight.value}] {self.sentence}"


def findings(aws: Clients, region: str, resolve: dns.Resolve) -> Iterator[Finding]:
    """Everything that is looked at before a deployment."""
    yield Finding(Weight.WELL, f"account {aws.account}, region {region}")
    yield receiving(region, resolve)
    yield at_once(aws.functions)
    yield from sending(aws.sesv2, region)


def receiving(region: str, resolve: dns.Resolve) -> Finding:
    """Whether SES receives mail in this region: it has the MX's host there, or not."""
    host = inbound(region)
    try:
        there = resolve(host, "A")
    except dns.Silent as silent:
        return Finding(Weight.NOTE, f"whether SES receives mail in {region} is not known: {silent}")
    if there:
        return Finding(Weight.WELL, f"SES receives mail in {region}")
    return Finding(
        Weight.STOP,
        f"SES does not receive mail in {region}: DNS knows no {host}. Take another region "
        "(eu-central-1, eu-west-1, us-east-1 …), or set MailIntake to none.",
    )


def inbound(region: str) -> str:
    """The host that a mail domain's MX record names."""
    return f"inbound-smtp.{region}.amazonaws.com"


def at_once(functions: Any) -> Finding:
    allowed = functions.get_account_settings()["AccountLimit"]["ConcurrentExecutions"]
    if allowed >= ENOUGH_AT_ONCE:
        return Finding(Weight.WELL, f"Lambda runs {allowed} functions at once")
    return Finding(
        Weight.NOTE,
        f"Lambda runs only {allowed} functions at once in this account: enough to try, not for a shop. "
        f"Ask for more: {_QUOTA}",
    )


def sending(sesv2: Any, region: str) -> Iterator[Finding]:
    """What SES says about the account."""
    try:
        account = sesv2.get_account()
    except ClientError as error:
        yield Finding(Weight.NOTE, f"what SES allows is not known: {clients.code(error)}")
        return
    quota = account.get("SendQuota", {})
    if not account.get("SendingEnabled", False) or account.get("EnforcementStatus") == "SHUTDOWN":
        yield Finding(Weight.NOTE, "SES has paused sending for this account: see its mail to you, and the SES console")
    if account.get("ProductionAccessEnabled"):
        most, rate = quota.get("Max24HourSend", 0), quota.get("MaxSendRate", 0)
        yield Finding(Weight.WELL, f"SES sends {most:.0f} mails a day, {rate:.0f} a second")
    else:
        yield Finding(
            Weight.NOTE,
            f"SES is in its sandbox in {region}: it sends only to addresses and domains that you have verified. "
            "docs/deploying.md, step 6, says how to ask for production access; the answer takes about a day.",
        )
