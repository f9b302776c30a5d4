"""What a ticket's log records: the actions, and the details of each. Rules write codes and values; services/desk puts
them into words. Only people's own words are texts."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from chalicelib.patterns import pattern

_PLAIN = pattern(r"[^\s\"=]+")


class Action(StrEnum):
    """What was done, according to a log entry. templates/words has the words for each (`desk.ticket.log`)."""

    # what came in
    OPENED = "opened"
    WROTE = "wrote"
    THIRD_PARTY_WROTE = "third party wrote"
    AUTOMATIC_MAIL_KEPT = "automatic mail kept"
    KEPT_INTERNAL = "message kept internal"
    ADDRESS_CONFIRMED = "address confirmed"
    ADDRESS_GIVEN = "address given"  # a mail address of a messenger's user; nothing goes there before it is confirmed
    IDENTITY_CONFIRMED = "identity confirmed"
    IDENTITY_NOT_CONFIRMED = "identity not confirmed"  # its customer says that somebody else confirmed it
    RATED = "rated"
    RATING_WITHDRAWN = "rating withdrawn"
    # what agents do
    ANSWERED = "answered"
    ASKED_CUSTOMER = "asked the customer"
    ANSWER_HELD = "answer held"
    ANSWER_TAKEN_BACK = "answer taken back"
    ANSWER_APPROVED = "answer approved"
    ANSWER_RETURNED = "answer returned"
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
    # An agent's action that has no member of its own here; its details are its name and perhaps a reason.
    ACTED = "acted"
    CALL_CHANGED = "call changed"
    CALLED_IN_VAIN = "called in vain"
    CHAT_CHANGED = "chat changed"
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
    # by the customer, about publishing a question and its answer
    AGREED_TO_PUBLISH = "agreed to publish"
    DECLINED_PUBLISHING = "declined publishing"
    TOOK_PUBLICATION_BACK = "took a publication back"
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

    @property
    def names_people(self) -> bool:
        """Whether it writes texts on the ticket that may name anybody: an order number, a customer, a note. After these
        actions the search index reads the ticket again: deploy.package writes the filter of its stream from them. An
        erasure cannot find people who are not in the index."""
        return self in _NAMES_PEOPLE


_NAMES_PEOPLE = frozenset(
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
        Action.REFERRED,
        Action.ACTED,
        Action.IDENTITY_NOT_CONFIRMED,
    }
)


class DetailCode(StrEnum):
    """What a detail states. services/desk/log_details.py has the words for each."""

    CHANNEL = "channel"
    REMARK = "remark"  # why a message is internal
    SUSPICION = "suspicion"
    BOUND = "bound"  # which budget of mail was used up
    SCORE = "score"
    # mails
    PURPOSE = "purpose"
    STATUS = "status"  # a remote server's code (RFC 3463)
    ERROR = "error"  # the mail service's code
    UNSENT = "unsent"  # why we did not try
    # triage
    AGENT = "agent"  # "" for nobody
    PRIORITY = "priority"
    KIND = "kind"
    TOPIC = "topic"
    ORDER_NUMBER = "order_number"
    COUNTRY = "country"
    TAG = "tag"
    ACT = "act"  # the name of an agents' action
    PART = "part"  # of what is known about a person
    # other tickets
    TICKET = "ticket"
    WITH = "with"
    INTO = "into"
    ORIGIN = "origin"
    CALL = "call"  # what became of a call
    CHAT = "chat"  # what became of a chat
    # the procedure
    CLOCK = "clock"
    UNTIL = "until"  # a day
    REFERRAL = "referral"  # its number
    FACT = "fact"
    REMINDER = "reminder"  # its number
    FAULT = "fault"
    REMEDY_KIND = "remedy_kind"
    OWED_BY = "owed_by"
    PERFORMER = "performer"
    AMOUNT = "amount"  # of money, "12.50 EUR"
    OUTCOME = "outcome"
    QUARANTINED_FOR = "quarantined_for"  # a period as the policy writes it
    CUSTOMER_WROTE = "customer_wrote"  # has no value
    REASON = "reason"  # an agent's words

    @property
    def of_change(self) -> bool:
        """Whether it states a value and the one before; either may be empty."""
        return self in _OF_CHANGES


_OF_CHANGES = frozenset(
    {DetailCode.PRIORITY, DetailCode.KIND, DetailCode.TOPIC, DetailCode.ORDER_NUMBER, DetailCode.COUNTRY}
)

LONGEST_REASON = 200


@dataclass(frozen=True, slots=True)
class Detail:
    """One detail of a log entry: a code, a number, or for a REASON, TAG and ORDER_NUMBER people's own words."""

    code: DetailCode
    value: str = ""
    was: str = ""
    """The value before, if the code is of a change."""


def details_of(code: DetailCode, *values: str) -> tuple[Detail, ...]:
    """A detail of this code for each value."""
    return tuple(Detail(code, value) for value in values)


def reason_detail(text: str) -> Detail:
    """An agent's reason, cut to what the log has room for."""
    return Detail(DetailCode.REASON, text.strip()[:LONGEST_REASON])


def details_as_text(details: Iterable[Detail]) -> str:
    """The details in one line: `outcome=settled reason="By telephone"`, or of a change
    `priority=normal→high`."""
    return " ".join(f"{detail.code}={_changed(detail)}" for detail in details)


def _changed(detail: Detail) -> str:
    return f"{_quoted(detail.was)}→{_quoted(detail.value)}" if detail.code.of_change else _quoted(detail.value)


def _quoted(value: str) -> str:
    return value if _PLAIN.fullmatch(value) else json.dumps(value, ensure_ascii=False)
