"""What the services need from the world, as protocols: `aws` implements them, tests fake them."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Protocol

from chalicelib.rules.access.sessions import Session, SignIn
from chalicelib.rules.identity.keys import Secret
from chalicelib.rules.intake.limits import Bound, Limit
from chalicelib.rules.policy.model import Policy, Shop
from chalicelib.rules.privacy.audit_events import Deed
from chalicelib.rules.privacy.audit_events import Place as DeedPlace
from chalicelib.rules.tickets.clocks import Moment
from chalicelib.rules.tickets.ticket import Change, LogEntry, Message, State, Ticket
from chalicelib.rules.timing.periods import Holidays
from chalicelib.services.ports.records import Purging, Records

ALWAYS, NEVER = datetime(2000, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Due:
    """An agenda entry: the item whose next step has come; `message` is None for the ticket itself."""

    ref: str
    message: str | None


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where a ticket stands in a list of the inbox: what is due first, and of what is due together what was opened
    first. A list that was left off goes on after its last entry's."""

    due: datetime
    opened_at: datetime
    ref: str


@dataclass(frozen=True, slots=True)
class Upload:
    """A file in the uploads area: its size in bytes and the type it was sent as."""

    size: int
    content_type: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A ticket as a list of the inbox shows it. `due`: its earliest promise still open, whose clock is named; where
    none is, `clock` is empty and `due` is after all that are."""

    ref: str
    kind: str
    subject: str
    name: str
    opened_at: datetime
    due: datetime
    clock: str
    assignee: str
    channel: str
    topic: str
    priority: str
    outcome: str = ""
    """How it ended, once it is closed."""

    @property
    def at(self) -> Place:
        """Where it stands in its list."""
        return Place(self.due, self.opened_at, self.ref)


@dataclass(frozen=True, slots=True)
class Mention:
    """Where a word's list names a ticket: by its opening and its reference."""

    opened_at: datetime
    ref: str


@dataclass(frozen=True, slots=True)
class Sibling:
    """Another ticket of the same customer, as the ticket's page lists it."""

    ref: str
    kind: str
    state: State
    opened_at: datetime
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """What an agent (by address) has begun to write on a ticket, and when they last did."""

    ref: str
    agent: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Lost:
    """A mail of ours to a customer or third party that did not arrive: of which ticket, which mail, what became of it
    (values of rules.tickets.outbox.Purpose and Posting), and when that was heard of."""

    ref: str
    purpose: str
    posting: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Deaths:
    """How many runs of the agenda ended at an entry, and when the last of them had begun."""

    entry: str
    times: int
    last: datetime


@dataclass(frozen=True, slots=True)
class RunMark:
    """How far the agenda's latest run has come, should it end without a word. `at`: the entry it is looking after,
    where it notes each. `deaths`: at which entries runs ended. `ended`: the run came to its end."""

    begun_at: datetime
    at: str = ""
    deaths: tuple[Deaths, ...] = ()
    ended: bool = False


@dataclass(frozen=True, slots=True)
class Export:
    """How far an export is: a file of parts in the exports area. Whoever works on it has claimed it until a moment, as
    each version says anew; who dies leaves it to the next after that. `cursor` says up to where what was exported is in
    the parts and in `rest` (a file of what fills no part yet), `state` what its format needs to go on."""

    id: str
    key: str
    begun_at: datetime
    claimed_until: datetime
    upload: str = ""
    parts: tuple[str, ...] = ()
    side: str = ""
    """The number and the upload of what is to be put beside the parts next."""
    noted: tuple[int, ...] = ()
    """The numbers of what lies beside the parts and is wanted at the end."""
    cursor: str = ""
    state: str = ""
    rest: str = ""
    tickets: int = 0
    messages: int = 0
    size: int = 0
    complete: bool = False
    """Whether everything is in the parts, and they are only to be joined."""
    finished_at: datetime | None = None
    version: int = 1


@dataclass(frozen=True, slots=True)
class Unread:
    """What stands at a place in the audit trail and is no deed, or none as Aftercare writes them."""

    place: str


@dataclass(frozen=True, slots=True)
class Depths:
    """How many messages lie in a queue, and how many in its dead letters. About."""

    waiting: int
    dead: int


@dataclass(frozen=True, slots=True)
class Balance:
    """How many mails a day brought, and what became of them; without an outcome yet they are "pending"."""

    day: date
    received: int
    outcomes: Mapping[str, int]


class Store(Records, Protocol):
    def commit(self, change: Change) -> None:
        """Write the change, all or nothing, in one request.

        Raises TicketExists when its first-version ticket exists, MessageExists when a first-version
        message does, VersionConflict when any other item is not at the version before.
        """

    def ticket(self, ref: str) -> Ticket | None: ...

    def message(self, ref: str, id: str) -> Message | None: ...

    def conversation(self, ref: str) -> tuple[Ticket | None, list[Message]]:
        """The ticket and its messages in time order, in one read request per megabyte. Those of the tickets that were
        merged into it are among them, their openings too, by one request more for each."""

    def save_draft(self, draft: Draft, until: datetime) -> None:
        """Keep an agent's draft until then, in place of their earlier one; a later one that came first stays."""

    def drafts(self, ref: str, now: datetime) -> list[Draft]:
        """What agents have begun to write on the ticket, in one request."""

    def history(self, ref: str, most: int) -> list[LogEntry]:
        """The latest entries of a ticket's log, the latest first; those of its opening stand on the ticket itself."""

    def tickets_of(self, shop: str, address: str, most: int) -> list[Sibling]:
        """The shop's tickets whose customer has this address, the newest `most`, newest first. Some moments old."""

    def ref_of_sent(self, ids: Iterable[str]) -> str | None:
        """The ticket of the first of these ids that the mail service gave to a mail of ours."""

    def item_of_sent(self, id: str) -> Due | None:
        """The ticket or message that owed the mail the mail service gave this id."""

    def flag(self, key: str, why: str, until: datetime) -> None:
        """Remember something of an address (its blinded key) for a time."""

    def flagged(self, key: str, now: datetime) -> bool: ...

    def count(
        self, firm: Sequence[Limit], now: datetime, *, soft: Sequence[Limit] = (), once: str = ""
    ) -> frozenset[Bound]:
        """Count one against every limit; which of them are used up, in one request where none is. One of the firm being
        so, nothing is counted, else all firm ones are; and all soft ones unless one of these is used up. What `once`
        names is counted only once: when it comes again it gets the answer it had."""

    def due(self, now: datetime, page: int, purpose: str = "step") -> Iterator[Due]:
        """The agenda entries whose time has come, read a page at a time as they are taken, the earliest first. With the
        purpose "purge", tickets that have been kept long enough; those whose purge has begun have been due ALWAYS."""

    def run_mark(self) -> RunMark | None:
        """What the agenda's latest run noted."""

    def note_run(self, mark: RunMark) -> None: ...

    def inbox(
        self, shop: str, state: str, most: int, since: datetime = ALWAYS, before: datetime = NEVER
    ) -> tuple[list[Listed], int]:
        """The shop's tickets in a state ("owed": closed ones whose remedy is to come) whose earliest promise is due
        within a time: the most urgent `most` of them, and how many there are."""

    def inbox_page(
        self,
        shop: str,
        place: str,
        most: int,
        after: Place | None = None,
        since: datetime = ALWAYS,
        before: datetime = NEVER,
        newest_first: bool = False,
    ) -> tuple[list[Listed], Place | None]:
        """The first `most` of a list of the inbox (rules.tickets.inbox_keys), or those that follow `after`, in one
        request that reads no more than these; and from where it goes on, None at its end."""

    def find_tickets(self, refs: Sequence[str]) -> list[Ticket]:
        """Those there are of these tickets, in this order. Some moments old."""

    def note_words(self, shop: str, words: Iterable[str], mention: Mention) -> None:
        """Put a ticket into the lists of these (blinded) words; again, it changes nothing."""

    def mentions(self, shop: str, word: str, most: int, after: Mention | None = None) -> tuple[list[Mention], bool]:
        """A word's list, newest ticket first, or what follows `after`, in one request; and whether it goes on."""

    def mentioned(self, shop: str, words: Sequence[Sequence[str]], among: Sequence[Mention]) -> list[Mention]:
        """Those of these tickets that stand in the lists of all the words, each as it may be blinded."""

    def tallied(self, shop: str, since: date, until: date) -> tuple[int, int]:
        """How many promises were kept and missed on these days, both included."""

    def claim_digest(self, shop: str, owner: str, day: date, now: datetime, until: datetime) -> bool:
        """Whether an owner's digest of the day is ours to send until then: nobody has it, or their time is over."""

    def aside(self, shop: str, most: int, after: Place | None = None) -> tuple[list[Ticket], Place | None]:
        """The shop's tickets that were kept aside, the newest `most`, or those that follow `after`; and from where the
        list goes on, None at its end."""

    def note_outcome(self, raw_key: str, outcome: str, ref: str | None, now: datetime) -> None:
        """Record what became of a raw mail; the first record stays."""

    def note_attempt(self, raw_key: str, now: datetime) -> int:
        """Count that a raw mail without an outcome is being read; how often it was, this time included."""

    def outcomes_of(self, raw_keys: Iterable[str]) -> dict[str, str]:
        """The recorded outcomes of these raw mails, by key; those without one are left out."""

    def note_balance(self, day: date, received: int, outcomes: Mapping[str, int]) -> None:
        """Write down how many mails a day brought and what became of them; later counts replace earlier ones."""

    def balances(self, since: date, until: date) -> list[Balance]:
        """Those that were written down of these days, both included, in order."""

    def note_lost(self, shop: str, lost: Lost) -> None:
        """Put a mail on the shop's list of those that did not arrive, for a while; again, it changes nothing."""

    def lost(self, shop: str, most: int) -> list[Lost]:
        """The shop's mails that did not arrive, the newest `most`, newest first, in one request."""

    def opened_on(self, shop: str, day: date, most: int, after: str = "") -> list[str]:
        """The references of the shop's tickets that were opened on a day (UTC), in order: the first `most` of them, or
        of those that follow `after`. Some moments old."""

    def opened_by(self, shop: str, address: str, most: int, after: Mention | None = None) -> list[Mention]:
        """The shop's tickets whose customer has this address, newest first: the first `most`, or of those that follow
        `after`. Some moments old."""

    def export(self, id: str) -> Export | None: ...

    def put_export(self, export: Export) -> bool:
        """Keep a new export, or a kept one's next version; False when another change came first."""

    def latest_deed(self) -> DeedPlace | None:
        """Where the audit trail stands. Of what was altered there whatever can be read, so that it can go on."""

    def note_deed(self, deed: Deed) -> bool:
        """Put it into the audit trail after the one it follows, in one request; False when another came first."""

    def deeds(self, since: date, until: date) -> Iterator[Deed | Unread]:
        """Those of these days (UTC), both included, in order, read a page at a time."""

    def put_sign_in(self, sign_in: SignIn) -> None: ...

    def sign_in(self, id: str, now: datetime) -> SignIn | None:
        """The link, if it can still be used."""

    def use_sign_in(self, id: str, now: datetime) -> SignIn | None:
        """The same, and whoever else uses it gets None: of any number at once, one."""

    def claim_attempt(self, id: str, ends_at: datetime) -> bool:
        """Whether an attempt at single sign-on comes back for the first time; remembered until its time is over."""

    def put_session(self, session: Session) -> bool:
        """Keep a new session, or a kept one's next version; False when another change came first."""

    def session(self, id: str) -> Session | None: ...

    def sign_out_everywhere(self, address: str, at: datetime) -> None:
        """Every session of the agent that began until then is over (the agent's epoch)."""

    def signed_out_at(self, address: str) -> datetime | None:
        """When the agent last signed out everywhere, as far as sessions from before could still be going."""


class Files(Purging, Protocol):
    def raw_mail(self, key: str) -> bytes: ...

    def keep_raw_mail(self, raw_key: str, key: str) -> None:
        """Copy a raw mail under its ticket, to be kept and purged with it."""

    def settle_raw_mail(self, key: str) -> None:
        """Mark a raw mail as one with an outcome: only such may be deleted after a while."""

    def raw_mails(self, since: datetime) -> Iterator[tuple[str, datetime]]:
        """The raw mails that came since then, each with its key and when it came."""

    def keep(self, key: str, content: bytes, content_type: str) -> None: ...

    def read(self, key: str) -> bytes: ...

    def adopt_upload(self, upload: str, key: str) -> None:
        """Copy an upload, or what another ticket has, under its ticket."""

    def upload(self, key: str) -> Upload | None: ...

    def upload_form(self, key: str, content_type: str, largest: int) -> tuple[str, Mapping[str, str]]:
        """A presigned POST (address, fields) for one file of this type and at most `largest` bytes."""

    def link(self, key: str, filename: str, content_type: str, seconds: int) -> str:
        """A link that downloads the file and works for so many seconds."""

    def begin_parts(self, key: str, content_type: str) -> str:
        """Begin a file that comes in parts; the upload's id."""

    def put_part(self, key: str, upload: str, number: int, content: bytes) -> str:
        """Put a part (from 1; all but the last of 5 MB at least); what names it. Raises UnknownFile: no such upload."""

    def join_parts(self, key: str, upload: str, parts: Sequence[str]) -> None:
        """Make them the file. Again, it changes nothing. Raises UnknownFile: the upload or a part is gone."""

    def give_up_parts(self, key: str, upload: str) -> None:
        """Forget the parts of a file that has not been joined."""


class Mailer(Protocol):
    def send(self, sender: str, recipient: str, raw: bytes, tags: Mapping[str, str]) -> str:
        """Hand a mail over; the mail service's id for it. Its events about the mail bring the tags. Raises NotSent."""


class Reviving(Protocol):
    """A queue with dead letters."""

    def revive(self, most: int) -> int:
        """Put at most so many dead letters back on the queue; how many there were."""

    def depths(self) -> Depths: ...


class Queue(Reviving, Protocol):
    """The queue of raw mails to be received."""

    def put_back(self, raw_key: str) -> None: ...


class Run(Protocol):
    """One run of a function that may not come to its end in the time it has."""

    @property
    def request(self) -> str:
        """What names this run in AWS's own records."""

    def time_left(self) -> bool:
        """Whether there is time for a step more and for putting down how far it is."""

    def again(self, event: Mapping[str, Any]) -> bool:
        """Have the function run once more with this event, without waiting for it; whether that could be done."""


class Issuer(Protocol):
    """Who vouches for agents in single sign-on (OpenID Connect)."""

    url: str
    client_id: str

    def authorization_endpoint(self) -> str:
        """Where browsers are sent to sign in. Raises IssuerFailed."""

    def id_token(self, code: str, verifier: str, redirect_uri: str) -> str:
        """The ID token that the issuer's token endpoint gives for a code. Raises IssuerFailed."""

    def check_signature(self, token: str) -> None:
        """Raises id_tokens.Unfit unless a key that the issuer publishes signed it, IssuerFailed."""


@dataclass(frozen=True, slots=True)
class Deps:
    """Everything a use case works with."""

    policy: Policy
    secret: Secret
    audit: Callable[[], Secret]
    """That of the deeds, asked for where they are noted or verified: who does neither has no right to it."""
    public_url: str
    limits_on: bool
    store: Store
    files: Files
    mailer: Mailer
    queue: Queue
    now: Callable[[], datetime]
    holidays: Callable[[Shop], Holidays]
    issuer: Issuer | None = None
    """Where single sign-on is set up."""
    queues: Mapping[str, Reviving] = field(default_factory=dict)
    """Every queue with dead letters, by its name."""
    holidays_until: Callable[[], int | None] = lambda: None
    """The last year whose holidays are written down; None where they are worked out."""

    def moment(self, shop: Shop) -> Moment:
        """The present, for rules."""
        return Moment(self.now(), shop, self.holidays(shop))
