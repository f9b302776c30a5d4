"""The customer's page of an order behind its signed link: what happened and what is promised, choices about lines that
are out of stock, correcting an address; and the form by which a lost link is asked for."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from chalice.app import Request, Response

from chalicelib.errors import InvalidFields, NotFound, NotOpen
from chalicelib.rules.access.by_hand import Button
from chalicelib.rules.orders.order import Choice, Order
from chalicelib.rules.policy.model import Shop
from chalicelib.services.orders import finding, order_links, pressing
from chalicelib.services.orders.shown import page_view
from chalicelib.services.orders.shown.choice_view import ChoiceView
from chalicelib.web import bodies, problems, responses
from chalicelib.web.customer import pressed_by_hand
from chalicelib.wiring import deps, policy

_ALTERNATIVE = "alternative-"


def show(request: Request, token: str) -> Response:
    order, shop, language = _opened(request, token)
    seen = page_view.view(deps(), order, language)
    return responses.page("order", shop=shop, language=language, view=seen, page_url=f"{responses.root()}/o/{token}")


def show_choice(request: Request, token: str, line: str) -> Response:
    """A page with a form, whose answers are not chosen beforehand."""
    return _choice(request, token, line)


def choose(request: Request, token: str, line: str) -> Response:
    order, _, _ = _opened(request, token)
    found, form = _chosen(order, line), bodies.read(request)
    try:
        press = pressed_by_hand.pressed(request, form, Button.CHOOSE, f"{token}/{line}")
        choice, sku = _read(form.fields.get("choice", ""), found)
        pressing.choose(deps(), order, found.line, choice, sku, press)
    except NotOpen:
        return _choice(request, token, line, {"form": "not_open"})
    except InvalidFields as error:
        if bodies.wants_json(request):
            raise
        return _choice(request, token, line, error.codes)
    return responses.redirect(f"{deps().public_url}/o/{token}/choice/{line}?done=1")


def show_address(request: Request, token: str) -> Response:
    return _address(request, token, {})


def correct_address(request: Request, token: str) -> Response:
    order, _, _ = _opened(request, token)
    form = bodies.read(request)
    try:
        wanted = pressing.read_address(form.fields)
        press = pressed_by_hand.pressed(request, form, Button.CORRECT_ADDRESS, token)
        pressing.correct(deps(), order, wanted, press)
    except NotOpen:
        return _address(request, token, {"form": "not_open"}, form.fields)
    except InvalidFields as error:
        if bodies.wants_json(request):
            raise
        return _address(request, token, error.codes, form.fields)
    return responses.redirect(f"{deps().public_url}/o/{token}/address?done=1")


def show_find(request: Request, shop: str) -> Response:
    known = policy().shop(shop)
    sent = "sent" in responses.query(request)
    return _find(known, responses.language(request, shop), {}, sent=sent)


def find(request: Request, shop: str) -> Response:
    """Always the same answer, whether or not there is such an order."""
    known, form = policy().shop(shop), bodies.read(request)
    asked = form.fields.get("language", "")
    language = asked if asked in known.languages else responses.language(request, shop)
    try:
        caller = responses.source_address(request)
        finding.find(deps(), known, form.fields.get("number", ""), form.fields.get("email", ""), caller)
    except InvalidFields as error:
        if bodies.wants_json(request):
            raise
        return _find(known, language, form.fields, _sentences(error.codes, language))
    return responses.redirect(f"{deps().public_url}/shops/{shop}/orders/find?lang={language}&sent=1")


def _opened(request: Request, token: str) -> tuple[Order, Shop, str]:
    """The order with its shop and the page's language. Raises InvalidLink."""
    order = order_links.open_order(deps(), token)
    shop = policy().shop(order.shop)
    asked = responses.query(request).get("lang", "")
    return order, shop, asked if asked in shop.languages else page_view.language_of(shop, order)


def _chosen(order: Order, key: str) -> ChoiceView:
    """The choice for a line. Raises NotFound if there is none and was none."""
    found = page_view.choice(deps(), order, key)
    if found is None:
        raise NotFound("there is nothing to choose")
    return found


def _read(answer: str, found: ChoiceView) -> tuple[Choice, str]:
    """What the form chose. Raises InvalidFields."""
    if answer in (Choice.WAIT, Choice.CANCEL):
        return Choice(answer), ""
    number = answer.removeprefix(_ALTERNATIVE)
    if answer.startswith(_ALTERNATIVE) and number.isascii() and number.isdigit() and int(number) < len(found.offers):
        return Choice.ALTERNATIVE, found.offers[int(number)].sku
    raise InvalidFields({"choice": "missing"})


def _choice(request: Request, token: str, line: str, codes: Mapping[str, str] | None = None) -> Response:
    order, shop, language = _opened(request, token)
    shown = responses.page(
        "order_choice",
        status=_status(codes),
        shop=shop,
        language=language,
        choice=_chosen(order, line),
        number=order.number,
        page_url=f"{responses.root()}/o/{token}",
        choice_url=f"{responses.root()}/o/{token}/choice/{line}",
        done="done" in responses.query(request) and not codes,
        values={},
        errors=_sentences(codes or {}, language),
        kept=False,
        nonce=pressed_by_hand.nonce(Button.CHOOSE, f"{token}/{line}"),
    )
    return pressed_by_hand.ready(shown)


def _address(
    request: Request, token: str, codes: Mapping[str, str], typed: Mapping[str, str] | None = None
) -> Response:
    order, shop, language = _opened(request, token)
    seen = page_view.view(deps(), order, language)
    values: dict[str, Any] = {**(asdict(page_view.address(order)) if typed is None else typed)}
    shown = responses.page(
        "order_address",
        status=_status(codes),
        shop=shop,
        language=language,
        view=seen,
        page_url=f"{responses.root()}/o/{token}",
        done="done" in responses.query(request) and not codes,
        values=values,
        errors=_sentences(codes, language),
        kept=typed is not None,
        longest=pressing.LONGEST,
        nonce=pressed_by_hand.nonce(Button.CORRECT_ADDRESS, token),
    )
    return pressed_by_hand.ready(shown)


def _find(
    shop: Shop, language: str, values: Mapping[str, str], errors: Mapping[str, str] | None = None, *, sent: bool = False
) -> Response:
    return responses.page(
        "order_find",
        status=422 if errors else 200,
        shop=shop,
        language=language,
        values=values,
        errors=errors or {},
        kept=any(values.get(name) for name in ("number", "email")),
        sent=sent and not errors,
    )


def _status(codes: Mapping[str, str] | None) -> int:
    if not codes:
        return 200
    return 409 if "not_open" in codes.values() else 422


def _sentences(codes: Mapping[str, str], language: str) -> dict[str, str]:
    return {name: problems.sentence(name, code, language, longest=pressing.LONGEST) for name, code in codes.items()}
