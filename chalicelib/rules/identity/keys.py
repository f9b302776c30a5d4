"""The secret that everything signed or derived hangs on: its versions side by side, and of each a key for each use.

A new version is put beside the older ones and then made the present one. By that everything new is signed; what was
signed by an older one says so by the version's letter, and goes on being good (decisions 136 and 142).
"""

import hmac
import json
import re
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from typing import Any

# A version's letter stands in addresses and links: Crockford's base 32 again, in the order the versions were made.
LETTERS = "123456789abcdefghjkmnpqrstvwxyz0"
_PRESENT = "present"
_LEAST = 32
_FORM = re.compile(r"[\x21-\x7e]+")


class Use(StrEnum):
    """What a key is for: whoever has one can't make what another makes."""

    NAMES = "names"  # what is found by deriving it once more: references, ids, certificates
    BLIND = "blind"  # what stands for words and addresses in the table
    REPLIES = "replies"
    LINKS = "links"
    SESSIONS = "sessions"
    SEARCHES = "searches"
    LOG = "log"
    AUDIT_EVENTS = "audit_events"


@dataclass(frozen=True, slots=True)
class Key:
    """A key and the letter of the version it is made from."""

    version: str
    key: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Secret:
    """The versions there are, by their letters, the oldest first."""

    versions: dict[str, bytes] = field(repr=False)
    present: str

    def now(self, use: Use) -> Key:
        """The version by which new things are made."""
        return Key(self.present, derived(self.versions[self.present], use))

    def every(self, use: Use) -> tuple[Key, ...]:
        """By what may have been made, the present first: what is looked for is asked for by each."""
        others = (version for version in reversed(self.versions) if version != self.present)
        return tuple(Key(version, derived(self.versions[version], use)) for version in (self.present, *others))

    def of(self, version: str, use: Use) -> bytes | None:
        """That of a version; None where there is no such."""
        return derived(self.versions[version], use) if version in self.versions else None

    def lasting(self, use: Use) -> bytes:
        """The oldest version's, for what must come out the same for ever: a mail that comes again after the secret has
        changed is still the same mail. Nobody gets into anything by it."""
        return derived(next(iter(self.versions.values())), use)


def read(text: str) -> Secret:
    """The secret as Secrets Manager keeps it: {"present": "1", "1": "<at least 32 characters>"}. Raises ValueError,
    which says nothing of what stands in it."""
    try:
        said: Any = json.loads(text)
    except ValueError:
        said = None
    if not isinstance(said, dict) or not all(isinstance(value, str) for value in said.values()):
        raise ValueError("the secret is no JSON object of texts")
    present = said.pop(_PRESENT, "")
    if not said or not all(name in LETTERS and len(name) == 1 for name in said):
        raise ValueError("the secret's versions are not named by one letter each")
    if not all(len(value) >= _LEAST and _FORM.fullmatch(value) for value in said.values()):
        raise ValueError(f"a version of the secret is shorter than {_LEAST} plain characters")
    if present not in said:
        raise ValueError('the secret does not say by "present" which version that is')
    return Secret({name: said[name].encode() for name in sorted(said, key=LETTERS.index)}, present)


def written(secret: Secret) -> str:
    """As `read` reads it."""
    versions = {name: value.decode() for name, value in secret.versions.items()}
    return json.dumps({_PRESENT: secret.present} | versions)


def with_version(secret: Secret, value: str) -> Secret:
    """The secret with one version more, which is not the present one yet. Raises ValueError when there are too many."""
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
