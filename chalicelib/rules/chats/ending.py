"""What becomes of a chat when its time has come: somebody waits too long, the agent is gone, or nobody says any
more."""

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import timedelta

from chalicelib.errors import NotOpen
from chalicelib.rules.chats.lines import ChatNews, Told, is_open_at, next_look, tells, with_look
from chalicelib.rules.chats.untaken import rung
from chalicelib.rules.identity.addressing import canonical
from chalicelib.rules.intake.opening import notifications
from chalicelib.rules.procedure.concluding import after_answer, awaiting_answer
from chalicelib.rules.tickets.clocks import ACKNOWLEDGE, CHAT, CHAT_ANSWER, RuleContext, set_clock
from chalicelib.rules.tickets.log import Action, DetailCode, details_of
from chalicelib.rules.tickets.outbox import Delivery, Outbox, Purpose, Stage, add, queue
from chalicelib.rules.tickets.procedure_facts import Chat, ChatEnd
from chalicelib.rules.tickets.ticket import AFTERCARE, Change, LogEntry, State, Ticket, evolve, kept

Say = Callable[[ChatNews], Told]
"""The line with this news, in the customer's language."""


def looked(ticket: Ticket, present: Collection[str], say: Say, context: RuleContext, *, mailed: bool) -> Change | None:
    """What the look at a chat changes; None if nothing is to be done about it. `present`: the addresses of the agents
    who take chats now. `mailed`: whether the customer may be mailed automatically."""
    chat, clock = ticket.chat, ticket.clock(CHAT)
    if clock is None or clock.due > context.at:
        return None
    if chat is None or not chat.open:
        return Change(evolve(ticket, clocks=ticket.clocks.without(CHAT)))
    if context.at >= chat.at + timedelta(minutes=context.shop.chat.silence.amount):
        end = ChatEnd.SILENCE if chat.answered_at else ChatEnd.AS_MESSAGE
        return ended(ticket, end, AFTERCARE, say, context, mailed=mailed)
    ticket = rung(ticket, context)
    chat = ticket.chat or chat
    if _waits(chat, context):
        there = {canonical(address) for address in present}
        if canonical(chat.agent) in there:
            return _later(ticket, context)
        if not there or (not chat.answered_at and not is_open_at(context)):
            return ended(ticket, ChatEnd.AS_MESSAGE, AFTERCARE, say, context, mailed=mailed)
        if chat.agent:
            return _given_back(ticket, chat, say, context)
        if chat.offered_at is None:
            offered = replace(ticket, chat=replace(chat, offered_at=context.at))
            return tells(offered, say(ChatNews.OFFERED), context)
    return _later(ticket, context)


def ended(ticket: Ticket, end: ChatEnd, actor: str, say: Say, context: RuleContext, *, mailed: bool) -> Change:
    """The chat is over. The customer gets its words by mail. Where the customer's last words have no answer, one is
    promised for when they were said; where no person has answered at all, the ticket goes on as a message that has just
    come: it is acknowledged, and agents are mailed. Raises NotOpen if the chat is over already."""
    chat = ticket.chat
    if chat is None or not chat.open:
        raise NotOpen("the chat is over")
    told = tells(ticket, say(_NEWS[end]), context)
    line, after = told.messages[0], told.ticket or ticket
    over = replace(after, chat=(after.chat or chat).over(end, line.at), active_at=line.at)
    late = kept(ticket, (CHAT_ANSWER,), context.at) if _late(ticket, context) else ()
    over = with_look(replace(over, clocks=over.clocks.without(*over.clocks.only(CHAT_ANSWER).unmet.names)), context)
    if chat.answered_at is None:
        over = _as_message(over, context, mailed=mailed)
    else:
        over = _answered(over, chat, context)
        line = replace(line, outbox=queue(_mails(over, chat, context, mailed=mailed), context.at))
    entry = LogEntry(line.at, actor, Action.CHAT_CHANGED, details_of(DetailCode.CHAT, _NEWS[end]))
    return Change(over, (line,), (entry,), sla_counts=late)


_NEWS = {
    ChatEnd.CUSTOMER: ChatNews.ENDED,
    ChatEnd.AGENT: ChatNews.ENDED,
    ChatEnd.SILENCE: ChatNews.SILENT,
    ChatEnd.AS_MESSAGE: ChatNews.AS_MESSAGE,
    ChatEnd.CLOSED: ChatNews.ENDED,
}


def _waits(chat: Chat, context: RuleContext) -> bool:
    """Whether the customer has waited as long as an answer may take."""
    since = chat.unheard_since
    return since is not None and context.at >= since + timedelta(minutes=context.shop.chat.answer.amount)


def _late(ticket: Ticket, context: RuleContext) -> bool:
    clock = ticket.clock(CHAT_ANSWER)
    return clock is not None and clock.met_at is None and clock.late(context.at)


def _later(ticket: Ticket, context: RuleContext) -> Change:
    """The next look, no sooner than it can change anything."""
    clocks = ticket.clocks.change(lambda clock: replace(clock, due=next_look(ticket, context)), CHAT)
    return Change(evolve(ticket, clocks=clocks))


def _given_back(ticket: Ticket, chat: Chat, say: Say, context: RuleContext) -> Change:
    entry = LogEntry(context.at, AFTERCARE, Action.CHAT_CHANGED, details_of(DetailCode.CHAT, ChatNews.GIVEN_BACK))
    free = replace(ticket, chat=replace(chat, agent="", rung_at=context.at, offered_at=None, places=chat.listed))
    return replace(tells(free, say(ChatNews.GIVEN_BACK), context), log=(entry,))


def _as_message(ticket: Ticket, context: RuleContext, *, mailed: bool) -> Ticket:
    kind, box = context.shop.kinds[ticket.kind], ticket.outbox or Outbox((), Stage.DONE, context.at)
    mails = [*notifications(context.shop, Purpose.NOTIFICATION_NEW, ticket.assignee)]
    if not (mailed and ticket.requester.address):
        return replace(ticket, outbox=add(box, mails, context.at))
    clocks = ticket.clocks.put(set_clock(ACKNOWLEDGE, kind.acknowledge, kind, context))
    mails.append(Delivery(Purpose.ACKNOWLEDGEMENT, ticket.requester.address))
    return replace(ticket, clocks=clocks, outbox=add(box, mails, context.at))


def _answered(ticket: Ticket, chat: Chat, context: RuleContext) -> Ticket:
    """The ticket after a chat in which a person has answered."""
    if chat.unheard_since:
        return awaiting_answer(ticket, replace(context, at=chat.unheard_since))
    waits = ticket.state in (State.WAITING, State.REFERRED)
    return replace(ticket, clocks=after_answer(ticket, context)) if waits else ticket


def _mails(ticket: Ticket, chat: Chat, context: RuleContext, *, mailed: bool) -> list[Delivery]:
    agents = notifications(context.shop, Purpose.NOTIFICATION_REPLY, ticket.assignee) if chat.unheard_since else ()
    transcript = [Delivery(Purpose.TRANSCRIPT, ticket.requester.address)]
    return [*(transcript if mailed and ticket.requester.address else ()), *agents]
