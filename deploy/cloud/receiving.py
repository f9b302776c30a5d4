"""SES's active receipt rule set: an account has one in each region, so one stage receives there."""

from typing import Any

from botocore.exceptions import ClientError

from deploy.cloud import clients


def active(ses: Any) -> str:
    """The name of the active rule set; empty if none is."""
    try:
        found: str = ses.describe_active_receipt_rule_set().get("Metadata", {}).get("Name", "")
    except ClientError as error:
        if clients.code(error) != "RuleSetDoesNotExist":
            raise
        return ""
    return found


def activate(ses: Any, ours: str) -> tuple[bool, str]:
    """Make `ours` the active rule set if none is. Returns whether ours is active now, and a sentence."""
    found = active(ses)
    if found == ours:
        return True, f"the receipt rule set {ours} is the active one already"
    if found:
        return False, (
            f"the receipt rule set {found} is active, and it is not ours: it was left alone. Only one can be active in "
            "an account and region. Either this stage goes into another region or account, or whoever owns "
            f"{found} agrees to: aws ses set-active-receipt-rule-set --rule-set-name {ours}"
        )
    ses.set_active_receipt_rule_set(RuleSetName=ours)
    return True, f"the receipt rule set {ours} is now the active one"


def deactivate(ses: Any, ours: str) -> bool:
    """Make no rule set active if `ours` is; returns whether it was. An active one can't be deleted."""
    if not ours or active(ses) != ours:
        return False
    ses.set_active_receipt_rule_set()
    return True
