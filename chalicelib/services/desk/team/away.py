"""Who is away and who stands in: the desk's page, and what its forms change (decision 278)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from chalicelib.errors import Forbidden, InvalidFields
from chalicelib.rendering import words
from chalicelib.rules.access import absences
from chalicelib.rules.access.absences import Absence, Absences
from chalicelib.rules.identity.addressing import same
from chalicelib.rules.policy.model import Agent, Shop
from chalicelib.rules.timing import typed
from chalicelib.rules.timing.worktime import local_date
from chalicelib.services.delivery import standing_in
from chalicelib.services.ports.conflicts import VersionConflict
from chalicelib.services.ports.deps import Deps

_TRIES = 5


@dataclass(frozen=True, slots=True)
class Line:
    """An absence, in words. `whose`: the names of those who get the agent's mails now, if the absence holds; `may_end`:
    the page's reader may call it off."""

    absence: Absence
    name: str
    days: str
    holds: bool
    substitute: str
    whose: tuple[str, ...]
    may_end: bool


@dataclass(frozen=True, slots=True)
class ShopAway:
    """`agents`: whom the reader may announce away. `nobody`: from when on nobody is there, in words; "" if somebody
    always is."""

    shop: Shop
    lines: tuple[Line, ...]
    agents: tuple[Agent, ...]
    nobody: str
    today: date


def view(deps: Deps, shops: Sequence[Shop], reader: Mapping[str, Agent], language: str) -> tuple[ShopAway, ...]:
    return tuple(_shop(deps, shop, reader[shop.id], language) for shop in shops)


def named(deps: Deps, shop: Shop, language: str) -> dict[str, str]:
    """The agents' names by their addresses; of those who are away, with until when and who gets their mails."""
    known, now = standing_in.absences(deps, shop), deps.now()
    return {agent.address: _named(shop, known, agent, now, language) for agent in shop.agents}


def announce(deps: Deps, shop: Shop, by: Agent, fields: Mapping[str, str]) -> bool:
    """Take a form that says that somebody is away, its reader if it names nobody; whether it changed anything. Raises
    InvalidFields, and Forbidden for somebody else's absence, which only admins and owners announce."""
    agent, substitute = fields.get("agent", "") or by.address, fields.get("substitute", "")
    if shop.agent(agent):
        _may(by, agent)
    days, codes = _days(fields)
    codes |= wrong(deps, shop, agent, days, substitute)
    if codes or not days:
        raise InvalidFields(codes)
    return note(deps, shop, agent, days, substitute, by.address)


def wrong(deps: Deps, shop: Shop, agent: str, days: tuple[date, date] | None, substitute: str) -> dict[str, str]:
    """The codes of all that keeps the agent from being away on these days (None: they can't be read) with this
    substitute ("": the owners)."""
    codes = absences.wrong_people(shop, agent, substitute)
    return codes | absences.wrong_days(*absences.days_away(shop, *days), deps.now()) if days else codes


def note(deps: Deps, shop: Shop, agent: str, days: tuple[date, date], substitute: str = "", by: str = "") -> bool:
    """Note that the agent is away from the first day to the last; whether it changed anything. `by`: who says so, "" at
    the console. Raises InvalidFields."""
    since, until = absences.days_away(shop, *days)
    absence = Absence(_as_written(shop, agent), since, until, _as_written(shop, substitute), by)
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


def _shop(deps: Deps, shop: Shop, reader: Agent, language: str) -> ShopAway:
    known, now = deps.absences.absences(shop.id), deps.now()
    nobody = absences.nobody_from(shop, known, now)
    return ShopAway(
        shop,
        tuple(_line(shop, known, each, reader, now, language) for each in known.all if now < each.until),
        tuple(agent for agent in shop.agents if reader.role != "agent" or same(agent.address, reader.address)),
        words.date_in_words(local_date(nobody, shop.hours), language) if nobody else "",
        local_date(now, shop.hours),
    )


def _line(shop: Shop, known: Absences, each: Absence, reader: Agent, now: datetime, language: str) -> Line:
    first, last = (local_date(at, shop.hours) for at in (each.since, each.until - timedelta(seconds=1)))
    holds = each.holds(now)
    whom = absences.stand_ins(shop, known, each.agent, now) if holds else ()
    return Line(
        each,
        _name(shop, each.agent),
        " – ".join(words.date_in_words(day, language) for day in dict.fromkeys((first, last))),
        holds,
        _name(shop, each.substitute) if each.substitute else "",
        tuple(_name(shop, address) for address in whom),
        reader.role != "agent" or same(reader.address, each.agent),
    )


def _named(shop: Shop, known: Absences, agent: Agent, now: datetime, language: str) -> str:
    holding = known.of(agent.address, now)
    if holding is None:
        return agent.name
    last = words.date_in_words(local_date(holding.until - timedelta(seconds=1), shop.hours), language)
    whom = ", ".join(_name(shop, address) for address in absences.stand_ins(shop, known, agent.address, now))
    return words.phrase(language, "desk.away.until_when").format(name=agent.name, day=last, names=whom)


def _name(shop: Shop, address: str) -> str:
    agent = shop.agent(address)
    return agent.name if agent else address
