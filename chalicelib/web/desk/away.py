"""The desk's page of who is away and who stands in, and its forms."""

from collections.abc import Mapping

from chalice.app import Request, Response

from chalicelib.errors import InvalidFields
from chalicelib.rules.access.absences import Absence
from chalicelib.services.desk.team import away, away_view
from chalicelib.web import bodies, problems, responses
from chalicelib.web.access import auth
from chalicelib.web.access.auth import Signed
from chalicelib.wiring import deps

_FIELDS = ("shop", "agent", "since", "until", "substitute")
_DONE = ("announced", "ended", "nothing")


def show(request: Request) -> Response:
    return _page(auth.agent(request), done=responses.query(request).get("done", ""))


def save(request: Request) -> Response:
    """A button of an absence ends it; else the form announces one, or asks what would fall due in its days."""
    signed, form = auth.agent(request), bodies.read(request)
    auth.check(request, form, signed)
    shop = signed.shop(form.fields.get("shop", ""))
    by, ends = signed.agents[shop.id], form.fields.get("end", "")
    try:
        if ends:
            changed = away.end(deps(), shop, by, form.fields.get("agent", ""), ends)
        elif form.fields.get("look", ""):
            return _page(signed, typed=form.fields, asked={shop.id: away.read(deps(), shop, by, form.fields)})
        else:
            changed = away.announce(deps(), shop, by, form.fields)
    except InvalidFields as fault:
        return _page(signed, fault, form.fields)
    done = ("ended" if ends else "announced") if changed else "nothing"
    return responses.redirect(f"{deps().public_url}/desk/away?done={done}")


def _page(
    signed: Signed,
    fault: InvalidFields | None = None,
    typed: Mapping[str, str] | None = None,
    asked: Mapping[str, Absence] | None = None,
    *,
    done: str = "",
) -> Response:
    values = {name: value for name, value in (typed or {}).items() if name in _FIELDS}
    codes = fault.codes if fault else {}
    return auth.page(
        signed,
        "desk/away",
        status=422 if fault else 200,
        active="away",
        shops=away_view.view(deps(), signed.shops, signed.agents, signed.language, asked),
        of_form=values.get("shop", ""),
        values=values,
        done=done if done in _DONE else "",
        errors={name: problems.sentence(name, code, signed.language) for name, code in codes.items()},
    )
