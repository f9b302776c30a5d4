"""Deeds: what admins did at the console, each hashed together with the one before it, so that one that is missing,
altered or added shows.

They are numbered, and each names the one it follows. Where the latest stands is kept beside them: a deed is written
together with that or not at all, so that of two at once the second follows the first, and none is lost
(decisions 134 and 135).
"""

import base64
import hmac
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.rules.identity.keys import Secret, Use
from chalicelib.rules.privacy.hash_chain import Verdict
from chalicelib.rules.tickets.stated import digest

_LETTERS = 43
_LEAST = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Place:
    """A deed's place in the chain."""

    number: int
    at: datetime
    proof: str


@dataclass(frozen=True, slots=True)
class Deed:
    """What an admin did at the console, for the audit trail: never with anybody's data. `after` is the deed before it,
    `proof` the letter of a version of the secret and what is made by that."""

    id: str
    at: datetime
    actor: str
    action: str
    detail: str = ""
    number: int = 0
    after: Place | None = None
    proof: str = ""

    @property
    def place(self) -> Place:
        return Place(self.number, self.at, self.proof)


def following(secret: Secret, deed: Deed, latest: Place | None) -> Deed:
    """The deed as the one after the latest. Their moments are in that order too, whichever machine's clock is ahead."""
    at = max(deed.at, latest.at + _LEAST) if latest else deed.at
    placed = replace(deed, at=at, number=latest.number + 1 if latest else 1, after=latest)
    key = secret.now(Use.DEEDS)
    return replace(placed, proof=key.version + _proof(key.key, placed))


def judged(secret: Secret, deeds: Iterable[Deed]) -> Iterator[tuple[Deed, Verdict]]:
    """Each of these deeds in their order with what is found of it; MISSING: one was before it that is not there."""
    before: Deed | None = None
    for deed in sorted(deeds, key=lambda deed: (deed.number, deed.at)):
        yield deed, _verdict(secret, deed, before)
        before = deed


def _verdict(secret: Secret, deed: Deed, before: Deed | None) -> Verdict:
    key = secret.of(deed.proof[:1], Use.DEEDS)
    if key is None or not hmac.compare_digest(_proof(key, deed).encode(), deed.proof[1:].encode()):
        return Verdict.ALTERED
    if before is None:
        return Verdict.WHOLE
    if before.number == deed.number:
        return Verdict.ADDED
    return Verdict.WHOLE if deed.after == before.place else Verdict.MISSING


def _proof(key: bytes, deed: Deed) -> str:
    said = digest(deed, ("proof",)).encode()
    return base64.urlsafe_b64encode(hmac.digest(key, said, "sha256")).decode()[:_LETTERS]
