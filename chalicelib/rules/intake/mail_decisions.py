"""The possible decisions about a mail: what is done with it, who speaks, who is notified, and why."""

from dataclasses import dataclass
from enum import StrEnum


class Course(StrEnum):
    """What is done with the mail."""

    NOTE = "note"  # recorded on our mail that it reports about
    RECORD = "record"  # only its outcome is recorded
    OPEN = "open"
    OPEN_ANSWERED = "open_answered"  # with the agent's answer, which the customer has already
    ADD = "add"  # to the conversation; the customer can read it
    ANSWER = "answer"
    HEAR = "hear"  # a third party's words, only for agents to read
    KEEP = "keep"  # internal, for agents only


JOINING = (Course.ADD, Course.ANSWER, Course.HEAR, Course.KEEP)


class Voice(StrEnum):
    """The role of the writer."""

    NOBODY = "nobody"
    CUSTOMER = "customer"
    PARTICIPANT = "participant"
    AGENT = "agent"  # speaks to the customer
    COLLEAGUE = "colleague"  # an agent who does not speak to the customer
    THIRD_PARTY = "third_party"
    STRANGER = "stranger"


class Notified(StrEnum):
    NOBODY = "nobody"
    AGENTS = "agents"
    WRITER = "writer"  # the agent who wrote it
    BOTH = "both"


class Why(StrEnum):
    """The rows of the table. A mail that is kept internal has its reason as a remark."""

    REPORT = "report"
    SERVICE = "service"
    # Joined to a ticket
    STRAY_REPORT = "stray_report"
    MACHINE = "machine"
    MACHINE_TOLD = "machine_told"
    WRITES = "writes"
    NEWCOMER = "newcomer"
    PARTY = "party"
    UNCOUNTED = "uncounted"
    UNKNOWN_SENDER = "unknown_sender"
    ENDED_KEY = "ended_key"
    OWN_ADDRESS = "own_address"
    ANSWERED = "answered"
    ANSWERED_DIRECTLY = "answered_directly"
    AUTOMATIC = "automatic"
    UNVERIFIED = "unverified"
    UNCLEAR_SENDER = "unclear_sender"
    UNPROVEN = "unproven"
    UNREADABLE = "unreadable"
    EMPTY = "empty"
    NO_ADDRESS = "no_address"
    SECOND_READER = "second_reader"
    BAD_TOKEN = "bad_token"  # noqa: S105 (no password)
    COPY = "copy"
    FORWARD = "forward"
    RECALL = "recall"
    SEVERAL = "several"
    # A ticket of its own
    OURS = "ours"
    NEW_REPORT = "new_report"
    NEW_ABSENCE = "new_absence"
    NEW_MACHINE = "new_machine"
    SUSPECT = "suspect"
    NEW_OWN_ADDRESS = "new_own_address"
    NEW = "new"
    NO_CONFIRMATION = "no_confirmation"
    DISOWNED = "disowned"
    PASSED_ON = "passed_on"
    WHOSE = "whose"
    NEW_ANSWERED = "new_answered"
    NEW_COPY = "new_copy"
    ASTRAY = "astray"


@dataclass(frozen=True, slots=True)
class Decision:
    """`acknowledged`: the new ticket's customer gets a confirmation. `mailed`: the answer is sent by mail. `moves`: it
    is now the shop's turn to write, or the shop has written. `counts`: it counts as the answer to the referral.
    `theirs`: the ticket opens in the name of the person who wrote the mail inside the agent's mail."""

    course: Course
    voice: Voice
    why: Why
    notified: Notified = Notified.NOBODY
    acknowledged: bool = False
    mailed: bool = False
    moves: bool = False
    counts: bool = False
    theirs: bool = False
