"""A person's records without other people's data: agents appear by their role, third parties by their company's name,
and all others not at all."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from chalicelib.patterns import pattern
from chalicelib.rules.identity.addressing import canonical, same
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.tickets.messages import Author, Message, Person, writers
from chalicelib.rules.tickets.ticket import Ticket

# What replaces a hidden name or address, by the names that templates use.
AGENT, OTHER, THIRD_PARTY, SYSTEM = "agent", "other", "third_party", "system"
_ADDRESS = pattern(r"[\w.+%'-]+@[\w-]+(?:\.[\w-]+)+")
_LEAST_NAME = 4


@dataclass(frozen=True, slots=True)
class Redactor:
    """Hides everybody except the person with this address. `placeholders` replace an agent and other people. `also`:
    the person's other addresses, on any ticket or on one whose customer they are."""

    shop: Shop
    address: str
    placeholders: tuple[str, str]
    names: tuple[tuple[str, str], ...] = ()
    """Names known to be other people's, each with its placeholder."""
    also: tuple[str, ...] = ()

    def as_customer_of(self, ticket: Ticket) -> "Redactor":
        """The same redactor, knowing the person by each of their addresses if they are the ticket's customer."""
        theirs = any(map(self.has, ticket.customers))
        return replace(self, also=(*self.also, *map(canonical, ticket.customers))) if theirs else self

    def of_ticket(self, ticket: Ticket, messages: Iterable[Message]) -> "Redactor":
        """The same redactor, with the names of the people who take part in the ticket."""
        agent, other = self.placeholders
        people = (ticket.requester, *writers(messages))
        found = {person.name: other for person in people if person.name and not self.is_theirs(person)}
        found |= {one.name: agent for one in self.shop.agents}
        for name in (*self._companies(), *(referral.name for referral in ticket.referrals)):
            found.pop(name, None)
        own = {person.name for person in people if self.is_theirs(person)}
        long = [(name, mark) for name, mark in found.items() if len(name) >= _LEAST_NAME and name not in own]
        # The longest first, so that a name within another is not hidden only in part.
        return replace(self, names=tuple(sorted(long, key=lambda one: -len(one[0]))))

    def has(self, address: str) -> bool:
        return any(same(address, theirs) for theirs in (self.address, *self.also))

    def is_theirs(self, person: Person) -> bool:
        return any(map(self.has, person.known_by))

    def wrote(self, message: Message) -> bool:
        """Whether the person wrote it, at whichever address they wanted the answer."""
        return self.is_theirs(message.person) or self.is_theirs(message.writer)

    def text(self, text: str) -> str:
        """A text without any address or name known to be somebody else's."""
        for name, mark in self.names:
            text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", lambda _, mark=mark: mark, text)  # type: ignore[misc]
        return _ADDRESS.sub(lambda found: self._shown(found[0]), text)

    def author(self, message: Message) -> str:
        """The writer: a name that may be shown, or its placeholder."""
        for person in (message.person, message.writer):
            if self.is_theirs(person):
                return person.name or person.address or person.phone
        agent, other = self.placeholders
        match message.author:
            case Author.AGENT | Author.SYSTEM:
                return agent if message.author is Author.AGENT else self.shop.name
            case Author.THIRD_PARTY:
                return message.person.name if message.person.name in self._companies() else other
            case _:
                return other

    def _companies(self) -> set[str]:
        return {party.name for party in self.shop.third_parties}

    def _shown(self, address: str) -> str:
        plain = canonical(address.strip(".'"))
        parties = {canonical(party.address) for party in self.shop.third_parties}
        if plain == self.address or plain in self.also or plain in parties or self.shop.is_ours(plain):
            return address
        agent, other = self.placeholders
        return agent if self.shop.agent(plain) else other
