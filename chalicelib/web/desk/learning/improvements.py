"""Improvements at the desk: their list, one of them, and the forms by which agents see to it."""

from typing import Any
from urllib.parse import urlencode

from chalice.app import Request, Response

from chalicelib.errors import InvalidFields, NotOpen, UnknownFile
from chalicelib.rendering import words
from chalicelib.rules.learning.improvements import BY_AGENTS, LONGEST, Act
from chalicelib.services.desk.learning import improvements_view
from chalicelib.services.learning import improving
from chalicelib.web import bodies, responses
from chalicelib.web.access import auth
from chalicelib.web.access.auth import Signed
from chalicelib.wiring import deps


def show_all(request: Request) -> Response:
    signed = auth.agent(request)
    opened, closed = improvements_view.lines(deps(), signed.shops, signed.language)
    return auth.page(
        signed,
        "desk/improvements",
        active="reports",
        opened=opened,
        closed=closed,
    )


def show(request: Request, shop: str, id: str) -> Response:
    return _page(auth.agent(request), shop, id, done=responses.query(request).get("done", ""))


def act(request: Request, shop: str, id: str) -> Response:
    signed, form = auth.agent(request), bodies.read(request)
    auth.check(request, form, signed)
    of, name = signed.shop(shop), form.fields.get("act", "")
    if name not in BY_AGENTS:
        raise UnknownFile(name)
    try:
        improving.act(deps(), of, id, Act(name), form.fields, signed.agents[shop])
    except NotOpen:
        return _page(signed, shop, id, status=409, refused=words.phrase(signed.language, "improvements.not_now"))
    except InvalidFields as faults:
        problems = {
            field: words.problem(field, code, signed.language, longest=LONGEST) for field, code in faults.codes.items()
        }
        return _page(signed, shop, id, status=422, problems=problems, values=form.fields)
    here = f"{deps().public_url}/desk/improvements/{of.id}/{id}"
    return responses.redirect(f"{here}?{urlencode({'done': name})}")


def _page(signed: Signed, shop: str, id: str, *, status: int = 200, done: str = "", **said: Any) -> Response:
    """`said`: what the page says of a refused form: `refused`, `problems` and the typed `values`."""
    of = signed.shop(shop)
    found = improvements_view.page(deps(), of, improving.load(deps(), of, id), signed.language)
    return auth.page(
        signed,
        "desk/improvement",
        status=status,
        shop=of,
        active="reports",
        view=found,
        notice=words.phrase(signed.language, f"improvements.done.{done}") if done in BY_AGENTS else None,
        longest=LONGEST,
        today=deps().now().date(),
        **{"refused": "", "problems": {}, "values": {}} | said,
    )
