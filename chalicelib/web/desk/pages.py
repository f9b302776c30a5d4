"""Desk pages that are the same for every signed-in agent: each is only its template.

A page appears in the navigation (base.html) if it has words in `desk.base.nav`.
"""

from chalice.app import Request, Response

from chalicelib.web import responses
from chalicelib.web.access import auth
from chalicelib.web.routing import Routes, View

routes = Routes(__name__)
PAGES = ("help",)


def _view(name: str) -> View:
    def show(request: Request) -> Response:
        signed = auth.agent(request)
        shop = signed.shops[0] if len(signed.shops) == 1 else None
        return responses.page(
            f"desk/{name}", shop=shop, language=signed.language, signed=signed, csrf=signed.csrf, active=name
        )

    show.__name__ = name
    return show


for _name in PAGES:
    routes.view(f"/desk/{_name}", "GET")(_view(_name))
