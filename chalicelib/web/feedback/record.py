"""The published record of promises: a page by week, JSON by day, and the proof that a case is counted."""

from datetime import date
from typing import Any

from chalice.app import Request, Response

from chalicelib.errors import InvalidLink, NotFound
from chalicelib.rules.record.tree import DayRoot
from chalicelib.rules.timing import typed
from chalicelib.services.help.pacing import Pacer
from chalicelib.services.record import proving, publishing
from chalicelib.services.record.proving import Proven
from chalicelib.services.record.publishing import Record
from chalicelib.services.tickets import links
from chalicelib.web import bodies, responses
from chalicelib.wiring import deps, policy

_CACHED = "public, max-age=300"
# Everybody may check it, from anywhere: it says nothing of anybody, and no cookie counts.
_OPEN = {"Cache-Control": _CACHED, "Access-Control-Allow-Origin": "*", "Vary": "Accept, Accept-Language"}
_pacer = Pacer()


def show(request: Request, shop: str) -> Response:
    """53 weeks, up to `until`."""
    known, language = policy().shop(shop), responses.language(request, shop)
    until = _day(responses.query(request)["until"]) if "until" in responses.query(request) else None
    found = publishing.record(deps(), known, until)
    if bodies.wants_json(request):
        return responses.json_answer(_of_record(shop, found), 200, _OPEN)
    page = responses.page("record", shop=known, language=language, caching=_CACHED, indexed=True, record=found)
    page.headers.pop("X-Robots-Tag")
    page.headers["Vary"] = _OPEN["Vary"]
    return page


def show_day(request: Request, shop: str, day: str) -> Response:
    """Each promise of a closed day, as the line that is hashed, in the order of the tree."""
    root, leaves = publishing.leaves(deps(), policy().shop(shop), _day(day))
    return responses.json_answer(_of_day(root) | {"leaves": [str(leaf) for leaf in leaves]}, 200, _OPEN)


def prove(request: Request, token: str) -> Response:
    """The proofs for the promises of the customer's case."""
    opened = links.open_status(deps(), token)
    if opened.receipt:
        raise InvalidLink(expired=False)
    shop = policy().shop(opened.ticket.shop)
    if not shop.feedback.record:
        raise NotFound(f"{shop.id} publishes no record")
    _pacer.pass_on(deps(), shop, responses.source_address(request))
    proven = [_of_promise(each) for each in proving.prove_ticket(deps(), shop, opened.ticket)]
    answer = {"record": f"{deps().public_url}/shops/{shop.id}/record", "promises": proven}
    return responses.json_answer(answer, 200, {"Content-Disposition": 'attachment; filename="proof.json"'})


def _day(text: str) -> date:
    try:
        return typed.day(text)
    except ValueError:
        raise NotFound(f"{text[:20]} is no day") from None


def _of_record(shop: str, found: Record) -> dict[str, Any]:
    where = f"{deps().public_url}/shops/{shop}/record"
    days = [_of_day(day) | {"leaves": f"{where}/{day.day}"} for day in found.days]
    earlier = f"{where}?until={found.earlier}" if found.earlier else None
    return {"shop": shop, "before": found.before, "days": days, "earlier": earlier}


def _of_day(day: DayRoot) -> dict[str, Any]:
    return {
        "day": day.day.isoformat(),
        "kept": day.kept,
        "missed": day.missed,
        "root": day.root,
        "chain": day.chain,
    }


def _of_promise(each: Proven) -> dict[str, Any]:
    """A promise that is still open, or whose day is not closed yet, is not counted yet."""
    proof, day = each.proof, each.day
    if proof is None or day is None:
        return {"promise": each.promise, "counted": False}
    return {
        "promise": each.promise,
        "counted": True,
        "day": day.day.isoformat(),
        "leaf": str(proof.leaf),
        "index": proof.index,
        "size": proof.size,
        "path": list(proof.path),
        "root": day.root,
        "chain": day.chain,
    }
