"""Counts what the help centre did not answer, and what helped. No count says who searched: names, addresses and numbers
are cut out of a question first, a word is stored in words only when five visitors have used it, and until then under a
blinded key."""

import hashlib

from chalicelib.rules.help.gaps import MOST_WORDS, VISITORS
from chalicelib.rules.help.masking import beginning, masked
from chalicelib.rules.help.wanting import LONGEST_QUESTION, asked_stems, asked_words
from chalicelib.rules.identity import derived
from chalicelib.rules.identity.mailboxes import network
from chalicelib.rules.policy.model import Shop
from chalicelib.services.ports.deps import Deps
from chalicelib.services.tickets import limiting


def in_vain(deps: Deps, shop: Shop, language: str, question: str, address: str) -> None:
    """Count the words of a search that found nothing. `address`: the visitor's internet address, of which only a number
    below 64 is kept."""
    words = _counted(deps, shop, language, question)
    if words is not None and limiting.counts_vain_search(deps, shop, address):
        deps.help_counts.in_vain(shop.id, language, words, _visitor(deps, address), deps.now())


def searched(deps: Deps, shop: Shop, language: str, question: str) -> str:
    """What of a search goes on to the form, where it is counted if a ticket follows: its first telling words, without
    names, addresses and numbers."""
    index = deps.help.index(shop.id, language)
    return (
        ""
        if index is None
        else " ".join(asked_words(index, masked(beginning(question, LONGEST_QUESTION)))[:MOST_WORDS])
    )


def followed(deps: Deps, shop: Shop, language: str, words: str, address: str) -> None:
    """Count that somebody searched for these `words` (of `searched`) and then wrote to the shop."""
    counted = _counted(deps, shop, language, words)
    if counted:
        deps.help_counts.followed(shop.id, language, counted, _visitor(deps, address), deps.now())


def helped(deps: Deps, shop: Shop, language: str, slug: str, *, yes: bool) -> None:
    """Count that an article helped somebody, or did not."""
    deps.help_counts.helped(shop.id, language, slug, yes=yes, now=deps.now())


def _counted(deps: Deps, shop: Shop, language: str, question: str) -> dict[str, str] | None:
    """The stems of the question by their blinded keys; None if there is no index."""
    index = deps.help.index(shop.id, language)
    if index is None:
        return None
    stems = asked_stems(index, deps.help.stem(language), masked(beginning(question, LONGEST_QUESTION)))[:MOST_WORDS]
    return {derived.blind(deps.secret, "searched", f"{shop.id} {language} {stem}"): stem for stem in stems}


def _visitor(deps: Deps, address: str) -> int:
    blinded = derived.blind(deps.secret, "visitor of the help", network(address))
    return hashlib.sha256(blinded.encode()).digest()[0] % VISITORS
