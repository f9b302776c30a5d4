"""`verify_audit` with a `month`: the deeds of it computed again, and what joins them to those before and after."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from chalicelib.rules.privacy.audit_events import Deed, Place, judged
from chalicelib.rules.privacy.hash_chain import Verdict
from chalicelib.services.ports.audit import UnreadableEvent
from chalicelib.services.ports.deps import Deps

# More are counted, not named.
_MOST_NAMED = 100
# What was written between two requests of ours looks as if it were missing.
_TRIES = 3
_EDGE = ""


@dataclass(frozen=True, slots=True)
class Found:
    """What is found of a deed, or of the end of the chain ("")."""

    place: str
    verdict: Verdict


def verify_month(deps: Deps, month: date) -> dict[str, Any]:
    """How many deeds came out, and which did not and why."""
    for _ in range(_TRIES):
        every = _looked_at(deps, month)
        wrong = [found for found in every if found.verdict is not Verdict.WHOLE]
        if not wrong:
            break
    return {
        "month": f"{month:%Y-%m}",
        "whole": len(every) - len(wrong),
        "wrong": len(wrong),
        "deeds": [{"deed": found.place, "log": found.verdict} for found in wrong[:_MOST_NAMED]],
    }


def named(deed: Deed) -> str:
    """As a deed is named in answers: by its number and its function's request."""
    return f"{deed.number} {deed.id}"


def _looked_at(deps: Deps, month: date) -> list[Found]:
    after = (month + timedelta(days=31)).replace(day=1)
    entries = list(deps.audit_log.deeds(month, after - timedelta(days=1)))
    deeds = sorted((each for each in entries if isinstance(each, Deed)), key=lambda deed: deed.number)
    found = [Found(each.place, Verdict.ALTERED) for each in entries if isinstance(each, UnreadableEvent)]
    found += [Found(named(deed), verdict) for deed, verdict in judged(deps.audit(), deeds)]
    if deeds and not _follows(deps, deeds[0]):
        found.append(Found(f"before {named(deeds[0])}", Verdict.MISSING))
    if not _goes_on(deps, deeds, month, after):
        found.append(Found(f"after {named(deeds[-1])}" if deeds else _EDGE, Verdict.MISSING))
    return found


def _follows(deps: Deps, first: Deed) -> bool:
    """Whether the one before a month's first deed is there."""
    if first.after is None:
        return first.number == 1
    day = first.after.at.date()
    return any(isinstance(deed, Deed) and deed.place == first.after for deed in deps.audit_log.deeds(day, day))


def _goes_on(deps: Deps, deeds: Sequence[Deed], month: date, after: date) -> bool:
    """Whether a month's last deed is the latest of all, or the one that the next names; of a month without deeds,
    whether the next names none of it."""
    latest = deps.audit_log.latest_deed()
    if latest is None or latest.at.date() < month:
        return not deeds
    if latest.at.date() < after:
        return any(deed.place == latest for deed in deeds)
    later = deps.audit_log.deeds(after, latest.at.date())
    following = next((deed for deed in later if isinstance(deed, Deed)), None)
    if following is None:
        return False
    return following.after == deeds[-1].place if deeds else not _is_within(following.after, month)


def _is_within(place: Place | None, month: date) -> bool:
    return place is not None and place.at.date() >= month
