"""Every text that a customer may read besides the policy and its documents: agents' ready replies, the words of pages
and mails, the help articles. `policy-check` reads them too (rules.checking.reachable)."""

from collections.abc import Iterator, Mapping

from chalicelib.rendering import replies, words
from chalicelib.rules.policy.model import Shop
from chalicelib.services.ports.files import HelpCentre

# Areas of words that only agents read.
_FOR_AGENTS = ("desk.",)


def said(shop: Shop, help: HelpCentre | None = None) -> Mapping[str, str]:
    """The texts in the shop's languages, by a name that says where each stands. `help`: its articles, if they are
    packaged."""
    return dict(_said(shop, help))


def _said(shop: Shop, help: HelpCentre | None) -> Iterator[tuple[str, str]]:
    for language in shop.languages:
        if language in replies.languages():
            for reply in replies.replies(language):
                yield f"ready reply {reply.id} ({language})", f"{reply.title}\n{reply.text}"
        for key, word in words.book(language).items():
            if not key.startswith(_FOR_AGENTS):
                yield f"words {key} ({language})", word if isinstance(word, str) else repr(word)
        if help:
            for article in help.articles(shop.id, language):
                yield f"help article {article.slug} ({language})", help.text(shop.id, language, article.slug)
