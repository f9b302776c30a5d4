"""Everything that a mail may quote and that we know: what the ticket holds, and what our own mails say."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from chalicelib.mail import signing
from chalicelib.rendering import words
from chalicelib.rules.identity.addressing import domain_of
from chalicelib.rules.intake.left_over import Known
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.tickets.messages import writers
from chalicelib.rules.tickets.ticket import Author, Message, Ticket
from chalicelib.services.delivery.letters import procedure_letters
from chalicelib.services.ports.deps import Deps

# The areas of words that our mails are made of.
_AREAS = (
    "acknowledgement", "adverts", "answer", "answer_to_read", "call_changed", "call_failed", "calls",
    "carried_out_by", "channels", "contact_agreement", "escalation", "evidence", "extension", "final_answer",
    "identity", "identity_confirmed", "instructions", "left_out", "mail", "not_delivered", "notification",
    "notification_referral", "orders", "owed_by", "own_address", "passport", "procedure", "publication", "published",
    "question", "rated", "rating", "referral", "referral_answered", "referred", "remedy_choice", "remedy_done",
    "remedy_kind", "reminder", "review_request", "right_to_complain", "self_served", "short_form", "transcript",
    "undelivered", "unsent", "waiting", "withdraw",
)  # fmt: skip
_LINKS = ("help.link", "documents.link", "policy.more")
_MOST_MESSAGES, _LONGEST_TEXT = 200, 20_000


def known(deps: Deps, shop: Shop, ticket: Ticket, messages: Sequence[Message]) -> Known:
    """What is known about this ticket. Of very long conversations the newest messages count, with the opening."""
    said = [ticket.opening, *messages[-_MOST_MESSAGES:]]
    people = {person for each in writers(said) for person in (each.name, each.address)}
    agents, parties = (agent.name for agent in shop.agents), (each.name for each in ticket.referrals)
    names = {ticket.requester.name, ticket.requester.address, *people, *agents, *parties}
    files = [
        f"{file.filename} ({words.size(file.size, language)})"
        for each in said
        for file in each.files
        for language in words.languages()
    ]
    articles = [
        (each.title, each.lead) for language in shop.languages for each in deps.help.articles(shop.id, language)
    ]
    return Known(
        texts=(*_texts(shop, said), ticket.subject, *files, *_of_shop(shop), *(lead for _, lead in articles)),
        phrases=(*_phrases(), *(title for title, _ in articles)),
        names=tuple(sorted(filter(None, {*names, shop.name, ticket.ref, ticket.order_number or ""}))),
        days=(*_days(), shop.timezone, "UTC", "Uhr"),
        shop=shop.name,
        ours=tuple(filter(None, (urlsplit(deps.public_url).netloc.casefold(), domain_of(shop.support)))),
    )


def labels(shop: Shop) -> tuple[str, ...]:
    """What kinds and topics are called, as mails to agents say it."""
    named = (*(kind.label for kind in shop.kinds.values()), *(topic.label for topic in shop.topics))
    return tuple(dict.fromkeys(text for label in named for text in label.values()))


def _texts(shop: Shop, messages: Sequence[Message]) -> Iterator[str]:
    """The messages as they are and as our mails have them: an agent's is signed, and a short one stands below "You
    wrote", because its few words alone could be anybody's."""
    for message in messages:
        text = message.text[:_LONGEST_TEXT]
        yield text
        if message.author is Author.AGENT:
            yield signing.signed(text, procedure_letters.signer(shop, message.person.address))
        if len(text.split()) < 3:
            yield from (f"{words.phrase(language, 'mail.you_wrote')} {text}" for language in words.languages())


def _of_shop(shop: Shop) -> Iterator[str]:
    """The texts of the shop's policy, and the lines at the end of our mails."""
    yield from dict.fromkeys(text for text in _strings(shop) if len(text.split()) > 1 or "@" in text)
    channels = shop.channels
    for language in words.languages():
        opening = f" ({shop.text(channels.opening, language)})" if channels.opening else ""
        phone = f"{channels.phone}{opening}"
        said = {"email": shop.support, "phone": phone, "fax": channels.fax, "post": channels.post}
        yield from (f"{words.phrase(language, f'channels.{name}')}: {value}" for name, value in said.items() if value)
    yield f"{shop.name}, {shop.url}"


def _strings(value: Any, depth: int = 0) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif depth > 6:
        return
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _strings(each, depth + 1)
    elif isinstance(value, (tuple, list, frozenset)):
        for each in value:
            yield from _strings(each, depth + 1)
    elif is_dataclass(value):
        for field in fields(value):
            yield from _strings(getattr(value, field.name), depth + 1)


@cache
def _phrases() -> tuple[str, ...]:
    found: list[str] = []
    for book in map(words.book, words.languages()):
        for key, word in book.items():
            if key.partition(".")[0] in _AREAS or key in _LINKS:
                found += [word] if isinstance(word, str) else word if isinstance(word, list) else word.values()
    return tuple(dict.fromkeys(filter(None, found)))


@cache
def _days() -> tuple[str, ...]:
    lists = ("dates.weekdays", "dates.months")
    return tuple(name for language in words.languages() for table in lists for name in words.names(language, table))
