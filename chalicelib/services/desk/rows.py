"""A ticket as one line of the desk's lists: its subject, its customer, and the time until it is due."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from chalicelib.rendering import words
from chalicelib.rules.access.absences import stand_ins
from chalicelib.rules.identity.addressing import same
from chalicelib.rules.policy.model import Agent, Shop
from chalicelib.rules.tickets.inbox_keys import CONDEMNED, place_in_inbox
from chalicelib.rules.tickets.ticket import State, Ticket
from chalicelib.rules.timing.periods import before
from chalicelib.services.delivery import standing_in
from chalicelib.services.desk import countdowns, times
from chalicelib.services.ports.deps import Deps
from chalicelib.services.ports.inbox import InboxEntry


@dataclass(frozen=True, slots=True)
class Row:
    """A line's contents, in words. `state`: open, waiting, referred, owed, quarantine, condemned or closed; `at`: the
    time that `due` is about; `tone`: "late", "soon" or ""; `unread`: an answer waits for a second reader."""

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
    unread: bool


def row(deps: Deps, shop: Shop, place: str, entry: InboxEntry, agents: Mapping[str, Agent], language: str) -> Row:
    state = place.partition("#")[0]
    kind, assignee = shop.kinds.get(entry.kind), shop.agent(entry.assignee) if entry.assignee else None
    topic = shop.topic(entry.topic)
    due, tone, at = _due(deps, shop, state, entry, language)
    return Row(
        ref=entry.ref,
        subject=entry.subject,
        name=entry.name,
        shop=shop,
        kind=shop.text(kind.label, language) if kind else entry.kind,
        topic=shop.text(topic.label, language) if topic else entry.topic,
        channel=entry.channel,
        priority=entry.priority,
        state=state,
        outcome=entry.outcome if state == State.CLOSED else "",
        assignee=_named(deps, shop, assignee, language) if assignee else entry.assignee,
        mine=is_mine(deps, shop, entry, agents),
        due=due,
        tone=tone,
        at=at,
        at_in_words=words.moment(at, shop.timezone, language),
        unread=entry.unread,
    )


def row_of(deps: Deps, ticket: Ticket, agents: Mapping[str, Agent], language: str) -> Row:
    """The line of a ticket that was read as a whole."""
    place = place_in_inbox(ticket) or ticket.state.value
    return row(deps, deps.policy.shop(ticket.shop), place, InboxEntry.of(ticket), agents, language)


def is_mine(deps: Deps, shop: Shop, entry: InboxEntry, agents: Mapping[str, Agent]) -> bool:
    """Whether the ticket is the agent's, or of somebody for whom they stand in."""
    own = agents.get(shop.id)
    if own is None or not entry.assignee:
        return False
    if same(entry.assignee, own.address):
        return True
    known = standing_in.absences(deps, shop)
    return bool(known.all) and own.address in stand_ins(shop, known, entry.assignee, deps.now())


def _named(deps: Deps, shop: Shop, agent: Agent, language: str) -> str:
    away = standing_in.absences(deps, shop).of(agent.address, deps.now())
    return words.phrase(language, "desk.away.marked").format(name=agent.name) if away else agent.name


def _due(deps: Deps, shop: Shop, state: str, entry: InboxEntry, language: str) -> tuple[str, str, datetime]:
    """The time in words, its tone, and the time itself. A ticket in quarantine has no due time and a closed one no
    longer has; they show when they came or were closed."""
    now = deps.now()
    if state in (State.QUARANTINED, CONDEMNED, State.CLOSED) or not entry.clock:
        at = entry.due if state == State.CLOSED else entry.opened_at
        which = "closed" if state == State.CLOSED else "came"
        said = words.phrase(language, f"desk.inbox.{which}")
        return said.format(when=times.short(at, now, shop, language)), "", at
    said = countdowns.said(entry.clock, entry.due, now, language)
    if now > entry.due:
        return said, "late", entry.due
    kind = shop.kinds.get(entry.kind)
    warn = kind.warn if kind else None
    soon = warn is not None and now >= before(entry.due, warn, shop.hours, deps.holidays(shop))
    return said, "soon" if soon else "", entry.due
