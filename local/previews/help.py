"""Sample pages of the help centre, which need no packaged one."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

from markupsafe import Markup

from chalicelib.rules.help.articles import Article, Section
from chalicelib.rules.help.gaps import Gap
from chalicelib.rules.policy.model import Shop
from chalicelib.services.help.reading import ArticleView
from chalicelib.services.ports.products.published import AnswerKey, PublishedAnswer
from chalicelib.services.products.answers import FoundAnswer

HTML = "<p>Tell us, and we ask the courier.</p>\n<h2>If it stays away</h2>\n<p>Then we send it again.</p>\n"
_SITE = "https://care.northlight.example"
QUESTION = "Does the lamp dim?"
GAPS = (Gap("en", "showroom", 12), Gap("de", "gutschein", 7))


def samples(shop: Shop, language: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """The start with and without articles, an article before and after its question, a search with and without
    results."""
    late = Article(
        slug="late-parcel",
        title="My parcel is late",
        section=Section.DELIVERY,
        lead="Tell us, and we ask the courier.",
        topics=("late",),
        kinds=("question",),
        skus=(),
        reviewed=date(2026, 11, 20),
    )
    around = {"shop": shop, "path": f"https://care.northlight.example/shops/{shop.id}/help", "indexed": True}
    sections = tuple((section, (late,)) for section in Section)
    yield "help", "help", around | {"sections": sections}
    yield "help-none", "help", around | {"sections": ()}
    article = around | {"view": ArticleView(late, Markup(HTML), (late,)), "answers": ()}
    yield "help-article", "help_article", article | {"said": ""}
    published = PublishedAnswer(AnswerKey(shop.id, "AURORA", language, "offer"), QUESTION, "Yes.", at(20, 9))
    yield "help-article-answers", "help_article", article | {"said": "", "answers": (published,)}
    yield "help-article-helped", "help_article", article | {"said": "yes"}
    asked = around | {"indexed": False, "question": "where is my parcel", "answered": ()}
    yield "help-search", "help_search", asked | {"found": (late, late), "sections": ()}
    answered = FoundAnswer(QUESTION, "Floor lamp Aurora", f"{_SITE}/shops/{shop.id}/products/AURORA", "Yes.")
    yield "help-search-answers", "help_search", asked | {"found": (), "answered": (answered,), "sections": ()}
    yield "help-search-none", "help_search", asked | {"found": (), "sections": sections}


def at(day: int, hour: int) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=UTC)


def acknowledged() -> Iterator[tuple[str, dict[str, Any]]]:
    """What an acknowledgement has besides what each has: articles, or facts on the order of a complaint."""
    named = {
        "title": "My parcel is late",
        "lead": "Tell us, and we ask the courier.",
        "url": f"{_SITE}/shops/northlight/help/late",
    }
    yield (
        "articles",
        {"articles": [named, named | {"title": "When does my order arrive?"}], "answered_url": f"{_SITE}/a/WyJO.z"},
    )
    parcel = {"sent_at": at(20, 9), "carrier": "SwiftParcel", "delivered_at": None, "expected": None, "url": ""}
    parcels = [
        parcel | {"delivered_at": at(22, 10)},
        parcel | {"carrier": "", "expected": date(2026, 11, 25), "url": "https://swiftparcel.example/1"},
    ]
    facts = {"number": "2026-10442", "placed_at": at(19, 8), "cancelled_at": None, "parcels": parcels}
    yield "order", {"kind": "complaint", "order_facts": facts}
    gone = facts | {"parcels": [], "cancelled_at": at(21, 8)}
    yield "order-cancelled", {"kind": "complaint", "order_facts": gone}
    yield "order-not-sent", {"kind": "complaint", "order_facts": gone | {"cancelled_at": None}}
