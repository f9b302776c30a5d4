"""The form for feedback on the shop's electronic services. It sets no cookie and asks for nobody's name."""

import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from chalice.app import Request, Response

from chalicelib.errors import InvalidFields, NotFound, RateLimited
from chalicelib.rules.feedback import said
from chalicelib.rules.feedback.said import Felt, Managed
from chalicelib.rules.intake.submission import LONGEST
from chalicelib.rules.policy.model import Shop
from chalicelib.services.feedback import giving
from chalicelib.services.intake.submitting import Submitted
from chalicelib.services.tickets import links
from chalicelib.web import bodies, cors, problems, responses
from chalicelib.web.bodies import Form
from chalicelib.web.callers import caller
from chalicelib.wiring import deps, policy


def show(request: Request, shop: str) -> Response:
    """The form. `page`: the path of the shop's page from which somebody came."""
    known, asked = _open(shop), responses.query(request)
    language = responses.language(request, shop)
    if "sent" in asked:
        return responses.page("feedback_thanks", shop=known, language=language)
    return _form(known, language, {"page": said.page_of(asked.get("page", ""))})


def give(request: Request, shop: str) -> Response:
    known, form = _open(shop), bodies.received(request, said.FIELDS)
    program = bodies.wants_json(request)
    try:
        if form.faults:
            raise InvalidFields(form.faults, form.near)
        done = giving.give(deps(), known, said.read(form.fields, known), caller(request, form))
    except InvalidFields as fault:
        if program:
            raise InvalidFields(fault.codes, form.near) from fault
        return _to_mend(request, known, form, fault.codes, 422)
    except RateLimited:
        if program:
            raise
        return _to_mend(request, known, form, {"feedback_text": "too_often"}, 429)
    if program:
        return responses.json_answer(_receipt(done), 201, cors.headers(request, shop))
    return responses.redirect(_next_page(known, form, done))


def preflight(request: Request, shop: str) -> Response:
    return cors.preflight(request, shop)


def _open(shop: str) -> Shop:
    """The shop, if its form is open. Raises UnknownShop, NotFound."""
    known = policy().shop(shop)
    if not known.feedback.form:
        raise NotFound(f"{shop} asks for no feedback")
    return known


def _receipt(done: Submitted | None) -> dict[str, Any]:
    if done is None:
        return {"kept": True}
    status = {"status_url": links.receipt_url(deps(), done.ticket)} if done.receipt else {}
    return {"kept": True, "reference": done.ticket.ref} | status


def _next_page(shop: Shop, form: Form, done: Submitted | None) -> str:
    root = f"{deps().public_url}/shops/{shop.id}"
    if done is None:
        language = form.fields.get("language", "")
        return f"{root}/feedback?{urlencode({'lang': language if language in shop.languages else '', 'sent': '1'})}"
    if not done.receipt:
        return f"{root}/thanks?{urlencode({'reference': done.ticket.ref})}"
    return f"{root}/thanks?{urlencode({'t': links.receipt_url(deps(), done.ticket).rpartition('/')[2]})}"


def _to_mend(request: Request, shop: Shop, form: Form, codes: Mapping[str, str], status: int) -> Response:
    asked = form.fields.get("language", "")
    language = asked if asked in shop.languages else responses.language(request, shop.id)
    errors = {name: problems.sentence(name, code, language) for name, code in codes.items()}
    values = form.fields | {"page": said.page_of(form.fields.get("page", ""))}
    return _form(shop, language, values, errors, status)


def _form(
    shop: Shop, language: str, values: Mapping[str, str], errors: Mapping[str, str] | None = None, status: int = 200
) -> Response:
    return responses.page(
        "feedback",
        status=status,
        shop=shop,
        language=language,
        caching="private, no-cache",
        values=values,
        errors=errors or {},
        managed=tuple(Managed),
        felt=tuple(Felt),
        limits=LONGEST,
        submission_id=values.get("submission_id") or secrets.token_urlsafe(18),
        kept=any(values.get(name, "").strip() for name in ("wanted", "feedback_text", "email")),
    )
