"""The desk's inbox: the earliest due tickets of all the agent's shops first; and its other lists, page by page."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from chalicelib.patterns import pattern
from chalicelib.rules.policy.model import Agent, Shop
from chalicelib.rules.tickets.inbox_keys import CONDEMNED, closed_on
from chalicelib.rules.tickets.ticket import OWED, State
from chalicelib.rules.timing import worktime
from chalicelib.services.desk.inbox_merging import MergedPage, Source, take
from chalicelib.services.desk.rows import Row, is_mine, row
from chalicelib.services.ports.deps import Deps
from chalicelib.services.ports.inbox import MAX_TIME, MIN_TIME, InboxEntry

ACTIVE = (State.OPEN, State.WAITING, State.REFERRED, OWED)
"""The lists in which somebody still waits for something: together they are the inbox."""
MINE, UNASSIGNED, OVERDUE = "mine", "unassigned", "overdue"
LISTS = (
    State.OPEN.value, MINE, UNASSIGNED, OVERDUE, State.WAITING.value, State.REFERRED.value, OWED,
    State.QUARANTINED.value, CONDEMNED, State.CLOSED.value,
)  # fmt: skip
_NEWEST_FIRST = (State.QUARANTINED.value, CONDEMNED, State.CLOSED.value)
_DAY = timedelta(days=1)
_EARLIEST = date(2000, 1, 1)
_DATE = pattern(r"\d{4}-\d{2}-\d{2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class InboxQuery:
    """The list, the shop and kind ("" for all), for closed tickets the day, and the cursor to continue from."""

    list: str = State.OPEN.value
    shop: str = ""
    kind: str = ""
    day: date | None = None
    after: str = ""


@dataclass(frozen=True, slots=True)
class Inbox:
    """One page of a list. `shops` and `kinds`: the choices, by id, with their names. `next_cursor`: the cursor of the
    next page, "" at the end; `cut`: the `looked_at` tickets did not fill a page, and there are more to read. `earlier`,
    `later`: the days before and after a day of closed tickets."""

    query: InboxQuery
    rows: tuple[Row, ...]
    shops: tuple[tuple[str, str], ...]
    kinds: tuple[tuple[str, str], ...]
    next_cursor: str
    cut: bool
    looked_at: int
    earlier: date | None = None
    later: date | None = None


def read(query: Mapping[str, str], agents: Mapping[str, Agent], today: date) -> InboxQuery:
    """The query in a page's address. Unknown lists, shops and days are ignored."""
    wanted, shop = query.get("list", ""), query.get("shop", "")
    return InboxQuery(
        list=wanted if wanted in LISTS else State.OPEN.value,
        shop=shop if shop in agents else "",
        kind=query.get("kind", ""),
        day=_day(query.get("day", ""), today) if wanted == State.CLOSED else None,
        after=query.get("after", ""),
    )


def today(deps: Deps, agents: Mapping[str, Agent]) -> date:
    """Today's date in the time zone of the agent's first shop."""
    first = deps.policy.shop(next(iter(agents)))
    return worktime.local_date(deps.now(), first.hours)


def inbox(deps: Deps, agents: Mapping[str, Agent], query: InboxQuery, language: str) -> Inbox:
    """The requested page, with tickets of the agent's shops only."""
    shops = [deps.policy.shop(id) for id in agents]
    chosen = [shop for shop in shops if shop.id == query.shop] or shops
    kinds = _kinds(chosen, language)
    if query.kind not in dict(kinds):
        query = replace(query, kind="")
    page = _take(deps, chosen, query, agents)
    now_there = today(deps, agents)
    return Inbox(
        query=query,
        rows=tuple(row(deps, source.shop, source.place, e, agents, language) for source, e in page.entries),
        shops=tuple((shop.id, shop.name) for shop in shops),
        kinds=kinds,
        next_cursor=page.next_cursor,
        cut=page.cut,
        looked_at=page.looked_at,
        earlier=query.day - _DAY if query.day and query.day > _EARLIEST else None,
        later=query.day + _DAY if query.day and query.day < now_there else None,
    )


def _take(deps: Deps, shops: Sequence[Shop], query: InboxQuery, agents: Mapping[str, Agent]) -> MergedPage:
    sources = [source for shop in shops for source in _sources(shop, query, deps.now())]
    return take(deps, sources, query.after, _choice(deps, query, agents), newest_first=query.list in _NEWEST_FIRST)


def _sources(shop: Shop, query: InboxQuery, now: datetime) -> list[Source]:
    if query.list == State.CLOSED and query.day:
        since, before = (worktime.at(day, time(0), shop.hours.zone).astimezone(UTC) for day in _around(query.day))
        # The index has days in UTC: one of the shop's days overlaps two of them.
        days = sorted({since.date(), (before - timedelta(microseconds=1)).date()})
        return [Source(shop, closed_on(day), since, before) for day in days]
    lists = (query.list,) if query.list not in (State.OPEN, MINE, UNASSIGNED, OVERDUE) else ACTIVE
    return [Source(shop, str(place), MIN_TIME, now if query.list == OVERDUE else MAX_TIME) for place in lists]


def _around(day: date) -> tuple[date, date]:
    return day, day + _DAY


def _choice(deps: Deps, query: InboxQuery, agents: Mapping[str, Agent]) -> Callable[[Source, InboxEntry], bool] | None:
    """The filter that the index can't apply; None if it can apply everything."""
    if query.list not in (MINE, UNASSIGNED) and not query.kind:
        return None

    def keep(source: Source, entry: InboxEntry) -> bool:
        if query.kind and entry.kind != query.kind:
            return False
        if query.list == MINE:
            return is_mine(deps, source.shop, entry, agents)
        return query.list != UNASSIGNED or not entry.assignee

    return keep


def _kinds(shops: Sequence[Shop], language: str) -> tuple[tuple[str, str], ...]:
    """The kinds of these shops by id; if names differ, the first shop's."""
    named: dict[str, str] = {}
    for shop in shops:
        for kind in shop.kinds.values():
            named.setdefault(kind.id, shop.text(kind.label, language))
    return tuple(named.items())


def _day(text: str, today: date) -> date:
    try:
        day = date.fromisoformat(text) if _DATE.fullmatch(text) else today
    except ValueError:
        day = today
    return min(max(day, _EARLIEST), today)
