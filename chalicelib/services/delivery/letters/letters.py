"""Builds the letter of each owed mail from a ticket or message and the policy."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from chalicelib.mail import signing
from chalicelib.mail.attachments import filenames
from chalicelib.mail.composing import Letter
from chalicelib.rendering import pages, words
from chalicelib.rules.delivery.bouncing import undelivered
from chalicelib.rules.identity import derived
from chalicelib.rules.intake.submission import is_reachable
from chalicelib.rules.policy.model import Agent, Shop
from chalicelib.rules.procedure.referring import referral_of
from chalicelib.rules.tickets.clocks import ANSWERS, NEXT_ANSWER, RESOLVE
from chalicelib.rules.tickets.due_dates import due_date
from chalicelib.rules.tickets.outbox import Audience, Delivery, DeliveryStatus, Nature, Purpose
from chalicelib.rules.tickets.remarks import Remark
from chalicelib.rules.tickets.ticket import Author, File, Message, Person, State, Ticket, active_clocks
from chalicelib.services.delivery import further_words, objections, standing_in
from chalicelib.services.delivery.letters import procedure_letters
from chalicelib.services.delivery.letters.coalesced_letters import coalesced
from chalicelib.services.ports.deps import Deps
from chalicelib.services.tickets import links
from chalicelib.services.tickets.filing import shown_text
from chalicelib.services.tickets.reply_tokens import ROLES, reply_token
from chalicelib.services.tickets.service_letters import service_letter

# The remarks on a message that a notification mentions, in this order.
_TOLD = (
    Remark.UNREADABLE, Remark.UNVERIFIED, Remark.STRANGER, Remark.UNKNOWN_SENDER, Remark.UNCOUNTED, Remark.BY_RECEIPT,
    Remark.WITHDRAWS, Remark.ABOUT_DATA, Remark.NO_CONFIRMATION, Remark.DISOWNED, Remark.WHOSE, Remark.NEW_COPY,
    Remark.ASTRAY, Remark.OWN_ADDRESS, Remark.BEYOND_BUDGET,
)  # fmt: skip
# File names with these endings are not host names (".zip" and ".mov" can be).
_PLAIN_FILES = {
    *("jpg", "jpeg", "png", "gif", "webp", "heic", "heif", "svg", "tif", "tiff", "bmp", "mp4", "3gp", "avi", "mkv"),
    *("pdf", "doc", "docx", "odt", "rtf", "txt", "xls", "xlsx", "ods", "csv", "ppt", "pptx", "odp", "xml", "json"),
    *("html", "htm", "eml", "msg", "ics", "vcf", "p7m", "p7s", "mp3", "m4a", "ogg", "wav", "webm"),
}
# A mail that a person wrote is not automatic, so it is not marked as automatic.
_AUTOMATIC: dict[Purpose, str | None] = {Purpose.ACKNOWLEDGEMENT: "auto-replied"} | dict.fromkeys(
    (Purpose.ANSWER, Purpose.QUESTION, Purpose.INSTRUCTIONS, Purpose.FINAL_ANSWER, Purpose.REFERRAL)
)


def letter(deps: Deps, ticket: Ticket, message: Message, delivery: Delivery, now: datetime) -> Letter:
    """The letter for a delivery; `message` is what it is about (for a new ticket, the ticket's opening)."""
    if delivery.purpose is Purpose.CONFIRM_ADDRESS:
        return _to_whoever_it_is(deps, ticket, message, delivery, now)
    many = delivery.purpose is Purpose.ESCALATION and delivery.carries
    if many and (together := coalesced(deps, ticket, message, delivery, now)):
        return together
    shop = deps.policy.shop(ticket.shop)
    audience = delivery.purpose.audience
    referral = referral_of(ticket, message.about) if audience is Audience.THIRD_PARTY else None
    agent = shop.agent(delivery.to) if audience is Audience.AGENTS else None
    language, name = shop.languages[0], agent.name if agent else ""
    if referral:
        language, name = referral.language, referral.name
        context = procedure_letters.for_third_party(deps, shop, ticket, message, delivery, referral)
    else:
        context = _context(deps, shop, ticket, message, delivery, agent, now)
        context |= procedure_letters.more(deps, shop, ticket, message, delivery)
    if audience is Audience.CUSTOMER:
        language, name = ticket.language, pages.greetable(ticket.requester.name)
    spoken, unsubscribe = pages.spoken(language, shop.languages[0]), ""
    if delivery.purpose.nature is Nature.ADVERT:
        unsubscribe = objections.url(deps, shop, delivery.to, spoken)
        context |= {"objection_url": unsubscribe, "basis": shop.adverts.basis}
    rendered = pages.mail(delivery.purpose, spoken, **context, stands_for=standing_in.names(shop, delivery))
    return replace(_enveloped(deps, ticket, message, delivery, rendered, name, now), unsubscribe=unsubscribe)


def short_form(deps: Deps, ticket: Ticket, message: Message, delivery: Delivery, now: datetime) -> Letter:
    """The letter without any customer's or agent's words, for use when the full letter made its senders crash: it says
    that there is a message, and how to reach it."""
    if delivery.purpose is Purpose.CONFIRM_ADDRESS:
        return _to_whoever_it_is(deps, ticket, message, delivery, now)
    shop, audience = deps.policy.shop(ticket.shop), delivery.purpose.audience
    referral = referral_of(ticket, message.about) if audience is Audience.THIRD_PARTY else None
    language = shop.languages[0]
    if audience is Audience.CUSTOMER:
        language = ticket.language
    elif referral:
        language = referral.language
    urls = {
        Audience.CUSTOMER: links.status_url(deps, ticket),
        Audience.AGENTS: links.desk_url(deps, ticket.ref),
    }
    context = {"shop": shop, "reference": ticket.ref, "audience": audience.value, "url": urls.get(audience, "")}
    names = standing_in.names(shop, delivery)
    rendered = pages.mail("short_form", pages.spoken(language, shop.languages[0]), **context, stands_for=names)
    return _enveloped(deps, ticket, message, delivery, rendered, "", now)


def _to_whoever_it_is(deps: Deps, ticket: Ticket, message: Message, delivery: Delivery, now: datetime) -> Letter:
    from chalicelib.services.delivery.letters import address_letters  # few mails ask this

    return address_letters.asking(deps, ticket, message, delivery, now)


def _enveloped(
    deps: Deps,
    ticket: Ticket,
    message: Message,
    delivery: Delivery,
    rendered: pages.RenderedMail,
    name: str,
    now: datetime,
) -> Letter:
    shop, audience = deps.policy.shop(ticket.shop), delivery.purpose.audience
    referral = referral_of(ticket, message.about) if audience is Audience.THIRD_PARTY else None
    token = reply_token(deps, ticket, ROLES[audience], referral.number if referral else 0)
    serial = derived.source_of(delivery.purpose, delivery.to, message.id, str(message.version))[:12]
    return replace(
        service_letter(shop, Person(name, delivery.to), rendered, token, serial, now),
        subject=f"{rendered.subject} [{ticket.ref}]" if ticket.ref not in rendered.subject else rendered.subject,
        answers=_answers(ticket, message, delivery),
        automatic=_AUTOMATIC.get(delivery.purpose, "auto-generated"),
    )


def _answers(ticket: Ticket, message: Message, delivery: Delivery) -> tuple[str, ...]:
    """The Message-IDs of the customer's own mails, so that both sides' mails form one thread in the customer's mail
    program."""
    if delivery.purpose.audience is not Audience.CUSTOMER:
        return ()
    ids = (ticket.opening.message_id, ticket.last_message_id)
    return tuple(dict.fromkeys(id for id in ids if id))


def _context(
    deps: Deps, shop: Shop, ticket: Ticket, message: Message, delivery: Delivery, agent: Agent | None, now: datetime
) -> dict[str, Any]:
    author = shop.agent(message.person.address)
    agents = delivery.purpose.audience is Audience.AGENTS
    undelivered_mail = undelivered(message.outbox) or undelivered(ticket.outbox)
    clocks = {clock.name: clock for clock in active_clocks(ticket)}
    answer = next((clocks[name] for name in ANSWERS if name in clocks and clocks[name].running), None)
    resolve = clocks.get(RESOLVE)
    return {
        "shop": shop,
        "kind": ticket.kind,
        "reference": ticket.ref,
        "subject": _without_links(ticket.subject, delivery),
        "name": ticket.requester.name,
        "email": ticket.requester.address,
        "text": _words(deps, ticket, message, delivery),
        "further": [_further(each, text) for each, text in further_words.not_yet_sent(deps, shop, delivery)],
        "html": None,
        "at": message.at,
        "opened_at": ticket.opened_at,
        "answer_by": due_date(answer) if answer else None,
        "resolve_by": due_date(resolve) if resolve and not resolve.met_at else None,
        "status_url": links.status_url(deps, ticket),
        "desk_url": links.desk_url(deps, ticket.ref) if agents else "",
        "policy_url": f"{deps.public_url}/shops/{shop.id}/policy?lang={ticket.language}",
        "policies_url": f"{deps.public_url}/shops/{shop.id}/policies?lang={ticket.language}",
        "help_url": f"{deps.public_url}/shops/{shop.id}/help?lang={ticket.language}",
        "unreadable": Remark.UNREADABLE in message.remarks,
        "topic": _topic(shop, ticket),
        "order_number": ticket.order_number,
        "attachments": [_file(deps, ticket, message, each, delivery) for each in enumerate(message.files, 1)],
        "flags": _flags(ticket, message),
        # Customers see only an agent's first name.
        "agent_name": agent.name if agent else author.name.split()[0] if author else "",
        "customer": ticket.requester,
        "writer": message.person,
        # If the customer has written again, the answer is about that message, which they have at hand.
        "quote": ticket.opening.text if ticket.clock(NEXT_ANSWER) is None else "",
        "reason": next((r for r in reversed(message.remarks)), ""),
        "references": f"{ticket.ref}, {message.about}" if Remark.SEVERAL in message.remarks else ticket.ref,
        "left_out": list(message.left_out),
        "unsent": message.unsent,
        "undelivered_to": undelivered_mail.to if undelivered_mail else "",
        "undelivered_how": undelivered_mail.status if undelivered_mail else DeliveryStatus.BOUNCED,
        "undelivered_why": (undelivered_mail.error if undelivered_mail else None) or "",
        "undelivered_unsent": (undelivered_mail.unsent if undelivered_mail else None) or "",
    }


def _words(deps: Deps, ticket: Ticket, message: Message, delivery: Delivery) -> str:
    """The message's text; for agents a very long text is cut, the rest is at the desk. An acknowledgement repeats no
    text with links: anybody can have one sent to any address, in the shop's name."""
    if delivery.purpose is Purpose.ACKNOWLEDGEMENT:
        return _without_links(message.text, delivery)
    if Remark.ERASED in message.remarks:
        return words.phrase(deps.policy.shop(ticket.shop).languages[0], further_words.ERASED_WORDS)
    shop = deps.policy.shop(ticket.shop)
    whole = _signed_once(shop, message, delivery, shown_text(deps, message))
    if delivery.purpose.audience is not Audience.AGENTS or len(whole) <= further_words.LONGEST_TEXT:
        return whole
    return further_words.shortened(whole[: further_words.LONGEST_TEXT], shop)


def _signed_once(shop: Shop, message: Message, delivery: Delivery, text: str) -> str:
    """An answer gets its author's signature; in a letter that adds a signature of its own, the text's signature is
    removed."""
    if delivery.purpose is Purpose.ANSWER:
        return signing.signed(text, procedure_letters.signer(shop, message.person.address))
    if message.author is Author.AGENT and delivery.purpose.audience is not Audience.AGENTS:
        return signing.unsigned(text, procedure_letters.signer(shop, message.person.address))
    return text


def _without_links(text: str, delivery: Delivery) -> str:
    return "" if delivery.purpose is Purpose.ACKNOWLEDGEMENT and pages.linkable(text) else text


def _file(
    deps: Deps, ticket: Ticket, message: Message, numbered: tuple[int, File], delivery: Delivery
) -> dict[str, Any]:
    """An attachment as a mail lists it. In acknowledgements it has no link, and a file name that looks like one is
    replaced."""
    number, file = numbered
    listed: dict[str, Any] = {"name": file.filename, "size": file.size}
    if delivery.purpose is Purpose.ACKNOWLEDGEMENT:
        stem, _, kind = file.filename.rpartition(".")
        plain = kind.lower() in _PLAIN_FILES and not pages.linkable(stem)
        return listed if plain else listed | {"name": filenames.safe("", file.content_type, number)}
    return listed | {"url": links.file_url(deps, ticket, message, file)}


def _topic(shop: Shop, ticket: Ticket) -> str | None:
    topic = shop.topic(ticket.topic)
    return shop.text(topic.label, shop.languages[0]) if topic else None


def _further(message: Message, text: str) -> dict[str, Any]:
    files = [{"name": file.filename, "size": file.size} for file in message.files]
    return {"writer": message.person, "at": message.at, "text": text, "files": files, "flags": _remarked(message)}


def _remarked(message: Message) -> list[str]:
    flags: list[str] = [remark for remark in _TOLD if remark in message.remarks]
    return [*flags, "suspicious_mail"] if Remark.SUSPICIOUS in message.remarks else flags


def _flags(ticket: Ticket, message: Message) -> list[str]:
    flags = _remarked(message)
    if ticket.requester.address and not is_reachable(ticket.requester.address):
        flags.append(Remark.UNANSWERABLE)
    if undelivered(ticket.outbox):
        flags.append("unreachable")
    if message.automatic:
        flags.append("automatic")
    if ticket.state is State.QUARANTINED and ticket.suspicions:
        flags.append("suspicious")
    return flags
