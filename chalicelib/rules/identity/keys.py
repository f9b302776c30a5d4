"""The secret behind all signatures and derivations: its versions, and for each version one key per use.

A new version is added beside the older ones and later made the present one. From then on it signs everything new. The
letter of a version marks what that version signed, so older signatures stay valid (decisions 136 and 142).
"""

import hmac
import json
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from typing import Any

from chalicelib.patterns import pattern

# A version's letter appears in addresses and links: Crockford's base 32 again, in the order in which versions were
# made.
LETTERS = "123456789abcdefghjkmnpqrstvwxyz0"
_PRESENT = "present"
_LEAST = 32
_FORM = pattern(r"[\x21-\x7e]+")


class Use(StrEnum):
    """The purpose of a key: with the key for one use nobody can make what the key for another makes."""

    NAMES = "names"  # names that are derived again later: references, ids, certificates
    BLIND = "blind"  # substitutes for words and addresses in the table
    REPLIES = "replies"
    LINKS = "links"
    OBJECTIONS = "objections"  # links that end adverts
    SESSIONS = "sessions"
    SEARCHES = "searches"
    LOG = "log"
    AUDIT_EVENTS = "audit_events"


@dataclass(frozen=True, slots=True)
class Key:
    """A key, and the letter of the version it was derived from."""

    version: str
    key: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Secret:
    """All versions by their letters, the oldest first."""

    versions: dict[str, bytes] = field(repr=False)
    present: str

    def now(self, use: Use) -> Key:
        """The present version's key, for everything new."""
        return Key(self.present, derived(self.versions[self.present], use))

    def every(self, use: Use) -> tuple[Key, ...]:
        """The keys of all versions, the present first. A lookup must try each, because any may have made the value."""
        others = (version for version in reversed(self.versions) if version != self.present)
        return tuple(Key(version, derived(self.versions[version], use)) for version in (self.present, *others))

    def of(self, version: str, use: Use) -> bytes | None:
        """The key of a version; None if there is no such version."""
        return derived(self.versions[version], use) if version in self.versions else None

    def lasting(self, use: Use) -> bytes:
        """The oldest version's key, for names that must never change: a mail that comes again after the secret has
        changed is still the same mail. This key gives nobody access to anything."""
        return derived(next(iter(self.versions.values())), use)


def read(text: str) -> Secret:
    """The secret as Secrets Manager stores it: {"present": "1", "1": "<at least 32 characters>"}. Raises ValueError,
    with a message that contains nothing of the secret."""
    try:
        versions: Any = json.loads(text)
    except ValueError:
        versions = None
    if not isinstance(versions, dict) or not all(isinstance(value, str) for value in versions.values()):
        raise ValueError("the secret is no JSON object of texts")
    present = versions.pop(_PRESENT, "")
    if not versions or not all(name in LETTERS and len(name) == 1 for name in versions):
        raise ValueError("the secret's versions are not named by one letter each")
    if not all(len(value) >= _LEAST and _FORM.fullmatch(value) for value in versions.values()):
        raise ValueError(f"a version of the secret is shorter than {_LEAST} plain characters")
    if present not in versions:
        raise ValueError('the secret does not say by "present" which version that is')
    return Secret({name: versions[name].encode() for name in sorted(versions, key=LETTERS.index)}, present)


def written(secret: Secret) -> str:
    """The text that `read` reads."""
    versions = {name: value.decode() for name, value in secret.versions.items()}
    return json.dumps({_PRESENT: secret.present} | versions)


def with_version(secret: Secret, value: str) -> Secret:
    """The secret with a new version, which is not the present one yet. Raises ValueError if there are too many."""
    newest = LETTERS.index(next(reversed(secret.versions)))
    if newest + 1 == len(LETTERS):
        raise ValueError(f"there are no more letters than these {len(LETTERS)}")
    return Secret({**secret.versions, LETTERS[newest + 1]: value.encode()}, secret.present)


def with_newest_present(secret: Secret) -> Secret:
    return Secret(secret.versions, next(reversed(secret.versions)))


@cache
def derived(version: bytes, use: Use) -> bytes:
    """The version's key for a use."""
    return hkdf(version, b"aftercare", use.encode(), 32)


def hkdf(material: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    """HKDF with SHA-256 (RFC 5869)."""
    extracted = hmac.digest(salt or bytes(32), material, "sha256")
    block, made = b"", b""
    for number in range(1, -(-length // 32) + 1):
        block = hmac.digest(extracted, block + info + bytes([number]), "sha256")
        made += block
    return made[:length]
