"""The desk's page on itself: its keys, and what happens to what agents write."""

from chalice.app import Request, Response

from chalicelib.web import responses
from chalicelib.web.access import auth
from chalicelib.web.routing import Routes

routes = Routes(__name__)


@routes.view("/desk/help", "GET")
def show(request: Request) -> Response:
    signed = auth.agent(request)
    shop = signed.shops[0] if len(signed.shops) == 1 else None
    return responses.page(
        "desk/help", shop=shop, language=signed.language, signed=signed, csrf=signed.csrf, active="help"
    )
