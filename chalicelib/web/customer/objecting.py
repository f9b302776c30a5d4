"""The page behind the objection link of adverts: one request ends them (RFC 8058).

This button is the exception from pressed_by_hand: mail programs press it for their owners, without a cookie and
without having seen the page. What a scanner could do here, ends adverts and nothing else (decision 197).
"""

from chalice.app import Request, Response

from chalicelib.rules.policy.model import Shop
from chalicelib.services.delivery import objections
from chalicelib.web import responses
from chalicelib.wiring import deps


def show(request: Request, token: str) -> Response:
    """One button. A GET never objects: programs that scan mails follow links."""
    return _page(request, objections.opened(deps(), token), token, done=False)


def end(request: Request, token: str) -> Response:
    """End the adverts, whatever the body says, and answer without a redirect: senders of such requests follow none
    (RFC 8058, 3.1)."""
    return _page(request, objections.end_adverts(deps(), token), token, done=True)


def _page(request: Request, shop: Shop, token: str, *, done: bool) -> Response:
    language = responses.language(request, shop.id)
    return responses.page(
        "objection",
        shop=shop,
        language=language,
        done=done,
        object_url=f"{responses.root()}/u/{token}?lang={language}",
    )
