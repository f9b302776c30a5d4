"""Proposes improvements from the counts of the last weeks: after each new signal, and with the digest."""

from datetime import timedelta

from chalicelib.rendering import words
from chalicelib.rules.identity import derived
from chalicelib.rules.learning.causes import Cause
from chalicelib.rules.learning.improvements import Act, Entry, Improvement
from chalicelib.rules.learning.proposing import READ, Proposal, proposals
from chalicelib.rules.policy.model import Shop
from chalicelib.services.ports.conflicts import VersionConflict
from chalicelib.services.ports.deps import Deps
from chalicelib.telemetry import logger


def propose(deps: Deps, shop: Shop) -> list[Improvement]:
    """Store what is to be proposed now, and return it. Repeating it proposes nothing a second time: an improvement's id
    is derived from its cause and the one before."""
    today = deps.now().date()
    days = deps.tallies.days(shop.id, today - timedelta(days=READ - 1), today)
    known = deps.improvements.improvements(shop.id)
    made = [_made(deps, shop, each) for each in proposals(days, known, today)]
    return [each for each in made if _stored(deps, each)]


def _made(deps: Deps, shop: Shop, proposal: Proposal) -> Improvement:
    context = deps.context(shop)
    owner = next((agent for agent in shop.agents if agent.role == "owner"), shop.agents[0])
    return Improvement(
        shop=shop.id,
        id=derived.source_of("improvement", shop.id, *proposal.cause.parts, proposal.after)[:12],
        cause=proposal.cause,
        reason=proposal.reason,
        signals=proposal.signals,
        usual=proposal.usual,
        proposed_at=context.at,
        owner=owner.address,
        due=context.after(shop.reports.improve_within),
        log=(Entry(context.at, Act.PROPOSED),),
    )


def _stored(deps: Deps, improvement: Improvement) -> bool:
    try:
        deps.improvements.put_improvement(improvement)
    except VersionConflict:
        return False  # somebody else was quicker
    logger.info("an improvement was proposed", extra={"shop": improvement.shop, "improvement": improvement.id})
    return True


def cause_in_words(shop: Shop, cause: Cause, language: str) -> str:
    """The topic's label, and who was at fault."""
    topic = shop.topic(cause.topic)
    known = words.phrase_or(language, f"reports.topic.{cause.topic}", cause.topic)
    about = shop.text(topic.label, language) if topic else known
    fault = words.phrase_or(language, f"desk.ticket.fault.{cause.fault}")
    return " · ".join(filter(None, (about or words.phrase(language, "reports.no_topic"), fault)))


def overdue(deps: Deps, shop: Shop) -> list[Improvement]:
    """The improvements that should have been made by now, the longest overdue first."""
    now = deps.now()
    late = [each for each in deps.improvements.improvements(shop.id) if each.overdue(now)]
    return sorted(late, key=lambda each: each.due)
