"""A product's page, which everybody may read, also programs."""

from typing import Any
from urllib.parse import quote, unquote

from chalice.app import Request, Response

from chalicelib.services.products import page
from chalicelib.web import bodies, cors, responses
from chalicelib.wiring import deps, policy

# Short, because what is taken back must soon be gone for everybody.
# A published answer that is taken back is gone at once, so no copy is kept.
_UNCACHED = "no-store"
_VARY = "Accept, Accept-Language, Origin"


def show(request: Request, shop: str, sku: str) -> Response:
    known, language = policy().shop(shop), responses.language(request, shop)
    view = page.view(deps(), known, unquote(sku), language)
    product = view.shown.product
    if bodies.wants_json(request):
        said: dict[str, Any] = {
            "sku": product.sku,
            "name": product.name,
            "questions": [
                {"question": each.question, "answer": each.answer, "published": each.at.date().isoformat()}
                for each in view.answers
            ],
        }
        headers = {"Cache-Control": _UNCACHED, "Content-Language": language, **cors.headers(request, shop)}
        return responses.json_answer(said, 200, {**headers, "Vary": _VARY})
    address = f"{deps().public_url}/shops/{known.id}/products/{quote(product.sku, safe='')}"
    shown = responses.page(
        "product", shop=known, language=language, caching=_UNCACHED, indexed=True, path=address, view=view
    )
    shown.headers.pop("X-Robots-Tag")
    shown.headers["Vary"] = _VARY
    return shown
