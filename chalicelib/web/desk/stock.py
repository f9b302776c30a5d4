"""Agents say that a product is back in stock, where the shop's system does not."""

from chalice.app import Request, Response

from chalicelib.services.waiting.telling import note_back
from chalicelib.web import bodies, responses
from chalicelib.web.access import auth
from chalicelib.web.access.auth import Signed
from chalicelib.web.desk.ticket_page import sentence
from chalicelib.wiring import deps


def show(request: Request) -> Response:
    return _page(auth.agent(request), done="done" in responses.query(request))


def back(request: Request) -> Response:
    signed, form = auth.agent(request), bodies.read(request)
    auth.check(request, form, signed)
    shop, sku = form.fields.get("shop", ""), form.fields.get("sku", "").strip()[:100]
    if shop not in signed.agents:
        return _page(signed, {"shop": "unknown"}, sku)
    if not note_back(deps(), shop, sku):
        return _page(signed, {"sku": "no_product" if sku else "missing"}, sku)
    return responses.redirect(f"{deps().public_url}/desk/stock?done=1")


def _page(signed: Signed, codes: dict[str, str] | None = None, sku: str = "", *, done: bool = False) -> Response:
    return auth.page(
        signed,
        "desk/stock",
        status=422 if codes else 200,
        active="stock",
        shops=signed.shops,
        sku=sku,
        done=done,
        errors={name: sentence(name, code, signed.language) for name, code in (codes or {}).items()},
    )
