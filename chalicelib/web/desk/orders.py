"""Orders at the desk: their lists and search, an order's page, and the forms by which an agent decides about one."""

from typing import Any
from urllib.parse import urlencode

from chalice.app import Request, Response

from chalicelib.errors import InvalidFields, NotOpen, UnknownFile
from chalicelib.rendering import words
from chalicelib.rules.identity.keys import Use
from chalicelib.services.desk.orders import lists, order_view
from chalicelib.services.desk.orders.lists import LISTS, OrderLines
from chalicelib.services.orders.deciding import Decision, decide
from chalicelib.web import bodies, problems, responses
from chalicelib.web.access import auth
from chalicelib.web.access.auth import Signed
from chalicelib.web.desk import sealing
from chalicelib.wiring import deps

LONGEST_REASON, LONGEST_PRICE = 200, 20


def show_all(request: Request) -> Response:
    signed, query = auth.agent(request), responses.query(request)
    owner = signed.authenticated.session.address
    asked = sealing.unseal(deps().secret, Use.SEARCHES, owner, query["s"]) if "s" in query else query.get("q", "")
    if asked:
        return _lines(signed, lists.searched(deps(), signed.shops, asked, signed.language))
    chosen = [shop for shop in signed.shops if shop.id == query.get("shop", "")] or signed.shops
    return _lines(signed, lists.listed(deps(), chosen, query.get("list", ""), query.get("after", ""), signed.language))


def search(request: Request) -> Response:
    """Search by number or address. The words may be an address, so the URL gets them sealed."""
    signed, form = auth.agent(request), bodies.read(request)
    auth.check(request, form, signed)
    asked = " ".join(form.fields.get("q", "").split())[: lists.LONGEST]
    owner = signed.authenticated.session.address
    query = f"?{urlencode({'s': sealing.seal(deps().secret, Use.SEARCHES, owner, asked)})}" if asked else ""
    return responses.redirect(f"{deps().public_url}/desk/orders{query}")


def show(request: Request, ref: str) -> Response:
    return _order(auth.agent(request), ref, done=responses.query(request).get("done", ""))


def back(request: Request, ref: str, action: str) -> Response:
    """Redirect to the order. A refused form is shown at its action's address, which a browser may ask for again."""
    return responses.redirect(f"{deps().public_url}/desk/orders/{ref}")


def act(request: Request, ref: str, action: str) -> Response:
    signed, form = auth.agent(request), bodies.read(request)
    auth.check(request, form, signed)
    order = order_view.load(deps(), ref, signed.agents)
    if action not in list(Decision):
        raise UnknownFile(action)
    reason = " ".join(form.fields.get("reason", "").split())[:LONGEST_REASON]
    typed = form.fields.get("right_price", "").strip()[:LONGEST_PRICE]
    try:
        right = order_view.right_price(order, typed) if typed and action == Decision.PRICE_ERROR else None
        decide(deps(), order, Decision(action), signed.agents[order.shop].address, reason, right)
    except NotOpen:
        return _order(signed, ref, refused=action, reason=reason, right_price=typed)
    except InvalidFields as wrong:
        fault = problems.sentence("amount", wrong.codes["amount"], signed.language)
        return _order(signed, ref, refused=action, reason=reason, right_price=typed, price_fault=fault)
    return responses.redirect(f"{deps().public_url}/desk/orders/{ref}?{urlencode({'done': action})}")


def _lines(signed: Signed, lines: OrderLines) -> Response:
    def address(**chosen: str) -> str:
        return f"{responses.root()}/desk/orders?{urlencode(chosen)}"

    return _page(
        "desk/orders",
        signed,
        lines=lines,
        lists=LISTS,
        links={name: address(list=name) for name in LISTS},
        next_url=address(list=lines.list, after=lines.next) if lines.next else "",
        several_shops=len(signed.agents) > 1,
    )


def _order(
    signed: Signed,
    ref: str,
    *,
    done: str = "",
    refused: str = "",
    reason: str = "",
    right_price: str = "",
    price_fault: str = "",
) -> Response:
    order = order_view.load(deps(), ref, signed.agents)
    seen = order_view.view(deps(), order, signed.language)
    notice = words.phrase(signed.language, f"desk.orders.done.{done}") if done in list(Decision) else None
    return _page(
        "desk/order",
        signed,
        status=422 if price_fault else 409 if refused else 200,
        view=seen,
        notice=notice,
        refused=refused,
        reason=reason,
        longest=LONGEST_REASON,
        right_price=right_price,
        price_fault=price_fault,
    )


def _page(name: str, signed: Signed, status: int = 200, **context: Any) -> Response:
    shop = context["view"].shop if "view" in context else None
    return auth.page(signed, name, status=status, shop=shop, active="orders", **context)
