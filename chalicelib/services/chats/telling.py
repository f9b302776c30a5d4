"""Aftercare's own lines in a chat, in the customer's language. They are kept as they were shown."""

from functools import partial

from chalicelib.rendering import words
from chalicelib.rules.chats.ending import Say
from chalicelib.rules.chats.lines import ChatNews, Told
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.policy.people import Agent
from chalicelib.rules.tickets.clocks import ANSWERS, RuleContext
from chalicelib.rules.tickets.due_dates import due_date
from chalicelib.rules.tickets.ticket import Ticket, doubted
from chalicelib.services.calls import told
from chalicelib.services.ports.deps import Deps


def lines(deps: Deps, ticket: Ticket) -> Say:
    """What makes the lines of this chat."""
    shop = deps.policy.shop(ticket.shop)
    return partial(_line, deps.context(shop), ticket)


def taken(ticket: Ticket, shop: Shop, agent: Agent) -> Told:
    """The line that says who is there now: customers see an agent's first name."""
    text = words.phrase(language(ticket, shop), "chats.news.taken").format(name=agent.name.split()[0])
    return Told(ChatNews.TAKEN, text)


def language(ticket: Ticket, shop: Shop) -> str:
    return ticket.language if ticket.language in words.languages() else shop.languages[0]


def promised(context: RuleContext, ticket: Ticket, language: str) -> str:
    """By when an answer is promised, in words: a day where days were promised, as everywhere; "" where none is."""
    clock = next(iter(ticket.clocks.only(*ANSWERS).running), None)
    if clock is None or doubted(ticket):
        return ""
    due = due_date(clock)
    return words.due(due, context.shop.timezone, language) if due.by_day else told.by(due.at, context, language)


def _line(context: RuleContext, ticket: Ticket, news: ChatNews) -> Told:
    spoken = language(ticket, context.shop)
    if news is ChatNews.AS_MESSAGE and (by := promised(context, ticket, spoken)):
        return Told(news, words.phrase(spoken, "chats.news.as_message_by").format(by=by))
    return Told(news, words.phrase(spoken, f"chats.news.{news}"))
