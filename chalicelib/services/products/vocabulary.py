"""The words that are nobody's name: of the shop's articles, its products, its ready replies, and our own pages."""

from collections.abc import Iterator
from functools import cache

from chalicelib.rendering import replies, words
from chalicelib.rules.help.words import folded as folded_in
from chalicelib.rules.help.words import words as words_of
from chalicelib.rules.products.folding import folded, plain
from chalicelib.rules.products.possible_names import Known
from chalicelib.rules.tickets.ticket import Ticket
from chalicelib.services.ports.deps import Deps

_SHORTEST_STEM = 4


def known(deps: Deps, ticket: Ticket, product: str) -> Known:
    """Whether a word is one of these, in one of the shop's languages. `product`: what is asked about."""
    shop = deps.policy.shop(ticket.shop)
    tests = [_in_language(deps, ticket.shop, language) for language in shop.languages]
    own = {plain(word) for word in f"{shop.name} {product}".split()} | set(folded(f"{shop.name} {product}").pieces)
    return lambda word: plain(word) in own or any(test(word) for test in tests)


def _in_language(deps: Deps, shop: str, language: str) -> Known:
    index, ours = deps.help.index(shop, language), _ours(language)
    cut = deps.help.stem(language)
    stems = {cut(word) for word in ours}

    def knows(word: str) -> bool:
        bare = folded_in(word, language)
        stem = index.stem(cut, bare) if index else cut(bare)
        if bare in ours or (len(bare) >= _SHORTEST_STEM and stem in stems):
            return True
        return index is not None and (bare in index.stop or bare in index.words or stem in index.postings)

    return knows


@cache
def _ours(language: str) -> frozenset[str]:
    """The words of our pages and of the ready replies in a language."""
    return frozenset(word for text in _texts(language) for word in words_of(text, language))


def _texts(language: str) -> Iterator[str]:
    if language in replies.languages():
        yield from (reply.text for reply in replies.replies(language))
    if language in words.languages():
        for said in words.book(language).values():
            yield from [said] if isinstance(said, str) else said if isinstance(said, list) else said.values()
