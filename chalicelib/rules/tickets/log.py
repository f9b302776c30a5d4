"""The actions that a ticket's log records."""

from enum import StrEnum


class Action(StrEnum):
    """What was done, according to a log entry. templates/words has the words for each (`desk.ticket.log`)."""

    # what came in
    OPENED = "opened"
    WROTE = "wrote"
    THIRD_PARTY_WROTE = "third party wrote"
    AUTOMATIC_MAIL_KEPT = "automatic mail kept"
    KEPT_INTERNAL = "message kept internal"
    ADDRESS_CONFIRMED = "address confirmed"
    IDENTITY_CONFIRMED = "identity confirmed"
    RATED = "rated"
    # what agents do
    ANSWERED = "answered"
    ASKED_CUSTOMER = "asked the customer"
    CONTACTED_CUSTOMER = "contacted the customer"
    CONTACT_NOTED = "contact noted"
    NOTED = "noted"
    ASSIGNED = "assigned"
    PRIORITY_SET = "priority"
    CHANGED = "changed"
    READDRESSED = "readdressed"
    CLAIM_NOTED = "claim noted"
    TAGGED = "tagged"
    LINKED = "linked"
    MERGED = "merged"
    SPLIT_OFF = "split off"
    LEGAL_HOLD_PLACED = "legal hold placed"
    LEGAL_HOLD_LIFTED = "legal hold lifted"
    MARKED_AS_SPAM = "marked as spam"
    RELEASED_FROM_QUARANTINE = "released from quarantine"
    LINKS_WITHDRAWN = "links withdrawn"
    ASKED_TO_CONFIRM_IDENTITY = "asked to confirm identity"
    # An agents' action without a value of its own; the detail is its name, or its name, ": " and more.
    ACTED = "acted"
    # the procedure
    EXTENSION_ASKED_FOR = "extension asked for"
    EXTENDED = "extended"
    REFERRED = "referred"
    REMINDED = "reminded"
    REFERRAL_ENDED = "referral ended"
    FOUND_AT_FAULT = "found at fault"
    REMEDY_OWED = "remedy owed"
    REMEDY_DONE = "remedy done"
    RETURN_INSTRUCTIONS_SENT = "return instructions sent"
    FINAL_ANSWER_WRITTEN = "final answer written"
    CLOSED = "closed"
    REOPENED = "reopened"
    ASKED_HOW_IT_WENT = "asked how it went"
    PROMISE_WARNED = "promise warn"
    PROMISE_MISSED = "promise due"
    PROMISE_STILL_MISSED = "promise daily"
    # mails
    NOT_CONFIRMED = "not confirmed"
    SENT_IN_SHORT_FORM = "sent in short form"
    NOT_SENT = "could not send"
    MAIL_BOUNCED = "mail bounced"
    MAIL_FAILED = "mail failed"
    MAIL_DELAYED = "mail delayed"
    MAIL_COMPLAINED = "mail complained"
    MAIL_SUPPRESSED = "mail suppressed"
    # data subjects' rights
    RECTIFIED = "rectified"
    PARTICIPANT_ERASED = "erased somebody who took part"


NAMES_PEOPLE = frozenset(
    {
        Action.CHANGED,
        Action.RECTIFIED,
        Action.READDRESSED,
        Action.RATED,
        Action.FOUND_AT_FAULT,
        Action.REMEDY_OWED,
        Action.CLAIM_NOTED,
        Action.TAGGED,
        Action.LEGAL_HOLD_PLACED,
        Action.ACTED,
    }
)
"""Actions that change an order number, a customer or a note of a ticket; these texts may name anybody. After these
actions the search index reads the ticket again: deploy.package writes the filter of its stream from this set. An
erasure cannot find people who are not in the index."""
