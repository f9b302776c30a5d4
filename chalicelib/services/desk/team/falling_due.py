"""Which promises of agents fall due while they are away, and who gets them named then (decision 328)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from chalicelib.rendering import words
from chalicelib.rules.access.absences import Absence, Absences, stand_ins
from chalicelib.rules.identity.addressing import canonical, same
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.tickets.inbox_keys import running_promises
from chalicelib.rules.tickets.ticket import Ticket
from chalicelib.services.desk.inbox_merging import ENTRIES, PAGES
from chalicelib.services.desk.inbox_view import ACTIVE
from chalicelib.services.ports.deps import Deps
from chalicelib.services.ports.inbox import InboxEntry

SHOWN = 10
"""The promises of an absence that are listed; how many more there are is said."""
READ = 100
"""The tickets of a shop that are read for it."""


@dataclass(frozen=True, slots=True)
class Due:
    """A promise, in words: what is due on which ticket, when, and the names of those who get it named then."""

    ref: str
    what: str
    when: str
    whom: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FallingDue:
    """The promises that fall due during an absence, the earliest first. `more`: how many are not listed; `cut`: the
    shop has more open tickets than were looked at, so there may be others."""

    listed: tuple[Due, ...] = ()
    more: int = 0
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Assigned:
    """The open tickets of those who are away; `cut`: not all open tickets of the shop were looked at."""

    tickets: tuple[Ticket, ...] = ()
    cut: bool = False


def assigned(deps: Deps, shop: Shop, away: Sequence[Absence]) -> Assigned:
    """The tickets of these agents that have a promise due before the last absence ends: at most READ. A ticket's list
    knows its earliest promise only, so whoever looks for a later one has to read the ticket."""
    if not away:
        return Assigned()
    agents, until = {canonical(each.agent) for each in away}, max(each.until for each in away)
    refs, cut = list[str](), False
    for place in ACTIVE:
        entries, unread = _backwards(deps, shop, place, until)
        refs += [each.ref for each in entries if each.assignee and canonical(each.assignee) in agents]
        cut = cut or unread
    found = deps.tickets.find_tickets(refs[:READ]) if refs else []
    return Assigned(tuple(found), cut or len(refs) > READ)


def of(shop: Shop, known: Absences, absence: Absence, their: Assigned, language: str) -> FallingDue:
    """What falls due during the absence. `known`: the shop's absences with this one."""
    due = sorted(
        (clock.due, ticket.ref, clock.name)
        for ticket in their.tickets
        if ticket.assignee and same(ticket.assignee, absence.agent)
        for clock in running_promises(ticket)
        if absence.holds(clock.due)
    )
    listed = tuple(_due(shop, known, absence.agent, *each, language) for each in due[:SHOWN])
    return FallingDue(listed, len(due) - len(listed), their.cut)


def _backwards(deps: Deps, shop: Shop, place: str, until: datetime) -> tuple[list[InboxEntry], bool]:
    """The entries of a list that are due before `until`, from there back, so that the days of absence come first; and
    whether there are others."""
    found, after = list[InboxEntry](), None
    for _ in range(PAGES):
        page, after = deps.inbox.inbox_page(shop.id, place, ENTRIES, after, before=until, newest_first=True)
        found += page
        if after is None:
            break
    return found, after is not None


def _due(shop: Shop, known: Absences, agent: str, at: datetime, ref: str, clock: str, language: str) -> Due:
    whom = (shop.agent(address) for address in stand_ins(shop, known, agent, at))
    return Due(
        ref,
        words.phrase(language, f"desk.countdown.clock.{clock}"),
        words.moment(at, shop.timezone, language),
        tuple(each.name for each in whom if each),
    )
