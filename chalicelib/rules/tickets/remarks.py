"""Remarks on a message: how it was read, and why it is internal (decision 158)."""

from enum import StrEnum


class Remark(StrEnum):
    """templates/words has the words for each (`desk.ticket.remark`). The remark on a mail that is kept internal has the
    same value as the reason for that decision (rules.intake.mail_decisions.Why)."""

    # how it was read
    UNREADABLE = "unreadable"
    UNVERIFIED = "unverified"
    UNANSWERABLE = "unanswerable"
    STRANGER = "stranger"
    SUSPICIOUS = "suspicious"
    BY_RECEIPT = "by_receipt"
    UNCOUNTED = "uncounted"
    WITHDRAWS = "withdraws"
    ANSWERED_DIRECTLY = "answered_directly"
    # why it is internal
    ENDED_KEY = "ended_key"
    UNKNOWN_SENDER = "unknown_sender"
    BAD_TOKEN = "bad_token"  # noqa: S105 (no password)
    UNPROVEN = "unproven"
    UNCLEAR_SENDER = "unclear_sender"
    EMPTY = "empty"
    AUTOMATIC = "automatic"
    NO_ADDRESS = "no_address"
    COPY = "copy"
    STRAY_REPORT = "stray_report"
    # of a ticket's opening: why nothing was confirmed, or who its customer is
    NO_CONFIRMATION = "no_confirmation"
    DISOWNED = "disowned"
    BEYOND_BUDGET = "beyond_budget"
    WHOSE = "whose"
    NEW_COPY = "new_copy"
    # what happened to it later
    HANDED = "handed"
    ERASED = "erased"
