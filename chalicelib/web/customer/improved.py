"""What customers said and what the shop did about it: in the words of the shop's agents, who press a button for it."""

from chalice.app import Request, Response

from chalicelib.services.learning import improving
from chalicelib.web import responses
from chalicelib.wiring import deps, policy

_CACHED = "public, max-age=300"


def show(request: Request, shop: str) -> Response:
    known, language = policy().shop(shop), responses.language(request, shop)
    told = improving.told(deps(), known, language)
    return responses.page("improved", shop=known, language=language, caching=_CACHED, told=told)
