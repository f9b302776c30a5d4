"""Who is at the desk: from a request's cookie to an agent, and whether a form came from a page of ours."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from chalice.app import Request, Response

from chalicelib.errors import Forbidden, OtherShop
from chalicelib.rendering import words
from chalicelib.rules.access import sessions
from chalicelib.rules.policy.model import Agent, Shop
from chalicelib.services.access import signing_in
from chalicelib.services.access.signing_in import AuthenticatedSession
from chalicelib.web import responses
from chalicelib.web.bodies import Form
from chalicelib.wiring import deps, policy

# The prefix makes browsers take it from us alone, over TLS, for this very host (RFC 6265bis, 4.1.3.2).
COOKIE = "__Host-desk"
LANGUAGE_COOKIE = "desk_language"
_YEAR = 365 * 24 * 3600
# Where in the request's context we keep who it is from: within a request the table is asked once.
_SEEN = "aftercare/desk"


@dataclass(frozen=True, slots=True)
class Signed:
    """An agent at the desk: who they are in each of their shops, what their forms carry, the language they read."""

    holder: AuthenticatedSession
    agents: Mapping[str, Agent]
    csrf: str
    language: str
    name: str
    address: str

    @property
    def shops(self) -> tuple[Shop, ...]:
        """Their shops, in the policy's order."""
        return tuple(policy().shop(id) for id in self.agents)

    @property
    def admin_of(self) -> tuple[str, ...]:
        """The shops whose admin pages are theirs to see."""
        return tuple(shop for shop, agent in self.agents.items() if agent.role in ("admin", "owner"))

    def shop(self, shop_id: str) -> Shop:
        """The shop, if it is theirs. Raises OtherShop, which is answered as if it were not there."""
        if shop_id not in self.agents:
            raise OtherShop(shop_id)
        return policy().shop(shop_id)

    def admin(self) -> None:
        """Raises Forbidden for who is no admin of any shop."""
        if not self.admin_of:
            raise Forbidden("for admins")


def seen(request: Request) -> Signed | None:
    """Who this request is from, if that has been asked."""
    signed: Signed | None = request.context.get(_SEEN)
    return signed


def agent(request: Request) -> Signed:
    """Who this request is from. Raises NotSignedIn."""
    signed = seen(request)
    if signed is None:
        holder = signing_in.authenticate(deps(), cookie(request, COOKIE))
        own = next(iter(holder.agents.values()))
        signed = Signed(holder, holder.agents, holder.csrf, language(request, holder.agents), own.name, own.address)
        request.context[_SEEN] = signed
    return signed


def check(request: Request, form: Form, signed: Signed) -> None:
    """Whether this form was sent from a page of ours to this very session. Raises Forbidden."""
    from_our_page(request)
    given = form.fields.get("csrf", "").encode("utf-8", "surrogatepass")
    if not hmac.compare_digest(given, signed.csrf.encode()):
        raise Forbidden("csrf")


def from_our_page(request: Request) -> None:
    """Whether the browser says that the request comes from a page of ours. Raises Forbidden; also where it says
    nothing, which no browser of these years does."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        if site != "same-origin":
            raise Forbidden("another site's page")
        return
    parts = urlsplit(deps().public_url)
    if request.headers.get("origin") != f"{parts.scheme}://{parts.netloc}":
        raise Forbidden("another site's page")


def finished(request: Request, answer: Response) -> Response:
    """An answer of the desk as it goes out: kept nowhere, with the cookies that changed."""
    signed: Signed | None = request.context.get(_SEEN)
    headers: Any = answer.headers
    headers["Cache-Control"] = "no-store"
    # "no-referrer" would make browsers send "Origin: null" with our own forms (Fetch standard).
    headers["Referrer-Policy"] = "same-origin"
    ours = [session_cookie(signed.holder.cookie, signed)] if signed and signed.holder.cookie else []
    asked = responses.query(request).get("lang", "")
    if asked in words.languages():
        ours.append(new_cookie(LANGUAGE_COOKIE, asked, _YEAR))
    # Before the view's own, which count when it signs out or in.
    if cookies := [*ours, *headers.get("Set-Cookie", ())]:
        headers["Set-Cookie"] = cookies
    return answer


def session_cookie(value: str, signed: Signed | None = None) -> str:
    """The cookie of a session; an empty one forgets it."""
    left = (signed.holder.session.ends_at - deps().now()) if signed else sessions.LIFE
    return new_cookie(COOKIE, value, max(0, int(left.total_seconds())) if value else 0)


def new_cookie(name: str, value: str, seconds: int) -> str:
    """A cookie that scripts can't read and other sites' forms don't send."""
    return f"{name}={value}; Path=/; Max-Age={seconds}; Secure; HttpOnly; SameSite=Lax"


def cookie(request: Request, name: str) -> str:
    """A cookie of the request, "" if there is none. Of several by one name, none: somebody planted one."""
    pairs = [pair.strip().partition("=") for pair in request.headers.get("cookie", "").split(";")]
    found = [value for key, _, value in pairs if key == name]
    return found[0] if len(found) == 1 else ""


def language(request: Request, agents: Mapping[str, Agent] | None = None) -> str:
    """The desk's language: the one asked for now or before, the browser's, else that of the agent's first shop."""
    offered = words.languages()
    asked = [responses.query(request).get("lang", ""), cookie(request, LANGUAGE_COOKIE)]
    accepted = request.headers.get("accept-language", "")
    asked += [part.split(";")[0].strip().split("-")[0].lower() for part in accepted.split(",")]
    first = policy().shop(next(iter(agents))).languages if agents else ("en",)
    return next((code for code in (*asked, *first) if code in offered), "en")


def to_sign_in(request: Request) -> Response:
    """To the login page, and from there back to this page (or, for a form, to the page it was on)."""
    return_to = sessions.return_to(responses.here(request))
    query = f"?{urlencode({'next': return_to})}" if return_to != "/desk" else ""
    return responses.redirect(f"{deps().public_url}/desk/login{query}")


def return_to(request: Request, form: Form | None = None) -> str:
    """Where to go on once signed in, as the request names it: a page of the desk, whatever it names."""
    given = form.fields.get("next", "") if form else responses.query(request).get("next", "")
    return sessions.return_to(given)
