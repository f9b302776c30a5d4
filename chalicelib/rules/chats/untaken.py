"""Chats that nobody has taken: when all agents who are there are rung about one (decision 324)."""

from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.rules.tickets.clocks import RuleContext
from chalicelib.rules.tickets.procedure_facts import Chat
from chalicelib.rules.tickets.ticket import Ticket


def rings_at(chat: Chat, context: RuleContext) -> datetime | None:
    """When the agents who are there are rung; None if no customer waits until the chat is taken."""
    if not chat.open or chat.agent or chat.unheard_since is None:
        return None
    return chat.unheard_since + timedelta(seconds=context.shop.chat.ring_after)


def rung(ticket: Ticket, context: RuleContext) -> Ticket:
    """The ticket as it is when all are rung about its chat, if that is due and was not done."""
    chat = ticket.chat
    at = rings_at(chat, context) if chat and chat.rung_at is None else None
    return replace(ticket, chat=replace(chat, rung_at=context.at)) if chat and at and at <= context.at else ticket
