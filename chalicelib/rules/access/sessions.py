"""Who is signed in to the desk, and for how long: sign-in links, sessions, and the keys that hold them.

Random values are only in the browser or in the mail. This code and the table have only their digests.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum, auto

from chalicelib.patterns import pattern
from chalicelib.rules.policy.model import Agent, Policy

LINK_LIFE = timedelta(minutes=10)
LIFE = timedelta(hours=12)
RENEWED_AFTER = timedelta(minutes=30)
# For requests that a browser sent before it had the new key.
OVERLAP = timedelta(minutes=1)
LONGEST_RETURN_TO = 500
_RANDOM = r"[A-Za-z0-9_-]{43}"  # 256 bits, in base64url
_COOKIE = pattern(rf"({_RANDOM})\.({_RANDOM})", re.ASCII)
_TOKEN = pattern(_RANDOM, re.ASCII)
_RETURN_TO = pattern(r"/desk(?:/[A-Za-z0-9._~%!$&'()*+,;=:@-]+)*(?:\?[A-Za-z0-9._~%!$&'()*+,;=:@/?-]*)?", re.ASCII)
_NO_PAGE = pattern(r"/desk/(?:login|in|out|oidc)\b|\.\.|%2e|%2f|%5c", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class SignIn:
    """A link mailed to an agent: the digest of its token, the agent's address, when it expires, and the page to open
    after the sign-in."""

    id: str
    address: str
    ends_at: datetime
    return_to: str = ""


@dataclass(frozen=True, slots=True)
class Session:
    """A session. `id`: the digest of the part of the cookie that never changes. `key`: the digest of the part that is
    renewed regularly. `former`: the key before; it is valid until `key` is first used, at `used_at`, and for OVERLAP
    after that."""

    id: str
    address: str
    started_at: datetime
    key: str
    keyed_at: datetime
    previous_key: str = ""
    used_at: datetime | None = None
    ended: bool = False
    version: int = 1

    @property
    def ends_at(self) -> datetime:
        return self.started_at + LIFE


class SessionStatus(Enum):
    """The result of checking a cookie."""

    GOOD = auto()
    RENEW = auto()
    AGAIN = auto()  # the browser never used the next key: the response that carried it may be lost
    REUSED = auto()
    OVER = auto()


def digest(random: str) -> str:
    """The form of a random value in the table: nobody who reads it there can sign in with it."""
    return hashlib.sha256(random.encode()).hexdigest()


def is_token(text: str) -> bool:
    return _TOKEN.fullmatch(text) is not None


def read_cookie(cookie: str) -> tuple[str, str] | None:
    """The session's id and key."""
    found = _COOKIE.fullmatch(cookie)
    return (found[1], found[2]) if found else None


def status(session: Session, key: str, signed_out_at: datetime | None, now: datetime) -> SessionStatus:
    """The status of a cookie with this key. `signed_out_at`: when its agent last signed out everywhere."""
    if session.ended or now >= session.ends_at or (signed_out_at and session.started_at <= signed_out_at):
        return SessionStatus.OVER
    age, shown = now - session.keyed_at, digest(key)
    if hmac.compare_digest(shown, session.key):
        return SessionStatus.RENEW if age >= RENEWED_AFTER else SessionStatus.GOOD
    if hmac.compare_digest(shown, session.previous_key):
        if session.used_at is None:
            return SessionStatus.AGAIN
        # An old key was used again: it or its successor was copied, and nobody can tell which of the two users is the
        # agent.
        return SessionStatus.GOOD if now - session.used_at < OVERLAP else SessionStatus.REUSED
    return SessionStatus.OVER


def successor(secret: bytes, id: str, key: str) -> str:
    """The key after this one. It is always the same, so that a lost response can be repeated."""
    made = hmac.digest(secret, f"aftercare/desk/key\x00{id}\x00{key}".encode(), "sha256")
    return base64.urlsafe_b64encode(made).decode().rstrip("=")


def renewed(session: Session, key: str, now: datetime) -> Session:
    """The session with a new key. `key`: the new key itself, not its digest."""
    return replace(
        session, key=digest(key), keyed_at=now, previous_key=session.key, used_at=None, version=session.version + 1
    )


def used(session: Session, now: datetime) -> Session:
    """The session after the browser has used its new key: from now on the former key is no longer valid, except within
    OVERLAP."""
    return replace(session, used_at=now, version=session.version + 1)


def ended(session: Session) -> Session:
    return replace(session, ended=True, version=session.version + 1)


def csrf(secret: bytes, id: str) -> str:
    """The CSRF token of this session's forms. It does not change with the keys: writing an answer may take longer than
    a key lasts."""
    return hmac.digest(secret, f"aftercare/desk/csrf\x00{id}".encode(), "sha256").hex()


def agents_of(policy: Policy, address: str) -> Mapping[str, Agent]:
    """The agent with this address in each shop; empty for most addresses."""
    if any(not c.isascii() and c.lower().isascii() for c in address):
        return {}  # such as the Kelvin sign, which becomes a k in lower case: it is another person's address
    found = ((shop.id, shop.agent(address)) for shop in policy.shops.values())
    return {shop: agent for shop, agent in found if agent}


def return_to(path: str) -> str:
    """The path if it is one of the desk's pages, within our site, else the desk itself: never another site."""
    fits = len(path) <= LONGEST_RETURN_TO and _RETURN_TO.fullmatch(path) and not _NO_PAGE.search(path.partition("?")[0])
    return path if fits else "/desk"
