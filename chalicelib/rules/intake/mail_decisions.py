"""What can be decided of a mail: what becomes of it, whose words it is, who is told, and why."""

from dataclasses import dataclass
from enum import StrEnum


class Course(StrEnum):
    """What becomes of it."""

    NOTE = "note"  # on the mail of ours that it reports of
    RECORD = "record"  # nothing but its outcome
    OPEN = "open"
    OPEN_ANSWERED = "open_answered"  # a ticket in the customer's name, with the agent's answer they have already
    ADD = "add"  # to the conversation, for its customer to read
    ANSWER = "answer"
    HEAR = "hear"  # a third party: for agents to read
    KEEP = "keep"  # inside, for agents alone


JOINING = (Course.ADD, Course.ANSWER, Course.HEAR, Course.KEEP)


class Voice(StrEnum):
    """Whose words they are."""

    NOBODY = "nobody"
    CUSTOMER = "customer"
    PARTICIPANT = "participant"
    AGENT = "agent"  # for the customer
    COLLEAGUE = "colleague"  # an agent's, not for the customer
    THIRD_PARTY = "third_party"
    STRANGER = "stranger"


class Notified(StrEnum):
    NOBODY = "nobody"
    AGENTS = "agents"
    WRITER = "writer"  # the agent who wrote it
    BOTH = "both"


class Why(StrEnum):
    """The rows of the table. What is kept inside bears its reason as a remark."""

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
    ANSWERED = "answered"
    ANSWERED_DIRECTLY = "answered_directly"
    AUTOMATIC = "automatic"
    UNVERIFIED = "unverified"
    UNCLEAR_SENDER = "unclear_sender"
    UNPROVEN = "unproven"
    UNREADABLE = "unreadable"
    EMPTY = "empty"
    NO_ADDRESS = "closed"
    BAD_TOKEN = "bad_token"  # noqa: S105 (no password)
    COPY = "copy"
    # A ticket of its own
    OURS = "ours"
    NEW_REPORT = "new_report"
    NEW_ABSENCE = "new_absence"
    NEW_MACHINE = "new_machine"
    SUSPECT = "suspect"
    NEW = "new"
    NO_CONFIRMATION = "no_confirmation"
    DISOWNED = "disowned"
    PASSED_ON = "passed_on"
    WHOSE = "whose"
    NEW_ANSWERED = "new_answered"
    NEW_COPY = "new_copy"


@dataclass(frozen=True, slots=True)
class Decision:
    """`acknowledged`: whoever the ticket opens for is confirmed it; `mailed`: the answer goes out by mail; `moves`: the
    next word is the shop's now, or was given; `counts`: as the answer we asked for; `theirs`: the ticket opens in the
    name of whom the agent's mail holds."""

    course: Course
    voice: Voice
    why: Why
    notified: Notified = Notified.NOBODY
    acknowledged: bool = False
    mailed: bool = False
    moves: bool = False
    counts: bool = False
    theirs: bool = False
