"""The desk's list of calls, and the form by which an agent says what became of one."""

import json
import secrets
from collections.abc import Mapping
from urllib.parse import urlencode

from chalice.app import Request, Response

from chalicelib.errors import InvalidFields, UnknownTicket
from chalicelib.rendering import words
from chalicelib.rules.identity import derived
from chalicelib.rules.identity.phones import dialled
from chalicelib.rules.tickets.messages import Person
from chalicelib.services.actions import acting
from chalicelib.services.actions.action_input import ActionInput
from chalicelib.services.actions.call_results import CALL_RESULT, RESULTS
from chalicelib.services.desk.calls import call_list
from chalicelib.services.tickets.answers.drafts import LONGEST_TEXT
from chalicelib.web import bodies, problems, responses
from chalicelib.web.access import auth
from chalicelib.web.access.auth import Signed
from chalicelib.wiring import deps

_DONE = (CALL_RESULT.name, "nothing")
_FIELDS = tuple(field.name for field in CALL_RESULT.fields)


def show(request: Request) -> Response:
    return _list(auth.agent(request), done=responses.query(request).get("done", ""))


def back(request: Request, ref: str) -> Response:
    """Redirect to the list. A refused form is shown at its call's address, which a browser may ask for again."""
    return responses.redirect(f"{deps().public_url}/desk/calls")


def save(request: Request, ref: str) -> Response:
    signed, form = auth.agent(request), bodies.read(request)
    auth.check(request, form, signed)
    shop = next((shop for shop in signed.shops if ref.startswith(f"{shop.prefix}-")), None)
    if shop is None:
        raise UnknownTicket(ref)
    agent = Person.of(signed.agents[shop.id])
    said = json.dumps({name: form.fields.get(name, "") for name in _FIELDS})
    key = derived.source_of("desk", agent.address, form.fields.get("idempotency_key", ""), ref, said)
    try:
        _, done = acting.act(deps(), shop, ref, CALL_RESULT.name, ActionInput(form.fields, agent), key)
    except InvalidFields as fault:
        return _list(signed, ref, fault, form.fields)
    return responses.redirect(
        f"{deps().public_url}/desk/calls?{urlencode({'done': CALL_RESULT.name if done else 'nothing'})}"
    )


def _list(
    signed: Signed,
    refused: str = "",
    fault: InvalidFields | None = None,
    typed: Mapping[str, str] | None = None,
    *,
    done: str = "",
) -> Response:
    names = {shop: agent.name for shop, agent in signed.agents.items()}
    codes = fault.codes if fault else {}
    return auth.page(
        signed,
        "desk/calls",
        status=422 if fault else 200,
        active="calls",
        idempotency_key=secrets.token_hex(8),
        calls=call_list.listed(deps(), signed.shops, names, signed.language),
        most=call_list.MOST,
        results=RESULTS,
        dialled=dialled,
        several_shops=len(signed.agents) > 1,
        refused=refused,
        values={name: value for name, value in (typed or {}).items() if name in _FIELDS},
        errors={name: problems.sentence(name, code, signed.language) for name, code in codes.items()},
        longest=LONGEST_TEXT,
        notice=words.phrase(signed.language, f"desk.ticket.done.{done}") if done in _DONE else None,
    )
