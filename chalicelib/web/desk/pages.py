"""The desk's pages that show the same to everybody who is signed in: each is its template and no more.

Its words in `desk.base.nav` put a page into the navigation (base.html).
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
