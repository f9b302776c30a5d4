"""When agents are away, and who stands in for them (decision 278).

A mail to an agent who is away goes to the substitute when it leaves, so nothing else needs to know of absences: tickets
keep their agents, promises their steps.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from chalicelib.errors import InvalidFields
from chalicelib.rules.identity.addressing import canonical, same
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.timing import worktime

MOST = 50
"""The absences that a shop can have at a time, so that they fit one item."""
LONGEST = timedelta(days=366)
KEPT = timedelta(days=1)
"""How long an absence that is over is kept, so that a form that comes twice finds it."""


@dataclass(frozen=True, slots=True)
class Absence:
    """An agent is away from `since` until `until` (UTC; whole days of the shop). `substitute`: whose mail it is
    meanwhile; "": the owners'. `by`: who announced it; "": an admin at the console. All three are agents' addresses as
    the policy writes them."""

    agent: str
    since: datetime
    until: datetime
    substitute: str = ""
    by: str = ""

    def holds(self, at: datetime) -> bool:
        return self.since <= at < self.until


@dataclass(frozen=True, slots=True)
class Absences:
    """A shop's absences by their beginning. `version`: 0 if none was ever stored."""

    all: tuple[Absence, ...] = ()
    version: int = 0

    def of(self, address: str, at: datetime) -> Absence | None:
        """The agent's absence at this moment; None if they are there."""
        return next((each for each in self.all if same(each.agent, address) and each.holds(at)), None)

    def there(self, shop: Shop, at: datetime) -> tuple[str, ...]:
        """The addresses of the agents who are there."""
        return tuple(agent.address for agent in shop.agents if not self.of(agent.address, at))


def days_away(shop: Shop, first: date, last: date) -> tuple[datetime, datetime]:
    """From when until when somebody is away who is away on these days, the last included."""
    zone = shop.hours.zone
    return worktime.at(first, time(0), zone), worktime.at(last + timedelta(days=1), time(0), zone)


def announced(known: Absences, absence: Absence, shop: Shop, now: datetime) -> Absences | None:
    """The absences with this one; it replaces those of the same agent that it overlaps. None if it is known, whoever
    announced it. Raises InvalidFields."""
    if any(replace(each, by=absence.by) == absence for each in known.all):
        return None
    codes = wrong_people(shop, absence.agent, absence.substitute) | wrong_days(absence.since, absence.until, now)
    kept = [each for each in _kept(known, now) if not _overlap(each, absence)]
    if len(kept) >= MOST:
        codes = {"agent": "away_too_many"} | codes
    if codes:
        raise InvalidFields(codes)
    return _next(known, [*kept, absence])


def wrong_people(shop: Shop, agent: str, substitute: str) -> dict[str, str]:
    """The code of each of the two who can't be it. `substitute`: "" for the owners."""
    codes = {} if shop.agent(agent) else {"agent": "unknown"}
    if substitute and shop.agent(substitute) is None:
        codes["substitute"] = "unknown"
    elif substitute and same(substitute, agent):
        codes["substitute"] = "away_self"
    return codes


def wrong_days(since: datetime, until: datetime, now: datetime) -> dict[str, str]:
    """The code of the end, if nobody can be away so."""
    if until <= since:
        return {"until": "away_backwards"}
    if until <= now:
        return {"until": "away_over"}
    return {"until": "away_too_long"} if until - since > LONGEST else {}


def ended(known: Absences, agent: str, since: datetime, now: datetime) -> Absences | None:
    """The absences after this one ended or was called off; None if there is none."""
    kept = [each for each in known.all if not (same(each.agent, agent) and each.since == since and now < each.until)]
    return _next(known, kept) if len(kept) < len(known.all) else None


def stand_ins(shop: Shop, known: Absences, address: str, at: datetime, besides: str = "") -> tuple[str, ...]:
    """Who gets what is for this agent now: the agent; while they are away their substitute, whose own absence leads to
    the next. Where that leads to nobody, in a circle, or to `besides` (who may not have it), the owners who are there;
    if none is, the agent, so that nothing is for nobody."""
    seen, name = {canonical(address)}, address
    while away := known.of(name, at):
        found = shop.agent(away.substitute) if away.substitute else None
        if found is None or canonical(found.address) in seen or same(found.address, besides):
            there = known.there(shop, at)
            owners = [agent.address for agent in shop.agents if agent.role == "owner" and agent.address in there]
            return tuple(owner for owner in owners if not same(owner, besides)) or (address,)
        name = found.address
        seen.add(canonical(name))
    return (name,)


def nobody_from(shop: Shop, known: Absences, now: datetime) -> datetime | None:
    """From when on, at the latest known, all agents are away at once; None if somebody is always there."""
    begins = sorted({now, *(each.since for each in known.all if each.since > now)})
    return next((at for at in begins if not known.there(shop, at)), None)


def _overlap(one: Absence, other: Absence) -> bool:
    return same(one.agent, other.agent) and one.since < other.until and other.since < one.until


def _kept(known: Absences, now: datetime) -> list[Absence]:
    return [each for each in known.all if now < each.until + KEPT]


def _next(known: Absences, all: list[Absence]) -> Absences:
    return replace(known, all=tuple(sorted(all, key=_begins)), version=known.version + 1)


def _begins(absence: Absence) -> tuple[datetime, str]:
    return absence.since, absence.agent
