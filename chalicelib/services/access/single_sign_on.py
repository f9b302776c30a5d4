"""Single sign-on to the desk: OpenID Connect's authorization code flow with PKCE (RFC 6749, 7636, 9700)."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import urlencode

from chalicelib.errors import InvalidLink, NotFound
from chalicelib.rules.access import sessions
from chalicelib.rules.access.id_tokens import Expected, InvalidIdToken, address_in
from chalicelib.services.access import signing_in
from chalicelib.services.ports.access import Issuer
from chalicelib.services.ports.deps import Deps
from chalicelib.services.tickets import signing
from chalicelib.telemetry import logger

ATTEMPT_LIFE = timedelta(minutes=10)
_LONGEST_CODE = 2_000
_PURPOSE = "oidc"


def begin(deps: Deps, return_to: str) -> tuple[str, str]:
    """The address to send the browser to, and the cookie it must bring back. Raises NotFound, OidcProviderError."""
    issuer = _issuer(deps)
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    ends = int((deps.now() + ATTEMPT_LIFE).timestamp())
    cookie = signing.written(deps, _PURPOSE, [state, nonce, verifier, sessions.return_to(return_to), ends])
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    parameters = {
        "response_type": "code",
        "client_id": issuer.client_id,
        "redirect_uri": _redirect_uri(deps),
        "scope": "openid email",
        "state": state,
        "nonce": nonce,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    endpoint = issuer.authorization_endpoint()
    joint = "&" if "?" in endpoint else "?"
    return f"{endpoint}{joint}{urlencode(parameters)}", cookie


def finish(deps: Deps, cookie: str, answer: Mapping[str, str]) -> tuple[str, str]:
    """The cookie of a new session and the page to continue with, for the answer that the browser brought back.

    Raises InvalidLink if the answer belongs to no sign-in that this browser began or the issuer refused it, Forbidden
    if the person is no agent, OidcProviderError, NotFound.
    """
    issuer = _issuer(deps)
    state, nonce, verifier, return_to = _attempt(deps, cookie)
    if not hmac.compare_digest(state.encode(), answer.get("state", "").encode("utf-8", "surrogatepass")):
        raise InvalidLink(expired=False)
    # Refuse another issuer's answer (RFC 9207), and a refusal: that comes as "error", without a code.
    code = answer.get("code", "")
    if answer.get("iss", issuer.url) != issuer.url or not 0 < len(code) <= _LONGEST_CODE:
        raise InvalidLink(expired=False)
    if not deps.sessions.claim_attempt(sessions.digest(state), deps.now() + ATTEMPT_LIFE):
        raise InvalidLink(expired=True)
    token = issuer.id_token(code, verifier, _redirect_uri(deps))
    try:
        issuer.check_signature(token)
        address = address_in(token, Expected(issuer.url, issuer.client_id, nonce), deps.now())
    except InvalidIdToken as invalid:
        logger.warning("an ID token was refused", extra={"claim": str(invalid)})
        raise InvalidLink(expired=False) from invalid
    return signing_in.begin(deps, address), return_to


def _attempt(deps: Deps, cookie: str) -> tuple[str, str, str, str]:
    state, nonce, verifier, return_to, ends = signing.read(deps, _PURPOSE, cookie)
    if deps.now().timestamp() >= ends:
        raise InvalidLink(expired=True)
    return state, nonce, verifier, return_to


def _redirect_uri(deps: Deps) -> str:
    return f"{deps.public_url}/desk/oidc/back"


def _issuer(deps: Deps) -> Issuer:
    if deps.issuer is None:
        raise NotFound("single sign-on is not set up")
    return deps.issuer
