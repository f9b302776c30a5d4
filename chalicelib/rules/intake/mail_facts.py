"""What is known of a mail before it is decided what becomes of it. Gathered once (services.intake.gathering), plain
values."""

from dataclasses import dataclass
from enum import StrEnum


class Origin(StrEnum):
    PERSON = "person"
    MACHINE = "machine"  # an automatic reply, a report, a reaction: nobody wrote it
    OURSELVES = "ourselves"  # a mail of ours come back


class Report(StrEnum):
    """Whether a system reports that a mail was not delivered."""

    NONE = "none"
    OURS = "ours"  # a mail that we sent
    OTHER = "other"


class Proof(StrEnum):
    """Whether the sender's domain vouches for the mail (DMARC)."""

    FAILED = "failed"
    NONE = "none"
    PASSED = "passed"


class Author(StrEnum):
    """How surely the mail names whom it is from, which its domain may then vouch for."""

    SURE = "sure"  # as the standard writes it, and sent by nobody else
    LOOSE = "loose"  # one address, but not so
    UNCLEAR = "unclear"  # nobody, several, or what could be read as somebody else: of no part in any ticket


class Part(StrEnum):
    """Who its sender is in the ticket that it belongs to."""

    NONE = "none"
    CUSTOMER = "customer"
    PARTICIPANT = "participant"
    THIRD_PARTY = "third_party"


class Key(StrEnum):
    """What led to the ticket."""

    NONE = "none"
    AGENT = "agent"  # the token made for agents
    CUSTOMER = "customer"
    ENDED = "ended"  # the customer's, from before the ticket's links were withdrawn or it became another's
    THIRD_PARTY = "third_party"
    ID = "id"  # of a mail that only the parties know
    SUBJECT = "subject"  # the reference, from who takes part or is an agent


class Standing(StrEnum):
    """Where that ticket stands."""

    NONE = "none"
    RUNNING = "running"
    QUARANTINE = "quarantine"
    CLOSED = "closed"
    PAST = "past"  # closed for so long that a reply opens another


class Addressed(StrEnum):
    """To whom it says it is written; those in copy do not count."""

    US = "us"  # to the shop alone, or to nobody it names
    AMONG = "among"  # to the shop and others
    CUSTOMER = "customer"  # to the ticket's customer, or to whom it quotes
    OTHERS = "others"
    SERVICE = "service"  # to where replies to digests and sign-in links go: no ticket's


class Inner(StrEnum):
    """Whose mail an agent's mail holds, passed on or answered."""

    NONE = "none"
    CUSTOMER = "customer"  # somebody's who can be written to
    UNKNOWN = "unknown"  # nobody's who could be the customer: ours, an agent's, a program's


@dataclass(frozen=True, slots=True)
class Facts:
    """`silent`: it must not be answered automatically; `reachable`: but whom it is from, by its Reply-To, may be.
    `disowned`: the domain it names as its sender's would not have it delivered, or nothing vouches for it that could.
    `words`: for an agent, what is new and nothing else; `files`: those that may go on. `certain`: it says itself that
    it passes a mail on. `answerable`: the ticket's customer can be written to."""

    origin: Origin = Origin.PERSON
    report: Report = Report.NONE
    silent: bool = False
    reachable: bool = False
    proof: Proof = Proof.NONE
    author: Author = Author.SURE
    disowned: bool = False
    suspicious: bool = False
    readable: bool = True
    words: bool = True
    files: bool = False
    agent: bool = False
    part: Part = Part.NONE
    key: Key = Key.NONE
    standing: Standing = Standing.NONE
    answerable: bool = True
    addressed: Addressed = Addressed.US
    inner: Inner = Inner.NONE
    certain: bool = False

    @property
    def says_something(self) -> bool:
        return self.words or self.files
