"""Absences of agents at the console, for who is ill and can't sign in: what the desk's page does, as events (decisions
278 and 317)."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from chalicelib.errors import InvalidEvent, InvalidFields
from chalicelib.rules.access import absences as rules
from chalicelib.rules.access.absences import Absence, Absences
from chalicelib.rules.identity.addressing import same
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.timing.worktime import local_date
from chalicelib.services import console_events
from chalicelib.services.desk.team import away
from chalicelib.services.ports.deps import Deps

_FIELDS = ("shop", "agent", "from", "to", "substitute", "withdraw")
# What the rules call otherwise; and what is not said when an absence is called off.
_FIELD_OF, _NOT_WITH = {"until": "to"}, ("to", "substitute")


def absences(deps: Deps, event: Any) -> dict[str, Any]:
    """List who is away (`shop` alone), note that an agent is (`agent`, `from`, `to`, perhaps `substitute`), or call
    that off (`agent`, `from` and `withdraw`). The answer has the list as it is then. Raises InvalidEvent, which says of
    every wrong field what to type."""
    given = console_events.with_values(event)
    wrong = console_events.others(event, *_FIELDS)
    shop = console_events.tried(wrong, console_events.shop, deps, given)
    if console_events.tried(wrong, console_events.boolean, given, "withdraw"):
        changed = _withdraws(deps, shop, given, wrong)
    elif given.keys() - {"shop", "withdraw"}:
        changed = _notes(deps, shop, given, wrong)
    else:
        changed = False
    if wrong or shop is None:
        raise InvalidEvent(wrong)
    return {"shop": shop.id, "changed": changed, **_listed(deps, shop)}


def _notes(deps: Deps, shop: Shop | None, given: Mapping[str, Any], wrong: dict[str, str]) -> bool:
    """Note an absence if nothing is wrong; else add what is."""
    first, last = (console_events.tried(wrong, console_events.day, given, name) for name in ("from", "to"))
    if shop is None:
        return False
    days = (first, last) if first and last else None
    agent, substitute = _address(given, "agent"), _address(given, "substitute") if "substitute" in given else ""
    codes = away.wrong(deps, shop, agent, days, substitute)
    if days and not codes and not wrong:
        try:
            return away.note(deps, shop, agent, days, substitute)
        except InvalidFields as refused:
            codes = refused.codes
    wrong |= {_FIELD_OF.get(name, name): _sentence(shop, code, first) for name, code in codes.items()}
    return False


def _withdraws(deps: Deps, shop: Shop | None, given: Mapping[str, Any], wrong: dict[str, str]) -> bool:
    """Call an absence off if nothing is wrong; else add what is."""
    first = console_events.tried(wrong, console_events.day, given, "from")
    wrong |= {name: "leave this out: its first day says which absence it is" for name in _NOT_WITH if name in given}
    if shop is None:
        return False
    agent, known = _address(given, "agent"), deps.absences.absences(shop.id)
    if not shop.agent(agent) and not any(same(each.agent, agent) for each in known.all):
        wrong["agent"] = _sentence(shop, "unknown", None)
    if wrong or first is None:
        return False
    return away.call_off(deps, shop, agent, rules.days_away(shop, first, first)[0])


def _address(given: Mapping[str, Any], name: str) -> str:
    """What was typed; "?" if that can be nobody's address."""
    found = given.get(name)
    return found.strip() or "?" if isinstance(found, str) else "?"


def _sentence(shop: Shop, code: str, first: date | None) -> str:
    known = ", ".join(agent.address for agent in shop.agents)
    match code:
        case "unknown":
            return f"name an agent of {shop.id}, one of {known}"
        case "away_self":
            return "name another agent, or leave it out: then mails go to the owners"
        case "away_backwards":
            return f"write a day that is not before {first}, the one you gave as from"
        case "away_over":
            return "write a day that is not over"
        case "away_too_long":
            return f"write a day that is {rules.LONGEST.days - 1} days after {first} at most"
        case "away_too_many":
            return f"withdraw an absence first: {rules.MOST} are noted already"
    raise ValueError(code)


def _listed(deps: Deps, shop: Shop) -> dict[str, Any]:
    """The absences that are not over, and the day from which on nobody would be there."""
    known, now = deps.absences.absences(shop.id), deps.now()
    nobody = rules.nobody_from(shop, known, now)
    return {
        "absences": [_line(deps, shop, known, each) for each in known.all if now < each.until],
        "nobody_from": local_date(nobody, shop.hours).isoformat() if nobody else None,
    }


def _line(deps: Deps, shop: Shop, known: Absences, each: Absence) -> dict[str, Any]:
    """`mails_go_to`: who gets what is for the agent now; nobody else, if the absence does not hold yet."""
    last = each.until - timedelta(seconds=1)
    return {
        "agent": each.agent,
        "from": local_date(each.since, shop.hours).isoformat(),
        "to": local_date(last, shop.hours).isoformat(),
        "substitute": each.substitute or None,
        "mails_go_to": list(rules.stand_ins(shop, known, each.agent, deps.now())),
    }
