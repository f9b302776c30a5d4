"""The desk's search: by a ticket's reference, by a customer's address, or by the words of tickets.

Every search reads a limited amount; if there may be more, the result says so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chalicelib.rules.identity import handles, phones
from chalicelib.rules.identity.addressing import same
from chalicelib.rules.identity.callers import unschemed
from chalicelib.rules.intake.submission import address, is_address
from chalicelib.rules.policy.model import Agent, Shop
from chalicelib.rules.privacy.participants import as_word
from chalicelib.rules.privacy.search_terms import asked
from chalicelib.rules.tickets.ticket import Ticket
from chalicelib.services.desk.rows import Row, row_of
from chalicelib.services.ports.deps import Deps
from chalicelib.services.ports.search import SearchHit
from chalicelib.services.tickets import indexing, references

LIMIT = 50
LONGEST = 200
# The limit for reading the list of the rarest word: entries per page, and pages.
_PAGE, _PAGES = 100, 4


@dataclass(frozen=True, slots=True)
class Found:
    """The result of a search, newest first; `more`: there may be older tickets. `by`: how it was searched ("reference",
    "address" or "words"), "" if the query has nothing to search by."""

    query: str
    by: str
    rows: tuple[Row, ...] = ()
    more: bool = False


def search(deps: Deps, agents: Mapping[str, Agent], query: str, language: str) -> Found:
    """The tickets of the agent's shops that match the query."""
    query = unschemed(address(" ".join(query.split())[:LONGEST]))
    shops = [deps.policy.shop(id) for id in agents]
    if (ticket := references.find(deps, shops, query)) is not None:
        return Found(query, "reference", (row_of(deps, ticket, agents, language),))
    if (who := handles.asked(query)) or is_address(query):
        by, (tickets, more) = "address", _by_address(deps, shops, who.address if who else query)
        if who:  # who has confirmed a mail address since is still found by the messenger
            known, others = _by_words(deps, shops, (as_word(who.address),))
            theirs = [each for each in known if any(same(who.address, one) for one in each.customers)]
            tickets, more = [*tickets, *(each for each in theirs if each not in tickets)], more or others
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
    # One more shows whether there are more.
    other_tickets = [deps.tickets.tickets_of(shop.id, address, LIMIT + 1) for shop in shops]
    refs = [other.ref for found in other_tickets for other in found[:LIMIT]]
    return _tickets(deps, refs), any(len(found) > LIMIT for found in other_tickets)


def _by_words(deps: Deps, shops: Sequence[Shop], words: Sequence[str]) -> tuple[list[Ticket], bool]:
    by_shop = [_having(deps, shop, words) for shop in shops]
    found_hits = sorted((m for found, _ in by_shop for m in found), key=lambda m: (m.opened_at, m.ref), reverse=True)
    more = len(found_hits) > LIMIT or any(goes_on for _, goes_on in by_shop)
    return _tickets(deps, [hit.ref for hit in found_hits[:LIMIT]]), more


def _having(deps: Deps, shop: Shop, words: Sequence[str]) -> tuple[list[SearchHit], bool]:
    """The shop's newest tickets that contain all these words, and whether there may be more. Reads the list of the
    rarest word; the other words are checked only for those tickets."""
    pages = {word: indexing.hits(deps, shop.id, word, _PAGE) for word in words}
    rarest = min(words, key=lambda word: _reach(*pages[word]))
    others = [word for word in words if word != rarest]
    page, goes_on = pages[rarest]
    found: list[SearchHit] = []
    for number in range(_PAGES):
        if number:
            page, goes_on = indexing.hits(deps, shop.id, rarest, _PAGE, page[-1])
        found += indexing.find_mentions(deps, shop.id, others, page) if others and page else page
        if not goes_on or len(found) > LIMIT:
            break
    return found, goes_on


def _reach(page: Sequence[SearchHit], goes_on: bool) -> tuple[bool, int, str]:
    """Orders words by how far back one page of their list reaches: the further, the rarer the word."""
    return goes_on, len(page), page[-1].opened_at.isoformat() if page else ""


def _tickets(deps: Deps, refs: Sequence[str]) -> list[Ticket]:
    return deps.tickets.find_tickets(refs) if refs else []
