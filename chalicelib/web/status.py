"""The start page, for visitors who know only the address; and the health check for load balancers, monitors and the
local starter."""

from chalice.app import Request, Response

from chalicelib.web import responses
from chalicelib.wiring import policy


def home(request: Request) -> Response:
    """Links to each shop's form and promises, and to the desk."""
    language = responses.language(request, None)
    return responses.page("home", shop=None, language=language, shops=list(policy().shops.values()))


def health(request: Request) -> Response:
    return responses.json_answer({"status": "ok", "shops": sorted(policy().shops)}, 200, {})
