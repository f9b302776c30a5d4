"""Every error Aftercare raises on purpose, in one tree.

AftercareError
├── InvalidFields       what was sent can't be accepted; says per field, as a code, what to mend
│   └── KeyReused       an idempotency key came back with other content
├── InvalidEvent        an event of the console can't be; says per field, as a sentence, what to type
├── NotFound
│   ├── UnknownShop     no such shop in the policy
│   ├── UnknownTicket   no such ticket
│   └── UnknownFile     no such attachment or upload
├── InvalidLink         a signed link that is forged, too old or withdrawn
├── NotSignedIn         a page of the desk without a session
├── Forbidden           the desk: not this agent, or not from a page of ours
│   └── OtherShop       of a shop one is no agent of; answered as NotFound, which it is too
├── OidcProviderError   single sign-on's issuer can't be reached, or does not answer as it should
├── TooLarge            over a stated bound
├── WrongType           a body of a type that nothing here reads
├── WrongMethod         a method that this address does not take; says which it does
├── RateLimited         too often in a time; nothing of a customer's was lost by it
├── NotSent             the mail service did not take a mail; says whether trying again can help
│   └── ComposeFailed   a mail of ours could not be composed: a fault in the program
├── StillOwed           mails of a batch are still to be sent: the stream is to bring it again
├── AuditWriteFailed    the audit trail could not be written, and without it no data is handed out
├── StoreConflict       a write found the table other than it expected; see services.ports.conflicts
└── PolicyMistakes      policy.toml can't be used; lists every mistake
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


class AftercareError(Exception):
    """Base of all errors raised on purpose."""


class InvalidFields(AftercareError):
    """What was sent can't be accepted; `codes` says per field what to mend, for which templates/words has the words
    (`problem`). `near`: for a name that is not known, what was probably meant."""

    def __init__(self, codes: Mapping[str, str], near: Mapping[str, str] | None = None) -> None:
        super().__init__("; ".join(f"{field}: {code}" for field, code in codes.items()))
        self.codes = dict(codes)
        self.near = dict(near or {})


class KeyReused(InvalidFields):
    """The idempotency key names an earlier submission with other content."""


class InvalidEvent(AftercareError):
    """An event of the console can't be done; `sentences` says per field what to type. Who runs a function there reads
    the error as it is."""

    def __init__(self, sentences: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{field}: {sentence}" for field, sentence in sentences.items()))
        self.sentences = dict(sentences)


class NotFound(AftercareError):
    """What was asked for does not exist."""


class UnknownShop(NotFound):
    """The policy has no shop of this id."""

    def __init__(self, shop: str) -> None:
        super().__init__(f"There is no shop {shop!r}.")
        self.shop = shop


class UnknownTicket(NotFound):
    """There is no ticket of this reference."""


class UnknownFile(NotFound):
    """There is no such attachment or upload."""


class InvalidLink(AftercareError):
    """A signed link that is not accepted; `expired` tells an honest old link from a forged one."""

    def __init__(self, *, expired: bool) -> None:
        super().__init__("link expired" if expired else "link refused")
        self.expired = expired


class NotSignedIn(AftercareError):
    """A page of the desk was asked for without a session that holds."""


class Forbidden(AftercareError):
    """Signed in, but this is not for them; or the request did not come from a page of ours."""


class OtherShop(Forbidden, NotFound):
    """It belongs to a shop they are no agent of. They are told what they would be told were it not there."""


class OidcProviderError(AftercareError):
    """The issuer that single sign-on relies on can't be reached, or does not answer as it should."""


class TooLarge(AftercareError):
    """Something is over a stated bound."""


class WrongType(AftercareError):
    """The body is of a type that nothing here reads."""


class WrongMethod(AftercareError):
    """The address does not take this method; `allowed` names those it does."""

    def __init__(self, allowed: Sequence[str]) -> None:
        super().__init__(f"allowed: {', '.join(allowed)}")
        self.allowed = tuple(allowed)


class RateLimited(AftercareError):
    """Too many requests of a kind in a time."""


class NotSent(AftercareError):
    """The mail service did not take a mail. `passing`: trying again later can help; `unanswered`: it may have taken it
    all the same, as its answer did not come."""

    def __init__(self, reason: str, *, passing: bool, unanswered: bool = False) -> None:
        super().__init__(reason)
        self.passing = passing
        self.unanswered = unanswered


class OutOfTime(AftercareError):
    """What is left must wait for the next run."""


class StillOwed(AftercareError):
    """Some mails of a batch are still to be sent."""


class ComposeFailed(NotSent):
    """A mail could not be composed: a fault in the program, mended by its next version."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason, passing=True)


class Unreadable(AftercareError):
    """What is kept of a ticket was altered from outside, so that it is none any more."""


class AuditWriteFailed(AftercareError):
    """The audit trail could not be written."""

    def __init__(self) -> None:
        super().__init__("The audit trail could not be written, so nothing is handed out: press Test again.")


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake in policy.toml: the dotted key, its line (from 1), and what to write instead."""

    key: str
    line: int
    sentence: str


class PolicyMistakes(AftercareError):
    """policy.toml can't be used; `mistakes` holds every one found."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        super().__init__("\n".join(f"line {m.line}: {m.key}: {m.sentence}" for m in mistakes))
        self.mistakes = tuple(mistakes)
