"""Who takes part in a ticket, by address: its customer, who wrote in it, who was written to, whom it was referred to;
and whose addresses stand in its texts.

Agents are not among those who take part. The index of words holds these addresses too, each as a word that no text
has, so that a person is found wherever they took part or were named.
"""

from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from itertools import islice
from typing import Any

from chalicelib.rules.identity.addressing import canonical
from chalicelib.rules.privacy.address_matching import addresses
from chalicelib.rules.tickets.messages import Message, wrote
from chalicelib.rules.tickets.outbox import Audience, Outbox
from chalicelib.rules.tickets.ticket import Ticket

# Addresses named in one text beyond these are not looked for.
_MAX_NAMED = 100
# Those who took part are found as such; the log names agents alone.
_TOOK_PART = frozenset({"log", "outbox", "by", "done_by", "assignee", "participants", "address"})
# Many a mail's own id looks like an address and is nobody's.
_IDS = frozenset(
    {"id", "ref", "source", "fingerprint", "key", "text_key", "raw_key", "message_id", "last_message_id", "log_head"}
    | {"related", "merged_into", "merged_from", "former_words", "leaving", "purging", "passed_on"}
)
_PARTIES = _TOOK_PART | _IDS
_SAID = frozenset({"requester", "subject", "opening"})


def of_ticket(ticket: Ticket) -> tuple[str, ...]:
    """Those the ticket itself names."""
    opened_it = (ticket.opening.person.address, ticket.opening.writer.address)
    named = (ticket.requester.address, *opened_it, *ticket.participants)
    return _each((*named, *(referral.address for referral in ticket.referrals), *_written_to(ticket.outbox)))


def of_message(message: Message) -> tuple[str, ...]:
    """Who wrote it, and to whom it gave rise to mail."""
    return _each((*(person.address for person in wrote(message)), *_written_to(message.outbox)))


def named(*items: Ticket | Message) -> tuple[str, ...]:
    """Whose addresses stand in the texts of tickets and messages: anybody's."""
    return _each(address for item in items for text in texts(item, _PARTIES) for address in _addresses(text))


def noted(ticket: Ticket) -> tuple[str, ...]:
    """Whose addresses stand in what was noted on the ticket since it was opened: that may change."""
    return _each(address for text in texts(ticket, _PARTIES | _SAID) for address in _addresses(text))


def as_word(address: str) -> str:
    """How the address of one who takes part stands in the index of words, where it is blinded like them."""
    return f"@{canonical(address)}"


def as_named(address: str) -> str:
    """How an address that is named stands there: by it alone nobody's data is handed out, but they are erased."""
    return f"@@{canonical(address)}"


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
    for every in islice(addresses(text), _MAX_NAMED):
        yield from (address for _, _, address in every)


def _written_to(outbox: Outbox | None) -> Iterable[str]:
    return (mail.to for mail in outbox.deliveries if mail.purpose.audience is not Audience.AGENTS) if outbox else ()


def _each(every: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(canonical(address) for address in every if address))
