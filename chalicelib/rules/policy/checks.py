"""Checks of several keys together: promises that contradict each other, people who are missing. Such mistakes refuse
the policy. What lets it pass, and somebody should look at, is found by the rules of `policy-check` (rules.checking)."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from typing import Any

from chalicelib.rules.policy.addresses import address_mistakes, number_mistakes
from chalicelib.rules.policy.promises import DATA_REQUEST, QUESTION
from chalicelib.rules.policy.tables import Reading, Values, note_repeated
from chalicelib.rules.policy.toml_lines import Path
from chalicelib.rules.timing.periods import Period, Unit

CHECK_BODIES_EVERY = timedelta(days=365)
_CLOSED_PLATFORM = ("ec.europa.eu/consumers/odr", "ec.europa.eu/odr")

TYPICAL_MINUTES = {
    Unit.MINUTES: 1,
    Unit.HOURS: 60,
    Unit.DAYS: 1440,
    Unit.MONTHS: 43830,
    Unit.YEARS: 525960,
    Unit.WORKING_HOURS: 252,
    Unit.WORKING_DAYS: 2016,
}
"""How long a unit usually lasts by the calendar, with five working days of eight hours in a week."""
_PROMISED = ("first_answer", "resolve")


def leads_to_closed_platform(text: str) -> bool:
    """Whether it names an address of the EU's online dispute platform, closed on 20 July 2025 by Regulation (EU)
    2024/3228."""
    return any(address in text.lower() for address in _CLOSED_PLATFORM)


def default_length(period: Period) -> int:
    return period.amount * TYPICAL_MINUTES[period.unit]


def kind_mistakes(values: Values) -> Iterator[tuple[str, str]]:
    """Contradictions between the promises of one kind of ticket. Keys that could not be read are skipped."""
    for check in (_order_mistakes, _warning_mistakes, _needless, _unwatched, _not_offered):
        yield from check(values)


def _order_mistakes(values: Values) -> Iterator[tuple[str, str]]:
    promises = [(key, values[key]) for key in ("acknowledge", *_PROMISED) if values.get(key)]
    for (sooner, first), (later, second) in pairwise(promises):
        if default_length(first) > default_length(second):
            yield sooner, f'"{first}" is later than {later} ("{second}"): shorten this or lengthen that.'


def _warning_mistakes(values: Values) -> Iterator[tuple[str, str]]:
    warn, promised = values.get("warn"), _promised(values)
    if warn and promised and default_length(warn) >= min(map(default_length, promised)):
        yield "warn", f'"{warn}" before is before the promise even begins: write less than "{promised[0]}".'
    if any(step.at == "warn" for step in values.get("escalation", ())) and "warn" in values and not warn:
        yield "warn", 'is missing: escalation has a step at "warn", so write how long before, such as "1 day".'


def _needless(values: Values) -> Iterator[tuple[str, str]]:
    """Keys that change a promise which is not made."""
    for key, promise, does in (("extension", "resolve", "extends"), ("pause_first_answer", "first_answer", "pauses")):
        if values.get(key) and promise in values and not values[promise]:
            yield key, f"{does} nothing: write {promise} as well, or take this out."


def _unwatched(values: Values) -> Iterator[tuple[str, str]]:
    if values.get("escalation") and values.keys() >= set(_PROMISED) and not _promised(values):
        yield "escalation", "has nothing to watch over: write first_answer or resolve, or take this out."


def _not_offered(values: Values) -> Iterator[tuple[str, str]]:
    """Forms without a kind are questions; requests about personal data may come in any mail."""
    if values.get("id") in (QUESTION, DATA_REQUEST) and not values.get("offered", True):
        yield "offered", f"must be true for {values['id']}: its tickets are also opened without anybody choosing it."


def _promised(values: Values) -> list[Period]:
    return [values[key] for key in _PROMISED if values.get(key)]


def guarantee_mistakes(values: Values) -> Iterator[tuple[str, str]]:
    """What is said about a guarantee that nobody gives."""
    for key in ("given_by", "covers"):
        if values.get(key) and "commercial" in values and not values["commercial"]:
            yield key, "says something about a guarantee that is not there: write commercial as well, or take this out."


def order_mistakes(values: Values) -> Iterator[tuple[str, str]]:
    """A delivery that is promised before the dispatch."""
    dispatch, deliver = values.get("dispatch"), values.get("deliver")
    if dispatch and deliver and default_length(dispatch) > default_length(deliver):
        yield "dispatch", f'"{dispatch}" is later than deliver ("{deliver}"): shorten this or lengthen that.'


def shop_mistakes(values: Values) -> Iterator[tuple[str, str]]:
    """Contradictions within one shop."""
    yield from _topic_mistakes(values)
    if "hours" in values and not any(values["hours"]):
        yield (
            "hours",
            'has no working time: write mon = ["09:00-17:30"] or others.',
        )
    if values.get("terms_required") and "terms_url" in values and not values["terms_url"]:
        yield "terms_url", "is missing: terms_required asks customers to accept terms, so write where they are."
    offered = [id for id, kind in values.get("kinds", {}).items() if kind.offered]
    if offered and values.get("mail_kind", QUESTION) not in offered:
        yield "mail_kind", f"names no kind that this shop offers: write one of {', '.join(offered)}."
    desk, topics = values.get("desk"), {topic.id for topic in values.get("topics", ())}
    unknown = [id for id in desk.second_reader.topics if id not in topics] if desk and "topics" in values else []
    if unknown:
        yield "desk", f"second_reader names no topic of this shop: {', '.join(unknown)}. Write one of its topics."
    agents = values.get("agents", ())
    if desk and desk.second_reader != type(desk.second_reader)() and len(agents) == 1:
        yield "desk", "second_reader asks for a second agent, and there is only one: add an agent, or take this out."
    if agents and not any(agent.role == "owner" for agent in agents):
        yield "agents", 'has no owner, who gets the escalations and the daily digest: give one agent role = "owner".'


def _topic_mistakes(values: Values) -> Iterator[tuple[str, str]]:
    """Topics that promise an answer later than one of their kinds does, or for a kind that promises none."""
    kinds = values.get("kinds", {})
    for topic in values.get("topics", ()):
        if topic.first_answer is None:
            continue
        for kind in (kinds[id] for id in topic.kinds or kinds if id in kinds):
            if kind.first_answer is None or default_length(topic.first_answer) > default_length(kind.first_answer):
                promised = f'"{kind.first_answer}"' if kind.first_answer else "no answer"
                yield (
                    "topics",
                    f'{topic.id}: first_answer = "{topic.first_answer}" may only be sooner than its kinds promise, '
                    f"and {kind.id} promises {promised}.",
                )


def across_shops(shops: dict[str, Any], reading: Reading) -> None:
    """Values that two shops may not share. Works on raw values, so that other mistakes don't hide these."""
    places: dict[Path, Any] = {("shops", name): raw for name, raw in shops.items()}
    note_repeated(places, "support", reading)
    note_repeated(places, "prefix", reading)
    address_mistakes(places, reading)
    number_mistakes(places, reading)
