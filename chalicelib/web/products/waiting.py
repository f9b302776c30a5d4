"""The form by which somebody asks to be told when a product is back, and the page on which they confirm it."""

from collections.abc import Mapping
from urllib.parse import quote, unquote, urlencode

from chalice.app import Request, Response

from chalicelib.errors import InvalidFields
from chalicelib.rules.access.by_hand import Button
from chalicelib.rules.policy.model import Shop
from chalicelib.services.waiting import asking
from chalicelib.web import bodies, problems, responses
from chalicelib.web.customer import pressed_by_hand
from chalicelib.wiring import deps, policy


def show_form(request: Request, shop: str, sku: str) -> Response:
    known = policy().shop(shop)
    return _form(known, sku, responses.language(request, shop), {}, sent="sent" in responses.query(request))


def ask(request: Request, shop: str, sku: str) -> Response:
    """Always the same answer, whoever waits for what."""
    known, form = policy().shop(shop), bodies.read(request)
    asked = form.fields.get("language", "")
    language = asked if asked in known.languages else responses.language(request, shop)
    try:
        caller = responses.source_address(request)
        asking.ask(deps(), known, unquote(sku), form.fields.get("email", ""), language, caller)
    except InvalidFields as error:
        if bodies.wants_json(request):
            raise
        return _form(known, sku, language, form.fields, error.codes)
    product = asking.offered(deps(), known, unquote(sku))
    path = f"shops/{known.id}/products/{quote(product.sku, safe='')}/back"
    return responses.redirect(f"{deps().public_url}/{path}?{urlencode({'lang': language, 'sent': 1})}")


def show(request: Request, token: str) -> Response:
    return _page(request, token)


def confirm(request: Request, token: str) -> Response:
    if codes := pressed_by_hand.refusal(request, Button.WAIT, token):
        return _page(request, token, codes)
    asking.confirm(deps(), token)
    return responses.redirect(f"{deps().public_url}/w/{token}")


def forget(request: Request, token: str) -> Response:
    if codes := pressed_by_hand.refusal(request, Button.FORGET, token):
        return _page(request, token, codes)
    asking.forget(deps(), token)
    return responses.redirect(f"{deps().public_url}/w/{token}")


def _form(
    shop: Shop,
    sku: str,
    language: str,
    values: Mapping[str, str],
    codes: Mapping[str, str] | None = None,
    *,
    sent: bool = False,
) -> Response:
    product = asking.offered(deps(), shop, unquote(sku))
    return responses.page(
        "waiting_ask",
        status=422 if codes else 200,
        shop=shop,
        language=language,
        product=product,
        values=values,
        errors={name: problems.sentence(name, code, language) for name, code in (codes or {}).items()},
        kept=bool(values.get("email")),
        sent=sent and not codes,
    )


def _page(request: Request, token: str, codes: Mapping[str, str] | None = None) -> Response:
    seen = asking.opened(deps(), token)
    asked = responses.query(request).get("lang", "")
    language = next((each for each in (asked, seen.language) if each in seen.shop.languages), seen.shop.languages[0])
    shown = responses.page(
        "waiting",
        status=422 if codes else 200,
        shop=seen.shop,
        language=language,
        product=seen.product,
        waiting=seen.waiting,
        waiting_url=f"{responses.root()}/w/{token}",
        errors={name: problems.sentence(name, code, language) for name, code in (codes or {}).items()},
        kept=False,
        wait_nonce=pressed_by_hand.nonce(Button.WAIT, token) if seen.waiting else "",
        forget_nonce=pressed_by_hand.nonce(Button.FORGET, token) if seen.waiting else "",
    )
    return pressed_by_hand.ready(shown)
