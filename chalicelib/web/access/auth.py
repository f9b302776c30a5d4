"""Authentication at the desk: finds the agent for a request's cookie, and checks that a form came from one of our
pages."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from chalice.app import Request, Response

from chalicelib.errors import Forbidden, OtherShop
from chalicelib.rendering import words
from chalicelib.rules.access import by_hand, sessions
from chalicelib.rules.policy.model import Agent, Shop
from chalicelib.services.access import signing_in
from chalicelib.services.access.signing_in import AuthenticatedSession
from chalicelib.web import responses
from chalicelib.web.bodies import Form
from chalicelib.wiring import deps, policy

# The prefix makes browsers accept the cookie only from us, over TLS, and for exactly this host (RFC 6265bis, 4.1.3.2).
COOKIE = "__Host-desk"
LANGUAGE_COOKIE = "desk_language"
_YEAR = 365 * 24 * 3600
# Key in the request's context under which we keep the signed-in agent, so that each request asks the table once.
_SEEN = "aftercare/desk"


@dataclass(frozen=True, slots=True)
class Signed:
    """A signed-in agent: their session, their `Agent` in each of their shops, the CSRF token of their forms, and their
    language."""

    authenticated: AuthenticatedSession
    agents: Mapping[str, Agent]
    csrf: str
    language: str
    name: str
    address: str

    @property
    def shops(self) -> tuple[Shop, ...]:
        """The agent's shops, in the policy's order."""
        return tuple(policy().shop(id) for id in self.agents)

    @property
    def only_shop(self) -> Shop | None:
        """The agent's shop, if it is their only one: then the desk has its colour."""
        return self.shops[0] if len(self.shops) == 1 else None

    @property
    def admin_of(self) -> tuple[str, ...]:
        """The shops that the agent is an admin or owner of."""
        return tuple(shop for shop, agent in self.agents.items() if agent.role in ("admin", "owner"))

    def shop(self, shop_id: str) -> Shop:
        """The shop, if the agent belongs to it. Raises OtherShop, which is answered like a shop that does not exist."""
        if shop_id not in self.agents:
            raise OtherShop(shop_id)
        return policy().shop(shop_id)

    def admin(self) -> None:
        """Raises Forbidden unless the agent is an admin or owner of some shop."""
        if not self.admin_of:
            raise Forbidden("for admins")


def page(signed: Signed, name: str, *, active: str = "", shop: Shop | None = None, **shown: Any) -> Response:
    """A page of the desk as this agent sees it. `active`: its place in the navigation, if any. `shop`: whose colour it
    has; else that of the agent's only one. `shown`: as `responses.page` takes it."""
    shop = shop or signed.only_shop
    return responses.page(
        name, shop=shop, language=signed.language, signed=signed, csrf=signed.csrf, active=active, **shown
    )


def seen(request: Request) -> Signed | None:
    """The agent who sent this request, if `agent` has already been called for it; else None."""
    signed: Signed | None = request.context.get(_SEEN)
    return signed


def agent(request: Request) -> Signed:
    """The agent who sent this request. Raises NotSignedIn."""
    signed = seen(request)
    if signed is None:
        authenticated = signing_in.authenticate(deps(), cookie(request, COOKIE))
        own = next(iter(authenticated.agents.values()))
        signed = Signed(
            authenticated,
            authenticated.agents,
            authenticated.csrf,
            language(request, authenticated.agents),
            own.name,
            own.address,
        )
        request.context[_SEEN] = signed
    return signed


def check(request: Request, form: Form, signed: Signed) -> None:
    """Check that one of our pages sent this form in this session. Raises Forbidden."""
    from_our_page(request)
    given = form.fields.get("csrf", "").encode("utf-8", "surrogatepass")
    if not hmac.compare_digest(given, signed.csrf.encode()):
        raise Forbidden("csrf")


def from_our_page(request: Request) -> None:
    """Check that, according to the browser, one of our pages sent the request. Raises Forbidden, also if the browser
    says nothing: every current browser does."""
    sent = request.headers
    if not by_hand.from_own_page(sent.get("sec-fetch-site"), sent.get("origin"), responses.origin()):
        raise Forbidden("another site's page")


def finished(request: Request, answer: Response) -> Response:
    """The desk's answer, ready to send: never cached, with the cookies that changed."""
    signed: Signed | None = request.context.get(_SEEN)
    headers: Any = answer.headers
    headers["Cache-Control"] = "no-store"
    # "no-referrer" would make browsers send "Origin: null" with our own forms (Fetch standard).
    headers["Referrer-Policy"] = "same-origin"
    ours = [session_cookie(signed.authenticated.cookie, signed)] if signed and signed.authenticated.cookie else []
    asked = responses.query(request).get("lang", "")
    if asked in words.languages():
        ours.append(new_cookie(LANGUAGE_COOKIE, asked, _YEAR))
    # Before the view's own cookies, since the view's count when it signs in or out.
    if cookies := [*ours, *headers.get("Set-Cookie", ())]:
        headers["Set-Cookie"] = cookies
    return answer


def session_cookie(value: str, signed: Signed | None = None) -> str:
    """The session cookie; with an empty value it deletes the cookie. Without `signed` it lives as long as a new
    session."""
    left = (signed.authenticated.session.ends_at - deps().now()) if signed else sessions.LIFE
    return new_cookie(COOKIE, value, max(0, int(left.total_seconds())) if value else 0)


def new_cookie(name: str, value: str, seconds: int) -> str:
    """A cookie that scripts can't read and that other sites' forms don't send. `seconds`: how long it lives."""
    return f"{name}={value}; Path=/; Max-Age={seconds}; Secure; HttpOnly; SameSite=Lax"


def cookie(request: Request, name: str) -> str:
    """The value of a request's cookie; "" if there is none, or several of this name: somebody planted one."""
    pairs = [pair.strip().partition("=") for pair in request.headers.get("cookie", "").split(";")]
    found = [value for key, _, value in pairs if key == name]
    return found[0] if len(found) == 1 else ""


def language(request: Request, agents: Mapping[str, Agent] | None = None) -> str:
    """The desk's language: from ?lang=, else the cookie, else the browser, else the first shop's."""
    offered = words.languages()
    asked = (responses.query(request).get("lang", ""), cookie(request, LANGUAGE_COOKIE))
    first = policy().shop(next(iter(agents))).languages if agents else ("en",)
    choices = (*asked, *responses.accepted_languages(request), *first)
    return next((code for code in choices if code in offered), "en")


def to_sign_in(request: Request) -> Response:
    """Redirect to the login page, which leads back to this page (or, for a form, to the page with the form)."""
    return_to = sessions.return_to(responses.here(request))
    query = f"?{urlencode({'next': return_to})}" if return_to != "/desk" else ""
    return responses.redirect(f"{deps().public_url}/desk/login{query}")


def return_to(request: Request, form: Form | None = None) -> str:
    """The page to go to after signing in, as the request names it. Always a page of the desk, even if the request names
    another."""
    given = form.fields.get("next", "") if form else responses.query(request).get("next", "")
    return sessions.return_to(given)
