"""Everything that is known of a ticket's customer: what a text for everybody must not hold (rules.products.personal).

A person who leaves the form's name empty signs the message, in many ways: so every word of it that may be a name counts
as one, and the mailbox does too.
"""

import re
from collections.abc import Iterator, Sequence

from chalicelib.rules.orders.basket import PostalAddress
from chalicelib.rules.orders.history import state
from chalicelib.rules.products.personal import Asker
from chalicelib.rules.products.possible_names import possible_names
from chalicelib.rules.tickets.messages import Author, Message, wrote
from chalicelib.rules.tickets.ticket import Ticket
from chalicelib.services.ports.deps import Deps
from chalicelib.services.products import vocabulary

_MOST_ORDERS, _MOST_TICKETS = 50, 50


def asker(deps: Deps, ticket: Ticket, messages: Sequence[Message], product: str = "") -> Asker:
    """The ticket's customer and everybody who wrote for them, as the ticket and their orders know them. `product`: the
    name of what they ask about, whose words are no names."""
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
        _perhaps(deps, ticket, theirs, product),
    )


def _perhaps(deps: Deps, ticket: Ticket, theirs: Sequence[Message], product: str) -> tuple[str, ...]:
    """Words of the customer's messages that may be names. Nobody signs a subject, so it is read as a question."""
    known = vocabulary.known(deps, ticket, product)
    said = (f"{ticket.subject}?", *(message.text for message in theirs))
    return _each([name for text in said for name in possible_names(text, known) if len(name) > 1])


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
