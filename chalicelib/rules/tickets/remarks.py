"""Remarks on a message: how it was read, and why it is internal (decision 158). Why a ticket is quarantined."""

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
    ABOUT_DATA = "about_data"
    ANSWERED_DIRECTLY = "answered_directly"
    FILES_LOST = "files_lost"  # a messenger did not give out a file
    IN_PROVIDERS_APP = "in_providers_app"
    # why it is internal
    ENDED_KEY = "ended_key"
    UNKNOWN_SENDER = "unknown_sender"
    BAD_TOKEN = "bad_token"  # noqa: S105 (no password)
    UNPROVEN = "unproven"
    UNCLEAR_SENDER = "unclear_sender"
    EMPTY = "empty"
    AUTOMATIC = "automatic"
    NO_ADDRESS = "no_address"
    SECOND_READER = "second_reader"
    COPY = "copy"
    FORWARD = "forward"
    RECALL = "recall"
    SEVERAL = "several"
    STRAY_REPORT = "stray_report"
    OWN_ADDRESS = "own_address"
    # of a ticket's opening: why nothing was confirmed, or who its customer is
    NO_CONFIRMATION = "no_confirmation"
    DISOWNED = "disowned"
    BEYOND_BUDGET = "beyond_budget"
    WHOSE = "whose"
    NEW_COPY = "new_copy"
    ASTRAY = "astray"
    # what happened to it later
    HANDED = "handed"
    ERASED = "erased"


class Suspicion(StrEnum):
    """Why a ticket is quarantined. templates/words has the words for each (`desk.ticket.suspicion`)."""

    TRAP = "trap"  # a field that people do not see was filled in
    FOREIGN_FORM = "foreign_form"  # the form's token is not ours
    HASTY = "hasty"  # contains links, and was sent within seconds of opening the form
    TOO_MANY = "too_many"  # more than the policy allows in a period
    TAKEN_FOR_SPAM = "taken_for_spam"  # the mail service says so
    HOLDS_VIRUS = "holds_virus"  # the mail service says so; files left out
    AUTOMATIC = "automatic"  # a machine sent it: the opening's `automatic` lists the signs


VERDICTS = frozenset({Suspicion.TAKEN_FOR_SPAM, Suspicion.HOLDS_VIRUS})
"""The suspicions that are verdicts of the mail service."""
