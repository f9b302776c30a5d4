"""The desk's list of chats, one chat, and what agents do in it."""

import secrets
from collections.abc import Callable
from typing import Any

from chalice.app import Request, Response

from chalicelib.errors import InvalidFields, NotFound, UnknownTicket
from chalicelib.rules.chats.request import LONGEST
from chalicelib.rules.policy.model import Agent, Shop
from chalicelib.rules.tickets.messages import Person
from chalicelib.services.actions import canned, chatting
from chalicelib.services.chats import untaken
from chalicelib.services.chats.present import BEAT
from chalicelib.services.chats.untaken import Untaken
from chalicelib.services.desk.chats import chat_list, chat_view
from chalicelib.services.ports.deps import Deps
from chalicelib.services.tickets import uploading
from chalicelib.web import bodies, chat_lines, problems, responses
from chalicelib.web.access import auth
from chalicelib.web.access.auth import Signed
from chalicelib.web.bodies import Form
from chalicelib.wiring import deps


def show(request: Request) -> Response:
    signed = auth.agent(request)
    chats = _listed(signed)
    return auth.page(
        signed,
        "desk/chats",
        active="chats",
        chats=chats,
        untaken=chats.untaken,
        beat_ms=int(BEAT.total_seconds() * 1000),
        several_shops=len(signed.agents) > 1,
    )


def news(request: Request) -> Response:
    """Whether the list is another than the one that is shown, and how many chats wait."""
    signed = auth.agent(request)
    chats = _listed(signed)
    said = _waiting(signed, chats.untaken) | {"mark": chats.mark, "takes": chats.takes}
    return responses.json_answer(said, 200, {})


def be_there(request: Request) -> Response:
    """The agent takes chats, still takes them, or no more. A page that asks for news is told how many chats wait."""
    signed, form = auth.agent(request), bodies.read(request)
    auth.check(request, form, signed)
    chat_list.take(deps(), signed.shops, signed.agents, takes=form.fields.get("takes") == "yes")
    if not bodies.wants_json(request):
        return responses.redirect(f"{deps().public_url}/desk/chats")
    if form.fields.get("news") == "yes":
        return responses.json_answer(_waiting(signed, untaken.seen(deps(), signed.shops)), 200, {})
    return responses.answer("", 204, {"Cache-Control": "no-store"})


def show_one(request: Request, ref: str) -> Response:
    return _page(auth.agent(request), ref)


def live(request: Request, ref: str) -> Response:
    signed = auth.agent(request)
    shop = _shop(signed, ref)
    seen = chat_view.live(deps(), shop, ref, signed.agents[shop.id], chat_lines.number(request))
    return chat_lines.answered(seen)


def back(request: Request, ref: str, action: str) -> Response:
    """Redirect to the chat. A refused form is shown at its own address, which a browser may ask for again."""
    return responses.redirect(f"{deps().public_url}/desk/chats/{ref}")


def act(request: Request, ref: str, action: str) -> Response:
    signed, form = auth.agent(request), bodies.read(request)
    auth.check(request, form, signed)
    if action not in _ACTIONS:
        raise NotFound(action)
    shop = _shop(signed, ref)
    agent, program = signed.agents[shop.id], bodies.wants_json(request)
    try:
        done = _ACTIONS[action](deps(), shop, ref, form, agent)
    except InvalidFields as fault:
        if program:
            raise
        return _page(signed, ref, fault, form)
    if "text" in done:  # a ready reply, to be read before it is sent
        return _page(signed, ref, typed=Form(done))
    return (
        responses.json_answer(done, 200, {}) if program else responses.redirect(f"{deps().public_url}/desk/chats/{ref}")
    )


def _say(deps: Deps, shop: Shop, ref: str, form: Form, agent: Agent) -> dict[str, Any]:
    named = {**form.fields, "id": form.fields.get("id") or form.fields.get("submission_id", "")}
    files = uploading.all_incoming_files(deps, shop, form.incoming_files, form.uploads)
    return {"number": chatting.say(deps, shop, ref, named, agent, files).number, "as_message": False}


def _take(deps: Deps, shop: Shop, ref: str, form: Form, agent: Agent) -> dict[str, Any]:
    chatting.take(deps, shop, ref, agent)
    chat_list.take(deps, (shop,), {shop.id: agent}, takes=True)
    return {}


def _end(deps: Deps, shop: Shop, ref: str, form: Form, agent: Agent) -> dict[str, Any]:
    chatting.end(deps, shop, ref, agent, by_mail=form.fields.get("choice") == "email")
    return {}


def _use(deps: Deps, shop: Shop, ref: str, form: Form, agent: Agent) -> dict[str, Any]:
    ticket = chat_view.live(deps, shop, ref, agent).ticket
    typed = form.fields.get("text", "")
    if ready := form.fields.get("ready", ""):
        typed = canned.inserted(deps, shop, ticket, Person.of(agent), ready, typed)
    return {"text": typed}


_Action = Callable[[Deps, Shop, str, Form, Agent], dict[str, Any]]
_ACTIONS: dict[str, _Action] = {"say": _say, "take": _take, "end": _end, "use": _use}


def _listed(signed: Signed) -> chat_list.Chats:
    return chat_list.listed(deps(), signed.shops, signed.agents, signed.language)


def _waiting(signed: Signed, found: Untaken) -> dict[str, Any]:
    said = found.said(signed.language)
    return {"waiting": found.count, "rung": found.rung, "next_ms": found.next_ms, "said": said}


def _shop(signed: Signed, ref: str) -> Shop:
    """The agent's shop whose ticket this is. Raises UnknownTicket."""
    shop = next((shop for shop in signed.shops if ref.startswith(f"{shop.prefix}-")), None)
    if shop is None:
        raise UnknownTicket(ref)
    return shop


def _page(signed: Signed, ref: str, fault: InvalidFields | None = None, typed: Form | None = None) -> Response:
    shop = _shop(signed, ref)
    codes = fault.codes if fault else {}
    view = chat_view.view(deps(), shop, ref, signed.agents[shop.id], signed.language)
    shown = auth.page(
        signed,
        "desk/chat",
        status=422 if fault else 200,
        shop=shop,
        active="chats",
        view=view,
        chat_url=f"{responses.root()}/desk/chats/{ref}",
        untaken=untaken.seen(deps(), signed.shops, but=ref),
        asks=view.mine,
        bells=bool(deps().live_url),
        beat_ms=int(BEAT.total_seconds() * 1000),
        submission_id=secrets.token_urlsafe(12),
        values={name: value for name, value in (typed.fields if typed else {}).items() if name in ("text", "ready")},
        errors={
            name: problems.sentence(name, code, signed.language, longest=LONGEST["message"])
            for name, code in codes.items()
        },
        chosen_files=bodies.chosen(deps(), typed) if typed else [],
        limits=bodies.LIMITS,
        longest=LONGEST["message"],
    )
    return responses.rung(shown)
