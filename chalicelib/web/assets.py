"""Static files of our pages: stylesheets, scripts, typeface, and each shop's colour."""

from functools import cache
from pathlib import Path

from chalice.app import Request, Response

from chalicelib.errors import UnknownFile
from chalicelib.patterns import pattern
from chalicelib.rendering import pages
from chalicelib.web import responses
from chalicelib.wiring import policy

_FONT = "font/woff2"
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".woff2": _FONT,
}
# A file with its content's fingerprint in its name never changes: other content has another name.
_FOR_EVER, _A_WHILE = "public, max-age=31536000, immutable", "public, max-age=300"
_FINGERPRINTED = pattern(r".+\.[0-9a-f]{8}\.\w+")


def static(request: Request, name: str) -> Response:
    files = _files()
    if name not in files:
        raise UnknownFile(name)
    return _asset(files[name], _TYPES["." + name.rpartition(".")[2]], _caching(name))


def shop_style(request: Request, name: str) -> Response:
    shop = policy().shop(name.removesuffix(".css"))
    return _asset(pages.stylesheet(shop.colour), _TYPES[".css"])


@cache
def _files() -> dict[str, str | bytes]:
    """All files of the folder by name. A request's name is only looked up here and never reaches the file system."""
    folder = pages.TEMPLATES / "static"
    return {path.name: _content(path) for path in folder.iterdir() if path.suffix in _TYPES}


def _content(path: Path) -> str | bytes:
    return path.read_bytes() if _TYPES[path.suffix] == _FONT else path.read_text(encoding="utf-8")


def _caching(name: str) -> str:
    return _FOR_EVER if _FINGERPRINTED.fullmatch(name) else _A_WHILE


def _asset(body: str | bytes, content_type: str, caching: str = _A_WHILE) -> Response:
    headers = {
        "Content-Type": content_type,
        "Cache-Control": caching,
        "X-Content-Type-Options": "nosniff",
    }
    return responses.answer(body, 200, headers)
