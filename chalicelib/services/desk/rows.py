"""A ticket as one line of the desk's lists: its subject, its customer, and the time until it is due."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from chalicelib.rendering import words
from chalicelib.rules.identity.addressing import same
from chalicelib.rules.policy.model import Agent, Shop
from chalicelib.rules.tickets.inbox_keys import CONDEMNED, place_in_inbox
from chalicelib.rules.tickets.ticket import State, Ticket
from chalicelib.rules.timing.periods import before
from chalicelib.services.desk import countdowns, times
from chalicelib.services.ports.deps import Deps
from chalicelib.services.ports.inbox import InboxEntry


@dataclass(frozen=True, slots=True)
class Row:
    """A line's contents, in words. `state`: open, waiting, referred, owed, quarantine, condemned or closed; `at`: the
    time that `due` is about; `tone`: "late", "soon" or ""."""

    ref: str
    subject: str
    name: str
    shop: Shop
    kind: str
    topic: str
    channel: str
    priority: str
    state: str
    outcome: str
    assignee: str
    mine: bool
    due: str
    tone: str
    at: datetime
    at_in_words: str


def row(deps: Deps, shop: Shop, place: str, listed: InboxEntry, agents: Mapping[str, Agent], language: str) -> Row:
    state = place.partition("#")[0]
    kind, assignee = shop.kinds.get(listed.kind), shop.agent(listed.assignee) if listed.assignee else None
    topic = shop.topic(listed.topic)
    due, tone, at = _due(deps, shop, state, listed, language)
    return Row(
        ref=listed.ref,
        subject=listed.subject,
        name=listed.name,
        shop=shop,
        kind=shop.text(kind.label, language) if kind else listed.kind,
        topic=shop.text(topic.label, language) if topic else listed.topic,
        channel=listed.channel,
        priority=listed.priority,
        state=state,
        outcome=listed.outcome if state == State.CLOSED else "",
        assignee=assignee.name if assignee else listed.assignee,
        mine=is_mine(shop, listed, agents),
        due=due,
        tone=tone,
        at=at,
        at_in_words=words.moment(at, shop.timezone, language),
    )


def row_of(deps: Deps, ticket: Ticket, agents: Mapping[str, Agent], language: str) -> Row:
    """The line of a ticket that was read as a whole."""
    place = place_in_inbox(ticket) or ticket.state.value
    return row(deps, deps.policy.shop(ticket.shop), place, InboxEntry.of(ticket), agents, language)


def is_mine(shop: Shop, listed: InboxEntry, agents: Mapping[str, Agent]) -> bool:
    own = agents.get(shop.id)
    return own is not None and same(listed.assignee, own.address)


def _due(deps: Deps, shop: Shop, state: str, listed: InboxEntry, language: str) -> tuple[str, str, datetime]:
    """The time in words, its tone, and the time itself. A ticket in quarantine has no due time and a closed one no
    longer has; they show when they came or were closed."""
    now = deps.now()
    if state in (State.QUARANTINED, CONDEMNED, State.CLOSED) or not listed.clock:
        at = listed.due if state == State.CLOSED else listed.opened_at
        which = "closed" if state == State.CLOSED else "came"
        said = words.phrase(language, f"desk.inbox.{which}")
        return said.format(when=times.short(at, now, shop, language)), "", at
    said = countdowns.said(listed.clock, listed.due, now, language)
    if now > listed.due:
        return said, "late", listed.due
    kind = shop.kinds.get(listed.kind)
    warn = kind.warn if kind else None
    soon = warn is not None and now >= before(listed.due, warn, shop.hours, deps.holidays(shop))
    return said, "soon" if soon else "", listed.due
