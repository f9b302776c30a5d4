"""A chat as its customer sees it: the lines after a number, who is there, and how soon to ask again."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import accumulate

from chalicelib.rules.chats.lines import number_of
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.privacy.anonymising import was_theirs
from chalicelib.rules.tickets.messages import Author, Message, Visibility
from chalicelib.rules.tickets.procedure_facts import Chat
from chalicelib.rules.tickets.ticket import State, Ticket
from chalicelib.services.chats import links, looking
from chalicelib.services.ports.deps import Deps
from chalicelib.services.tickets import links as ticket_links

# How soon to ask again, in milliseconds, by how long nobody has said anything.
_PACE = ((timedelta(seconds=45), 2_000), (timedelta(minutes=3), 5_000), (timedelta(minutes=10), 15_000))
_SLOWEST = 60_000
# In characters. What is said beyond is read by the next request: no answer outgrows what a function may give.
_AT_ONCE = 400_000
_NEXT_PART = 250
# About the characters that a file's name and link take.
_FILE = 500


class ChatState(StrEnum):
    """What the customer's page is about."""

    WAITING = "waiting"  # nobody has taken it yet
    OFFERED = "offered"  # nobody has answered in time, and other ways are offered
    OPEN = "open"  # an agent is there
    MESSAGE = "message"  # it is answered by mail
    ENDED = "ended"


class Who(StrEnum):
    YOU = "you"
    SHOP = "shop"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class LineFile:
    """A file of a line. `url`: a link to it and to nothing else."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Line:
    """`id`: what the page that said it calls it; "" for others'. `news`: of which kind a note is."""

    number: int
    who: Who
    name: str
    at: datetime
    text: str
    id: str = ""
    news: str = ""
    files: tuple[LineFile, ...] = ()


@dataclass(frozen=True, slots=True)
class Live:
    """`last`: the number of the last line that there is, or that is shown if they are too many for one answer;
    `next_ms`: in how many milliseconds to ask again, 0: not at all."""

    ticket: Ticket
    shop: Shop
    lines: tuple[Line, ...]
    state: ChatState
    agent: str
    last: int
    next_ms: int


def live(deps: Deps, token: str, after: int = 0) -> Live:
    """What is new after this line. A chat whose time has come is looked after first. Raises InvalidLink."""
    ticket, messages = links.opened(deps, token, after)
    if looking.due(deps, ticket):
        looking.look(deps, ticket)
        ticket, messages = links.opened(deps, token, after)
    shop = deps.policy.shop(ticket.shop)
    seen = shown(deps, shop, ticket, ((ticket.opening,) if after < 1 else ()) + tuple(messages))
    return replace(seen, lines=tuple(line if line.who is Who.YOU else replace(line, id="") for line in seen.lines))


def shown(deps: Deps, shop: Shop, ticket: Ticket, messages: Iterable[Message]) -> Live:
    """These messages of the ticket as its customer sees them, and how the chat stands."""
    chat = ticket.chat
    if chat is None:
        raise ValueError(f"{ticket.ref} has no chat")
    agent = shop.agent(chat.agent) if chat.agent and chat.open else None
    all_lines = lines(deps, shop, ticket, messages)
    part = _at_once(all_lines)
    whole = len(part) == len(all_lines)
    return Live(
        ticket=ticket,
        shop=shop,
        lines=part,
        state=state(chat) if ticket.state is not State.CLOSED else ChatState.ENDED,
        agent=agent.name.split()[0] if agent else "",
        last=chat.lines if whole else part[-1].number,
        next_ms=_pace(chat, deps.now()) if whole else _NEXT_PART,
    )


def _at_once(lines: Sequence[Line]) -> tuple[Line, ...]:
    """The first lines that one answer holds, and always one."""
    lengths = accumulate(len(line.text) + _FILE * len(line.files) for line in lines)
    fit = sum(length <= _AT_ONCE for length in lengths)
    return tuple(lines[: max(fit, 1)])


def state(chat: Chat) -> ChatState:
    if not chat.open:
        return ChatState.MESSAGE if chat.answered_at is None else ChatState.ENDED
    if chat.agent:
        return ChatState.OPEN
    return ChatState.OFFERED if chat.offered_at else ChatState.WAITING


def lines(deps: Deps, shop: Shop, ticket: Ticket, messages: Iterable[Message]) -> Sequence[Line]:
    """The lines among these messages. A chat has nothing else: other messages of its ticket are none of its lines."""
    numbered = ((number_of(message), message) for message in messages)
    return [
        _line(deps, shop, ticket, number, message)
        for number, message in numbered
        if number is not None and message.visibility is Visibility.SHARED and not was_theirs(message)
    ]


def _line(deps: Deps, shop: Shop, ticket: Ticket, number: int, message: Message) -> Line:
    whose = {Author.CUSTOMER: Who.YOU, Author.AGENT: Who.SHOP}
    agent = shop.agent(message.person.address) if message.author is Author.AGENT else None
    line = Line(
        number=number,
        who=whose.get(message.author, Who.NOTE),
        name=agent.name.split()[0] if agent else shop.name,
        at=message.at,
        text=message.text,
        news=message.about if message.author is Author.SYSTEM else "",
        files=tuple(
            LineFile(file.filename, ticket_links.file_url(deps, ticket, message, file)) for file in message.files
        ),
    )
    return replace(line, id=message.fingerprint) if line.who is not Who.NOTE and number > 1 else line


def _pace(chat: Chat, now: datetime) -> int:
    if not chat.open:
        return 0
    quiet = now - chat.at
    return next((pace for within, pace in _PACE if quiet < within), _SLOWEST)
