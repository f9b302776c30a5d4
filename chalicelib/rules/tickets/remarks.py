"""What is remarked of a message: how it was read, and why it is kept inside (decision 158)."""

from enum import StrEnum


class Remark(StrEnum):
    """The words for each stand in templates/words (`desk.ticket.remark`). A mail that is kept inside bears the reason
    of that decision (rules.intake.mail_decisions.Why) by the same value."""

    # how it was read
    UNREADABLE = "unreadable"
    UNVERIFIED = "unverified"
    UNANSWERABLE = "unanswerable"
    STRANGER = "stranger"
    SUSPICIOUS = "suspicious"
    BY_RECEIPT = "by_receipt"
    UNCOUNTED = "uncounted"
    ANSWERED_DIRECTLY = "answered_directly"
    # why it is kept inside
    ENDED_KEY = "ended_key"
    UNKNOWN_SENDER = "unknown_sender"
    BAD_TOKEN = "bad_token"  # noqa: S105 (no password)
    UNPROVEN = "unproven"
    UNCLEAR_SENDER = "unclear_sender"
    EMPTY = "empty"
    AUTOMATIC = "automatic"
    NO_ADDRESS = "closed"
    COPY = "copy"
    STRAY_REPORT = "stray_report"
    # of a ticket's opening: why nothing was confirmed, or whose it is
    NO_CONFIRMATION = "no_confirmation"
    DISOWNED = "disowned"
    BEYOND_BUDGET = "beyond_budget"
    WHOSE = "whose"
    NEW_COPY = "new_copy"
    # what became of it later
    HANDED = "handed"
    ERASED = "erased"
