"""The desk's search: a ticket by its reference, a customer's by their address, all others by the words in them.

Whatever is searched for, so much is read and no more; where there may be more, the answer says so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chalicelib.rules.identity import phones
from chalicelib.rules.intake.submission import address, is_address
from chalicelib.rules.policy.model import Agent, Shop
from chalicelib.rules.privacy.search_terms import asked
from chalicelib.rules.tickets.ticket import Ticket
from chalicelib.services.desk.rows import Row, row_of
from chalicelib.services.ports.deps import Deps
from chalicelib.services.ports.search import SearchHit
from chalicelib.services.tickets import indexing, references

LIMIT = 50
LONGEST = 200
# Of the word that stands in the fewest tickets, so many pages of its list are looked through.
_PAGE, _PAGES = 100, 4


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found, the newest first; `more`: there may be others, older ones. `by`: how it was searched for
    ("reference", "address" or "words"), "" where there was nothing to search by."""

    query: str
    by: str
    rows: tuple[Row, ...] = ()
    more: bool = False


def search(deps: Deps, agents: Mapping[str, Agent], query: str, language: str) -> Found:
    """The tickets of the agent's shops that the query finds."""
    query = address(" ".join(query.split())[:LONGEST])
    shops = [deps.policy.shop(id) for id in agents]
    if (ticket := references.find(deps, shops, query)) is not None:
        return Found(query, "reference", (row_of(deps, ticket, agents, language),))
    if is_address(query):
        by, (tickets, more) = "address", _by_address(deps, shops, query)
    elif words := asked(query):
        by, (tickets, more) = "words", _by_words(deps, shops, words)
        if number := phones.asked(query):
            callers, others = _by_words(deps, shops, (number,))
            tickets, more = [*tickets, *(ticket for ticket in callers if ticket not in tickets)], more or others
    else:
        return Found(query, "")
    newest = sorted(tickets, key=lambda ticket: ticket.opened_at, reverse=True)
    rows = tuple(row_of(deps, ticket, agents, language) for ticket in newest[:LIMIT])
    return Found(query, by, rows, more or len(newest) > LIMIT)


def _by_address(deps: Deps, shops: Sequence[Shop], address: str) -> tuple[list[Ticket], bool]:
    # One more tells whether there are more.
    siblings = [deps.tickets.tickets_of(shop.id, address, LIMIT + 1) for shop in shops]
    refs = [sibling.ref for found in siblings for sibling in found[:LIMIT]]
    return _tickets(deps, refs), any(len(found) > LIMIT for found in siblings)


def _by_words(deps: Deps, shops: Sequence[Shop], words: Sequence[str]) -> tuple[list[Ticket], bool]:
    every = [_having(deps, shop, words) for shop in shops]
    mentions = sorted((m for found, _ in every for m in found), key=lambda m: (m.opened_at, m.ref), reverse=True)
    more = len(mentions) > LIMIT or any(goes_on for _, goes_on in every)
    return _tickets(deps, [mention.ref for mention in mentions[:LIMIT]]), more


def _having(deps: Deps, shop: Shop, words: Sequence[str]) -> tuple[list[SearchHit], bool]:
    """The shop's newest tickets that hold all these words, and whether there may be more. The word that stands in the
    fewest is looked through; the others are asked for those tickets alone."""
    pages = {word: indexing.mentions(deps, shop.id, word, _PAGE) for word in words}
    rarest = min(words, key=lambda word: _reach(*pages[word]))
    others = [word for word in words if word != rarest]
    page, goes_on = pages[rarest]
    found: list[SearchHit] = []
    for number in range(_PAGES):
        if number:
            page, goes_on = indexing.mentions(deps, shop.id, rarest, _PAGE, page[-1])
        found += indexing.find_mentions(deps, shop.id, others, page) if others and page else page
        if not goes_on or len(found) > LIMIT:
            break
    return found, goes_on


def _reach(page: Sequence[SearchHit], goes_on: bool) -> tuple[bool, int, str]:
    """Orders words by how far back a page of theirs reaches: the further, the fewer tickets they stand in."""
    return goes_on, len(page), page[-1].opened_at.isoformat() if page else ""


def _tickets(deps: Deps, refs: Sequence[str]) -> list[Ticket]:
    return deps.tickets.find_tickets(refs) if refs else []
