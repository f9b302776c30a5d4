"""The withdrawal function (Directive 2011/83/EU, Article 11a): a form of three fields, the statement whole with one
button that confirms it, and its acknowledgement (decision 200)."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from chalice.app import Request, Response

from chalicelib.errors import InvalidFields, InvalidLink, NotFound
from chalicelib.rules.access.by_hand import Button
from chalicelib.rules.intake import withdrawal_form
from chalicelib.rules.intake.submission import LONGEST
from chalicelib.rules.intake.withdrawal_form import Statement
from chalicelib.rules.intake.withdrawing import times
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.policy.promises import WITHDRAWAL
from chalicelib.rules.tickets.clocks import Clocks
from chalicelib.rules.tickets.outbox import Purpose
from chalicelib.rules.tickets.ticket import Ticket, doubted
from chalicelib.services.intake import withdrawing
from chalicelib.services.intake.submitting import Caller, Submitted
from chalicelib.services.tickets import links
from chalicelib.web import bodies, cors, problems, responses
from chalicelib.web.bodies import Form
from chalicelib.web.customer import pressed_by_hand
from chalicelib.wiring import deps, policy


def show(request: Request, shop: str) -> Response:
    known, token = _offering(shop), responses.query(request).get("t", "")
    values = withdrawing.prefilled(deps(), known, token) if token else {}
    return _form(known, responses.language(request, shop), values, token)


def review(request: Request, shop: str) -> Response:
    """Show the statement whole. Nothing is stored yet."""
    known, form = _offering(shop), bodies.read(request)
    try:
        statement = withdrawal_form.read(form.fields, known)
    except InvalidFields as fault:
        return _to_mend(request, known, form, fault)
    return _statement(known, statement, form.fields.get("t", ""))


def withdraw(request: Request, shop: str) -> Response:
    """Take the confirmed statement: from the page, or from a program of the shop that has had it confirmed itself."""
    known, form = _offering(shop), bodies.received(request, withdrawal_form.FIELDS)
    program = bodies.wants_json(request)
    try:
        if form.faults:
            raise InvalidFields(form.faults, form.near)
        statement = withdrawal_form.read(form.fields, known)
    except InvalidFields as fault:
        if program:
            raise InvalidFields(fault.codes, form.near) from fault
        return _to_mend(request, known, form, fault)
    token = form.fields.get("t", "")
    try:
        # Also if the caller seems to be a program of the shop, because a program that scans mails may seem so too; the
        # shop's own has no such token.
        if token:
            pressed_by_hand.pressed(request, form, Button.WITHDRAW, token)
    except InvalidFields as doubt:
        if program:
            raise
        return _statement(known, statement, token, doubt)
    done = withdrawing.withdraw(deps(), known, statement, _caller(request, form), token)
    if program:
        return responses.json_answer(_receipt(done), 201, cors.headers(request, shop))
    return responses.redirect(_acknowledged_at(done))


def preflight(request: Request, shop: str) -> Response:
    return cors.preflight(request, shop)


def acknowledge(request: Request, shop: str) -> Response:
    """The acknowledgement, with the content of the statement and when it came. It is shown whether or not a mail could
    be sent."""
    known = policy().shop(shop)
    ticket = links.open_status(deps(), responses.query(request).get("t", "")).ticket
    if ticket.shop != known.id or ticket.withdrawal is None:
        raise InvalidLink(expired=False)
    # A ticket in quarantine promises nothing (decision 99); the statement counts all the same.
    clocks = Clocks() if doubted(ticket) else ticket.clocks
    return responses.page(
        "withdrawn",
        shop=known,
        language=ticket.language,
        reference=ticket.ref,
        statement=ticket.withdrawal,
        mailed=_mailed(ticket),
        status_url=links.receipt_url(deps(), ticket),
        **times(clocks),
    )


def _offering(shop: str) -> Shop:
    """The shop, if customers may use its withdrawal function. Raises UnknownShop, NotFound."""
    known = policy().shop(shop)
    if not known.offers(WITHDRAWAL):
        raise NotFound(f"{shop} offers no withdrawal")
    return known


def _form(
    shop: Shop, language: str, values: Mapping[str, str], token: str, errors: Mapping[str, str] | None = None
) -> Response:
    return responses.page(
        "withdraw",
        status=422 if errors else 200,
        shop=shop,
        language=language,
        # The Back button shows the form as it was left.
        caching="private, no-cache",
        values=values,
        token=token,
        errors=errors or {},
        limits=LONGEST,
        kept=any(values.get(name) for name in withdrawal_form.ASKED),
    )


def _to_mend(request: Request, shop: Shop, form: Form, fault: InvalidFields) -> Response:
    asked = form.fields.get("language", "")
    language = asked if asked in shop.languages else responses.language(request, shop.id)
    errors = {name: problems.sentence(name, code, language) for name, code in fault.codes.items()}
    return _form(shop, language, form.fields, form.fields.get("t", ""), errors)


def _statement(shop: Shop, statement: Statement, token: str, doubt: InvalidFields | None = None) -> Response:
    """The statement with the button that confirms it. A statement that a person has typed in needs no further proof of
    a person; one that a link has filled in is confirmed by hand (decision 196)."""
    codes = doubt.codes if doubt else {}
    shown = responses.page(
        "withdraw_confirm",
        status=422 if doubt else 200,
        shop=shop,
        language=statement.language,
        caching="private, no-cache",
        statement=statement,
        text=withdrawing.as_text(statement),
        token=token,
        nonce=pressed_by_hand.nonce(Button.WITHDRAW, token or shop.id),
        errors={name: problems.sentence(name, code, statement.language) for name, code in codes.items()},
        kept=False,
    )
    return pressed_by_hand.ready(shown)


def _caller(request: Request, form: Form) -> Caller:
    """The same nonce of the page confirms one withdrawal, however often it comes."""
    submission_id = form.fields.get("submission_id") or form.fields.get(pressed_by_hand.FIELD, "")
    return Caller(
        address=responses.source_address(request),
        key=request.headers.get("idempotency-key", "")[: LONGEST["submission_id"]],
        submission_id=submission_id[: LONGEST["submission_id"]],
    )


def _acknowledged_at(done: Submitted) -> str:
    """The page with the acknowledgement. A caller elsewhere who confirms the same statement gets only the reference."""
    root = f"{deps().public_url}/shops/{done.ticket.shop}"
    if not done.receipt:
        return f"{root}/thanks?{urlencode({'reference': done.ticket.ref})}"
    token = links.receipt_url(deps(), done.ticket).rpartition("/")[2]
    return f"{root}/withdrawn?{urlencode({'t': token})}"


def _receipt(done: Submitted) -> dict[str, Any]:
    """The acknowledgement for a program: the statement and the moment from which it counts."""
    ticket, record = done.ticket, done.ticket.withdrawal
    if not done.receipt or record is None:
        return {"reference": ticket.ref}
    return {
        "reference": ticket.ref,
        "received_at": record.received_at.isoformat().replace("+00:00", "Z"),
        "statement": ticket.opening.text,
        "acknowledged_by_mail": _mailed(ticket),
        "status_url": links.receipt_url(deps(), ticket),
    }


def _mailed(ticket: Ticket) -> bool:
    mails = ticket.outbox.deliveries if ticket.outbox else ()
    return any(mail.purpose is Purpose.ACKNOWLEDGEMENT for mail in mails)
