"""Whether the application answers: for load balancers, monitors and the local starter."""

from chalice.app import Request, Response

from chalicelib.web import responses
from chalicelib.web.routing import Routes
from chalicelib.wiring import policy

routes = Routes(__name__)


@routes.view("/health", "GET")
def health(request: Request) -> Response:
    return responses.json_answer({"status": "ok", "shops": sorted(policy().shops)}, 200, {})
