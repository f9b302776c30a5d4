"""A ticket's page at the desk, and the forms by which an agent acts on it."""

import json
from collections.abc import Mapping
from urllib.parse import quote, urlencode

from chalice.app import Request, Response

from chalicelib.errors import InvalidFields, UnknownFile, UnknownTicket
from chalicelib.rules.identity import derived
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.tickets.messages import Person
from chalicelib.services.actions import acting, canned, unseen_messages
from chalicelib.services.actions.action_input import ActionInput
from chalicelib.services.actions.actions import ACTIONS
from chalicelib.services.desk import ticket_view
from chalicelib.services.tickets import uploading
from chalicelib.services.tickets.answers import drafts
from chalicelib.web import bodies, responses
from chalicelib.web.access import auth
from chalicelib.web.access.auth import Signed
from chalicelib.web.bodies import Form
from chalicelib.web.desk.ticket_page import AT_THE_BOX, COMPOSED, Refused, ticket_page, writing
from chalicelib.wiring import deps

# Fields of a form that are not part of the action's words.
_AROUND = ("csrf", "idempotency_key", "seen", "beside", "mode", "ready")


def show(request: Request, ref: str) -> Response:
    signed, query = auth.agent(request), responses.query(request)
    return ticket_page(signed, ref, original=query.get("original", ""), done=query.get("done", ""))


def back(request: Request, ref: str, action: str) -> Response:
    """Redirect to the ticket. A refused form is shown at its action's address, which a browser may ask for again."""
    return _to(ref)


def act(request: Request, ref: str, action: str) -> Response:
    signed, form = auth.agent(request), bodies.read(request)
    auth.check(request, form, signed)
    shop = _shop(signed, ref)
    if action == "draft":
        return _keep(signed, shop, ref, form)
    if action == "use":
        return _use(signed, shop, ref, form)
    if action == "earlier":
        return _earlier(signed, shop, ref, form)
    if action not in ACTIONS:
        raise UnknownFile(action)
    return _act(signed, shop, ref, action, form)


def file(request: Request, ref: str, message: str, file: str) -> Response:
    return _file(request, ref, message, file)


def raw(request: Request, ref: str, message: str) -> Response:
    return _file(request, ref, message, ticket_view.RAW)


def _file(request: Request, ref: str, message: str, file: str) -> Response:
    ticket, messages = ticket_view.load(deps(), ref, auth.agent(request).agents)
    return responses.redirect(ticket_view.file_link(deps(), ticket, messages, message, file))


def _act(signed: Signed, shop: Shop, ref: str, action: str, form: Form) -> Response:
    agent = _person(signed, shop)
    try:
        incoming_files = uploading.all_incoming_files(deps(), shop, form.incoming_files, form.uploads)
        action_input = ActionInput(_fields(action, form.fields), agent, tuple(incoming_files))
        after, done = acting.act(deps(), shop, ref, action, action_input, _key(agent, action_input, form))
    except InvalidFields as fault:
        return ticket_page(signed, ref, refused=Refused(action, fault, form))
    if action in COMPOSED:
        # The text has been sent, so it is no longer a draft.
        drafts.save_draft(deps(), shop, ref, agent.address, "")
    return _to(after.merged_into or ref, action if done or action in COMPOSED else "nothing")


def _keep(signed: Signed, shop: Shop, ref: str, form: Form) -> Response:
    """Save the draft. The answer names the agents who also write."""
    agent = signed.agents[shop.id].address
    drafts.save_draft(deps(), shop, ref, agent, form.fields.get("text", ""))
    others = drafts.others_at(deps(), shop, ref, agent)
    answer = {"others": writing(others, signed.language), "beside": unseen_messages.beside(others)}
    return responses.json_answer(answer, 200, {})


def _use(signed: Signed, shop: Shop, ref: str, form: Form) -> Response:
    """The page again, with the ready reply added below what has been typed."""
    agent, fault = _person(signed, shop), InvalidFields({})
    ticket, _ = ticket_view.load(deps(), ref, signed.agents)
    ready, typed, mode = (form.fields.get(name, "") for name in ("ready", "text", "mode"))
    if ready:
        try:
            typed = canned.inserted(deps(), shop, ticket, agent, ready, typed, whole=mode == "answer")
        except InvalidFields as lacking:
            fault = lacking
    form.fields["text"] = typed
    try:
        drafts.save_draft(deps(), shop, ref, agent.address, typed)
    except InvalidFields as too_long:
        fault = too_long
    return ticket_page(signed, ref, refused=Refused("use", fault, form))


def _earlier(signed: Signed, shop: Shop, ref: str, form: Form) -> Response:
    """The page again, with what has been typed and with earlier answers to tickets like this one."""
    fault = InvalidFields({})
    try:
        drafts.save_draft(deps(), shop, ref, signed.agents[shop.id].address, form.fields.get("text", ""))
    except InvalidFields as too_long:
        fault = too_long
    return ticket_page(signed, ref, refused=Refused("use", fault, form), earlier=True)


def _shop(signed: Signed, ref: str) -> Shop:
    """The agent's shop with this reference's prefix. Raises UnknownTicket, for other shops' prefixes as for unknown
    ones."""
    found = next((shop for shop in signed.shops if ref.startswith(f"{shop.prefix}-")), None)
    if found is None:
        raise UnknownTicket(ref)
    return found


def _person(signed: Signed, shop: Shop) -> Person:
    agent = signed.agents[shop.id]
    return Person.of(agent)


def _fields(action: str, given: Mapping[str, str]) -> Mapping[str, str]:
    """The form's fields as the action reads them: for a referral, the ticked facts and files become two lists."""
    if action != "refer":
        return given

    def ticked(prefix: str) -> str:
        return " ".join(name.removeprefix(prefix) for name, value in given.items() if name.startswith(prefix) and value)

    return {**given, "facts": ticked("fact-"), "files": ticked("file-")}


def _key(agent: Person, action_input: ActionInput, form: Form) -> str:
    """The idempotency key of an action: from the form it was sent by and its words. Pressing twice acts once; the same
    form with other words acts again."""
    idempotency_key = form.fields.get("idempotency_key") or f"{deps().now():%Y-%m-%dT%H}"
    words = {name: value for name, value in action_input.fields.items() if name not in _AROUND}
    files = (incoming_file.digest for incoming_file in action_input.incoming_files)
    return derived.source_of("desk", agent.address, idempotency_key, json.dumps(words, sort_keys=True), *files)


def _to(ref: str, done: str = "") -> Response:
    query = f"?{urlencode({'done': done})}" if done else ""
    part = "#answer" if done in AT_THE_BOX else ""
    return responses.redirect(f"{deps().public_url}/desk/t/{quote(ref, safe='')}{query}{part}")
