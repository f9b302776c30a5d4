"""The desk's list of running chats: those that wait, the agent's own, and those of others; and who takes chats."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from chalicelib.rules.chats.lines import is_open_at
from chalicelib.rules.identity.addressing import same
from chalicelib.rules.policy.model import Agent, Shop
from chalicelib.rules.tickets.procedure_facts import Chat
from chalicelib.rules.tickets.ticket import Ticket
from chalicelib.services.chats import places, present
from chalicelib.services.chats.untaken import Untaken, counted
from chalicelib.services.desk import times
from chalicelib.services.ports.deps import Deps

_SNIPPET = 300


@dataclass(frozen=True, slots=True)
class ChatRow:
    """A chat as one line. `since`: since when the customer's words wait, "" if none do; `agent`: who has it."""

    ticket: Ticket
    shop: Shop
    note: str
    since: str
    agent: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Chats:
    """`offered`: the agent's shops that have a chat; `takes`: whether the agent takes chats now; `there`: the names of
    everybody who does; `outside`: it is outside the hours of all these shops; `full`: the agent has as many as one can;
    `untaken`: what is told of those that wait. `mark`: another for another list."""

    offered: tuple[Shop, ...]
    waiting: tuple[ChatRow, ...]
    mine: tuple[ChatRow, ...]
    others: tuple[ChatRow, ...]
    takes: bool
    there: tuple[str, ...]
    outside: bool
    full: bool
    untaken: Untaken
    mark: str

    @property
    def any(self) -> bool:
        return bool(self.waiting or self.mine or self.others)


def listed(deps: Deps, shops: Sequence[Shop], agents: Mapping[str, Agent], language: str) -> Chats:
    """The running chats of these shops, those that wait longest first. `agents`: who is signed in, by shop."""
    offered = tuple(shop for shop in shops if shop.chat.offered)
    rows, there, takes = list[tuple[Chat, ChatRow]](), list[str](), False
    for shop in offered:
        for address in present.agents(deps, shop):
            takes = takes or same(address, agents[shop.id].address)
            there += [known.name] if (known := shop.agent(address)) else []
        rows += [
            (ticket.chat, _row(deps, shop, ticket, language)) for ticket in places.running(deps, shop) if ticket.chat
        ]
    rows.sort(key=lambda each: each[1].at)

    def is_mine(chat: Chat, row: ChatRow) -> bool:
        return same(chat.agent, agents[row.shop.id].address)

    mine = tuple(row for chat, row in rows if chat.agent and is_mine(chat, row))
    waiting = tuple(row for chat, row in rows if not chat.agent)
    return Chats(
        offered=offered,
        waiting=waiting,
        mine=mine,
        others=tuple(row for chat, row in rows if chat.agent and not is_mine(chat, row)),
        takes=takes,
        there=tuple(dict.fromkeys(there)),
        outside=not any(is_open_at(deps.context(shop)) for shop in offered),
        full=any(sum(row.shop.id == shop.id for row in mine) >= shop.chat.per_agent for shop in offered),
        untaken=counted(deps, ((row.shop, row.ticket) for row in waiting)),
        mark=_mark(rows, there),
    )


def take(deps: Deps, shops: Sequence[Shop], agents: Mapping[str, Agent], *, takes: bool) -> None:
    """The agent takes chats of these shops for a while, or no more."""
    for shop in shops:
        if shop.chat.offered:
            present.note(deps, shop, agents[shop.id], takes=takes)


def _row(deps: Deps, shop: Shop, ticket: Ticket, language: str) -> ChatRow:
    chat = ticket.chat or Chat(ticket.opened_at)
    agent = shop.agent(chat.agent)
    return ChatRow(
        ticket=ticket,
        shop=shop,
        note=" ".join(ticket.opening.text.split())[:_SNIPPET],
        since=times.short(chat.unheard_since, deps.now(), shop, language) if chat.unheard_since else "",
        agent=agent.name if agent else chat.agent,
        at=chat.unheard_since or chat.at,
    )


def _mark(rows: Sequence[tuple[Chat, ChatRow]], there: Sequence[str]) -> str:
    said = [f"{row.ticket.ref} {chat.lines} {chat.agent}" for chat, row in rows]
    return hashlib.sha256("\n".join((*said, *there)).encode()).hexdigest()[:16]
