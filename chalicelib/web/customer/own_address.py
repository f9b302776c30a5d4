"""The form by which a messenger's user gives a mail address, and the page on which its owner confirms it."""

from collections.abc import Mapping

from chalice.app import Request, Response

from chalicelib.errors import InvalidFields, RateLimited
from chalicelib.rendering import words
from chalicelib.rules.access.by_hand import Button
from chalicelib.services.messages import own_address
from chalicelib.web import bodies, problems, responses
from chalicelib.web.customer import own_ticket, pressed_by_hand
from chalicelib.wiring import deps


def give(request: Request, token: str) -> Response:
    form = bodies.read(request)
    try:
        own_address.ask(deps(), token, form.fields.get("email", ""))
    except (InvalidFields, RateLimited) as error:
        if bodies.wants_json(request):
            raise
        return own_ticket.again(token, error, "email", form.fields)
    return responses.redirect(f"{deps().public_url}/t/{token}?mailed=1#email")


def show(request: Request, token: str) -> Response:
    return _page(token)


def confirm(request: Request, token: str) -> Response:
    if codes := pressed_by_hand.refusal(request, Button.CONFIRM_ADDRESS, token):
        return _page(token, codes)
    own_address.confirm(deps(), token)
    return responses.redirect(f"{deps().public_url}/e/{token}")


def _page(token: str, codes: Mapping[str, str] | None = None) -> Response:
    seen = own_address.opened(deps(), token)
    language = seen.ticket.language
    shown = responses.page(
        "own_address",
        status=422 if codes else 200,
        shop=seen.shop,
        language=language,
        address=seen.address,
        by=words.phrase(language, f"messages.by.{seen.provider}"),
        reference=seen.ticket.ref if seen.status_url else "",
        status_url=seen.status_url,
        confirm_url=f"{responses.root()}/e/{token}",
        nonce="" if seen.status_url else pressed_by_hand.nonce(Button.CONFIRM_ADDRESS, token),
        errors={name: problems.sentence(name, code, language) for name, code in (codes or {}).items()},
        kept=False,
    )
    return shown if seen.status_url else pressed_by_hand.ready(shown)
