"""Who is away, who stands in and what falls due meanwhile: what the desk shows of it (decisions 278 and 328)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from chalicelib.rendering import words
from chalicelib.rules.access import absences
from chalicelib.rules.access.absences import Absence, Absences
from chalicelib.rules.identity.addressing import same
from chalicelib.rules.policy.model import Agent, Shop
from chalicelib.rules.timing.worktime import local_date
from chalicelib.services.delivery import standing_in
from chalicelib.services.desk.team import falling_due
from chalicelib.services.desk.team.falling_due import FallingDue
from chalicelib.services.ports.deps import Deps


@dataclass(frozen=True, slots=True)
class Line:
    """An absence, in words. `whose`: the names of those who get the agent's mails now, if the absence holds; `due`:
    what falls due in these days; `may_end`: the page's reader may call it off."""

    absence: Absence
    name: str
    days: str
    holds: bool
    substitute: str
    whose: tuple[str, ...]
    due: FallingDue
    may_end: bool


@dataclass(frozen=True, slots=True)
class ShopAway:
    """`agents`: whom the reader may announce away. `nobody`: from when on nobody is there, in words; "" if somebody
    always is. `asked`: an absence that is not noted yet."""

    shop: Shop
    lines: tuple[Line, ...]
    agents: tuple[Agent, ...]
    nobody: str
    today: date
    asked: Line | None = None


def view(
    deps: Deps,
    shops: Sequence[Shop],
    reader: Mapping[str, Agent],
    language: str,
    asked: Mapping[str, Absence] | None = None,
) -> tuple[ShopAway, ...]:
    """What the page shows of each shop. `asked`: by shop, an absence of which the reader asks what it would mean.
    Raises InvalidFields if the shop has no room for it."""
    return tuple(_shop(deps, shop, reader[shop.id], language, (asked or {}).get(shop.id)) for shop in shops)


def named(deps: Deps, shop: Shop, language: str) -> dict[str, str]:
    """The agents' names by their addresses; of those who are away, with until when and who gets their mails."""
    known, now = standing_in.absences(deps, shop), deps.now()
    return {agent.address: _named(shop, known, agent, now, language) for agent in shop.agents}


def _shop(deps: Deps, shop: Shop, reader: Agent, language: str, asked: Absence | None) -> ShopAway:
    known, now = deps.absences.absences(shop.id), deps.now()
    then = absences.announced(known, asked, shop, now) or known if asked else known
    current = [each for each in known.all if now < each.until]
    their = falling_due.assigned(deps, shop, [*current, *([asked] if asked else [])])

    def line(among: Absences, each: Absence) -> Line:
        return _line(shop, among, each, falling_due.of(shop, among, each, their, language), reader, now, language)

    nobody = absences.nobody_from(shop, then, now)
    return ShopAway(
        shop,
        tuple(line(known, each) for each in current),
        tuple(agent for agent in shop.agents if reader.role != "agent" or same(agent.address, reader.address)),
        words.date_in_words(local_date(nobody, shop.hours), language) if nobody else "",
        local_date(now, shop.hours),
        line(then, asked) if asked else None,
    )


def _line(
    shop: Shop, known: Absences, each: Absence, due: FallingDue, reader: Agent, now: datetime, language: str
) -> Line:
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
        due,
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
