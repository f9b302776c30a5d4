"""The desk's form for contacts that came neither by form nor by mail."""

import secrets
from collections.abc import Mapping
from typing import Any

from chalice.app import Request, Response

from chalicelib.errors import InvalidFields, UnknownTicket
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.policy.promises import QUESTION
from chalicelib.rules.procedure.contacting import CHANNELS
from chalicelib.rules.tickets.ticket import Person, Ticket
from chalicelib.services.actions import contacts
from chalicelib.services.actions.action_input import ActionInput
from chalicelib.services.tickets import references
from chalicelib.web import bodies, responses
from chalicelib.web.access import auth
from chalicelib.web.access.auth import Signed
from chalicelib.web.desk.ticket_page import sentence
from chalicelib.wiring import deps


def form(request: Request) -> Response:
    """An empty form, for the shop or ticket in the query."""
    signed = auth.agent(request)
    asked = responses.query(request)
    if written := asked.get("ticket", ""):
        ticket = references.find(deps(), signed.shops, written)
        if ticket is None:
            raise UnknownTicket(written)
        return _form(signed, signed.shop(ticket.shop), {"reference": ticket.ref}, about=ticket)
    if shop := asked.get("shop", ""):
        return _form(signed, signed.shop(shop), {})
    if len(signed.shops) > 1:
        return _page(signed, None)
    return _form(signed, signed.shops[0], {})


def log(request: Request) -> Response:
    signed = auth.agent(request)
    sent = bodies.read(request)
    auth.check(request, sent, signed)
    shop = _shop(signed, sent.fields)
    own = signed.agents[shop.id]
    action_input = ActionInput(sent.fields, Person.of(own))
    try:
        ticket, _ = contacts.log_contact(deps(), shop, action_input, sent.fields.get("idempotency_key", ""))
    except InvalidFields as fault:
        return _form(signed, shop, sent.fields, fault=fault)
    return responses.redirect(f"{deps().public_url}/desk/t/{ticket.ref}?done=contact")


def _shop(signed: Signed, fields: Mapping[str, str]) -> Shop:
    """The shop of the reference in the form, even if the form was opened for another shop; without a reference, the
    form's shop."""
    named = (shop for shop in signed.shops if references.reference([shop], fields.get("reference", "")))
    return next(named, None) or signed.shop(fields.get("shop", signed.shops[0].id))


def _form(
    signed: Signed,
    shop: Shop,
    fields: Mapping[str, str],
    *,
    about: Ticket | None = None,
    fault: InvalidFields | None = None,
) -> Response:
    default = {
        "direction": "in",
        "when": deps().now().astimezone(shop.hours.zone).strftime("%Y-%m-%dT%H:%M"),
        "kind": QUESTION,
        "language": shop.languages[0],
    }
    problems = fault.codes if fault else {}
    return _page(
        signed,
        shop,
        status=422 if fault else 200,
        values=default | dict(fields),
        errors={name: sentence(name, code, signed.language) for name, code in problems.items()},
        idempotency_key=fields.get("idempotency_key", "") or secrets.token_hex(8),
        channels=CHANNELS,
        about=about,
    )


def _page(signed: Signed, of: Shop | None, status: int = 200, **context: Any) -> Response:
    return auth.page(
        signed,
        "desk/contact",
        status=status,
        active="contact",
        of=of,
        **context,
    )
