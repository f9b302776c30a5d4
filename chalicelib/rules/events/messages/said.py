"""What somebody wrote by a messenger, and what became of a message of ours, as every provider's parser gives it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from chalicelib.rules.identity.handles import Handle

LONGEST = 20_000
"""Characters of one message: more than any provider takes."""
MOST_FILES = 10
OURS = "aftercare"
"""What our own messages carry as Messenger's `metadata`: it is said again with their echoes."""


class Kind(StrEnum):
    """What somebody did."""

    WORDS = "words"  # with or without files
    EDITED = "edited"
    DELETED = "deleted"
    REACTION = "reaction"
    STICKER = "sticker"
    OTHER = "other"  # of a type that we can't show: a place, a contact, a poll
    ECHO = "echo"  # the shop's own people, in the provider's app
    COMMENT = "comment"  # in public


class Progress(StrEnum):
    """What became of a message of ours. It goes forward only, and `failed` ends it."""

    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Media:
    """A file in a message: the provider's id for it, or its address."""

    id: str = ""
    url: str = ""
    content_type: str = ""
    filename: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """`who`: the person, of an echo too; `also`: another handle of the same person; `account`: the shop's number, page
    or bot; `id`: the provider's own for the message; `about`: the id of the message that is edited, deleted or reacted
    to, or of what is commented on; `thread`: of a comment under which one may write, the id of the comment that began
    it."""

    kind: Kind
    who: Handle
    account: str
    id: str
    at: datetime
    text: str = ""
    name: str = ""
    also: Handle | None = None
    about: str = ""
    media: tuple[Media, ...] = ()
    thread: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """What the provider says of a message of ours. `error`: its code of a failure."""

    id: str
    progress: Progress
    at: datetime
    error: str = ""


@dataclass(frozen=True, slots=True)
class Heard:
    """Everything in one body. `left_out`: how many of its parts nobody could read."""

    said: tuple[Said, ...] = ()
    told: tuple[Told, ...] = ()
    left_out: int = 0
