"""Which texts of a shop `policy-check` reads besides the policy and its documents."""

from datetime import date
from pathlib import Path

import pytest

from chalicelib.external.document_files import DocumentFiles
from chalicelib.external.help_files import HelpFiles
from chalicelib.rendering import replies, words
from chalicelib.rendering.replies import CannedReply
from chalicelib.rules.help.articles import Article, Section
from chalicelib.services.documents.checking import findings
from chalicelib.services.documents.said import said
from tests.support import shops
from tests.support.store.fakes import World

SHOP = shops.policy().shop("northlight")
TODAY = date(2026, 11, 29)
LINK = "Complain at https://ec.europa.eu/consumers/odr."


def found(world: World) -> list[str]:
    documents, texts = DocumentFiles(Path(shops.DOCUMENTS)), said(SHOP, world.deps.help)
    checked = findings(documents, SHOP, TODAY, said=texts)
    return [each.sentence for each in checked if each.rule.id == "closed-platform"]


def test_every_ready_reply_and_every_word_for_customers_is_there(world: World) -> None:
    texts = said(SHOP, world.deps.help)
    for language in SHOP.languages:
        for reply in replies.replies(language):
            assert reply.text in texts[f"ready reply {reply.id} ({language})"]
        spoken = [key for key in words.book(language) if not key.startswith("desk.")]
        assert all(f"words {key} ({language})" in texts for key in spoken)
    assert "words rated.undo (de)" in texts
    assert not any(name.startswith("words desk.") for name in texts)
    assert found(world) == []


def test_a_ready_reply_that_links_to_the_closed_platform_is_found(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    stale = CannedReply("dispute", "en", "Disputes", (), (), LINK)
    monkeypatch.setattr(replies, "replies", lambda language: (stale,) if language == "en" else ())
    assert found(world) == ["ready reply dispute (en) links to the EU's closed platform."]


class Help(HelpFiles):
    """A help with one article, whose text links there."""

    def __init__(self) -> None:
        super().__init__(Path("nowhere"))

    def articles(self, shop: str, language: str) -> tuple[Article, ...]:
        return (Article("disputes", "Disputes", Section.RETURNS, "", (), (), (), TODAY),) if language == "en" else ()

    def text(self, shop: str, language: str, slug: str) -> str:
        return LINK


def test_a_help_article_that_links_there_is_found() -> None:
    checked = findings(DocumentFiles(Path(shops.DOCUMENTS)), SHOP, TODAY, said=said(SHOP, Help()))
    sentences = [each.sentence for each in checked if each.rule.id == "closed-platform"]
    assert sentences == ["help article disputes (en) links to the EU's closed platform."]
