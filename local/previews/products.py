"""Sample pages and mails about products: published questions, and the guarantee passport."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from chalicelib.rendering import words
from chalicelib.rendering.amounts import Amount
from chalicelib.rules.orders.basket import Line
from chalicelib.rules.orders.order import Order
from chalicelib.rules.orders.state import LineState
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.procedure.remedies.warranty import Cover
from chalicelib.rules.products.product import Product
from chalicelib.rules.tickets.clocks import Clocks
from chalicelib.rules.tickets.procedure_facts import Publication, PublicationState
from chalicelib.rules.timing.periods import parse
from chalicelib.services.orders.shown.passport import Passport
from chalicelib.services.ports.products.published import AnswerKey, PublishedAnswer
from chalicelib.services.ports.products.waiting import Waiting
from chalicelib.services.products.before_buying import BeforeBuying
from chalicelib.services.products.facts import ProductView
from chalicelib.services.products.page import ProductPage
from chalicelib.services.products.publishing import Opened

NONCE = "WyJub25jZSJd.n"
AT = datetime(2026, 11, 20, 9, tzinfo=UTC)
LAMP = Product(
    "AURORA",
    "Floor lamp Aurora",
    stock=3,
    url="https://www.northlight.example/lamps/aurora",
    manual="https://www.northlight.example/manuals/aurora.pdf",
)
SHOWN = ProductView(LAMP, (Amount(18_900, "EUR", 2),))
QUESTION, ANSWER = "Does the lamp dim?", "Yes, with every dimmer for LED lamps.\n\nThe switch is at the cable."
Sample = tuple[str, str, dict[str, Any]]


def page_samples(shop: Shop, language: str) -> Iterator[Sample]:
    """The page of a product with and without questions, a publication in all its states, the passport."""
    key = AnswerKey(shop.id, LAMP.sku, language, "offer")
    view = ProductPage(SHOWN, (PublishedAnswer(key, QUESTION, ANSWER, AT),), ())
    around = {"shop": shop, "path": f"https://care.northlight.example/shops/{shop.id}/products/AURORA", "indexed": True}
    yield "product", "product", around | {"view": view}
    yield (
        "product-bare",
        "product",
        around | {"view": replace(view, answers=(), shown=ProductView(Product("X", "X"), ()))},
    )
    yield from _publications(shop, key, language)
    yield from _passports(shop, language)
    yield from _waiting(shop, language)


def _waiting(shop: Shop, language: str) -> Iterator[Sample]:
    waits = replace(shop, back_in_stock=parse("6 months"))
    form = {"shop": waits, "product": LAMP, "values": {}, "errors": {}, "kept": False, "sent": False}
    yield "waiting-ask", "waiting_ask", form
    yield "waiting-ask-sent", "waiting_ask", form | {"sent": True}
    wrong = {"email": words.phrase(language, "problem.email.not_an_address")}
    yield "waiting-ask-errors", "waiting_ask", form | {"errors": wrong, "values": {"email": "x"}, "kept": True}
    asked = Waiting(shop.id, LAMP.sku, "key", "mira@example.com", language, AT, AT)
    shown = {"shop": waits, "product": LAMP, "waiting": asked, "waiting_url": "/w/WyJu.w", "errors": {}, "kept": False}
    shown |= {"wait_nonce": NONCE, "forget_nonce": NONCE}
    yield "waiting", "waiting", shown
    yield "waiting-confirmed", "waiting", shown | {"waiting": replace(asked, confirmed_at=AT)}
    yield "waiting-over", "waiting", shown | {"waiting": None}
    sold_out = ProductPage(ProductView(replace(LAMP, stock=0), ()), (), ())
    path = {"path": "https://care.northlight.example/shops/northlight/products/AURORA", "indexed": True}
    yield "product-sold-out", "product", path | {"shop": waits, "view": sold_out}


def waiting_mails(shop: Shop) -> Iterator[Sample]:
    """The mail that asks for the confirmation, and the one that tells."""
    told = {"shop": shop, "name": "", "product": LAMP, "url": "https://care.northlight.example/w/WyJu.w"}
    told |= {"asked_at": AT, "until": AT}
    for template in ("back_in_stock_confirm", "back_in_stock"):
        yield template, template, told
        yield f"{template}-bare", template, told | {"product": Product("X", "X")}


def before_buying(shop: Shop, form: dict[str, Any], language: str) -> Iterator[Sample]:
    """The form for a question before buying. `form`: the samples of the usual one."""
    asked = form | {"values": {"topic": "before_buying", "product": LAMP.sku}}
    yield "contact-before-buying", "contact", asked | {"before": BeforeBuying(parse("4 working hours"), SHOWN)}
    unknown = {"before": BeforeBuying(None, None)}
    missing = {"errors": {"message": words.phrase(language, "problem.message.missing")}}
    yield "contact-before-buying-unknown", "contact", asked | unknown | missing


def mail_values(language: str = "en") -> dict[str, Any]:
    """What the mails about publishing are given."""
    return {
        "publication": {
            "product": LAMP.name,
            "question": QUESTION,
            "answer": ANSWER,
            "url": "https://care.northlight.example/q/WyJOTC03.q",
            "page_url": f"https://care.northlight.example/shops/northlight/products/AURORA?lang={language}",
        }
    }


def _publications(shop: Shop, key: AnswerKey, language: str) -> Iterator[Sample]:
    around = {
        "shop": shop,
        "product_name": LAMP.name,
        "product_url": f"/shops/{shop.id}/products/AURORA",
        "publication_url": "/q/WyJOTC03.q",
        "publish_nonce": NONCE,
        "take_back_nonce": NONCE,
        "errors": {},
        "kept": False,
    }
    offered = Publication("offer", LAMP.sku, language, QUESTION, ANSWER, AT, "ada@northlight.example")
    for state in PublicationState:
        listed = state is PublicationState.PUBLISHED
        seen = Opened(shop, key, LAMP, replace(offered, state=state), listed)
        yield f"publication-{state}", "publication", around | {"seen": seen}
    personal = {"form": words.phrase(language, "problem.names_asker")}
    yield (
        "publication-personal",
        "publication",
        around | {"seen": Opened(shop, key, LAMP, offered, False), "errors": personal},
    )
    yield "publication-purged", "publication", around | {"seen": Opened(shop, key, LAMP, None, True)}


def _passports(shop: Shop, language: str) -> Iterator[Sample]:
    order = Order("O-7K3F9-QXMT2", shop.id, "2026-10442", "own", AT, (), Clocks())
    line = LineState(Line("1", LAMP.name, 1, 18_900, 18_900, LAMP.sku), 1, 1)
    cover = Cover(date(2029, 11, 24), True, date(2031, 11, 24), True)
    seen = Passport(
        shop, order, line, date(2026, 11, 20), date(2026, 11, 24), date(2027, 3, 2), cover, "DE", "SN-77", LAMP, True
    )
    around = {
        "shop": shop,
        "notice": "https://www.northlight.example/notice.svg",
        "passport_url": "/g/WyJPLTdL.g",
        "noted": False,
        "values": {"serial_number": "SN-77"},
        "errors": {},
        "kept": False,
        "serial_nonce": NONCE,
        "claim_nonce": NONCE,
    }
    yield "passport", "passport", around | {"seen": seen}
    over = replace(cover, in_statutory=False, in_commercial=False)
    yield "passport-over", "passport", around | {"seen": replace(seen, cover=over, repaired=None), "noted": True}
    bare = replace(
        seen, cover=None, bought=None, delivered=None, repaired=None, serial="", product=None, claimable=False
    )
    yield "passport-bare", "passport", around | {"seen": bare, "notice": "", "values": {}}
    long = {"serial_number": words.phrase(language, "problem.too_long").format(longest=100)}
    yield "passport-errors", "passport", around | {"seen": seen, "errors": long, "kept": True}
