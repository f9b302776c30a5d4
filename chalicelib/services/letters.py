"""What each owed mail says: from a ticket or message and the policy to a letter."""

import re
from datetime import datetime
from typing import Any

from chalicelib import pages
from chalicelib.mail.composing import Letter
from chalicelib.rules import identity
from chalicelib.rules.bouncing import undelivered
from chalicelib.rules.clocks import FIRST_ANSWER, RESOLVE
from chalicelib.rules.identity import Role
from chalicelib.rules.outbox import Delivery, Purpose
from chalicelib.rules.policy import Agent, Shop
from chalicelib.rules.tickets import File, Message, State, Ticket
from chalicelib.services import links
from chalicelib.services.ports import Deps

UNREADABLE = "unreadable"
STRANGER = "stranger"
UNKNOWN_SENDER = "unknown_sender"
UNVERIFIED = "unverified"
_TO_AGENTS = {Purpose.NOTIFICATION_NEW, Purpose.NOTIFICATION_REPLY, Purpose.NOT_DELIVERED, Purpose.UNDELIVERED}
# Characters; SES takes 10 MB of mail, and nobody reads more.
_LONGEST_MAILED = 1_000_000
_LINK = re.compile(r"https?:|www\.|\w\.(?:com|net|org|info|biz|io|app|ru|cn|xyz|top|link|site|online)\b", re.IGNORECASE)
_AUTOMATIC = {Purpose.ACKNOWLEDGEMENT: "auto-replied", Purpose.ANSWER: None}


def letter(deps: Deps, ticket: Ticket, message: Message, delivery: Delivery, now: datetime) -> Letter:
    """The letter a delivery calls for; `message` is what it is about (the ticket's opening for a new ticket)."""
    shop = deps.policy.shop(ticket.shop)
    agent = shop.agent(delivery.to) if delivery.purpose in _TO_AGENTS else None
    language = shop.languages[0] if delivery.purpose in _TO_AGENTS else ticket.language
    rendered = pages.mail(delivery.purpose, language, **_context(deps, shop, ticket, message, delivery, agent, now))
    return Letter(
        sender_name=shop.name,
        sender=shop.support,
        recipient_name=agent.name if agent else ticket.requester.name,
        recipient=delivery.to,
        subject=f"{rendered.subject} [{ticket.ref}]" if ticket.ref not in rendered.subject else rendered.subject,
        text=rendered.text,
        html=rendered.html,
        token=identity.token(deps.secret, ticket.ref, Role.AGENT if delivery.purpose in _TO_AGENTS else Role.CUSTOMER),
        serial=identity.source_of(delivery.purpose, delivery.to, message.id, str(message.version))[:12],
        date=now,
        answers=_answers(ticket, message, delivery),
        automatic=_AUTOMATIC.get(delivery.purpose, "auto-generated"),
    )


def _answers(ticket: Ticket, message: Message, delivery: Delivery) -> tuple[str, ...]:
    """The customer's own mail, so that theirs and ours stand in one conversation in the customer's client."""
    if delivery.purpose in _TO_AGENTS:
        return ()
    ids = (ticket.opening.message_id, ticket.last_message_id)
    return tuple(dict.fromkeys(id for id in ids if id))


def _context(
    deps: Deps, shop: Shop, ticket: Ticket, message: Message, delivery: Delivery, agent: Agent | None, now: datetime
) -> dict[str, Any]:
    author = shop.agent(message.person.address)
    lost = undelivered(message.outbox) or undelivered(ticket.outbox)
    first_answer, resolve = ticket.clock(FIRST_ANSWER), ticket.clock(RESOLVE)
    promised = first_answer.due if first_answer and not first_answer.met_at else None
    return {
        "shop": shop,
        "kind": ticket.kind,
        "reference": ticket.ref,
        "subject": _without_links(ticket.subject, delivery),
        "name": ticket.requester.name,
        "email": ticket.requester.address,
        "text": _words(deps, message, delivery),
        "html": None,
        "at": message.at,
        "opened_at": ticket.opened_at,
        "answer_by": promised,
        "resolve_by": resolve.due if resolve and not resolve.met_at else None,
        "status_url": links.status_url(deps, ticket),
        "unreadable": UNREADABLE in message.remarks,
        "topic": _topic(shop, ticket),
        "order_number": ticket.order_number,
        "attachments": [_file(deps, ticket, message, file, delivery) for file in message.files],
        "flags": _flags(ticket, message),
        # Customers read an agent's first name, and nothing else of an agent.
        "agent_name": agent.name if agent else author.name.split()[0] if author else "",
        "customer": ticket.requester,
        "writer": message.person,
        "quote": ticket.opening.text,
        "reason": next((r for r in reversed(message.remarks)), ""),
        "lost_to": lost.to if lost else "",
        "lost_why": (lost.error if lost else None) or "",
    }


def _words(deps: Deps, message: Message, delivery: Delivery) -> str:
    """The message's words, all of them. An acknowledgement repeats none with links: anybody can have one sent to
    anybody, in the shop's name."""
    if delivery.purpose is Purpose.ACKNOWLEDGEMENT:
        return _without_links(message.text, delivery)
    whole = deps.files.read(message.text_key).decode() if message.text_key else message.text
    return whole[:_LONGEST_MAILED]


def _without_links(text: str, delivery: Delivery) -> str:
    return "" if delivery.purpose is Purpose.ACKNOWLEDGEMENT and _LINK.search(text) else text


def _file(deps: Deps, ticket: Ticket, message: Message, file: File, delivery: Delivery) -> dict[str, Any]:
    """An attachment as a mail lists it; for the same reason without a link in acknowledgements."""
    listed: dict[str, Any] = {"name": file.filename, "size": file.size}
    if delivery.purpose is Purpose.ACKNOWLEDGEMENT:
        return listed
    return listed | {"url": links.file_url(deps, ticket, message, file)}


def _topic(shop: Shop, ticket: Ticket) -> str | None:
    topic = next((topic for topic in shop.topics if topic.id == ticket.topic), None)
    return shop.text(topic.label, shop.languages[0]) if topic else None


def _flags(ticket: Ticket, message: Message) -> list[str]:
    flags = [flag for flag in (UNREADABLE, UNVERIFIED, STRANGER, UNKNOWN_SENDER) if flag in message.remarks]
    if undelivered(ticket.outbox):
        flags.append("unreachable")
    if message.automatic:
        flags.append("automatic")
    if ticket.state is State.ASIDE and ticket.suspicions:
        flags.append("suspicious")
    return flags
