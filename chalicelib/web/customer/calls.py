"""The form by which a customer asks to be called, and the page by which they move or cancel the call (decision 261)."""

import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from chalice.app import Request, Response

from chalicelib.errors import InvalidFields, InvalidLink, NotFound, NotOpen
from chalicelib.rules.access.by_hand import Button
from chalicelib.rules.calls import booking as rules
from chalicelib.rules.calls.request import FIELDS, LONGEST, SOON
from chalicelib.rules.identity.addressing import same
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.tickets.ticket import Ticket
from chalicelib.services.calls import booking, changing, links, told
from chalicelib.services.chats import right_now
from chalicelib.services.timing import closures
from chalicelib.web import bodies, problems, responses
from chalicelib.web.bodies import Form
from chalicelib.web.customer import pressed_by_hand
from chalicelib.wiring import deps, policy

_TYPED = ("phone", "name", "email", "order_number", "note")
_PREFILLED = ("topic", "order_number")


def show(request: Request, shop: str) -> Response:
    known, asked = _offering(shop), responses.query(request)
    if "t" in asked:
        return _booked(known, links.open_receipt(deps(), asked["t"]))
    values = {name: asked[name] for name in _PREFILLED if name in asked}
    return _form(known, responses.language(request, shop), values)


def book(request: Request, shop: str) -> Response:
    known, form = _offering(shop), bodies.received(request, FIELDS)
    program = bodies.wants_json(request)
    try:
        ticket, receipt = booking.book(deps(), known, form.fields, responses.source_address(request), form.faults)
    except InvalidFields as fault:
        if program:
            raise InvalidFields(fault.codes, form.near) from fault
        return _to_mend(request, known, form, fault)
    if program:
        return responses.json_answer(_receipt(ticket, receipt=receipt), 201, {})
    return responses.redirect(_next_page(known, ticket, receipt=receipt))


def show_own(request: Request, token: str) -> Response:
    return _own(request, token)


def change(request: Request, token: str) -> Response:
    ticket, form = links.open_page(deps(), token), bodies.read(request)
    choice, phone = form.fields.get("slot", ""), form.fields.get("phone", "")
    try:
        press = pressed_by_hand.pressed(request, form, Button.CHANGE_CALL, token)
        if not choice:
            raise InvalidFields({"slot": "missing"})
        changing.change(deps(), ticket, choice, phone, press, responses.source_address(request))
    except NotOpen:
        return _own(request, token, {"form": "call_over"}, form.fields)
    except InvalidFields as fault:
        if bodies.wants_json(request):
            raise
        return _own(request, token, fault.codes, form.fields)
    return responses.redirect(f"{deps().public_url}/call/{token}?done=1")


def _offering(shop: str) -> Shop:
    """The shop, if it calls back. Raises UnknownShop, NotFound."""
    known = policy().shop(shop)
    if not known.calls.offered:
        raise NotFound(f"{shop} offers no calls")
    return known


def _form(
    shop: Shop, language: str, values: Mapping[str, str], errors: Mapping[str, str] | None = None, kept: bool = False
) -> Response:
    return responses.page(
        "call",
        status=422 if errors else 200,
        shop=shop,
        language=language,
        caching="private, no-cache",
        values={"submission_id": secrets.token_urlsafe(12), **values},
        errors=errors or {},
        kept=kept,
        times=told.times(deps(), shop, language),
        closed=closures.on_calls(deps(), shop, language),
        right_now=right_now.beside_calls(deps(), shop, language),
        countries=shop.called_countries,
        longest=LONGEST,
    )


def _to_mend(request: Request, shop: Shop, form: Form, fault: InvalidFields) -> Response:
    asked = form.fields.get("language", "")
    language = asked if asked in shop.languages else responses.language(request, shop.id)
    # A wrong form is not the one that was sent: mended, it is another request.
    values = {name: value for name, value in form.fields.items() if name != "submission_id"}
    kept = any(values.get(name) for name in _TYPED)
    return _form(shop, language, values, _sentences(fault.codes, language), kept)


def _booked(shop: Shop, ticket: Ticket) -> Response:
    if ticket.shop != shop.id or ticket.call is None:
        raise InvalidLink(expired=False)
    mailed = bool(ticket.outbox and any(same(mail.to, ticket.requester.address) for mail in ticket.outbox.deliveries))
    return responses.page(
        "call_booked",
        shop=shop,
        language=ticket.language,
        reference=ticket.ref,
        open=ticket.call.open,
        when=told.call_time(ticket.call, shop, ticket.language),
        mailed=mailed,
    )


def _receipt(ticket: Ticket, *, receipt: bool) -> dict[str, Any]:
    """The answer to a program. A caller elsewhere who posts the same words gets only the reference."""
    call = ticket.call
    if not receipt or call is None:
        return {"reference": ticket.ref}
    moments = {"starts_at": call.starts_at, "call_by": call.until}
    said = {name: at.isoformat().replace("+00:00", "Z") if at else None for name, at in moments.items()}
    return {"reference": ticket.ref} | said


def _next_page(shop: Shop, ticket: Ticket, *, receipt: bool) -> str:
    root = f"{deps().public_url}/shops/{shop.id}"
    if not receipt or ticket.call is None:
        return f"{root}/thanks?{urlencode({'reference': ticket.ref})}"
    return f"{root}/call?{urlencode({'t': links.receipt(deps(), ticket)})}"


def _own(
    request: Request, token: str, codes: Mapping[str, str] | None = None, typed: Mapping[str, str] | None = None
) -> Response:
    ticket = links.open_page(deps(), token)
    shop, call, language = policy().shop(ticket.shop), ticket.call, _language(request, ticket)
    if call is None:
        raise InvalidLink(expired=True)
    shown = responses.page(
        "call_own",
        status=409 if codes and "call_over" in codes.values() else 422 if codes else 200,
        shop=shop,
        language=language,
        reference=ticket.ref,
        call=call,
        when=told.call_time(call, shop, language),
        changeable=rules.changeable(ticket),
        by_mail=bool(ticket.requester.address),
        number_needed=changing.needs_number(ticket),
        # Only the end: a stranger may have named this address with somebody's number.
        digits=ticket.requester.phone[-3:],
        times=told.times(deps(), shop, language),
        cancel=changing.CANCEL,
        soon=SOON,
        done="done" in responses.query(request) and not codes,
        values=dict(typed or {}),
        errors=_sentences(codes or {}, language),
        kept=False,
        longest=LONGEST,
        nonce=pressed_by_hand.nonce(Button.CHANGE_CALL, token),
        call_url=f"{responses.root()}/call/{token}",
    )
    return pressed_by_hand.ready(shown)


def _language(request: Request, ticket: Ticket) -> str:
    asked = responses.query(request).get("lang", "")
    return asked if asked in policy().shop(ticket.shop).languages else ticket.language


def _sentences(codes: Mapping[str, str], language: str) -> dict[str, str]:
    return {name: problems.sentence(name, code, language, longest=LONGEST.get(name)) for name, code in codes.items()}
