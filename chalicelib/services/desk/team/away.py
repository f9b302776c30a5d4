"""What the forms of the desk's page of absences change, and who is away at the console (decisions 278 and 317)."""

from collections.abc import Callable, Mapping
from datetime import date, datetime

from chalicelib.errors import Forbidden, InvalidFields
from chalicelib.rules.access import absences
from chalicelib.rules.access.absences import Absence, Absences
from chalicelib.rules.identity.addressing import same
from chalicelib.rules.policy.model import Agent, Shop
from chalicelib.rules.timing import typed
from chalicelib.services.ports.conflicts import VersionConflict
from chalicelib.services.ports.deps import Deps

_TRIES = 5


def announce(deps: Deps, shop: Shop, by: Agent, fields: Mapping[str, str]) -> bool:
    """Take a form that says that somebody is away, its reader if it names nobody; whether it changed anything. Raises
    InvalidFields, and Forbidden for somebody else's absence, which only admins and owners announce."""
    absence = read(deps, shop, by, fields)
    return _changed(deps, shop, lambda known: absences.announced(known, absence, shop, deps.now()))


def read(deps: Deps, shop: Shop, by: Agent, fields: Mapping[str, str]) -> Absence:
    """The absence that the form says. Raises as `announce` does."""
    agent, substitute = fields.get("agent", "") or by.address, fields.get("substitute", "")
    if shop.agent(agent):
        _may(by, agent)
    days, codes = _days(fields)
    codes |= wrong(deps, shop, agent, days, substitute)
    if codes or not days:
        raise InvalidFields(codes)
    return _absence(shop, agent, days, substitute, by.address)


def wrong(deps: Deps, shop: Shop, agent: str, days: tuple[date, date] | None, substitute: str) -> dict[str, str]:
    """The codes of all that keeps the agent from being away on these days (None: they can't be read) with this
    substitute ("": the owners)."""
    codes = absences.wrong_people(shop, agent, substitute)
    return codes | absences.wrong_days(*absences.days_away(shop, *days), deps.now()) if days else codes


def note(deps: Deps, shop: Shop, agent: str, days: tuple[date, date], substitute: str = "", by: str = "") -> bool:
    """Note that the agent is away from the first day to the last; whether it changed anything. `by`: who says so, "" at
    the console. Raises InvalidFields."""
    absence = _absence(shop, agent, days, substitute, by)
    return _changed(deps, shop, lambda known: absences.announced(known, absence, shop, deps.now()))


def end(deps: Deps, shop: Shop, by: Agent, agent: str, since: str) -> bool:
    """Call an absence off, or end it now; whether it changed anything. Raises Forbidden, and InvalidFields if there is
    no such moment."""
    _may(by, agent)
    try:
        begins = datetime.fromisoformat(since)
    except ValueError:
        raise InvalidFields({"agent": "unknown"}) from None
    if begins.tzinfo is None:
        raise InvalidFields({"agent": "unknown"})
    return call_off(deps, shop, agent, begins)


def call_off(deps: Deps, shop: Shop, agent: str, since: datetime) -> bool:
    """Call off the agent's absence that begins at this moment, or end it now; whether it changed anything."""
    return _changed(deps, shop, lambda known: absences.ended(known, agent, since, deps.now()))


def _changed(deps: Deps, shop: Shop, change: Callable[[Absences], Absences | None]) -> bool:
    for _ in range(_TRIES):
        changed = change(deps.absences.absences(shop.id))
        if changed is None:
            return False
        if deps.absences.put_absences(shop.id, changed, deps.now()):
            return True
    raise VersionConflict(shop.id)


def _may(by: Agent, agent: str) -> None:
    if by.role == "agent" and not same(by.address, agent):
        raise Forbidden("another's absence")


def _absence(shop: Shop, agent: str, days: tuple[date, date], substitute: str, by: str) -> Absence:
    return Absence(_as_written(shop, agent), *absences.days_away(shop, *days), _as_written(shop, substitute), by)


def _as_written(shop: Shop, address: str) -> str:
    """The address as the policy writes it, if it is an agent's."""
    agent = shop.agent(address)
    return agent.address if agent else address


def _days(fields: Mapping[str, str]) -> tuple[tuple[date, date] | None, dict[str, str]]:
    """The first and the last day; None if they can't be read, and what is wrong with which."""
    days, codes = dict[str, date](), dict[str, str]()
    for name in ("since", "until"):
        said = fields.get(name, "").strip()
        try:
            days[name] = typed.day(said)
        except ValueError:
            codes[name] = "not_a_date" if said else "missing"
    return None if codes else (days["since"], days["until"]), codes
