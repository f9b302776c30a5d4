"""Signing in to the desk by a mailed link, and the sessions that follow from it (decisions 122 and 143)."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from chalicelib.errors import Forbidden, InvalidFields, InvalidLink, NotSent, NotSignedIn
from chalicelib.mail.composing import Letter, compose, deliverable
from chalicelib.rendering import pages
from chalicelib.rules.access import sessions
from chalicelib.rules.access.sessions import Session, SessionStatus, SignIn
from chalicelib.rules.identity.keys import Use
from chalicelib.rules.intake.submission import address as plain
from chalicelib.rules.intake.submission import is_address
from chalicelib.rules.policy.model import Agent
from chalicelib.services.ports.deps import Deps
from chalicelib.services.tickets import limiting
from chalicelib.telemetry import logger

# Where a reply token stands in other mails: a reply to this one is no part of any ticket.
_NO_TICKET = "signin"
# How often a change of a session is tried that met another: there are few others.
_TRIES = 3


@dataclass(frozen=True, slots=True)
class AuthenticatedSession:
    """Who holds a session: their address, who they are in each shop, the forms' token, and, when the session's key
    was renewed just now or its answer may be lost, the cookie that has the new one."""

    session: Session
    agents: Mapping[str, Agent]
    csrf: str
    cookie: str = ""


def ask(deps: Deps, address: str, source: str, return_to: str, language: str) -> None:
    """Mail a link to this address if it is an agent's. Raises InvalidFields, RateLimited.

    Whether it is shows in nothing: not in what is answered, counted or written, and all but the handing over of
    the mail is done for strangers, too (how long that takes, the caller hides). Where others have asked again and again
    in somebody's name, their links of the last minutes are in the mailbox already, and do.
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
    # The policy's address, not the one that was typed: nothing typed here is ever written to.
    known = agent.address if agents else ""
    deps.sessions.put_sign_in(SignIn(sessions.digest(token), known, ends_at, sessions.return_to(return_to)))
    raw = _mail(deps, shop_id, agent, token, language)
    if not agents:
        return
    try:
        shop = deps.policy.shop(shop_id)
        deps.mailer.send(shop.support, deliverable(agent.address), raw, {"purpose": "sign_in"})
    except NotSent as error:
        # Saying so would tell that the address is known. They ask again when no mail comes.
        logger.error("a sign-in link could not be sent", extra={"shop": shop_id, "reason": str(error)[:80]})


def usable(deps: Deps, token: str) -> bool:
    """Whether the link still signs in; looking does not use it up, as the programs that follow links in mails look."""
    return sessions.is_token(token) and deps.sessions.sign_in(sessions.digest(token), deps.now()) is not None


def redeem(deps: Deps, token: str) -> tuple[str, str]:
    """The cookie of a new session and where to go on, for a link's token, once. Raises InvalidLink, Forbidden."""
    if not sessions.is_token(token):
        raise InvalidLink(expired=False)
    sign_in = deps.sessions.use_sign_in(sessions.digest(token), deps.now())
    if sign_in is None:
        raise InvalidLink(expired=True)
    signed_out = deps.sessions.signed_out_at(sign_in.address)
    if signed_out and sign_in.ends_at - sessions.LINK_LIFE <= signed_out:
        raise InvalidLink(expired=True)  # who signs out everywhere means the links still in the mailbox, too
    return begin(deps, sign_in.address), sign_in.return_to


def begin(deps: Deps, address: str) -> str:
    """The cookie of a new session of this agent. Raises Forbidden when the address is no agent's (any more)."""
    agents = sessions.agents_of(deps.policy, address)
    if not agents:
        raise Forbidden("no agent of any shop")
    id, key, now = secrets.token_urlsafe(32), secrets.token_urlsafe(32), deps.now()
    own = next(iter(agents.values())).address
    if not deps.sessions.put_session(Session(sessions.digest(id), own, now, sessions.digest(key), now)):
        raise NotSignedIn("a session of the same random id")  # which does not happen
    logger.info("an agent signed in", extra={"shops": sorted(agents)})
    return f"{id}.{key}"


def authenticate(deps: Deps, cookie: str) -> AuthenticatedSession:
    """Who holds the session of this cookie. Roles and shops are the policy's of this moment. Raises NotSignedIn."""
    id, key, session = _load(deps, cookie)
    worth = sessions.standing(session, key, deps.sessions.signed_out_at(session.address), deps.now())
    if worth is SessionStatus.REUSED:
        _end(deps, session)
        logger.warning("a session ended because a key given up was used again")
    agents = sessions.agents_of(deps.policy, session.address)
    if worth in (SessionStatus.OVER, SessionStatus.REUSED) or not agents:
        raise NotSignedIn(worth.name)
    csrf = sessions.csrf(deps.secret.lasting(Use.SESSIONS), id)
    if worth in (SessionStatus.RENEW, SessionStatus.AGAIN):
        return _rekeyed(deps, AuthenticatedSession(session, agents, csrf), id, key)
    if session.former and session.used_at is None:
        later = sessions.used(session, deps.now())
        # Of several requests at once one notes it.
        session = later if deps.sessions.put_session(later) else session
    return AuthenticatedSession(session, agents, csrf)


def _rekeyed(deps: Deps, holder: AuthenticatedSession, id: str, key: str) -> AuthenticatedSession:
    """The holder with the cookie of the key after this one, which the table may have already."""
    session, new = holder.session, sessions.successor(deps.secret.lasting(Use.SESSIONS), id, key)
    if session.key != sessions.digest(new):
        later = sessions.renewed(session, new, deps.now())
        # Of several requests at once one renews the key; the others' is good for a while. A key that another secret
        # made is not to be made again.
        if session.key != sessions.digest(key) or not deps.sessions.put_session(later):
            return holder
        session = later
    return replace(holder, session=session, cookie=f"{id}.{new}")


def sign_out(deps: Deps, holder: AuthenticatedSession, *, everywhere: bool = False) -> None:
    """End the session; or all there are of its agent."""
    if everywhere:
        deps.sessions.sign_out_everywhere(holder.session.address, deps.now())
    _end(deps, holder.session)


def _load(deps: Deps, cookie: str) -> tuple[str, str, Session]:
    read = sessions.read_cookie(cookie)
    session = deps.sessions.session(sessions.digest(read[0])) if read else None
    if read is None or session is None:
        raise NotSignedIn("no such session")
    return *read, session


def _end(deps: Deps, session: Session) -> None:
    """End it, though another request may renew its key meanwhile."""
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
    return compose(
        Letter(
            sender_name=shop.name,
            sender=shop.support,
            recipient_name=agent.name,
            recipient=agent.address,
            subject=rendered.subject,
            text=rendered.text,
            html=rendered.html,
            token=_NO_TICKET,
            serial=sessions.digest(token)[:12],
            date=now,
            automatic="auto-generated",
        )
    )
