"""What the services need from the world, as protocols: `aws` implements them, tests fake them."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from chalicelib.rules.periods import Holidays
from chalicelib.rules.policy import Policy, Shop
from chalicelib.rules.tickets import Change, Message, Ticket


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` of `key` within `window`."""

    key: str
    most: int
    window: timedelta


@dataclass(frozen=True, slots=True)
class Due:
    """An agenda entry: the item whose next step has come; `message` is None for the ticket itself."""

    ref: str
    message: str | None


@dataclass(frozen=True, slots=True)
class Upload:
    """A file in the uploads area: its size in bytes and the type it was sent as."""

    size: int
    content_type: str


class Store(Protocol):
    def commit(self, change: Change) -> None:
        """Write the change, all or nothing, in one request.

        Raises AlreadyOpened when its first-version ticket exists, AlreadyKept when a first-version
        message does, Stale when any other item is not at the version before.
        """

    def ticket(self, ref: str) -> Ticket | None: ...

    def message(self, ref: str, id: str) -> Message | None: ...

    def conversation(self, ref: str) -> tuple[Ticket | None, list[Message]]:
        """The ticket and its messages in time order, in one read request per megabyte."""

    def ref_of_sent(self, ids: Iterable[str]) -> str | None:
        """The ticket of the first of these ids that the mail service gave to a mail of ours."""

    def item_of_sent(self, id: str) -> Due | None:
        """The ticket or message that owed the mail the mail service gave this id."""

    def flag(self, key: str, why: str, until: datetime) -> None:
        """Remember something of an address (its blinded key) for a time."""

    def flagged(self, key: str, now: datetime) -> bool: ...

    def within_limits(self, limits: Iterable[Limit], now: datetime) -> bool:
        """Count one against every limit, in one request; False when one of them is used up."""

    def due(self, now: datetime, most: int) -> list[Due]:
        """At most `most` agenda entries whose time has come: the earliest of each shard."""

    def aside(self, shop: str, most: int) -> list[Ticket]:
        """The shop's tickets that were kept aside, the newest `most`."""

    def note_outcome(self, raw_key: str, outcome: str, ref: str | None, now: datetime) -> None:
        """Record what became of a raw mail; the first record stays."""

    def outcomes_of(self, raw_keys: Iterable[str]) -> dict[str, str]:
        """The recorded outcomes of these raw mails, by key; those without one are left out."""

    def note_balance(self, day: date, received: int, outcomes: Mapping[str, int]) -> None:
        """Write down how many mails a day brought and what became of them; later counts replace earlier ones."""


class Files(Protocol):
    def raw_mail(self, key: str) -> bytes: ...

    def keep_raw_mail(self, raw_key: str, key: str) -> None:
        """Copy a raw mail under its ticket, to be kept and purged with it."""

    def settle_raw_mail(self, key: str) -> None:
        """Mark a raw mail as one with an outcome and kept elsewhere: only such may be deleted after a while."""

    def raw_mails(self, since: datetime) -> Iterator[tuple[str, datetime]]:
        """The raw mails that came since then, each with its key and when it came."""

    def keep(self, key: str, content: bytes, content_type: str) -> None: ...

    def read(self, key: str) -> bytes: ...

    def adopt_upload(self, upload: str, key: str) -> None:
        """Copy an upload under its ticket."""

    def upload(self, key: str) -> Upload | None: ...

    def upload_form(self, key: str, content_type: str, largest: int) -> tuple[str, Mapping[str, str]]:
        """A presigned POST (address, fields) for one file of this type and at most `largest` bytes."""

    def link(self, key: str, filename: str, content_type: str, seconds: int) -> str:
        """A link that downloads the file and works for so many seconds."""


class Mailer(Protocol):
    def send(self, sender: str, recipient: str, raw: bytes, tags: Mapping[str, str]) -> str:
        """Hand a mail over; the mail service's id for it. Its events about the mail bring the tags. Raises NotSent."""


class Queue(Protocol):
    """The queue of raw mails to be received."""

    def put_back(self, raw_key: str) -> None: ...

    def revive(self, most: int) -> int:
        """Put at most so many dead letters back on the queue; how many there were."""


@dataclass(frozen=True, slots=True)
class Deps:
    """Everything a use case works with."""

    policy: Policy
    secret: bytes
    public_url: str
    limits_on: bool
    store: Store
    files: Files
    mailer: Mailer
    queue: Queue
    now: Callable[[], datetime]
    holidays: Callable[[Shop], Holidays]
