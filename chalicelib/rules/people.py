"""Who takes part in a ticket, by address: its customer, who wrote in it, who was written to, whom it was referred to;
and whose addresses stand in its texts.

Agents are not among those who take part. The index of words holds these addresses too, each as a word that no text
has, so that a person is found wherever they took part or were named.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from typing import Any

from chalicelib.rules.messages import Author, Message
from chalicelib.rules.outbox import Audience, Outbox
from chalicelib.rules.tickets import Ticket

# Addresses named in one text beyond these are not looked for.
_MOST_NAMED = 100
# Those who took part are found as such; the log names agents alone.
_PARTIES = frozenset({"log", "outbox", "by", "done_by", "assignee", "participants", "address"})
_SAID = frozenset({"requester", "subject", "opening"})
_ADDRESS = re.compile(r"(?:%[0-9A-F]{2}){0,3}([\w.+'-]{1,64})(?:@|%40)([\w-]{1,63}(?:\.[\w-]{1,63}){1,9})", re.I)
_FILES = "eml|msg|pdf|txt|csv|html?|docx?|xlsx?|od[ts]|rtf|jpe?g|png|gif|heic|webp|tiff?|zip|vcf|ics|xml|json"
NO_DOMAIN = rf"\.(?:[A-Z]|(?:{_FILES})\b)"
"""What after an address is no part of it: the next sentence without a space before it, or a file name's end."""
_ADDED = re.compile(rf"{NO_DOMAIN}.*$", re.S)


def of_ticket(ticket: Ticket) -> tuple[str, ...]:
    """Those the ticket itself names."""
    named = (ticket.requester.address, ticket.opening.person.address, *ticket.participants)
    return _each((*named, *(referral.address for referral in ticket.referrals), *_written_to(ticket.outbox)))


def of_message(message: Message) -> tuple[str, ...]:
    """Who wrote it, and to whom it gave rise to mail."""
    wrote = () if message.author in (Author.AGENT, Author.SYSTEM) else (message.person.address,)
    return _each((*wrote, *_written_to(message.outbox)))


def named(*items: Ticket | Message) -> tuple[str, ...]:
    """Whose addresses stand in the texts of tickets and messages: anybody's."""
    return _each(address for item in items for text in texts(item, _PARTIES) for address in _addresses(text))


def noted(ticket: Ticket) -> tuple[str, ...]:
    """Whose addresses stand in what was noted on the ticket since it was opened: that may change."""
    return _each(address for text in texts(ticket, _PARTIES | _SAID) for address in _addresses(text))


def as_word(address: str) -> str:
    """How the address of one who takes part stands in the index of words, where it is blinded like them."""
    return f"@{address.lower()}"


def as_named(address: str) -> str:
    """How an address that is named stands there: by it alone nobody's data is handed out, but they are erased."""
    return f"@@{address.lower()}"


def texts(value: Any, but: frozenset[str] = frozenset()) -> Iterator[str]:
    """Every text in a record, however deep, but for those under these names."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for each in value:
            yield from texts(each, but)
    elif is_dataclass(value):
        for part in fields(value):
            if part.name not in but:
                yield from texts(getattr(value, part.name), but)


def _addresses(text: str) -> Iterator[str]:
    if "@" not in text and "%40" not in text:
        return
    for count, (local, domain) in enumerate(_ADDRESS.findall(text)):
        if count == _MOST_NAMED:
            return
        local = local.lstrip("_'-.+").lower()
        for name in (domain, _ADDED.sub("", domain)):
            if "." in name:
                yield f"{local}@{name.rstrip('_-').lower()}"


def _written_to(outbox: Outbox | None) -> Iterable[str]:
    return (mail.to for mail in outbox.deliveries if mail.purpose.audience is not Audience.AGENTS) if outbox else ()


def _each(addresses: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(address.lower() for address in addresses if address))
