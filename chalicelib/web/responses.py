"""Pages as responses: each with security headers, in the reader's language."""

import json
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote, unquote, urlencode, urlsplit

from chalice.app import Request, Response

from chalicelib import settings
from chalicelib.rendering import pages, words
from chalicelib.rules.policy.model import Shop
from chalicelib.wiring import deps, policy

# Only our own files may run or load; forms may also lead to a shop's return pages.
_CSP = (
    "default-src 'none'; style-src 'self'; font-src 'self'; script-src 'self'; img-src 'self'{pictures}; "
    "connect-src {connect}; form-action {forms}; frame-ancestors 'none'; base-uri 'none'"
)

# What the paths of the chat begin with, as routes write them.
_CHAT = ("/chat/", "/shops/{shop}/chat")


def root() -> str:
    """The path of our public URL: "" or the API's stage."""
    return urlsplit(deps().public_url).path.rstrip("/")


def origin() -> str:
    """The origin of our pages: scheme and host."""
    return _origin(deps().public_url)


def answer(body: str | bytes, status: int, headers: Mapping[str, str]) -> Response:
    return Response(body, status_code=status, headers=dict(headers))


def json_answer(body: object, status: int, headers: Mapping[str, str], kind: str = "application/json") -> Response:
    default = {"Content-Type": kind, "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    return answer(json.dumps(body), status, default | dict(headers))


def query(request: Request) -> dict[str, str]:
    """The query's parameters; the last value of each."""
    return {name: str(value) for name, value in (request.query_params or {}).items()}


def page(
    name: str,
    *,
    status: int = 200,
    shop: Shop | None,
    language: str,
    caching: str = "no-store",
    pictures: bool = False,
    images: Iterable[str] = (),
    **context: Any,
) -> Response:
    """A template as a response. `pictures`: the page shows a mail's own pictures; our URLs for them redirect to the
    file store. `images`: addresses of other pictures on the page."""
    body = pages.page(name, language, root=root(), shop=shop, **context)
    forms = " ".join(["'self'", *sorted({_origin(url) for url in shop.return_urls} if shop else ())])
    origins = settings.load().files_origins
    connect = " ".join(("'self'", *origins))
    shown = "".join(f" {origin}" for origin in (*(origins if pictures else ()), *sorted(set(map(_origin, images)))))
    headers = {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Language": language,
        "Content-Security-Policy": _CSP.format(forms=forms, connect=connect, pictures=shown),
        "Cache-Control": caching,
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "X-Robots-Tag": "noindex, nofollow",
        "Strict-Transport-Security": "max-age=31536000",
    }
    if caching.startswith("public"):
        # Its language may be the browser's choice, so a shared cache keeps one for each.
        headers["Vary"] = "Accept-Language"
    return answer(body, status, headers)


def framed_page(name: str, *, shop: Shop | None, language: str, **more: Any) -> Response:
    """A page of the chat: it may be shown in a frame of the shop's own pages (of any shop's, if it has none) and
    nowhere else. Its links to other pages, which may not, open in a tab of their own."""
    shops = (shop,) if shop else policy().shops.values()
    origins = sorted({each for known in shops for each in known.origins})
    shown = page(name, shop=shop, language=language, framed=bool(origins), **more)
    if origins:
        allowed = " ".join((origin(), *origins))
        known_policy = str(shown.headers["Content-Security-Policy"])
        shown.headers["Content-Security-Policy"] = known_policy.replace(
            "frame-ancestors 'none'", f"frame-ancestors {allowed}"
        )
        del shown.headers["X-Frame-Options"]
    return shown


def rung(shown: Response) -> Response:
    """The page, which may also connect to be rung."""
    if url := settings.load().live_url:
        policy = str(shown.headers["Content-Security-Policy"])
        shown.headers["Content-Security-Policy"] = policy.replace("connect-src ", f"connect-src {_origin(url)} ")
    return shown


def message(request: Request, status: int, what: str, shop_id: str | None) -> Response:
    """A page with only a message. One about the chat stands in the same frame as the chat."""
    shop, make = policy().shops.get(shop_id or ""), framed_page if request.path.startswith(_CHAT) else page
    return make("message", status=status, shop=shop, language=language(request, shop_id), what=what)


def redirect(url: str) -> Response:
    return answer("", 303, {"Location": url, "Cache-Control": "no-store"})


def here(request: Request) -> str:
    """The page of this request, as a path below our root. For a POST the ticket's page, or else the desk."""
    path = request.path
    for name, value in (request.uri_params or {}).items():
        path = path.replace(f"{{{name}}}", quote(unquote(value), safe=""))
    if request.method not in ("GET", "HEAD"):
        return "/".join(path.split("/")[:4]) if path.startswith("/desk/t/") else "/desk"
    asked = urlencode(query(request))
    return f"{path}?{asked}" if asked else path


def source_address(request: Request) -> str:
    """The client's address as API Gateway saw it. Unlike X-Forwarded-For, the caller can't choose it."""
    return str(request.context.get("identity", {}).get("sourceIp", ""))


def language(request: Request, shop_id: str | None) -> str:
    """The language: from ?lang=, else the browser, if the shop has it; else the shop's first."""
    shop = policy().shops.get(shop_id or "")
    offered = shop.languages if shop else words.languages()
    asked = (query(request).get("lang", ""), *accepted_languages(request))
    return next((code for code in asked if code in offered), offered[0] if shop else "en")


def accepted_languages(request: Request) -> list[str]:
    """The languages that the browser asks for, in its order, without regions."""
    accepted = request.headers.get("accept-language", "")
    return [part.split(";")[0].strip().split("-")[0].lower() for part in accepted.split(",")]


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
