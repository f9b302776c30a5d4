"""Chats that nobody has taken: when all agents who are there are rung about one (decision 325)."""

from datetime import datetime, timedelta

from chalicelib.rules.tickets.clocks import RuleContext
from chalicelib.rules.tickets.procedure_facts import Chat


def waits(chat: Chat) -> bool:
    """Whether the customer waits until somebody takes the chat."""
    return chat.open and not chat.agent


def rings_at(chat: Chat, context: RuleContext) -> datetime | None:
    """When the agents who are there are rung; None if nobody waits until the chat is taken."""
    if not waits(chat) or chat.unheard_since is None:
        return None
    return chat.unheard_since + timedelta(seconds=context.shop.chat.ring_after)
