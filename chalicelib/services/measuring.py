"""Metrics by shop and kind of ticket. Only shops and kinds of the policy have metrics of their own, so that their
number is bounded (decision 190)."""

from enum import StrEnum

from chalicelib.rules.policy.promises import KINDS
from chalicelib.telemetry import count_by_kind

_OTHER = "other"


class Measure(StrEnum):
    """A metric's name. docs/watching.md has a row for each."""

    OPENED = "TicketsOpened"
    SENT = "MailsSent"
    REFUSED = "MailsRefused"
    STEPS = "StepsTaken"
    OVERDUE = "TicketsOverdue"


def measure(what: Measure, shop: str, kind: str, number: int = 1) -> None:
    """Add to the metric of tickets of this shop and kind."""
    count_by_kind(what, shop, kind if kind in KINDS else _OTHER, number)
