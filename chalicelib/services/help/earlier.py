"""The shop's own earlier answers to tickets like this one, for an agent who writes: of closed tickets whose customers
were satisfied, without what was about those customers (decision 243). They are looked for only when an agent asks."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from chalicelib.mail import signing
from chalicelib.mail.signing import Signer
from chalicelib.rendering import replies
from chalicelib.rules.help.impersonal import impersonal
from chalicelib.rules.help.index import Index
from chalicelib.rules.help.masking import beginning, masked
from chalicelib.rules.help.words import folded
from chalicelib.rules.help.words import words as words_of
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.privacy import search_terms
from chalicelib.rules.tickets.messages import Author, Event, Message, Person, Visibility
from chalicelib.rules.tickets.ticket import State, Ticket
from chalicelib.services.ports.deps import Deps
from chalicelib.services.ports.search import SearchHit
from chalicelib.services.tickets import indexing

MOST = 3
"""Answers that are shown."""
SATISFIED = 4
"""The least score of a rating, of five, by which an answer counts as good."""
# What one search may read: lists of so many words, so many entries of each, so many tickets.
_MOST_WORDS, _MOST_HITS, _MOST_TICKETS = 6, 50, 60
_LEAST_SHARED = 2
_LONGEST_ASKED = 4_000
"""So much of a message is compared."""
_ANSWERS = (Event.WORDS, Event.FINAL_ANSWER)


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier answer. `ref`: its ticket; `own`: by the agent who asks."""

    ref: str
    subject: str
    text: str
    own: bool


def earlier(deps: Deps, shop: Shop, ticket: Ticket, messages: Sequence[Message], agent: Person) -> tuple[Earlier, ...]:
    """The answers that fit best, the agent's own first. At most six lists of words and four tickets are read, and sixty
    tickets in one request."""
    index = deps.help.index(shop.id, shop.spoken(ticket.language))
    asked = _telling(deps, index, _asked(ticket, messages))
    shared = Counter[SearchHit]()
    for word in asked:
        shared.update(dict.fromkeys(indexing.hits(deps, shop.id, word, _MOST_HITS)[0], 1))
    enough = min(_LEAST_SHARED, len(asked))
    alike = [hit for hit, number in shared.items() if number >= enough and hit.ref != ticket.ref]
    alike.sort(key=lambda hit: (shared[hit], hit.opened_at), reverse=True)
    refs = [hit.ref for hit in alike[:_MOST_TICKETS]]
    found = {each.ref: each for each in deps.tickets.find_tickets(refs)} if refs else {}
    good = [found[ref] for ref in refs if ref in found and _good(found[ref], ticket)][:MOST]
    answers = [answer for each in good if (answer := _answer(deps, shop, each, index, agent))]
    return tuple(sorted(answers, key=lambda each: not each.own))


def _asked(ticket: Ticket, messages: Sequence[Message]) -> str:
    written = [message.text for message in messages if message.author is Author.CUSTOMER]
    return beginning(f"{ticket.subject} {written[-1] if written else ticket.opening.text}", _LONGEST_ASKED)


def _telling(deps: Deps, index: Index | None, text: str) -> list[str]:
    """The words of a question that say most about it, as the tickets' index has them: those of the help's articles
    first, the rarest of them first. Words that say nothing, numbers and addresses are left out."""
    if index is None:
        return []
    cut = deps.help.stem(index.language)

    def says(word: str) -> tuple[bool, float, int]:
        having = len(index.postings.get(index.stem(cut, folded(word, index.language)), ()))
        return having > 0, index.rarity_of(having) if having else 0.0, len(word)

    said = (word for word in search_terms.words(masked(text)) if folded(word, index.language) not in index.stop)
    return sorted(said, key=says, reverse=True)[:_MOST_WORDS]


def _good(other: Ticket, ticket: Ticket) -> bool:
    return (
        other.state is State.CLOSED
        and other.rating is not None
        and other.rating.score >= SATISFIED
        and other.kind == ticket.kind
        and other.language == ticket.language
        and other.merged_into is None
    )


def _answer(deps: Deps, shop: Shop, ticket: Ticket, index: Index | None, agent: Person) -> Earlier | None:
    """The last answer of a ticket's conversation, without what was about its customer."""
    found, messages = deps.tickets.conversation(ticket.ref)
    said = [message for message in messages if _is_answer(message)]
    if found is None or not said or index is None:
        return None
    answer = said[-1]
    author = shop.agent(answer.person.address)
    signer = Signer(author.name.split()[0] if author else "", author.name if author else "", shop.name)
    known = _known(deps, index, shop)
    theirs = tuple(_personal(found, messages))
    text = impersonal(signing.unsigned(answer.text, signer), theirs, known, index.language)
    subject = impersonal(found.subject, theirs, known, index.language)
    return Earlier(found.ref, subject, text, author is not None and author.address == agent.address) if text else None


def _is_answer(message: Message) -> bool:
    by_agent = message.author is Author.AGENT and message.event in _ANSWERS
    return by_agent and message.visibility is Visibility.SHARED and bool(message.text.strip())


def _personal(ticket: Ticket, messages: Sequence[Message]) -> Iterator[str]:
    """The names and addresses of everybody on the ticket, and its numbers."""
    people = [ticket.requester, *(each for message in (ticket.opening, *messages) for each in _people(message))]
    for person in people:
        yield from (person.name, person.address, person.phone)
    yield from (*ticket.participants, ticket.order_number or "")
    yield from (part for referral in ticket.referrals for part in (referral.name, referral.address))
    if ticket.claim:
        yield ticket.claim.serial


def _people(message: Message) -> tuple[Person, ...]:
    return () if message.author is Author.AGENT else (message.person, message.writer)


def _known(deps: Deps, index: Index, shop: Shop) -> Callable[[str], bool]:
    """Whether a folded word is one of the shop's own: of its articles, its ready replies or its name."""
    cut = deps.help.stem(index.language)
    ready = (reply.text for reply in replies.replies(index.language)) if index.language in replies.languages() else ()
    own = {word for text in (*ready, shop.name) for word in words_of(text, index.language)}

    def known(word: str) -> bool:
        return word in own or word in index.stop or index.stem(cut, word) in index.postings

    return known
