"""Counts what the help centre did not answer, and what helped. No count says who searched: names, addresses and numbers
are cut out of a question first, a word is stored in words only when five visitors have used it, and until then under a
blinded key."""

import hashlib

from chalicelib.rules.help.gaps import MOST_WORDS, VISITORS
from chalicelib.rules.help.masking import masked
from chalicelib.rules.help.wanting import asked_stems
from chalicelib.rules.identity import derived
from chalicelib.rules.identity.mailboxes import network
from chalicelib.rules.policy.model import Shop
from chalicelib.services.ports.deps import Deps


def in_vain(deps: Deps, shop: Shop, language: str, question: str, address: str) -> None:
    """Count the words of a search that found nothing. `address`: the visitor's internet address, of which only a number
    below 64 is kept."""
    index = deps.help.index(shop.id, language)
    if index is None:
        return
    stems = asked_stems(index, deps.help.stem(language), masked(question))[:MOST_WORDS]
    words = {derived.blind(deps.secret, "searched", f"{shop.id} {language} {stem}"): stem for stem in stems}
    deps.help_counts.in_vain(shop.id, language, words, _visitor(deps, address), deps.now())


def helped(deps: Deps, shop: Shop, language: str, slug: str, *, yes: bool) -> None:
    """Count that an article helped somebody, or did not."""
    deps.help_counts.helped(shop.id, language, slug, yes=yes, now=deps.now())


def _visitor(deps: Deps, address: str) -> int:
    blinded = derived.blind(deps.secret, "visitor of the help", network(address))
    return hashlib.sha256(blinded.encode()).digest()[0] % VISITORS
