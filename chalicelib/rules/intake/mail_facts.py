"""The facts on which the decision about a mail is based. They are gathered once (services.intake.gathering), as plain
values."""

from dataclasses import dataclass
from enum import StrEnum


class Origin(StrEnum):
    PERSON = "person"
    MACHINE = "machine"  # an automatic reply, a report, a reaction: no person wrote it
    OURSELVES = "ourselves"  # a mail of ours that came back


class Report(StrEnum):
    """Whether a system reports that a mail was not delivered."""

    NONE = "none"
    OURS = "ours"  # about a mail that we sent
    OTHER = "other"


class Proof(StrEnum):
    """Whether the sender's domain vouches for the mail (DMARC)."""

    FAILED = "failed"
    NONE = "none"
    PASSED = "passed"


class Author(StrEnum):
    """How clearly the mail names its author; the domain can vouch only for a clear one."""

    SURE = "sure"  # as the standard requires, and nobody else sent it
    LOOSE = "loose"  # one address, but not in the standard form
    UNCLEAR = "unclear"  # no author, several, or text that can be read as another address: takes part in no ticket


class Part(StrEnum):
    """The sender's role in the ticket that the mail belongs to."""

    NONE = "none"
    CUSTOMER = "customer"
    PARTICIPANT = "participant"
    THIRD_PARTY = "third_party"


class Key(StrEnum):
    """How the mail was matched to the ticket."""

    NONE = "none"
    AGENT = "agent"  # the token for agents
    CUSTOMER = "customer"
    ENDED = "ended"  # the customer's token, from before the ticket's links were withdrawn or its customer changed
    THIRD_PARTY = "third_party"
    ID = "id"  # the id of a mail that only the parties know
    SUBJECT = "subject"  # the reference, in a mail of a party or an agent


class TicketState(StrEnum):
    """The state of that ticket."""

    NONE = "none"
    RUNNING = "running"
    QUARANTINE = "quarantine"
    CLOSED = "closed"
    PAST = "past"  # closed so long ago that a reply opens another ticket


class Addressed(StrEnum):
    """The mail's recipients. Those in Cc do not count, except the ticket's customer if it was sent to the shop alone,
    and not to a reply address for agents: from there it is mailed."""

    US = "us"  # only to the shop, or to nobody by name
    TEAM = "team"  # to the shop and colleagues
    AMONG = "among"  # to the shop and others
    CUSTOMER = "customer"  # to the ticket's customer; without a ticket, to the person it quotes
    OTHERS = "others"
    SERVICE = "service"  # to the address for replies to digests and sign-in links, which belong to no ticket


class Inner(StrEnum):
    """The mail inside an agent's mail, forwarded or answered."""

    NONE = "none"
    CUSTOMER = "customer"  # from a person we can write to
    UNKNOWN = "unknown"  # from no possible customer: us, an agent, a program


@dataclass(frozen=True, slots=True)
class Facts:
    """`silent`: it must not be answered automatically. `reachable`: nevertheless the person in its Reply-To may get an
    automatic answer. `disowned`: the sender's domain asks receivers to reject or quarantine such mail (DMARC), or it
    fails SPF and no signature is valid. `unnamed`: it comes from an address of ours, a group or an address that
    nobody reads, is no mail of ours, and names nobody else. `absence`: an agent's, whose subject begins as only
    automatic replies do. `recalls`: an agent's, whose words are only Outlook's request to recall a mail.
    `for_another`: an agent's, whose Reply-To could be a customer's.
    `words`: there are new words; for an agent only these count. `files`: there are files that may be passed on.
    `certain`: the mail says that it is a forward. `forwards`: it says so of a mail that is not ours. `astray`: it was
    sent to an address for agents' answers that leads to no ticket. `several`: to such addresses of several tickets.
    `inside`: all recipients in To are the shop and its
    agents. `answerable`: the ticket's customer has an address that we can write to. `read_by_two`: another agent reads
    what is written to this customer, before it leaves."""

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
    unnamed: bool = False
    absence: bool = False
    recalls: bool = False
    for_another: bool = False
    part: Part = Part.NONE
    key: Key = Key.NONE
    ticket_state: TicketState = TicketState.NONE
    answerable: bool = True
    read_by_two: bool = False
    addressed: Addressed = Addressed.US
    inner: Inner = Inner.NONE
    certain: bool = False
    forwards: bool = False
    astray: bool = False
    several: bool = False
    inside: bool = False

    @property
    def says_something(self) -> bool:
        return self.words or self.files
