"""The desk's inbox and search pages."""

from dataclasses import replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from chalice.app import Request, Response

from chalicelib.rules.identity.keys import Use
from chalicelib.services.desk import inbox_view, searching
from chalicelib.services.desk.inbox_view import LISTS, Inbox, InboxQuery
from chalicelib.web import bodies, responses
from chalicelib.web.access import auth
from chalicelib.web.access.auth import Signed
from chalicelib.web.desk import sealing
from chalicelib.wiring import deps


def inbox(request: Request) -> Response:
    signed = auth.agent(request)
    today = inbox_view.today(deps(), signed.agents)
    query = inbox_view.read(responses.query(request), signed.agents, today)
    seen = inbox_view.inbox(deps(), signed.agents, query, signed.language)
    return _page("desk/inbox", signed, inbox=seen, lists=LISTS, today=today, links=_links(seen))


def ask(request: Request) -> Response:
    """Search. The words name customers, so they are not written into the URL; the URL gets them sealed, so that it can
    be reloaded and bookmarked."""
    signed = auth.agent(request)
    form = bodies.read(request)
    auth.check(request, form, signed)
    words = " ".join(form.fields.get("q", "").split())[: searching.LONGEST]
    owner = signed.authenticated.session.address
    query = f"?{urlencode({'s': sealing.seal(deps().secret, Use.SEARCHES, owner, words)})}" if words else ""
    return responses.redirect(f"{deps().public_url}/desk/search{query}")


def search(request: Request) -> Response:
    signed = auth.agent(request)
    parameters = responses.query(request)
    owner = signed.authenticated.session.address
    query = (
        sealing.unseal(deps().secret, Use.SEARCHES, owner, parameters["s"])
        if "s" in parameters
        else parameters.get("q", "")
    )
    found = searching.search(deps(), signed.agents, query, signed.language)
    if found.by == "reference":
        # The agent searched for one ticket by its reference: show it.
        return responses.redirect(f"{deps().public_url}/desk/t/{found.rows[0].ref}")
    return _page("desk/search", signed, found=found, query=found.query, several_shops=len(signed.agents) > 1)


def _page(name: str, signed: Signed, **context: Any) -> Response:
    return auth.page(
        signed,
        name,
        active="inbox",
        **context,
    )


def _links(seen: Inbox) -> dict[str, Any]:
    """URLs of this page with other choices; "" where there is none."""
    query = replace(seen.query, after="")
    return {
        "lists": {name: _address(replace(query, list=name, day=None)) for name in LISTS},
        "reset": _address(replace(query, shop="", kind="")),
        "first": _address(query) if seen.query.after else "",
        "next": _address(replace(query, after=seen.next_cursor)) if seen.next_cursor else "",
        "earlier": _on(query, seen.earlier),
        "later": _on(query, seen.later),
    }


def _on(query: InboxQuery, day: date | None) -> str:
    return _address(replace(query, day=day)) if day else ""


def _address(query: InboxQuery) -> str:
    chosen = {
        "list": query.list,
        "shop": query.shop,
        "kind": query.kind,
        "day": query.day.isoformat() if query.day else "",
        "after": query.after,
    }
    parameters = urlencode({name: value for name, value in chosen.items() if value})
    return f"{responses.root()}/desk?{parameters}"
