"""What the mail service says about our account and mail domains, for `health`."""

from dataclasses import dataclass
from enum import Enum, auto
from typing import Protocol


class Receiving(Enum):
    """By whose rules the mail service receives mail. `ELSEWHERE`: it is not the mail service that brings us mail.
    `UNKNOWN`: it may not be asked, or does not say."""

    BY_OURS = auto()
    BY_OTHERS = auto()
    BY_NONE = auto()
    ELSEWHERE = auto()
    UNKNOWN = auto()


@dataclass(frozen=True, slots=True)
class Sending:
    """Whether the account sends mail at all; only to addresses that were verified (`sandbox`); and whether the mail
    service reviews it, because of bounces or complaints. `share`: which part of a day's mails the last day took."""

    active: bool
    sandbox: bool = False
    reviewed: bool = False
    share: float = 0.0


@dataclass(frozen=True, slots=True)
class MailDomain:
    """Whether the mail service sends as this domain, signs its mails (DKIM), and uses a return path below it."""

    verified: bool
    signed: bool = True
    return_path: bool = True


class MailAccount(Protocol):
    """Each answer is None (or UNKNOWN) if the mail service may not be asked, or does not say."""

    def receiving(self) -> Receiving: ...

    def sending(self) -> Sending | None: ...

    def domain(self, name: str) -> MailDomain | None: ...
