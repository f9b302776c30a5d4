"""The customer's page behind its signed link: read, reply, rate, fetch files; and the page that confirms who asked."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from chalice.app import Request, Response

from chalicelib.errors import InvalidFields, RateLimited
from chalicelib.rules.access.by_hand import Button
from chalicelib.rules.identity.handles import is_handle
from chalicelib.services.actions import confirming
from chalicelib.services.customer import customer_page, rating
from chalicelib.services.tickets import uploading
from chalicelib.web import bodies, problems, responses
from chalicelib.web.customer import pressed_by_hand
from chalicelib.wiring import deps


@dataclass(frozen=True, slots=True)
class _Refused:
    """Why a form was refused: the answer's HTTP status, and an error code per field."""

    status: int
    problems: Mapping[str, str]


def show(request: Request, token: str) -> Response:
    return _page(token, opening=request)


def reply(request: Request, token: str) -> Response:
    form = bodies.read(request)
    try:
        caller = responses.source_address(request)
        sent = customer_page.reply(deps(), token, form.fields, form.incoming_files, form.uploads, caller)
    except (InvalidFields, RateLimited) as error:
        if isinstance(error, RateLimited) and bodies.wants_json(request):
            raise
        return _page(
            token,
            refused=_refused(error),
            values=form.fields,
            chosen_files=[incoming_file.filename for incoming_file in form.incoming_files]
            + uploading.names(deps(), form.uploads),
            submission_id=form.fields.get("submission_id", ""),
        )
    return responses.redirect(f"{deps().public_url}/t/{token}?{urlencode({'sent': sent})}")


def to_page(request: Request, token: str) -> Response:
    """Redirect to the ticket's page if a browser asks again for the address of a refused rating. A GET never rates."""
    return responses.redirect(f"{deps().public_url}/t/{quote(token, safe='')}")


def rate(request: Request, token: str) -> Response:
    form = bodies.read(request)
    try:
        nonce = pressed_by_hand.pressed(request, form, Button.RATE, token)
        rating.rate(deps(), token, form.fields, responses.source_address(request), nonce)
        customer_page.pass_on_rating(deps(), token, form.fields, responses.source_address(request))
    except (InvalidFields, RateLimited) as error:
        if isinstance(error, RateLimited) and bodies.wants_json(request):
            raise
        return _page(token, refused=_refused(error, "rating_text"), values=form.fields)
    return responses.redirect(f"{deps().public_url}/t/{token}?rated=1")


def back_to_page(request: Request, token: str) -> Response:
    """As for a refused rating. A GET never takes a rating back."""
    return to_page(request, token)


def take_rating_back(request: Request, token: str) -> Response:
    form = bodies.read(request)
    try:
        rating.withdraw(deps(), token, pressed_by_hand.pressed(request, form, Button.WITHDRAW_RATING, token))
    except InvalidFields as error:
        return _page(token, refused=_refused(error))
    return responses.redirect(f"{deps().public_url}/t/{token}?taken_back=1")


def fetch(request: Request, token: str) -> Response:
    return responses.redirect(customer_page.download(deps(), token))


def show_confirmation(request: Request, token: str) -> Response:
    """A page with one button."""
    return _confirmation(token)


def confirm(request: Request, token: str) -> Response:
    if codes := pressed_by_hand.refusal(request, Button.CONFIRM_IDENTITY, token):
        return _confirmation(token, _Refused(422, codes))
    confirming.confirm(deps(), token)
    return responses.redirect(f"{deps().public_url}/c/{token}")


def again(token: str, error: InvalidFields | RateLimited, field: str, values: dict[str, str]) -> Response:
    """The ticket's page with what was typed into another form on it, and why that was refused."""
    return _page(token, refused=_refused(error, field), values=values)


def _confirmation(token: str, refused: _Refused | None = None) -> Response:
    shop, ticket = confirming.opened(deps(), token)
    shown = responses.page(
        "confirm",
        status=refused.status if refused else 200,
        shop=shop,
        language=ticket.language,
        reference=ticket.ref,
        confirmed_at=ticket.identity_confirmed_at,
        confirm_url=f"{responses.root()}/c/{token}",
        nonce="" if ticket.identity_confirmed_at else pressed_by_hand.nonce(Button.CONFIRM_IDENTITY, token),
        errors=_sentences(refused, ticket.language),
        kept=False,
    )
    return shown if ticket.identity_confirmed_at else pressed_by_hand.ready(shown)


def _sentences(refused: _Refused | None, language: str) -> dict[str, str]:
    codes = refused.problems if refused else {}
    return {name: problems.sentence(name, code, language) for name, code in codes.items()}


def _refused(error: InvalidFields | RateLimited, field: str = "message") -> _Refused:
    """The refusal as codes for the page. After RateLimited the words stay in the form, to be sent again."""
    if isinstance(error, InvalidFields):
        return _Refused(422, error.codes)
    return _Refused(429, {field: "too_often"})


def _page(
    token: str,
    *,
    refused: _Refused | None = None,
    values: dict[str, str] | None = None,
    submission_id: str = "",
    chosen_files: list[str] | None = None,
    opening: Request | None = None,
) -> Response:
    """`opening`: the request that opens the page; None for a form that was refused and shows the page again."""
    asked = responses.query(opening) if opening else {}
    in_browser = opening is not None and pressed_by_hand.opened(opening)
    seen = customer_page.view(deps(), token, asked.get("sent", ""), in_browser=in_browser)
    ticket, language, given = seen.ticket, seen.ticket.language, seen.ticket.rating
    has_button = given is not None or seen.rate_until is not None
    if refused and not has_button and pressed_by_hand.FIELD in refused.problems:
        refused = _Refused(422, {"form": "rating_not_now"})  # the page has no button that could be pressed again
    typed = values or {}
    if refused and "form" in refused.problems:
        # If the ticket can't be rated, the page has no field for these words except the reply's.
        typed = {"message": typed.get("rating_text", "")}
    # The words of the rating given before stand in the field, but no choice is made beforehand.
    said_before = {"rating_text": given.text, "may_show": "1" if given.may_show else ""} if given else {}
    context: dict[str, Any] = {
        "reference": ticket.ref,
        "subject": ticket.subject,
        "state": ticket.state,
        "continued_in": seen.continued_in,
        "receipt": seen.receipt,
        "quarantined": seen.quarantined,
        "opened_at": ticket.opened_at,
        "terms": ticket.terms,
        "promises": seen.promises,
        "referrals": seen.referrals,
        "bodies": seen.bodies,
        "rejection": seen.rejection,
        "choice": seen.choice,
        "entries": seen.entries,
        "withdraw_url": seen.withdraw_url,
        "by_messenger": is_handle(ticket.requester.address),
        "address_url": f"{responses.root()}/t/{token}/email" if seen.may_give_address else "",
        "address_asked": "mailed" in asked and seen.may_give_address,
        "link_expires": seen.link_expires,
        "reply_url": f"{responses.root()}/t/{token}",
        "reply_sent": seen.reply_taken,
        "rating": {"score": given.score, "text": given.text, "at": given.at} if given else None,
        "rate_url": f"{responses.root()}/t/{token}/rating",
        "rate_until": seen.rate_until,
        "expenses_url": f"{responses.root()}/t/{token}/expenses" if seen.may_claim else "",
        "record_url": "" if seen.receipt or not seen.promises else f"{responses.root()}/t/{token}/record",
        "nonce": pressed_by_hand.nonce(Button.RATE, token) if seen.rate_until else "",
        "take_back_url": f"{responses.root()}/t/{token}/rating/withdraw" if given else "",
        "take_back_nonce": pressed_by_hand.nonce(Button.WITHDRAW_RATING, token) if given else "",
        "rating_withdrawn": ticket.rating_withdrawn.at if ticket.rating_withdrawn else None,
        "rating_sent": "rated" in asked and seen.rating_taken,
        "rating_taken_back": "taken_back" in asked and seen.rating_taken_back,
        "submission_id": submission_id or secrets.token_urlsafe(18),
        "values": said_before | typed,
        "errors": _sentences(refused, language),
        "chosen_files": chosen_files or [],
        "kept": any(typed.get(name, "").strip() for name in ("message", "rating_text")),
        "limits": bodies.LIMITS,
    }
    shown = responses.page(
        "ticket", status=refused.status if refused else 200, shop=seen.shop, language=language, **context
    )
    return pressed_by_hand.ready(shown) if has_button else shown
