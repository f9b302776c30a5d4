"""Makes tickets findable by their words: each new ticket, message, correction and rating puts its words into the search
index. So do the addresses of the participants and of people who are named; `erase_subject` finds them by these.

The words are blinded, for each shop separately: a reader of the table learns neither the words nor that two shops share
one.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta

from chalicelib.rules.identity import derived
from chalicelib.rules.privacy import participants
from chalicelib.rules.privacy.search_terms import (
    message_words,
    number_words,
    own_words,
    phone_words,
    rating_words,
    words,
    words_of,
)
from chalicelib.rules.tickets.messages import in_mails
from chalicelib.rules.tickets.ticket import Channel, Message, Ticket
from chalicelib.services.ports.deps import Deps
from chalicelib.services.ports.purges import TicketPartition
from chalicelib.services.ports.search import IndexedItem, SearchHit

# If the stream delivers a new ticket later than this, it may be deleted already.
_LATE = timedelta(minutes=15)
_PAGE = 100


def index(deps: Deps, item_or_ref: IndexedItem) -> None:
    """Put the ticket into the lists of the item's words. Repeating it changes nothing."""
    if isinstance(item_or_ref, Ticket):
        if deps.now() - item_or_ref.opened_at > _LATE and deps.tickets.ticket(item_or_ref.ref) is None:
            return  # deleted before the stream delivered it
        took_part = map(participants.as_word, participants.of_ticket(item_or_ref))
        words = (*own_words(item_or_ref), *took_part, *map(participants.as_named, participants.named(item_or_ref)))
        _note(deps, item_or_ref, words, item_or_ref.opening.named)
        return
    found = _of_message(item_or_ref) if isinstance(item_or_ref, Message) else None
    in_mail = item_or_ref.named if isinstance(item_or_ref, Message) else ()
    if found == () == in_mail:
        return
    ticket = deps.tickets.ticket(item_or_ref.ref if isinstance(item_or_ref, Message) else item_or_ref)
    if ticket is not None:
        # A logged call may have added the customer's phone number to the ticket.
        called = (
            phone_words(ticket.requester)
            if isinstance(item_or_ref, Message) and item_or_ref.channel is Channel.PHONE
            else ()
        )
        _note(deps, ticket, _corrected(ticket) if found is None else (*found, *called), in_mail)


def index_again(deps: Deps, ticket_partition: TicketPartition) -> None:
    """Put a stored ticket into the lists of every word under which a deletion would look for it, so also of earlier
    order numbers and corrected addresses."""
    ticket, messages = ticket_partition.ticket, ticket_partition.messages
    said = words_of(ticket, messages, (logged.entry for logged in ticket_partition.log))
    in_mail = in_mails((ticket.opening, *messages))
    _note(deps, ticket, sorted(said), (*ticket.custody.former_words, *sorted(in_mail)))


def _of_message(message: Message) -> tuple[str, ...]:
    took_part = map(participants.as_word, participants.of_message(message))
    return (*message_words(message), *took_part, *map(participants.as_named, participants.named(message)))


def _corrected(ticket: Ticket) -> tuple[str, ...]:
    """The words of what can be corrected on a ticket and of its rating, and the addresses of participants, of noted
    people, and in people's names."""
    customer = ticket.requester
    names = words(f"{customer.name} {ticket.opening.writer.name}")
    took_part = map(participants.as_word, participants.of_ticket(ticket))
    in_names = participants.named(customer, ticket.opening.person, ticket.opening.writer)
    noted = map(participants.as_named, (*participants.noted(ticket), *in_names))
    number = number_words(ticket.order_number or "")
    return tuple(dict.fromkeys((*number, *names, *took_part, *phone_words(customer), *rating_words(ticket), *noted)))


def blinded(deps: Deps, shop: str, words: Iterable[str]) -> list[str]:
    """Words in the form in which they are put into a shop's index."""
    return [derived.blind(deps.secret, f"word/{shop}", word) for word in words]


def readings(deps: Deps, shop: str, words: Iterable[str]) -> list[str]:
    """Words in every form in which they may be in the index: blinded by each version of the secret."""
    return [reading for word in words for reading in _readings(deps, shop, word)]


def _readings(deps: Deps, shop: str, word: str) -> tuple[str, ...]:
    return derived.blinds(deps.secret, f"word/{shop}", word)


def hits(deps: Deps, shop: str, word: str, limit: int, after: SearchHit | None = None) -> tuple[list[SearchHit], bool]:
    """The tickets that contain a word, newest first, or those after `after`; and whether there are more. One request
    for each version of the secret."""
    lists = [deps.search.hits(shop, reading, limit, after) for reading in _readings(deps, shop, word)]
    all_hits = {mention for found, _ in lists for mention in found}
    merged = sorted(all_hits, key=lambda mention: (mention.opened_at, mention.ref), reverse=True)
    return merged[:limit], len(merged) > limit or any(goes_on for _, goes_on in lists)


def refs(deps: Deps, shop: str, word: str) -> Iterator[str]:
    """All tickets that contain a word."""
    after: SearchHit | None = None
    goes_on = True
    while goes_on:
        found, goes_on = hits(deps, shop, word, _PAGE, after)
        yield from (mention.ref for mention in found)
        after = found[-1] if found else None


def find_mentions(deps: Deps, shop: str, words: Sequence[str], among: Sequence[SearchHit]) -> list[SearchHit]:
    """Those of these tickets that contain all the words."""
    return deps.search.find_mentions(shop, [_readings(deps, shop, word) for word in words], among)


def _note(deps: Deps, ticket: Ticket, said: Iterable[str], in_mail: tuple[str, ...] = ()) -> None:
    """`in_mail`: words of addresses that are only in the original mail, already blinded."""
    words = dict.fromkeys((*blinded(deps, ticket.shop, said), *in_mail))
    deps.search.index_words(ticket.shop, list(words), SearchHit(ticket.opened_at, ticket.ref))
