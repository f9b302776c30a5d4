"""The page on which a customer claims what a matter has cost them."""

import secrets
from collections.abc import Mapping
from urllib.parse import quote, urlencode

from chalice.app import Request, Response

from chalicelib.errors import InvalidFields, RateLimited
from chalicelib.rules.intake.submission import LONGEST
from chalicelib.services.customer import expenses, policy_page
from chalicelib.services.tickets import uploading
from chalicelib.web import bodies, problems, responses
from chalicelib.web.bodies import Form
from chalicelib.wiring import deps


def show(request: Request, token: str) -> Response:
    try:
        return _page(token, Form())
    except InvalidFields:
        return _back(token)


def claim(request: Request, token: str) -> Response:
    form = bodies.received(request)
    try:
        if form.faults:
            raise InvalidFields(form.faults, form.near)
        caller = responses.source_address(request)
        sent = expenses.claim(deps(), token, form.fields, form.incoming_files, form.uploads, caller)
    except InvalidFields as fault:
        if bodies.wants_json(request):
            raise
        if "form" in fault.codes:  # it was claimed, perhaps by this very form
            return _back(token)
        return _page(token, form, fault.codes, 422)
    except RateLimited:
        if bodies.wants_json(request):
            raise
        return _page(token, form, {"expenses_text": "too_often"}, 429)
    return responses.redirect(f"{deps().public_url}/t/{token}?{urlencode({'sent': sent})}")


def _back(token: str) -> Response:
    """To the customer's page, where nothing can be claimed."""
    return responses.redirect(f"{deps().public_url}/t/{quote(token, safe='')}")


def _page(token: str, form: Form, codes: Mapping[str, str] | None = None, status: int = 200) -> Response:
    ticket, tariff = expenses.opened(deps(), token)
    shop, language = deps().policy.shop(ticket.shop), ticket.language
    return responses.page(
        "expenses",
        status=status,
        shop=shop,
        language=language,
        token=token,
        reference=ticket.ref,
        tariff=tariff,
        tariff_amounts=policy_page.tariff_amounts(shop),
        values=form.fields,
        errors={name: problems.sentence(name, code, language) for name, code in (codes or {}).items()},
        chosen_files=[file.filename for file in form.incoming_files] + uploading.names(deps(), form.uploads),
        submission_id=form.fields.get("submission_id") or secrets.token_urlsafe(18),
        kept=any(form.fields.values()),
        limits=bodies.LIMITS | {"expenses_text": LONGEST["expenses_text"]},
    )
