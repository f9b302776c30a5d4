"""The lines of a chat: each is a message of the ticket whose id is its number, written with the ticket's next version.

So two people who write at the same moment never get one number: one of the two writes is refused and made again with
the next. The moments of lines never go back, whatever the clocks of two processes say, so their order is the numbers'
order wherever messages are sorted by time (decision 284).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from chalicelib.errors import InvalidFields, NotOpen
from chalicelib.rules.chats.untaken import rings_at
from chalicelib.rules.identity.addressing import canonical
from chalicelib.rules.intake.opening import Inbound, as_message
from chalicelib.rules.procedure.concluding import wrote_since
from chalicelib.rules.procedure.replying import answered
from chalicelib.rules.tickets.clocks import ANSWERS, CHAT, CHAT_ANSWER, Clock, RuleContext
from chalicelib.rules.tickets.log import Action, DetailCode, details_of
from chalicelib.rules.tickets.messages import LINE, NOBODY, Author, Channel, Event, Message, Person
from chalicelib.rules.tickets.procedure_facts import Chat, ChatEnd
from chalicelib.rules.tickets.ticket import ONCE, Change, Hold, LogEntry, State, Ticket, evolve, kept
from chalicelib.rules.timing import periods, worktime
from chalicelib.rules.timing.opening_times import shift_at
from chalicelib.rules.timing.worktime import NoWorkingTime

KEPT = timedelta(days=7)
"""How long it is remembered which lines were said, so that one that comes again is not said twice."""
# Keys sort by their characters: so many digits keep the order.
_DIGITS = 6
MOST = 10**_DIGITS - 1
LONGEST = 2_000
"""The lines of a chat. What is said after them is a message of its ticket."""
MOST_FILES = 50
"""The files that a customer may send in one chat. Those of agents do not count: nobody uses up what is another's."""


class ChatNews(StrEnum):
    """What one of Aftercare's own lines tells the customer (`Message.about`)."""

    TAKEN = "taken"  # an agent is there now
    OFFERED = "offered"  # nobody has answered in time: other ways are offered
    GIVEN_BACK = "given_back"  # the agent had to go, and the others see the chat again
    AS_MESSAGE = "as_message"  # nobody can answer now: it is answered by mail
    ENDED = "ended"
    SILENT = "silent"  # nobody said anything for a while, so the chat is over


@dataclass(frozen=True, slots=True)
class Told:
    """A line of Aftercare's own, in the customer's language."""

    news: ChatNews
    text: str


def id_of(number: int) -> str:
    """The id of the message with this line."""
    return f"{LINE}{number:0{_DIGITS}}"


def number_of(message: Message) -> int | None:
    """The number of the line; None for a message that is none."""
    if message.id == "opening":
        return 1
    digits = message.id.removeprefix(LINE)
    return int(digits) if message.id.startswith(LINE) and digits.isdecimal() else None


def is_open_at(context: RuleContext) -> bool:
    """Whether it is a time at which people answer in the chat."""
    shop = context.shop
    return shop.chat.offered and shift_at(context.at, shop.chat_hours, context.holidays) is not None


def begun(ticket: Ticket, context: RuleContext, *, staffed: bool) -> Change:
    """The change that opens a ticket with its chat. Where nobody is there to answer (not `staffed`), or the ticket is
    in quarantine, the chat is over at once: the ticket is a message like any other."""
    at, files = ticket.opened_at, len(ticket.opening.files)
    if not staffed or ticket.state is State.QUARANTINED:
        return Change(replace(ticket, chat=Chat(at, ended=ChatEnd.AS_MESSAGE, ended_at=at, files=files)))
    place = f"CHAT#{at:%Y-%m-%dT%H:%M:%S.%f}#{ticket.ref}"
    begun_ticket = replace(ticket, chat=Chat(at, unheard_since=at, places=(place,), files=files))
    clocks = begun_ticket.clocks.put(_answer_clock(context), _look_clock(begun_ticket, context))
    return Change(replace(begun_ticket, clocks=clocks), holds=(Hold(place, at + KEPT),))


def customer_says(ticket: Ticket, said: Inbound, mark: str, context: RuleContext) -> Change:
    """A line of the customer. `mark`: the place that says that these words were said. Raises NotOpen if the chat is
    over, InvalidFields if it has too many files."""
    chat, at = _running(ticket), _now(ticket, context)
    files = chat.files + len(said.files)
    if said.files and files > MOST_FILES:
        raise InvalidFields({"attachments": "chat_files_enough"})
    line = as_message(said, id_of(chat.lines + 1), ticket.ref, at, Author.CUSTOMER)
    after = replace(
        ticket,
        active_at=at,
        written_since=wrote_since(ticket, at),
        chat=replace(chat, at=at, lines=chat.lines + 1, unheard_since=chat.unheard_since or at, files=files),
    )
    return _said(after, line, mark, context)


def agent_says(ticket: Ticket, said: Inbound, mark: str, context: RuleContext) -> Change:
    """A line of the agent who has the chat. The first one answers the ticket, too. Raises NotOpen if the chat is over,
    InvalidFields if it is another agent's or nobody has taken it."""
    chat, at, agent = _running(ticket), _now(ticket, context), said.person
    if canonical(chat.agent) != canonical(agent.address):
        raise InvalidFields({"action": "chat_of_other" if chat.agent else "chat_untaken"})
    first = chat.answered_at is None
    line = as_message(said, id_of(chat.lines + 1), ticket.ref, at, Author.AGENT)
    heard = replace(chat, at=at, lines=chat.lines + 1, unheard_since=None, answered_at=chat.answered_at or at)
    after = replace(answered(ticket, agent, context) if first else ticket, active_at=at, chat=heard)
    if not first:
        return _said(after, line, mark, context)
    after = replace(after, clocks=after.clocks.meet(CHAT_ANSWER, at=context.at))
    entry = LogEntry(at, agent.address, Action.ANSWERED, details_of(DetailCode.CHANNEL, Channel.CHAT))
    counts = kept(ticket, (CHAT_ANSWER, *ANSWERS), context.at)
    return replace(_said(after, line, mark, context), log=(entry,), sla_counts=counts)


def taken(ticket: Ticket, agent: Person, place: Callable[[], Hold], told: Told, context: RuleContext) -> Change | None:
    """The agent takes the chat; None if they have it. `place`: one of the agent's places, which is asked for only then.
    Raises NotOpen, InvalidFields if another agent has it, and what `place` raises."""
    chat = _running(ticket)
    if canonical(chat.agent) == canonical(agent.address):
        return None
    if chat.agent:
        raise InvalidFields({"action": "chat_of_other"})
    held = place()
    taken_chat = replace(chat, agent=agent.address, places=(*chat.listed, held.id))
    mine = replace(ticket, chat=taken_chat, assignee=ticket.assignee or agent.address)
    entry = LogEntry(_now(ticket, context), agent.address, Action.CHAT_CHANGED, details_of(DetailCode.CHAT, told.news))
    return replace(tells(mine, told, context), log=(entry,), holds=(held,))


def tells(ticket: Ticket, told: Told, context: RuleContext) -> Change:
    """A line of Aftercare's own."""
    chat, at = ticket.chat, _now(ticket, context)
    if chat is None:
        raise NotOpen("no chat")
    line = Message(
        id_of(chat.lines + 1),
        ticket.ref,
        at,
        Author.SYSTEM,
        NOBODY,
        Channel.CHAT,
        told.text,
        event=Event.CHAT,
        about=told.news,
    )
    # Silence is that of people, so `at` stays.
    after = replace(ticket, chat=replace(chat, lines=chat.lines + 1))
    return Change(evolve(with_look(after, context)), (line,))


def with_look(ticket: Ticket, context: RuleContext) -> Ticket:
    """The ticket whose chat is looked at in time. A look that has become too early stays: when it comes, it sees what
    was said since, and most lines need not change the due-work index."""
    if ticket.chat is None or not ticket.chat.open:
        return replace(ticket, clocks=ticket.clocks.without(CHAT))
    known, needed = ticket.clock(CHAT), _look_clock(ticket, context)
    sooner = known is None or known.due <= context.at or needed.due < known.due
    return replace(ticket, clocks=ticket.clocks.put(needed)) if sooner else ticket


def next_look(ticket: Ticket, context: RuleContext) -> datetime:
    """When something may have to be done about the chat: somebody waits too long, or nobody says anything more."""
    chat, terms = ticket.chat, context.shop.chat
    if chat is None:
        raise NotOpen("no chat")
    silent = chat.at + _elapsed(terms.silence)
    if chat.unheard_since is None:
        return silent
    waited = chat.unheard_since + _elapsed(terms.answer)
    again = waited if waited > context.at else context.at + _elapsed(terms.answer)
    looks = min(silent, again) if silent > context.at else again
    return min(looks, rings_at(chat, context) or looks) if chat.rung_at is None else looks


def _elapsed(period: periods.Period) -> timedelta:
    return timedelta(minutes=period.amount)


def _said(after: Ticket, line: Message, mark: str, context: RuleContext) -> Change:
    """Lines owe no mail of their own: the transcript has them all."""
    return Change(evolve(with_look(after, context)), (line,), holds=(Hold(mark, context.at + KEPT, ONCE),))


def _answer_clock(context: RuleContext) -> Clock:
    period = context.shop.chat.answer
    try:
        until = worktime.add(context.at, _elapsed(period), context.shop.chat_hours, context.holidays)
    except NoWorkingTime:
        until = context.at + _elapsed(period)
    return Clock(CHAT_ANSWER, str(period), context.at, until)


def _look_clock(ticket: Ticket, context: RuleContext) -> Clock:
    return Clock(CHAT, str(context.shop.chat.answer), context.at, next_look(ticket, context))


def _running(ticket: Ticket) -> Chat:
    chat = ticket.chat
    if chat is None or not chat.open or chat.lines >= LONGEST:
        raise NotOpen("the chat is over")
    return chat


def _now(ticket: Ticket, context: RuleContext) -> datetime:
    """The moment of the next line: never before that of the last."""
    return max(context.at, ticket.active_at or context.at, ticket.chat.at if ticket.chat else context.at)
