"""Names that are derived, never random: a ticket's reference and a message's id come from what caused them.

A second delivery of the same thing derives the same name, so a second write fails a condition and changes nothing. All
derivations are keyed (HMAC-SHA256, RFC 2104): nobody outside can make one (decisions 2 and 154).
"""

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from chalicelib.patterns import pattern
from chalicelib.rules.identity.keys import Key, Secret, Use

# Crockford's base 32: no I, L, O or U, so that a reference can be read out on the telephone.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_REFERENCE = pattern(r"\b([A-Z]{2,5})-([0-9A-HJKMNP-TV-Z]{5})-([0-9A-HJKMNP-TV-Z]{5})\b", re.IGNORECASE)
_B32 = "0-9a-hjkmnp-tv-z"
_TOKEN = pattern(
    rf"\b([a-z]{{2,5}})([{_B32}]{{10}})([ca]|t[0-9]{{2}})([{_B32}]{{2}})([{_B32}]{{4}})([{_B32}])([{_B32}]{{16}})\b",
    re.IGNORECASE | re.ASCII,
)


class ServiceToken(StrEnum):
    """Takes the place of the reply token in a mail about many tickets or none: an answer to it belongs to no ticket."""

    DIGEST = "digest"
    SIGN_IN = "signin"


class Role(StrEnum):
    """The role for which a reply token was made."""

    CUSTOMER = "c"
    AGENT = "a"
    THIRD_PARTY = "t"


@dataclass(frozen=True, slots=True)
class Token:
    """The content of a reply token after its signature was checked."""

    ref: str
    role: Role
    referral: int = 0
    """For a third party's token: the number of the referral."""
    version: int = 1
    """The version of the ticket's links when it was made."""
    life: str = ""
    """Identifies the ticket's life in which it was made: after an erasure the same submission may open a ticket with
    the same reference again."""


def source_of(*parts: str) -> str:
    """The digest of what opened a ticket or caused a message, e.g. ("mail", shop, message id)."""
    return hashlib.sha256("\x00".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:40]


def reference(secret: Secret, prefix: str, source: str, attempt: int = 0) -> str:
    """A ticket's reference, e.g. NL-7K3F9-QXMT2: the shop's prefix and 50 bits of the keyed digest.

    `attempt` is increased when another source already has the reference (about once in 2**50 pairs).
    """
    letters = _letters(secret.lasting(Use.NAMES), f"reference/{attempt}", source, 10)
    return f"{prefix}-{letters[:5]}-{letters[5:]}"


def message_id(secret: Secret, ref: str, source: str) -> str:
    """A message's id within its ticket: 80 bits, so that guesses and collisions are practically impossible."""
    return _letters(secret.lasting(Use.NAMES), f"message/{ref}", source, 16).lower()


def name(secret: Secret, kind: str, value: str) -> str:
    """A name that can be derived again at any time, even after the secret has changed: of a certificate, an export."""
    return _letters(secret.lasting(Use.NAMES), f"name/{kind}", value.lower(), 20).lower()


def blind(secret: Secret, kind: str, value: str) -> str:
    """A substitute for personal data in the table's keys: equal for equal values, and not reversible."""
    return _blinded(secret.now(Use.BLIND), kind, value)


def blinds(secret: Secret, kind: str, value: str) -> tuple[str, ...]:
    """All possible substitutes in the table: one per version of the secret, the present version first."""
    return tuple(_blinded(key, kind, value) for key in secret.every(Use.BLIND))


def _blinded(key: Key, kind: str, value: str) -> str:
    return key.version + _letters(key.key, kind, value.lower(), 20).lower()


def life_of(opened_at: datetime) -> str:
    """Distinguishes the lives of a ticket that was opened, erased and opened again: 20 bits of its opening time."""
    return _in_letters(int(opened_at.timestamp() * 1_000_000), 4).lower()


def token(secret: Secret, said: Token) -> str:
    """The signed reply token in plus-addresses and in our message ids. Case does not matter in it."""
    return _token(secret.now(Use.REPLIES), said)


def _token(key: Key, said: Token) -> str:
    bearer = f"{said.role.value}{said.referral:02}" if said.role is Role.THIRD_PARTY else said.role.value
    dated = f"{bearer}{_in_letters(said.version, 2).lower()}{said.life}"
    signature = _letters(key.key, f"token/{dated}", said.ref, 16).lower()
    return said.ref.replace("-", "").lower() + dated + key.version + signature


def read_token(secret: Secret, text: str) -> Token | None:
    """The token in `text` (an address or a message id); None if there is none or its signature fails."""
    for found in _TOKEN.finditer(text):
        prefix, letters, bearer, version, life, by, signature = (part.lower() for part in found.groups())
        ref = f"{prefix}-{letters[:5]}-{letters[5:]}".upper()
        said = Token(ref, Role(bearer[0]), int(bearer[1:] or 0), _number(version), life)
        key = secret.of(by, Use.REPLIES)
        if key and hmac.compare_digest(_token(Key(by, key), said)[-16:], signature):
            return said
    return None


def references_in(text: str) -> tuple[str, ...]:
    """The references in a text such as a subject, in our own notation."""
    return tuple(dict.fromkeys(found.group(0).upper() for found in _REFERENCE.finditer(text)))


def _letters(key: bytes, purpose: str, value: str, count: int) -> str:
    digest = hmac.digest(key, f"{purpose}\x00{value}".encode("utf-8", "surrogatepass"), "sha256")
    return _in_letters(int.from_bytes(digest), count)


def _in_letters(number: int, count: int) -> str:
    """The last 5 * count bits of a number as letters, the lowest bits first."""
    return "".join(_ALPHABET[number >> (5 * place) & 31] for place in range(count))


def _number(letters: str) -> int:
    return sum(_ALPHABET.index(letter) << (5 * place) for place, letter in enumerate(letters.upper()))
