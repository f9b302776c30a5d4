"""What agents do with improvements, and what of it is told in public."""

from collections.abc import Mapping

from chalicelib.errors import NotFound
from chalicelib.rules.learning.effects import Effect, effect, span
from chalicelib.rules.learning.improvements import Act, Improvement, Said, acted
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.policy.people import Agent
from chalicelib.services.ports.conflicts import VersionConflict
from chalicelib.services.ports.deps import Deps
from chalicelib.telemetry import logger

_TRIES = 4


def load(deps: Deps, shop: Shop, id: str) -> Improvement:
    """Raises NotFound."""
    improvement = deps.improvements.improvement(shop.id, id)
    if improvement is None:
        raise NotFound("There is no such improvement.")
    return improvement


def act(deps: Deps, shop: Shop, id: str, act: Act, fields: Mapping[str, str], agent: Agent) -> Improvement:
    """Do it, and return the improvement as it is then. Raises NotFound, NotOpen, InvalidFields, and VersionConflict
    after so many lost races that something is wrong."""
    for _ in range(_TRIES):
        before = load(deps, shop, id)
        after = acted(before, act, fields, agent, deps.context(shop))
        if after is None:
            return before
        try:
            deps.improvements.put_improvement(after)
        except VersionConflict:
            continue
        logger.info("an improvement was changed", extra={"shop": shop.id, "improvement": id, "act": act})
        return after
    raise VersionConflict("lost every race for this improvement")


def measured(deps: Deps, improvement: Improvement) -> Effect | None:
    """What the change brought until now; None if nothing was changed yet. Two requests, of 56 days."""
    if improvement.changed_on is None:
        return None
    since, until = span(improvement.changed_on)
    days = deps.tallies.days(improvement.shop, since, until)
    orders = {day: kept.orders for day, kept in deps.tallies.promises(improvement.shop, since, until).items()}
    return effect(days, orders, improvement.cause, improvement.changed_on, deps.now().date())


def told(deps: Deps, shop: Shop, language: str) -> list[tuple[Improvement, Said]]:
    """What may be told in public, the latest change first, in this language or else in any."""
    published = [each for each in deps.improvements.improvements(shop.id) if each.published and each.changed_on]
    latest = sorted(published, key=lambda each: str(each.changed_on), reverse=True)
    return [(each, _in(each.published, language)) for each in latest]


def _in(published: tuple[Said, ...], language: str) -> Said:
    return next((said for said in published if said.language == language), published[0])
