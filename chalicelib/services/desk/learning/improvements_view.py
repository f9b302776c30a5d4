"""The desk's pages of improvements: those of all of an agent's shops, and one with its effect."""

from collections.abc import Sequence
from dataclasses import dataclass

from chalicelib.rendering import words
from chalicelib.rules.learning.effects import Effect, Period
from chalicelib.rules.learning.improvements import Improvement
from chalicelib.rules.policy.model import Shop
from chalicelib.services.learning import improving
from chalicelib.services.learning.proposing import cause_in_words
from chalicelib.services.ports.deps import Deps

_MOST_CLOSED = 50


@dataclass(frozen=True, slots=True)
class Line:
    """An improvement in the list."""

    shop: Shop
    improvement: Improvement
    cause: str
    owner: str
    overdue: bool


@dataclass(frozen=True, slots=True)
class Page:
    """One improvement. `verdict` and `method` say its effect in words; "" if nothing was changed yet."""

    line: Line
    effect: Effect | None
    verdict: str
    rates: tuple[tuple[str, int, int, str], ...]
    """Before and since: signals, of how many, and how many for each hundred."""


def lines(deps: Deps, shops: Sequence[Shop], language: str) -> tuple[list[Line], list[Line]]:
    """Open ones, what is due first; and the latest that are closed."""
    every = [(shop, each) for shop in shops for each in deps.improvements.improvements(shop.id)]
    opened = sorted(((s, each) for s, each in every if each.open), key=lambda pair: pair[1].due)
    closed = [(s, each) for s, each in every if not each.open][:_MOST_CLOSED]
    made = ([_line(deps, shop, each, language) for shop, each in found] for found in (opened, closed))
    first, second = made
    return first, second


def page(deps: Deps, shop: Shop, improvement: Improvement, language: str) -> Page:
    found = improving.measured(deps, improvement)
    line = _line(deps, shop, improvement, language)
    if found is None:
        return Page(line, None, "", ())
    parts = (("before", found.before), ("since", found.since))
    rates = tuple((name, part.signals, part.of, _rate(part, language)) for name, part in parts)
    return Page(line, found, _verdict(found, language), rates)


def _line(deps: Deps, shop: Shop, improvement: Improvement, language: str) -> Line:
    agent = shop.agent(improvement.owner)
    owner = agent.name if agent else improvement.owner
    cause = cause_in_words(shop, improvement.cause, language)
    return Line(shop, improvement, cause, owner, improvement.overdue(deps.now()))


def _verdict(found: Effect, language: str) -> str:
    """The ratio with its interval, in a sentence."""
    name = "none_before" if found.low is not None and found.ratio is None else found.verdict
    text = words.phrase(language, f"improvements.verdict.{name}")
    if found.low is None:
        return text
    ratio, low, high = (_decimal(each, language) for each in (found.ratio, found.low, found.high))
    return text.format(ratio=ratio, low=low, high=high)


def _rate(part: Period, language: str) -> str:
    return _decimal(part.per_hundred, language)


def _decimal(number: float | None, language: str) -> str:
    return "∞" if number is None else f"{number:.2f}".replace(".", words.phrase(language, "sizes.decimal"))
