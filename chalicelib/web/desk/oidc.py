"""Signs agents in by single sign-on, if an OIDC issuer is set up."""

from chalice.app import Request, Response

from chalicelib.errors import Forbidden, InvalidLink, OidcProviderError
from chalicelib.services.access import single_sign_on
from chalicelib.telemetry import logger
from chalicelib.web import responses
from chalicelib.web.access import auth
from chalicelib.web.desk.login import login_page, to
from chalicelib.wiring import deps

# The browser must send this cookie back with the issuer's answer. An attacker who makes it send another answer does not
# have it.
COOKIE = "__Host-desk-oidc"


def begin(request: Request) -> Response:
    try:
        url, attempt = single_sign_on.begin(deps(), auth.return_to(request))
    except OidcProviderError as failure:
        return _refused(request, failure)
    answer = responses.redirect(url)
    headers: dict[str, str | list[str]] = answer.headers
    seconds = int(single_sign_on.ATTEMPT_LIFE.total_seconds())
    headers["Set-Cookie"] = [auth.new_cookie(COOKIE, attempt, seconds)]
    return answer


def back(request: Request) -> Response:
    attempt = auth.cookie(request, COOKIE)
    try:
        cookie, return_to = single_sign_on.finish(deps(), attempt, responses.query(request))
    except (InvalidLink, Forbidden, OidcProviderError) as refusal:
        return _refused(request, refusal)
    return to(return_to, auth.session_cookie(cookie), auth.new_cookie(COOKIE, "", 0))


def _refused(request: Request, why: InvalidLink | Forbidden | OidcProviderError) -> Response:
    """The login page with the reason; the agent can still sign in by a mailed link."""
    if isinstance(why, OidcProviderError):
        logger.error("single sign-on failed", extra={"reason": str(why)[:80]})
        return login_page(request, status=502, refused="issuer")
    return login_page(request, status=403, refused="stranger" if isinstance(why, Forbidden) else "attempt")
