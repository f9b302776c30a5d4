"""The addresses in a ticket: of people who take part (its customer, its writers, recipients of mail, third parties),
and of people named in its texts.

Agents do not count as taking part. The search index has these addresses too, each as a word in a form that no text can
contain, so that a person is found wherever they took part or were named.
"""

from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from itertools import islice
from typing import Any

from chalicelib.rules.identity.addressing import canonical
from chalicelib.rules.privacy.address_matching import addresses
from chalicelib.rules.tickets.messages import Message, Person, wrote
from chalicelib.rules.tickets.outbox import Audience, Outbox
from chalicelib.rules.tickets.ticket import Ticket

# At most this many addresses in one text are indexed.
_MAX_NAMED = 100
# Fields that are not searched for named addresses: `of_ticket` and `of_message` find who took part, and the log names
# only agents.
_TOOK_PART = frozenset({"log", "outbox", "by", "done_by", "assignee", "participants", "address", "also", "account"})
# Fields with ids: a mail's id often looks like an address, but is not one.
_IDS = frozenset(
    {"id", "ref", "source", "fingerprint", "key", "text_key", "raw_key", "message_id", "last_message_id", "log_head"}
    | {"related", "merged_into", "merged_from", "former_words", "leaving", "purging", "passed_on"}
)
_PARTIES = _TOOK_PART | _IDS
_SAID = frozenset({"requester", "subject", "opening"})


def of_ticket(ticket: Ticket) -> tuple[str, ...]:
    """The people who take part according to the ticket itself."""
    opened_it = (*ticket.opening.person.known_by, *ticket.opening.writer.known_by)
    named = (*ticket.customers, *opened_it, *ticket.participants)
    return _each((*named, *(referral.address for referral in ticket.referrals), *_written_to(ticket.outbox)))


def of_message(message: Message) -> tuple[str, ...]:
    """The people who wrote the message, and the recipients of its mails."""
    return _each((*(known for person in wrote(message) for known in person.known_by), *_written_to(message.outbox)))


def named(*items: Ticket | Message | Person) -> tuple[str, ...]:
    """All addresses in the texts of tickets and messages, and in names."""
    return _each(address for item in items for text in texts(item, _PARTIES) for address in _addresses(text))


def noted(ticket: Ticket) -> tuple[str, ...]:
    """The addresses in what was noted on the ticket after it was opened; these texts can change."""
    return _each(address for text in texts(ticket, _PARTIES | _SAID) for address in _addresses(text))


def as_word(address: str) -> str:
    """The search index's word for the address of a person who takes part; it is blinded like all words."""
    return f"@{canonical(address)}"


def as_named(address: str) -> str:
    """The search index's word for an address that a text names. It is not enough to export data to that person, but an
    erasure uses it."""
    return f"@@{canonical(address)}"


def texts(value: Any, but: frozenset[str] = frozenset()) -> Iterator[str]:
    """Every text in a record at any depth, except in fields with these names."""
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
    for found in islice(addresses(text), _MAX_NAMED):
        yield from (address for _, _, address in found)


def _written_to(outbox: Outbox | None) -> Iterable[str]:
    return (mail.to for mail in outbox.deliveries if mail.purpose.audience is not Audience.AGENTS) if outbox else ()


def _each(found: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(canonical(address) for address in found if address))
