"""The start page, for visitors who know only the address; and the health check for load balancers, monitors and the
local starter."""

from chalice.app import Request, Response

from chalicelib.web import responses
from chalicelib.web.routing import Routes
from chalicelib.wiring import policy

routes = Routes(__name__)


@routes.view("/", "GET")
def home(request: Request) -> Response:
    """Links to each shop's form and promises, and to the desk."""
    language = responses.language(request, None)
    return responses.page("home", shop=None, language=language, shops=list(policy().shops.values()))


@routes.view("/health", "GET")
def health(request: Request) -> Response:
    return responses.json_answer({"status": "ok", "shops": sorted(policy().shops)}, 200, {})
