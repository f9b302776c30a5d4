"""Who is signed in to the desk, and for how long: links that sign in, sessions, and the keys by which they are held.

What is random stays with the browser or in the mail; here, as in the table, stand only digests of it.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum, auto

from chalicelib.rules.policy.model import Agent, Policy

LINK_LIFE = timedelta(minutes=10)
LIFE = timedelta(hours=12)
RENEWED_AFTER = timedelta(minutes=30)
# Requests that a browser sent before it had the new key.
OVERLAP = timedelta(minutes=1)
LONGEST_RETURN_TO = 500
_RANDOM = r"[A-Za-z0-9_-]{43}"  # 256 bits, in base64url
_COOKIE = re.compile(rf"({_RANDOM})\.({_RANDOM})", re.ASCII)
_TOKEN = re.compile(_RANDOM, re.ASCII)
_ONWARD = re.compile(r"/desk(?:/[A-Za-z0-9._~%!$&'()*+,;=:@-]+)*(?:\?[A-Za-z0-9._~%!$&'()*+,;=:@/?-]*)?", re.ASCII)
_NO_PAGE = re.compile(r"/desk/(?:login|in|out|oidc)\b|\.\.|%2e|%2f|%5c", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class SignIn:
    """A link mailed to an agent: the digest of its token, whom it signs in, until when, and where to go on."""

    id: str
    address: str
    ends_at: datetime
    return_to: str = ""


@dataclass(frozen=True, slots=True)
class Session:
    """A session. `id` is the digest of what the browser keeps all along, `key` of what is renewed as it is used;
    `former` is the key before, which holds until `key` is first used, at `used_at`, and for OVERLAP after."""

    id: str
    address: str
    started_at: datetime
    key: str
    keyed_at: datetime
    former: str = ""
    used_at: datetime | None = None
    ended: bool = False
    version: int = 1

    @property
    def ends_at(self) -> datetime:
        return self.started_at + LIFE


class SessionStatus(Enum):
    """What a cookie is worth."""

    GOOD = auto()
    RENEW = auto()
    AGAIN = auto()  # its successor never came back: the answer that brought it may be lost
    REUSED = auto()
    OVER = auto()


def digest(random: str) -> str:
    """What the table knows of a random text: nobody who reads it there can sign in by it."""
    return hashlib.sha256(random.encode()).hexdigest()


def is_token(text: str) -> bool:
    return _TOKEN.fullmatch(text) is not None


def read_cookie(cookie: str) -> tuple[str, str] | None:
    """The session's id and key."""
    found = _COOKIE.fullmatch(cookie)
    return (found[1], found[2]) if found else None


def standing(session: Session, key: str, signed_out_at: datetime | None, now: datetime) -> SessionStatus:
    """What a cookie with this key is worth. `signed_out_at`: when its agent last signed out everywhere."""
    if session.ended or now >= session.ends_at or (signed_out_at and session.started_at <= signed_out_at):
        return SessionStatus.OVER
    age, shown = now - session.keyed_at, digest(key)
    if hmac.compare_digest(shown, session.key):
        return SessionStatus.RENEW if age >= RENEWED_AFTER else SessionStatus.GOOD
    if hmac.compare_digest(shown, session.former):
        if session.used_at is None:
            return SessionStatus.AGAIN
        # A key given up long ago: it was copied, or its successor was. Which of the two asks, nobody can tell.
        return SessionStatus.GOOD if now - session.used_at < OVERLAP else SessionStatus.REUSED
    return SessionStatus.OVER


def successor(secret: bytes, id: str, key: str) -> str:
    """The key that follows this one: the same whenever it is asked for, so that a lost answer can be given again."""
    made = hmac.digest(secret, f"aftercare/desk/key\x00{id}\x00{key}".encode(), "sha256")
    return base64.urlsafe_b64encode(made).decode().rstrip("=")


def renewed(session: Session, key: str, now: datetime) -> Session:
    """The session held by another key from now on."""
    return replace(
        session, key=digest(key), keyed_at=now, former=session.key, used_at=None, version=session.version + 1
    )


def used(session: Session, now: datetime) -> Session:
    """The session whose key has come back from the browser: from now on the former one is given up."""
    return replace(session, used_at=now, version=session.version + 1)


def ended(session: Session) -> Session:
    return replace(session, ended=True, version=session.version + 1)


def csrf(secret: bytes, id: str) -> str:
    """What forms of this session carry. It outlives the keys: an answer may take longer to write than one lasts."""
    return hmac.digest(secret, f"aftercare/desk/csrf\x00{id}".encode(), "sha256").hex()


def agents_of(policy: Policy, address: str) -> Mapping[str, Agent]:
    """Who this address is, by shop; nobody for most."""
    if any(not c.isascii() and c.lower().isascii() for c in address):
        return {}  # such as the Kelvin sign, whose small letter is a k: somebody else's address
    found = ((shop.id, shop.agent(address)) for shop in policy.shops.values())
    return {shop: agent for shop, agent in found if agent}


def return_to(path: str) -> str:
    """The path if it is one of the desk's pages, below our root, else the desk itself: never another site."""
    fits = len(path) <= LONGEST_RETURN_TO and _ONWARD.fullmatch(path) and not _NO_PAGE.search(path.partition("?")[0])
    return path if fits else "/desk"
