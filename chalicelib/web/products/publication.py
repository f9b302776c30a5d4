"""The page on which a customer agrees that a question and its answer are published, and takes that back."""

from chalice.app import Request, Response

from chalicelib.errors import InvalidFields, NotOpen
from chalicelib.rules.access.by_hand import Button
from chalicelib.services.delivery.letters.publication_letters import page_url
from chalicelib.services.products import publishing
from chalicelib.web import bodies, problems, responses
from chalicelib.web.customer import pressed_by_hand
from chalicelib.wiring import deps

_ANSWERS = {"agree": True, "decline": False}


def show(request: Request, token: str) -> Response:
    return _page(request, token)


def decide(request: Request, token: str) -> Response:
    form, faults = bodies.read(request), dict[str, str]()
    try:
        pressed_by_hand.pressed(request, form, Button.PUBLISH, token)
        answer = form.fields.get("answer", "")
        if answer not in _ANSWERS:
            raise InvalidFields({"form": "unknown"})
        publishing.decide(deps(), token, agreed=_ANSWERS[answer])
    except NotOpen:
        faults = {"form": "not_open"}
    except InvalidFields as error:
        if bodies.wants_json(request):
            raise
        # What the text still holds of them is not named here: the page shows the text.
        faults = {name if name in ("nonce", "form") else "form": code for name, code in error.codes.items()}
    return _page(request, token, faults) if faults else _again(request, token)


def take_back(request: Request, token: str) -> Response:
    try:
        pressed_by_hand.pressed(request, bodies.read(request), Button.TAKE_BACK, token)
        publishing.take_back(deps(), token)
    except InvalidFields as error:
        if bodies.wants_json(request):
            raise
        return _page(request, token, error.codes)
    return _again(request, token)


def _again(request: Request, token: str) -> Response:
    asked = responses.query(request).get("lang", "")
    return responses.redirect(f"{deps().public_url}/q/{token}{f'?lang={asked}' if asked.isalpha() else ''}")


def _page(request: Request, token: str, codes: dict[str, str] | None = None) -> Response:
    seen = publishing.opened(deps(), token)
    asked, shop = responses.query(request).get("lang", ""), seen.shop
    language = asked if asked in shop.languages else seen.key.language
    shown = responses.page(
        "publication",
        status=(409 if "not_open" in codes.values() else 422) if codes else 200,
        shop=shop,
        language=language,
        seen=seen,
        product_name=seen.product.name if seen.product else seen.key.sku,
        product_url=page_url(deps(), shop, seen.key.sku, seen.key.language) if seen.product else "",
        publication_url=f"{responses.root()}/q/{token}",
        publish_nonce=pressed_by_hand.nonce(Button.PUBLISH, token) if seen.open else "",
        take_back_nonce=pressed_by_hand.nonce(Button.TAKE_BACK, token) if seen.listed else "",
        errors={name: problems.sentence(name, code, language) for name, code in (codes or {}).items()},
        kept=False,
    )
    return pressed_by_hand.ready(shown)
