"""The customer's page behind its signed link: read, reply, rate, fetch files; and the page that confirms who asked."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from chalice.app import Request, Response

from chalicelib.errors import InvalidFields, RateLimited
from chalicelib.services.actions import confirming, rating
from chalicelib.services.customer import customer_page
from chalicelib.services.tickets import uploading
from chalicelib.web import bodies, problems, responses
from chalicelib.web.routing import Routes
from chalicelib.wiring import deps

routes = Routes(__name__)


@dataclass(frozen=True, slots=True)
class _Refused:
    """Why a form was refused: the answer's HTTP status, and an error code per field."""

    status: int
    problems: Mapping[str, str]


@routes.view("/t/{token}", "GET")
def show(request: Request, token: str) -> Response:
    asked = responses.query(request)
    return _page(token, sent=asked.get("sent", ""), rated="rated" in asked)


@routes.view("/t/{token}", "POST")
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


@routes.view("/t/{token}/rating", "GET")
def to_page(request: Request, token: str) -> Response:
    """Redirect to the ticket's page if a browser asks again for the address of a refused rating. A GET never rates."""
    return responses.redirect(f"{deps().public_url}/t/{quote(token, safe='')}")


@routes.view("/t/{token}/rating", "POST")
def rate(request: Request, token: str) -> Response:
    form = bodies.read(request)
    try:
        rating.rate(deps(), token, form.fields, responses.source_address(request))
    except (InvalidFields, RateLimited) as error:
        if isinstance(error, RateLimited) and bodies.wants_json(request):
            raise
        refused = _refused(error, "rating_text")
        # If the ticket can't be rated, the page has no field for these words except the reply's.
        values = {"message": form.fields.get("rating_text", "")} if "form" in refused.problems else form.fields
        return _page(token, refused=refused, values=values)
    return responses.redirect(f"{deps().public_url}/t/{token}?rated=1")


@routes.view("/f/{token}", "GET")
def fetch(request: Request, token: str) -> Response:
    return responses.redirect(customer_page.download(deps(), token))


@routes.view("/c/{token}", "GET")
def show_confirmation(request: Request, token: str) -> Response:
    """A page with one button: programs that scan mails follow links, but don't press buttons."""
    shop, ticket = confirming.opened(deps(), token)
    return responses.page(
        "confirm",
        shop=shop,
        language=ticket.language,
        reference=ticket.ref,
        confirmed_at=ticket.identity_confirmed_at,
        confirm_url=f"{responses.root()}/c/{token}",
    )


@routes.view("/c/{token}", "POST")
def confirm(request: Request, token: str) -> Response:
    confirming.confirm(deps(), token)
    return responses.redirect(f"{deps().public_url}/c/{token}")


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
    sent: str = "",
    rated: bool = False,
    chosen_files: list[str] | None = None,
) -> Response:
    seen = customer_page.view(deps(), token, sent)
    ticket, language, given = seen.ticket, seen.ticket.language, seen.ticket.rating
    said_before = {"score": str(given.score), "rating_text": given.text} if given else {}
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
        "entries": seen.entries,
        "link_expires": seen.link_expires,
        "reply_url": f"{responses.root()}/t/{token}",
        "reply_sent": seen.reply_taken,
        "rating": {"score": given.score, "text": given.text, "at": given.at} if given else None,
        "rate_url": f"{responses.root()}/t/{token}/rating",
        "rate_until": seen.rate_until,
        "rating_sent": rated and seen.rating_taken,
        "submission_id": submission_id or secrets.token_urlsafe(18),
        "values": said_before | (values or {}),
        "errors": {
            name: problems.sentence(name, code, language)
            for name, code in (refused.problems if refused else {}).items()
        },
        "chosen_files": chosen_files or [],
        "kept": any(value.strip() for name, value in (values or {}).items() if name in ("message", "rating_text")),
        "limits": bodies.LIMITS,
    }
    return responses.page(
        "ticket", status=refused.status if refused else 200, shop=seen.shop, language=language, **context
    )
