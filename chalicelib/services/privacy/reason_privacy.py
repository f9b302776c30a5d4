"""Reasons are kept longer than the people they are about, so they must name nobody."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from chalicelib.errors import InvalidEvent
from chalicelib.patterns import pattern
from chalicelib.rules.identity.addressing import same
from chalicelib.rules.identity.callers import is_caller, number_of
from chalicelib.rules.privacy.search_terms import short_words, words
from chalicelib.rules.tickets.messages import Person, writers
from chalicelib.services import console_events
from chalicelib.services.ports.deps import Deps

_PAGE = 100
_ADDRESS = pattern(r"\S@\S")
# A phone number's last digits are the same with and without the country code.
_PHONES_END, _LEAST_DIGITS = 6, 4


def reason(said: Mapping[str, Any], example: str, about: Iterable[Person]) -> str:
    """The event's `reason`, if it names none of these people. Raises InvalidEvent."""
    text = console_events.text(said, "reason", example)
    if _ADDRESS.search(text) or any(_names(text, person) for person in about):
        sentence = "name nobody in it: it is kept when they are gone. Leave out names, addresses and phone numbers"
        raise InvalidEvent({"reason": f'{sentence}, for example {{"reason": "{example}"}}'})
    return text


def known_as(deps: Deps, refs: Iterable[str], address: str) -> Iterator[Person]:
    """The person with this address, under each name that these tickets have for them."""
    if is_caller(address):
        yield Person("", "", number_of(address).shown)
    all_refs = list(dict.fromkeys(refs))
    for first in range(0, len(all_refs), _PAGE):
        for ticket in deps.tickets.find_tickets(all_refs[first : first + _PAGE]):
            ticket_partition = None if same(ticket.listed_by, address) else deps.purges.ticket_partition(ticket.ref)
            messages = (ticket.opening, *(ticket_partition.messages if ticket_partition else ()))
            people = (ticket.requester, *writers(messages))
            yield from (person for person in people if person.is_known_by(address))


def _names(text: str, person: Person) -> bool:
    said, name = (set(words(each)) | short_words(each) for each in (text, person.name))
    # Also in the German genitive: "Miras".
    if name & (said | {word.removesuffix("s") for word in said}):
        return True
    phone = re.sub(r"\D", "", person.phone)[-_PHONES_END:]
    return len(phone) >= _LEAST_DIGITS and phone in re.sub(r"\D", "", text)
