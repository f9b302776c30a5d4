"""An improvement: a cause that keeps coming back, who sees to it and until when, what was changed, and what of it is
told in public.

PROPOSED ──accept──► ACCEPTED ──changed──► CHANGED ──close──► CLOSED       (close: from each stage, with a reason)
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from chalicelib.errors import InvalidFields, NotOpen
from chalicelib.rules.learning.causes import Cause
from chalicelib.rules.policy.people import Agent
from chalicelib.rules.tickets.clocks import RuleContext
from chalicelib.rules.timing.worktime import local_date

LONGEST = 2000
"""Of a text, in characters."""
MOST_ENTRIES = 60
"""An improvement has room for this many entries of its log; later actions are refused."""


class Stage(StrEnum):
    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    CHANGED = "changed"
    CLOSED = "closed"


class Reason(StrEnum):
    """Why it was proposed."""

    FIVE = "five"  # signals of one cause
    TWICE = "twice"  # its usual rate


class Act(StrEnum):
    """What an agent does with an improvement; the log has `PROPOSED` besides, which nobody does."""

    PROPOSED = "proposed"
    ACCEPT = "accept"
    CHANGED = "changed"
    CLOSE = "close"
    PUBLISH = "publish"
    WITHDRAW = "withdraw"


BY_AGENTS = tuple(act for act in Act if act is not Act.PROPOSED)


@dataclass(frozen=True, slots=True)
class Entry:
    """Who did what, and in which words. `by` is "" for what Aftercare did."""

    at: datetime
    act: Act
    by: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """What is told in public in one language: what customers said, and what the shop did."""

    language: str
    said: str
    did: str


@dataclass(frozen=True, slots=True)
class Improvement:
    """`signals`: how many there were when it was proposed; `usual`: how many in the twelve weeks before the last four,
    if it was proposed because there were twice as many. `changed_on`: the first day with the change, from which its
    effect is measured. `owner`: an agent's address."""

    shop: str
    id: str
    cause: Cause
    reason: Reason
    signals: int
    proposed_at: datetime
    owner: str
    due: datetime
    usual: int = 0
    stage: Stage = Stage.PROPOSED
    change: str = ""
    changed_on: date | None = None
    closed_at: datetime | None = None
    published: tuple[Said, ...] = ()
    log: tuple[Entry, ...] = ()
    version: int = 1

    @property
    def open(self) -> bool:
        return self.stage is not Stage.CLOSED

    def overdue(self, now: datetime) -> bool:
        """Whether it should have been changed or closed by now."""
        return self.stage in (Stage.PROPOSED, Stage.ACCEPTED) and self.due < now

    @property
    def offers(self) -> tuple[Act, ...]:
        """What can be done with it now."""
        told = (Act.PUBLISH, *((Act.WITHDRAW,) if self.published else ())) if self.changed_on else ()
        match self.stage:
            case Stage.PROPOSED:
                return (Act.ACCEPT, Act.CLOSE)
            case Stage.ACCEPTED:
                return (Act.ACCEPT, Act.CHANGED, Act.CLOSE)
            case Stage.CHANGED:
                return (Act.CHANGED, *told, Act.CLOSE)
        return told


def acted(
    improvement: Improvement, act: Act, fields: Mapping[str, str], agent: Agent, context: RuleContext
) -> Improvement | None:
    """The improvement after an agent's action; None if it is so already. Raises NotOpen if it can't be done now, and
    InvalidFields."""
    shop, now = context.shop, context.at
    if act not in improvement.offers or len(improvement.log) >= MOST_ENTRIES:
        raise NotOpen(act)
    match act:
        case Act.ACCEPT:
            owner = fields.get("owner", "").strip() or agent.address
            if shop.agent(owner) is None:
                raise InvalidFields({"owner": "unknown"})
            after = replace(improvement, stage=Stage.ACCEPTED, owner=owner)
            text = owner
        case Act.CHANGED:
            text = _words(fields, "change")
            after = replace(
                improvement, stage=Stage.CHANGED, change=text, changed_on=_day(fields, improvement, context)
            )
        case Act.PUBLISH:
            after, text = replace(improvement, published=_said(fields, shop.languages)), ""
        case Act.WITHDRAW:
            after, text = replace(improvement, published=()), ""
        case _:
            text = _words(fields, "reason")
            after = replace(improvement, stage=Stage.CLOSED, closed_at=now)
    if after == improvement:
        return None
    return replace(after, log=(*improvement.log, Entry(now, act, agent.address, text)), version=improvement.version + 1)


def _words(fields: Mapping[str, str], name: str) -> str:
    text = fields.get(name, "").strip()
    if not text:
        raise InvalidFields({name: "missing"})
    if len(text) > LONGEST:
        raise InvalidFields({name: "too_long"})
    return text


def _day(fields: Mapping[str, str], improvement: Improvement, context: RuleContext) -> date:
    """The first day with the change: not before the proposal's month, and not in the future."""
    try:
        day = date.fromisoformat(fields.get("changed_on", "").strip())
    except ValueError:
        raise InvalidFields({"changed_on": "not_a_date"}) from None
    if not (improvement.proposed_at.date().replace(day=1) <= day <= local_date(context.at, context.shop.hours)):
        raise InvalidFields({"changed_on": "not_then"})
    return day


def _said(fields: Mapping[str, str], languages: tuple[str, ...]) -> tuple[Said, ...]:
    """In each language of the shop: nobody reads half of it."""
    return tuple(
        Said(language, _words(fields, f"said_{language}"), _words(fields, f"did_{language}")) for language in languages
    )
