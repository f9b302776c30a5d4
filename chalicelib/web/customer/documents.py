"""The shop's policy documents: as pages, as HTML to embed in the shop's own pages, as text, and as JSON."""

from typing import Any

from chalice.app import Request, Response

from chalicelib.rules.documents.published import Version
from chalicelib.rules.policy.model import Shop
from chalicelib.services.documents import reading
from chalicelib.services.documents.reading import DocumentView
from chalicelib.web import cors, responses
from chalicelib.wiring import deps, policy

_CACHED = "public, max-age=300"
# The answer depends on these headers of the request.
_VARY = "Accept, Accept-Language, Origin"
# A fragment that is opened by itself loads nothing and runs nothing.
_CSP = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"


def show_all(request: Request, shop: str) -> Response:
    known = policy().shop(shop)
    return responses.page(
        "policies",
        shop=known,
        language=responses.language(request, shop),
        caching=_CACHED,
        documents=reading.published(deps(), known),
    )


def show_current(request: Request, shop: str, document: str) -> Response:
    """The version that is in force."""
    return _show(request, policy().shop(shop), document, "")


def show_version(request: Request, shop: str, document: str, version: str) -> Response:
    """One version, at an address that always shows this version."""
    return _show(request, policy().shop(shop), document, version)


def _show(request: Request, shop: Shop, document: str, version: str) -> Response:
    wanted = _form(request)
    root = responses.root() if wanted == "page" else deps().public_url
    language = responses.language(request, shop.id)
    view = reading.view(deps(), shop, document, version, language, root)
    if wanted == "json":
        return _readable(request, shop, view, _as_json(shop, view))
    if wanted == "fragment":
        html = f'<article lang="{view.language}">\n{view.html}</article>\n'
        return _readable(request, shop, view, html, "text/html")
    if wanted == "text":
        return _readable(request, shop, view, view.text, "text/plain")
    page = responses.page("document", shop=shop, language=view.language, caching=_CACHED, view=view)
    page.headers["Vary"] = _VARY
    return page


def _form(request: Request) -> str:
    """In which form it is asked for: `page`, `fragment`, `text` or `json`."""
    asked, accepted = responses.query(request).get("as", ""), request.headers.get("accept", "")
    if asked in ("fragment", "text", "json"):
        return asked
    return "json" if "application/json" in accepted and "text/html" not in accepted else "page"


def _as_json(shop: Shop, view: DocumentView) -> dict[str, Any]:
    version = view.version
    return {
        "shop": shop.id,
        "document": version.document,
        "language": view.language,
        "title": view.edition.title,
        "version": str(version.version),
        "in_force": str(version.in_force),
        "replaces": str(version.replaces) if version.replaces else None,
        "is_current": version == view.current,
        "sha256": view.edition.sha256,
        "url": _url(shop, version),
        "text": view.text,
        "html": view.html,
        "versions": [
            {"version": str(each.version), "in_force": str(each.in_force), "url": _url(shop, each)}
            for each in sorted((version, *view.others), key=lambda each: each.version, reverse=True)
        ],
    }


def _url(shop: Shop, version: Version) -> str:
    return f"{deps().public_url}/shops/{shop.id}/{version.document}/{version.version}"


def _readable(
    request: Request, shop: Shop, view: DocumentView, body: str | dict[str, Any], kind: str = "application/json"
) -> Response:
    """An answer that scripts on the shop's own sites may read."""
    headers = {
        "Cache-Control": _CACHED,
        "Content-Language": view.language,
        "X-Content-Type-Options": "nosniff",
    } | cors.headers(request, shop.id)
    headers["Vary"] = _VARY
    if isinstance(body, dict):
        return responses.json_answer(body, 200, headers)
    typed = {"Content-Type": f"{kind}; charset=utf-8", "Content-Security-Policy": _CSP}
    return responses.answer(body, 200, headers | typed)
