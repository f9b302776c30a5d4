"""Everything that is known of a ticket's customer: what a text for everybody must not hold (rules.products.personal).

A person who leaves the form's name empty signs the message: names are read from its words, too, and from the mailbox.
"""

import re
from collections.abc import Iterator, Sequence

from chalicelib.patterns import pattern
from chalicelib.rules.orders.basket import PostalAddress
from chalicelib.rules.orders.history import state
from chalicelib.rules.products.personal import Asker
from chalicelib.rules.tickets.messages import Author, Message, wrote
from chalicelib.rules.tickets.ticket import Ticket
from chalicelib.services.ports.deps import Deps

_MOST_ORDERS, _MOST_TICKETS = 50, 50
# Before a name, in the words of both languages.
_INTRODUCED = pattern(
    r"(?:my name is|i am called|this is|mein name ist|ich hei(?:ß|ss)e|hier (?:ist|schreibt))\s+([^\n,.;!?]{2,60})", 2
)
_FAREWELL = pattern(
    r"(?:regards|wishes|sincerely|faithfully|cheers|thanks|thank you|grü(?:ß|ss)en?|gru(?:ß|ss)|mfg|lg|vg|danke|dank)"
    r"[,.!]*[ \t]*\n?[ \t]*([^\n]{2,60})\s*(?:\n|$)",
    2,
)
_WORDS_OF_NAMES = 4


def asker(deps: Deps, ticket: Ticket, messages: Sequence[Message]) -> Asker:
    """The ticket's customer and everybody who wrote for them, as the ticket and their orders know them."""
    theirs = [message for message in (ticket.opening, *messages) if message.author is Author.CUSTOMER]
    people = (ticket.requester, *(person for message in theirs for person in wrote(message)))
    address = ticket.requester.address
    known = deps.orders.orders_of(ticket.shop, address, _MOST_ORDERS) if address else []
    baskets = [basket for order in known if (basket := state(order.events).basket)]
    postal = [each for basket in baskets for each in (basket.delivery_to, basket.billed_to) if each]
    buyers = [basket.buyer for basket in baskets]
    others = deps.tickets.tickets_of(ticket.shop, address, _MOST_TICKETS) if address else []
    claim, withdrawal = ticket.claim, ticket.withdrawal
    names = [
        *(person.name for person in people),
        *(buyer.name for buyer in buyers),
        *(name for each in postal for name in (each.name, each.company)),
        *(name for message in theirs for name in signed_names(message.text)),
        withdrawal.name if withdrawal else "",
    ]
    addresses = [*(person.address for person in people), *(buyer.address for buyer in buyers), *ticket.participants]
    numbers = [
        ticket.order_number or "",
        *(order.number for order in known),
        ticket.ref,
        *(other.ref for other in others),
        claim.serial if claim else "",
    ]
    phones = [*(person.phone for person in people), *(buyer.phone for buyer in buyers)]
    return Asker(
        _each([*names, *(name for one in addresses for name in _in_mailbox(one))]),
        _each(addresses),
        _each(numbers),
        _each(phones),
        _each([part for each in postal for part in _places(each)]),
    )


def signed_names(text: str) -> Iterator[str]:
    """What stands in a message where people write their name."""
    for found in (*_INTRODUCED.finditer(text), *_FAREWELL.finditer(text)):
        words = [word for word in re.findall(r"[^\W\d_][\w'’.-]*", found[1]) if word[:1].isupper()]
        if words and len(words) <= _WORDS_OF_NAMES:
            yield " ".join(words)
    lines = [line.strip() for line in text.strip().splitlines() if line.strip()]
    last = lines[-1].rstrip(".,!") if len(lines) > 1 else ""
    words = last.split()
    if 0 < len(words) <= _WORDS_OF_NAMES - 1 and all(word[:1].isupper() and word.isprintable() for word in words):
        yield last


def _in_mailbox(address: str) -> Iterator[str]:
    """Names in a mailbox that joins them by signs: mira.holm87@."""
    local = address.partition("@")[0].partition("+")[0]
    parts = [part for part in re.findall(r"[^\W\d_]+", local) if len(part) > 2]
    if len(parts) > 1:
        yield from parts


def _places(address: PostalAddress) -> tuple[str, ...]:
    return (address.street, address.further, address.postcode, address.city)


def _each(texts: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text.strip() for text in texts if text and text.strip()))
