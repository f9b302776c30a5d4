"""Signing in to the desk by a mailed link, and the sessions that this starts (decisions 122 and 143)."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from chalicelib.errors import Forbidden, InvalidFields, InvalidLink, NotSent, NotSignedIn
from chalicelib.mail.composing import compose, deliverable
from chalicelib.rendering import pages
from chalicelib.rules.access import sessions
from chalicelib.rules.access.sessions import Session, SessionStatus, SignIn
from chalicelib.rules.identity.derived import ServiceToken
from chalicelib.rules.identity.keys import Use
from chalicelib.rules.intake.submission import address as plain
from chalicelib.rules.intake.submission import is_address
from chalicelib.rules.policy.model import Agent
from chalicelib.rules.tickets.ticket import Person
from chalicelib.services.ports.deps import Deps
from chalicelib.services.tickets import limiting
from chalicelib.services.tickets.service_letters import service_letter
from chalicelib.telemetry import logger

# How often to try a change of a session again after another change came first: this is rare.
_TRIES = 3


@dataclass(frozen=True, slots=True)
class AuthenticatedSession:
    """The agent who owns a session: the agent in each shop, the forms' CSRF token, and the cookie with the new key, if
    the key was renewed just now or the answer with it may be lost."""

    session: Session
    agents: Mapping[str, Agent]
    csrf: str
    cookie: str = ""


def ask(deps: Deps, address: str, source: str, return_to: str, language: str) -> None:
    """Mail a link to this address if it is an agent's. Raises InvalidFields, RateLimited.

    Nothing shows whether it is: not the answer, the counts or the stored items. For strangers everything but the
    sending is done too (the caller hides how long that takes). If others have requested links again and again in an
    agent's name, no new one is sent: the links of the last minutes are in the mailbox and still work.
    """
    address = plain(address)
    if not is_address(address):
        raise InvalidFields({"email": "not_an_address" if address else "missing"})
    if not limiting.sign_in(deps, address, source):
        return
    agents = sessions.agents_of(deps.policy, address)
    shop_id, agent = next(iter(agents.items()), (next(iter(deps.policy.shops)), Agent(address, "")))
    token = secrets.token_urlsafe(32)
    ends_at = deps.now() + sessions.LINK_LIFE
    # The policy's address, not the typed one: no mail ever goes to a typed address.
    known = agent.address if agents else ""
    deps.sessions.put_sign_in(SignIn(sessions.digest(token), known, ends_at, sessions.return_to(return_to)))
    raw = _mail(deps, shop_id, agent, token, language)
    if not agents:
        return
    try:
        shop = deps.policy.shop(shop_id)
        deps.mailer.send(shop.support, deliverable(agent.address), raw, {"purpose": "sign_in"})
    except NotSent as error:
        # An error would reveal that the address is known. The agent asks again if no mail comes.
        logger.error("a sign-in link could not be sent", extra={"shop": shop_id, "reason": str(error)[:80]})


def usable(deps: Deps, token: str) -> bool:
    """Whether the link still signs in. Checking does not use it up, because programs follow links in mails."""
    return sessions.is_token(token) and deps.sessions.sign_in(sessions.digest(token), deps.now()) is not None


def redeem(deps: Deps, token: str) -> tuple[str, str]:
    """Use a link's token once: returns the cookie of a new session and the page to continue with. Raises InvalidLink,
    Forbidden."""
    if not sessions.is_token(token):
        raise InvalidLink(expired=False)
    sign_in = deps.sessions.use_sign_in(sessions.digest(token), deps.now())
    if sign_in is None:
        raise InvalidLink(expired=True)
    signed_out = deps.sessions.signed_out_at(sign_in.address)
    if signed_out and sign_in.ends_at - sessions.LINK_LIFE <= signed_out:
        raise InvalidLink(expired=True)  # signing out everywhere also ends the links in the mailbox
    return begin(deps, sign_in.address), sign_in.return_to


def begin(deps: Deps, address: str) -> str:
    """The cookie of a new session of this agent. Raises Forbidden if the address is no agent's (any more)."""
    agents = sessions.agents_of(deps.policy, address)
    if not agents:
        raise Forbidden("no agent of any shop")
    id, key, now = secrets.token_urlsafe(32), secrets.token_urlsafe(32), deps.now()
    own = next(iter(agents.values())).address
    if not deps.sessions.put_session(Session(sessions.digest(id), own, now, sessions.digest(key), now)):
        raise NotSignedIn("a session of the same random id")  # can't happen in practice
    logger.info("an agent signed in", extra={"shops": sorted(agents)})
    return f"{id}.{key}"


def authenticate(deps: Deps, cookie: str) -> AuthenticatedSession:
    """The agent with this session cookie. Roles and shops are read from the current policy. Raises NotSignedIn."""
    id, key, session = _load(deps, cookie)
    status = sessions.status(session, key, deps.sessions.signed_out_at(session.address), deps.now())
    if status is SessionStatus.REUSED:
        _end(deps, session)
        logger.warning("a session ended because a key given up was used again")
    agents = sessions.agents_of(deps.policy, session.address)
    if status in (SessionStatus.OVER, SessionStatus.REUSED) or not agents:
        raise NotSignedIn(status.name)
    csrf = sessions.csrf(deps.secret.lasting(Use.SESSIONS), id)
    if status in (SessionStatus.RENEW, SessionStatus.AGAIN):
        return _rekeyed(deps, AuthenticatedSession(session, agents, csrf), id, key)
    if session.previous_key and session.used_at is None:
        later = sessions.used(session, deps.now())
        # If there are several requests at once, one of them records it.
        session = later if deps.sessions.put_session(later) else session
    return AuthenticatedSession(session, agents, csrf)


def _rekeyed(deps: Deps, authenticated: AuthenticatedSession, id: str, key: str) -> AuthenticatedSession:
    """The same session with the cookie of the next key, which may be in the table already."""
    session, new = authenticated.session, sessions.successor(deps.secret.lasting(Use.SESSIONS), id, key)
    if session.key != sessions.digest(new):
        later = sessions.renewed(session, new, deps.now())
        # If there are several requests at once, one renews the key; the others' key stays valid for a while. A next key
        # made with another version of the secret can't be computed again.
        if session.key != sessions.digest(key) or not deps.sessions.put_session(later):
            return authenticated
        session = later
    return replace(authenticated, session=session, cookie=f"{id}.{new}")


def sign_out(deps: Deps, authenticated: AuthenticatedSession, *, everywhere: bool = False) -> None:
    """End the session, or all sessions of its agent."""
    if everywhere:
        deps.sessions.sign_out_everywhere(authenticated.session.address, deps.now())
    _end(deps, authenticated.session)


def _load(deps: Deps, cookie: str) -> tuple[str, str, Session]:
    read = sessions.read_cookie(cookie)
    session = deps.sessions.session(sessions.digest(read[0])) if read else None
    if read is None or session is None:
        raise NotSignedIn("no such session")
    return *read, session


def _end(deps: Deps, session: Session) -> None:
    """End the session, even if another request renews its key at the same time."""
    current: Session | None = session
    for _ in range(_TRIES):
        if current is None or deps.sessions.put_session(sessions.ended(current)):
            return
        current = deps.sessions.session(session.id)
    raise NotSignedIn("the session changes faster than it can be ended")


def _mail(deps: Deps, shop_id: str, agent: Agent, token: str, language: str) -> bytes:
    shop, now = deps.policy.shop(shop_id), deps.now()
    context = {
        "shop": shop,
        "name": agent.name,
        "url": f"{deps.public_url}/desk/in?t={token}",
        "asked_at": now,
        "minutes": sessions.LINK_LIFE // timedelta(minutes=1),
    }
    rendered = pages.mail("sign_in", pages.spoken(language, shop.languages[0]), **context)
    serial = sessions.digest(token)[:12]
    return compose(service_letter(shop, Person.of(agent), rendered, ServiceToken.SIGN_IN, serial, now))
