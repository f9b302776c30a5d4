"""What pages load: our stylesheet and script, and each shop's colour."""

from functools import cache

from chalice.app import Request, Response

from chalicelib import pages
from chalicelib.errors import UnknownFile
from chalicelib.web import responses
from chalicelib.web.routing import Routes
from chalicelib.wiring import policy

routes = Routes(__name__)

_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}


@routes.view("/static/{name}", "GET")
def static(request: Request, name: str) -> Response:
    files = _files()
    if name not in files:
        raise UnknownFile(name)
    return _asset(files[name], _TYPES["." + name.rpartition(".")[2]])


@routes.view("/static/shops/{name}", "GET")
def shop_style(request: Request, name: str) -> Response:
    shop = policy().shop(name.removesuffix(".css"))
    return _asset(pages.stylesheet(shop.colour), _TYPES[".css"])


@cache
def _files() -> dict[str, str]:
    """Only what lies in the folder can be asked for; nothing a name says reaches the file system."""
    folder = pages.TEMPLATES / "static"
    return {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir() if path.suffix in _TYPES}


def _asset(body: str, content_type: str) -> Response:
    headers = {
        "Content-Type": content_type,
        "Cache-Control": "public, max-age=300",
        "X-Content-Type-Options": "nosniff",
    }
    return responses.answer(body, 200, headers)
