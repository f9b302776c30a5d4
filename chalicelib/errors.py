"""Every error Aftercare raises on purpose, in one tree.

AftercareError
├── InvalidFields       input that can't be accepted; says per field, as a code, what to correct
│   └── KeyReused       an idempotency key came back with other content
├── InvalidEvent        an event of the console can't be accepted; says per field, as a sentence, what to type
├── NotFound
│   ├── UnknownShop     no such shop in the policy
│   ├── UnknownTicket   no such ticket
│   ├── UnknownOrder    no such order
│   ├── UnknownFile     no such attachment or upload
│   ├── UnknownDocument the shop has published no such document, or no such version of it
│   └── UnknownArticle  the shop's help has no such article
├── NotOpen             a choice or decision about an order that is not, or no longer, to be made
├── InvalidLink         a signed link that is forged, too old or withdrawn
├── NotSignedIn         a page of the desk without a session
├── Forbidden           the desk: this agent may not do that, or the request is not from one of our pages
│   └── OtherShop       the caller is no agent of that shop; a NotFound too, and answered like it
├── OidcProviderError   single sign-on's issuer can't be reached, or does not answer as it should
├── TooLarge            over a stated limit
├── NotSigned           an event that its source did not sign
├── TryAgainLater       something could not be kept just now
├── WrongType           a body of a type that no endpoint reads
├── WrongMethod         a method that this address does not accept; says which it does
├── RateLimited         too many requests in a period; no customer's words were lost by it
├── NotSent             the mail service did not accept a mail; says whether another try can help
│   └── ComposeFailed   a mail of ours could not be composed: a fault in the program
├── NotYetKnown         an event is about an order or message that may become known in a moment
├── ShopApiError        a shop's system can't be asked for its orders
├── OutOfTime           a run has no time left for the next step; another run goes on
├── StillOwed           mails of a batch are not sent yet: the stream delivers the batch again
├── Unreadable          the stored data of a ticket was altered from outside
├── AuditWriteFailed    the audit trail could not be written, and without it no data is exported
├── StoreConflict       a write found the table changed; see services.ports.conflicts
└── PolicyMistakes      policy.toml can't be used; lists every mistake
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


class AftercareError(Exception):
    """Base of all errors raised on purpose."""


class InvalidFields(AftercareError):
    """The input can't be accepted. `codes` says per field what to correct; templates/words has the words for each code
    (`problem`). `near`: for an unknown name, the most similar known one."""

    def __init__(self, codes: Mapping[str, str], near: Mapping[str, str] | None = None) -> None:
        super().__init__("; ".join(f"{field}: {code}" for field, code in codes.items()))
        self.codes = dict(codes)
        self.near = dict(near or {})


class KeyReused(InvalidFields):
    """The idempotency key names an earlier submission with other content."""


class InvalidEvent(AftercareError):
    """An event of the console can't be accepted. `sentences` says per field what to type. The person who runs the
    function there reads the error as it is."""

    def __init__(self, sentences: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{field}: {sentence}" for field, sentence in sentences.items()))
        self.sentences = dict(sentences)


class NotFound(AftercareError):
    """The requested thing does not exist."""


class UnknownShop(NotFound):
    """The policy has no shop with this id."""

    def __init__(self, shop: str) -> None:
        super().__init__(f"There is no shop {shop!r}.")
        self.shop = shop


class UnknownTicket(NotFound):
    """There is no ticket with this reference."""


class UnknownOrder(NotFound):
    """There is no order with this reference."""


class UnknownFile(NotFound):
    """There is no such attachment or upload."""


class UnknownDocument(NotFound):
    """The shop has published no such document, or no such version of it."""


class UnknownArticle(NotFound):
    """The shop's help has no such article."""


class NotOpen(AftercareError):
    """A choice or decision that is not, or no longer, to be made: the line of the order was sent, the time is over, the
    ticket was answered, or somebody has decided."""


class InvalidLink(AftercareError):
    """A signed link that is not accepted; `expired` distinguishes an old link from a forged one."""

    def __init__(self, *, expired: bool) -> None:
        super().__init__("link expired" if expired else "link refused")
        self.expired = expired


class NotSignedIn(AftercareError):
    """A request for a page of the desk without a valid session."""


class Forbidden(AftercareError):
    """The agent is signed in but may not do this, or the request did not come from one of our pages."""


class OtherShop(Forbidden, NotFound):
    """It belongs to a shop where the caller is not an agent. Answered like NotFound, so that nobody learns which
    tickets exist."""


class OidcProviderError(AftercareError):
    """The issuer for single sign-on can't be reached, or does not answer as it should."""


class TooLarge(AftercareError):
    """Something exceeds a stated limit."""


class NotSigned(AftercareError):
    """An event with a signature that is missing, too old or wrong."""


class TryAgainLater(AftercareError):
    """It could not be kept just now; the sender should try again."""


class WrongType(AftercareError):
    """No endpoint here reads a body of this type."""


class WrongMethod(AftercareError):
    """The address does not accept this method; `allowed` lists the methods it accepts."""

    def __init__(self, allowed: Sequence[str]) -> None:
        super().__init__(f"allowed: {', '.join(allowed)}")
        self.allowed = tuple(allowed)


class RateLimited(AftercareError):
    """Too many requests of a kind in a period."""


class NotSent(AftercareError):
    """The mail service did not accept a mail. `passing`: another try later can help. `unanswered`: it may have accepted
    the mail, because its answer did not come. `parts`: how many parts of a long message were accepted before. `token`:
    a messenger does not know us (any more)."""

    def __init__(
        self, reason: str, *, passing: bool, unanswered: bool = False, parts: int = 0, token: bool = False
    ) -> None:
        super().__init__(reason)
        self.passing = passing
        self.unanswered = unanswered
        self.parts = parts
        self.token = token


class NotYetKnown(AftercareError):
    """The order, message or person that an event is about is not known yet. The queue delivers the event again."""


class ShopApiError(AftercareError):
    """A shop's system can't be asked for its orders, or does not answer as it should."""


class NotTaken(AftercareError):
    """A shop's system does not take our event now, or its address may not be asked."""


class OutOfTime(AftercareError):
    """The rest must wait for the next run."""


class StillOwed(AftercareError):
    """Some mails of a batch are not sent yet."""


class ComposeFailed(NotSent):
    """A mail could not be composed: a fault in the program, to be fixed in its next version."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason, passing=True)


class Unreadable(AftercareError):
    """The stored data of a ticket was altered from outside and is no longer a valid ticket."""


class AuditWriteFailed(AftercareError):
    """The audit trail could not be written."""

    def __init__(self) -> None:
        super().__init__("The audit trail could not be written, so no data was exported. Press Test again.")


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake in policy.toml: the dotted key, its line (from 1), and what to write instead."""

    key: str
    line: int
    sentence: str


class PolicyMistakes(AftercareError):
    """policy.toml can't be used; `mistakes` lists every mistake found."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        super().__init__("\n".join(f"line {m.line}: {m.key}: {m.sentence}" for m in mistakes))
        self.mistakes = tuple(mistakes)
