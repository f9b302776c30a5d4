"""The policy page: what the shop promises its customers, from the same file that sets its clocks."""

from urllib.parse import urlencode

from chalice.app import Request, Response

from chalicelib.services.customer import policy_page
from chalicelib.web import responses
from chalicelib.wiring import deps, policy

_CACHED = "public, max-age=300"


def show_policy(request: Request, shop: str) -> Response:
    known = policy().shop(shop)
    return responses.page(
        "policy",
        shop=known,
        language=responses.language(request, shop),
        caching=_CACHED,
        images=known.guarantees.notice.values(),
        view=policy_page.view(known, deps().now(), deps().holidays(known)),
    )


def show_complaints(request: Request, shop: str) -> Response:
    """Redirect to the policy page's complaint procedure."""
    known = policy().shop(shop)
    asked = responses.query(request).get("lang", "")
    query = f"?{urlencode({'lang': asked})}" if asked in known.languages else ""
    return responses.redirect(f"{deps().public_url}/shops/{known.id}/policy{query}#complaints")
