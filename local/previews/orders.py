"""Samples of orders: made by the same rules as real ones, so that letters and pages show what they would show."""

from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any, cast

from chalicelib.external.document_files import DocumentFiles
from chalicelib.external.holidays_calendar import holidays_of
from chalicelib.rendering import words
from chalicelib.rendering.pages import TEMPLATES
from chalicelib.rules.documents.accepted import AcceptedTerms, How
from chalicelib.rules.documents.published import TERMS, in_force
from chalicelib.rules.identity.keys import Secret
from chalicelib.rules.orders import choices
from chalicelib.rules.orders.basket import Basket, Buyer, Cost, Line, PostalAddress
from chalicelib.rules.orders.events import Alternative, EventKind, LinePart, OrderEvent, Parcel, Refund, Stock
from chalicelib.rules.orders.history import state
from chalicelib.rules.orders.order import AddressRequest, Choice, Hold, LetterRef, Order, WrongPrice
from chalicelib.rules.orders.taking import Arrival, take
from chalicelib.rules.policy.model import Policy, Shop
from chalicelib.rules.policy.promises import Adverts
from chalicelib.rules.tickets.clocks import RuleContext
from chalicelib.rules.tickets.outbox import Purpose
from chalicelib.services.orders import letter_parts, order_links
from chalicelib.services.orders.letter_parts import Told
from chalicelib.services.orders.shown import page_view
from chalicelib.services.ports.deps import Deps
from local.previews.examples import Sample, at

REF, NUMBER = "O-7K3F9-QXMT2", "2026-10442"
PLACED = at(23, 9, 12)
LAMP = Line("l1", "Reading lamp Polaris, brass", 1, 18_900, 18_900, "POL-1")
BULB = Line("l2", "Bulb E27, warm white, 8 W", 3, 790, 2_370, "BULB-8")
GUIDE = Line("l3", "“Light at home”, e-book", 1, 1_290, 1_290, "BOOK-1", digital=True)
HOME = PostalAddress("Chidinma Okafor", "", "Torstraße 14", "Hof, 2. Stock", "10119", "Berlin", "", "DE")
WORK = PostalAddress("Chidinma Okafor", "Okafor & Söhne GmbH", "Grabenweg 3", "", "6020", "Innsbruck", "", "AT")
CHIDINMA = Buyer("Chidinma Okafor", "chidinma.okafor@example.org", "", "de")
BASKET = Basket(
    placed_at=PLACED,
    currency="EUR",
    lines=(LAMP, BULB, GUIDE),
    total=22_050,
    buyer=CHIDINMA,
    costs=(Cost("Delivery", 490), Cost("Voucher WELCOME", -1_000)),
    tax=3_455,
    delivery_to=HOME,
    billed_to=WORK,
    delivery_by="Parcel, 2 to 3 days",
    payment="Card ending in 4242",
)
DHL = Parcel("p1", "DHL Paket", "00340434292135100148", "", (LinePart("l1", 1),), "", date(2026, 11, 26))
OTHER = (Alternative("POL-2", "Reading lamp Polaris, steel", 17_900), Alternative("POL-3", "Reading lamp Vega", 21_900))


def deps_of(shop: Shop) -> Deps:
    """As much of a use case's world as letters and pages need."""
    policy = Policy({shop.id: shop})
    secret = Secret({"1": b"previews have a secret of their own, and nothing else uses it ..."}, "1")
    world = SimpleNamespace(
        policy=policy,
        secret=secret,
        public_url="https://care.northlight.example",
        documents=DocumentFiles(TEMPLATES / "policies"),
        now=lambda: at(24, 9),
    )
    world.context = lambda one: RuleContext(at(24, 9), one, holidays_of(one))
    return cast(Deps, world)


def event(kind: EventKind, hours: float = 0, **facts: Any) -> OrderEvent:
    moment = PLACED + timedelta(hours=hours)
    return OrderEvent(f"{kind}-{hours}", kind, NUMBER, moment, **facts)


def placed(**changes: Any) -> OrderEvent:
    return event(EventKind.PLACED, basket=replace(BASKET, **changes))


def order_of(shop: Shop, *events: OrderEvent) -> Order:
    """The order after these events, each arriving when it occurred."""
    order: Order | None = None
    for each in events:
        context = RuleContext(each.occurred_at, shop, holidays_of(shop))
        order = take(order, [each], context, Arrival(REF, "events"))
    if order is None:
        raise ValueError("an order begins with an event")
    return order


def accepted(shop: Shop) -> AcceptedTerms | None:
    """The terms that are in force, accepted with the order."""
    version = in_force(DocumentFiles(TEMPLATES / "policies").versions(shop.id), TERMS, PLACED.date())
    if version is None:
        return None
    language = version.language("de")
    return AcceptedTerms(TERMS, PLACED, How.CHECKBOX, version.version, language, version.editions[language].sha256)


def orders(shop: Shop) -> dict[str, Order]:
    """An order in each of its situations."""
    paid = event(EventKind.PAID, 0.1)
    new = placed(terms=accepted(shop))
    sent = event(EventKind.SENT, 30, parcel=DHL)
    rest = event(EventKind.SENT, 54, parcel=Parcel("p2", "Somebody’s bikes", "B 77"))
    arrived = [event(EventKind.DELIVERED, 70 + n, parcel=Parcel(f"p{n}")) for n in (1, 2)]
    gone = event(EventKind.OUT_OF_STOCK, 2, stock=Stock("l1", date(2026, 12, 4), OTHER))
    unknown = event(EventKind.OUT_OF_STOCK, 2, stock=Stock("l2"))
    fewer = replace(BASKET, lines=(LAMP, replace(BULB, quantity=2, total=1_580)), total=19_970, delivery_to=WORK)
    book = placed(lines=(GUIDE,), total=1_290, tax=84, costs=(), delivery_to=None, billed_to=HOME, delivery_by="")
    held = replace(order_of(shop, placed()), hold=Hold.PRICE_CHECK)
    wrong = PostalAddress("Chidinma Okafor", "", "Torstraße", "", "1011", "Berlin", "", "DE")
    slip = replace(CHIDINMA, address="chidinma@gmial.com")
    many = tuple(replace(BULB, id=f"m{n}", name=f"Bulb no. {n}") for n in range(1, 251))
    cancelled = event(EventKind.CANCELLED, 5, reason="You asked us to.")
    choosing = order_of(shop, new, paid, gone)
    context = RuleContext(PLACED + timedelta(hours=4), shop, holidays_of(shop))
    return {
        "new": order_of(shop, new, paid),
        "bare": order_of(shop, placed(lines=(LAMP,), total=18_900, tax=0, costs=(), billed_to=None, delivery_to=None,
                                      delivery_by="", payment="", buyer=replace(CHIDINMA, name=""))),
        "book": order_of(shop, book, paid),
        "taxed": order_of(shop, placed(tax_within_prices=False, currency="CHF", total=25_505, left_out=2)),
        "many": order_of(shop, placed(lines=many, total=790 * 750, left_out=12)),
        "held": held,
        "changed": order_of(shop, new, paid, event(EventKind.CHANGED, 3, basket=fewer)),
        "cancelled": order_of(shop, new, paid, cancelled),
        "unpaid": order_of(shop, new, event(EventKind.CANCELLED, 5)),
        "part": order_of(shop, new, paid, sent),
        "untold": order_of(shop, new, paid, event(EventKind.SENT, 30, parcel=replace(DHL, lines=(), partial=True))),
        "sent": order_of(shop, new, paid, sent, rest),
        "delivered": order_of(shop, new, paid, sent, rest, *arrived),
        "refunded": order_of(shop, new, paid, cancelled, event(EventKind.REFUNDED, 60, refund=Refund("r1", 20_000))),
        "choosing": choosing,
        "unknown": order_of(shop, new, paid, unknown),
        "waiting": choices.choose(choosing, "l1", Choice.WAIT, "", context),
        "other": choices.choose(choosing, "l1", Choice.ALTERNATIVE, "POL-2", context),
        "dearer": choices.choose(choosing, "l1", Choice.ALTERNATIVE, "POL-3", context),
        "dropped": choices.choose(choosing, "l1", Choice.CANCEL, "", context),
        "silent": choices.ended(order_of(shop, new, paid, unknown), "l2", context),
        "doubted": order_of(shop, placed(delivery_to=wrong, billed_to=None, buyer=slip)),
    }  # fmt: skip


_MAILS = (
    ("confirmed", Purpose.ORDER_CONFIRMED, "", ("new", "bare", "book", "taxed", "held", "many")),
    ("changed", Purpose.ORDER_CHANGED, "", ("changed", "new")),
    ("cancelled", Purpose.ORDER_CANCELLED, "", ("cancelled", "unpaid", "new")),
    ("sent", Purpose.ORDER_SENT, "p1", ("part", "untold", "delivered", "new")),
    ("sent-rest", Purpose.ORDER_SENT, "p2", ("sent",)),
    ("delivered", Purpose.ORDER_DELIVERED, "", ("delivered", "book")),
    ("delivered-part", Purpose.ORDER_DELIVERED, "p1", ("delivered", "part")),
    ("refunded", Purpose.ORDER_REFUNDED, "r1", ("refunded", "new")),
    ("status", Purpose.ORDER_STATUS, "silence", ("new", "part", "untold", "sent", "delivered", "cancelled", "book")),
    ("status-late", Purpose.ORDER_STATUS, "dispatch", ("new",)),
    ("status-asked", Purpose.ORDER_STATUS, "asked", ("part",)),
    ("out-of-stock", Purpose.ORDER_OUT_OF_STOCK, "l1", ("choosing", "new")),
    ("out-of-stock-unknown", Purpose.ORDER_OUT_OF_STOCK, "l2", ("unknown",)),
    ("choice", Purpose.ORDER_CHOICE_MADE, "l1", ("waiting", "other", "dearer", "dropped")),
    ("choice-silent", Purpose.ORDER_CHOICE_MADE, "l2", ("silent",)),
    ("address", Purpose.ORDER_CHECK_ADDRESS, "", ("doubted",)),
    ("price", Purpose.ORDER_PRICE_ERROR, "", ("held", "new")),
    ("price-line", Purpose.ORDER_PRICE_ERROR, "l1", ("held", "part", "book")),
    ("link", Purpose.ORDER_LINK, "", ("new",)),
    ("thanks", Purpose.ORDER_THANKS, "", ("delivered", "book")),
    ("followup", Purpose.ORDER_FOLLOWUP, "", ("delivered", "sent", "book")),
    ("task-due", Purpose.ORDER_TASK, "dispatch due", ("new",)),
    ("task-warn", Purpose.ORDER_TASK, "deliver warn", ("new",)),
    ("task-choice", Purpose.ORDER_TASK, "choice l1", ("dropped",)),
    ("task-untold", Purpose.ORDER_TASK, "untold l1", ("dropped",)),
    ("task-held", Purpose.ORDER_TASK, "price_check", ("held",)),
    ("task-new", Purpose.ORDER_TASK, "something else", ("bare",)),
)


def mail_samples(shop: Shop, language: str) -> Iterator[Sample]:
    """Each letter in each situation, in both kinds of contract and with adverts allowed."""
    made = orders(shop)
    for title, purpose, about, names in _MAILS:
        for name in names:
            for contract in _CONTRACTS if purpose in _BY_CONTRACT else _CONTRACTS[:1]:
                right = 28_900 if title == "price-line" else None
                said = values(shop, made[name], purpose, about, language, contract, right)
                yield f"order-{title}-{name}-{contract}", purpose.value, said


_CONTRACTS = ("on_confirmation", "on_dispatch")
_BY_CONTRACT = (Purpose.ORDER_CONFIRMED, Purpose.ORDER_SENT, Purpose.ORDER_PRICE_ERROR)


def values(
    shop: Shop,
    order: Order,
    purpose: Purpose,
    about: str,
    language: str,
    contract: Any = "on_confirmation",
    right: int | None = None,
) -> dict[str, Any]:
    """What the letter's templates are given. `right`: the right price of a piece, of a letter about a wrong one."""
    terms = replace(shop.orders, contract=contract)
    shop = replace(shop, orders=terms, adverts=Adverts("existing_customer"))
    next_word = date(2026, 12, 1) if purpose is Purpose.ORDER_STATUS else None
    ref = LetterRef(purpose, about, PLACED, next_word, WrongPrice(about, right) if right is not None else None)
    told = Told(deps_of(shop), shop, order, state(order.events), ref, language)
    advert = {"objection_url": "https://care.northlight.example/u/WyJuMSJd.z", "basis": "existing_customer"}
    return letter_parts.values(told) | (advert if purpose is Purpose.ORDER_THANKS else {})


def page_samples(shop: Shop, language: str) -> Iterator[Sample]:
    """An order's pages in each situation."""
    deps, url = deps_of(shop), "/o/WyJPLTdLM0Y5Il0.rT9fXw2c"
    made = {name: order for name, order in orders(shop).items() if name != "many"}
    for name, order in made.items():
        yield f"order-{name}", "order", {"shop": shop, "view": page_view.view(deps, order, language), "page_url": url}
    form: dict[str, Any] = {"shop": shop, "values": {}, "errors": {}, "kept": False, "nonce": "aWyJub25j.x"}
    form |= {"page_url": url, "choice_url": f"{url}/choice/ab12", "number": NUMBER, "longest": 100, "done": False}
    again = {"nonce": words.phrase(language, "problem.press_again")}
    for name, line in (
        ("choosing", "l1"),
        ("unknown", "l2"),
        ("waiting", "l1"),
        ("dearer", "l1"),
        ("dropped", "l1"),
        ("silent", "l2"),
    ):
        choice = page_view.choice(deps, made[name], order_links.line_key(line))
        yield f"order-choice-{name}", "order_choice", form | {"choice": choice, "done": name == "waiting"}
    errors = {"choice": words.phrase(language, "problem.choice.missing")}
    choice = page_view.choice(deps, made["choosing"], order_links.line_key("l1"))
    yield "order-choice-errors", "order_choice", form | {"choice": choice, "errors": errors | again}
    doubted = page_view.view(deps, made["doubted"], language)
    typed = asdict(page_view.address(made["doubted"]))
    faults = {"street": words.phrase(language, "problem.missing")}
    yield "order-address", "order_address", form | {"view": doubted, "values": typed}
    faulty = {"view": doubted, "values": typed | {"street": "", "country": "XX"}, "errors": faults, "kept": True}
    yield "order-address-errors", "order_address", form | faulty
    asked = replace(made["doubted"], address_request=AddressRequest(at(23, 12), HOME))
    done = page_view.view(deps, asked, language)
    yield "order-address-done", "order_address", form | {"view": done, "values": asdict(HOME), "done": True}
    yield "order-asked", "order", {"shop": shop, "view": done, "page_url": url}
    sent = page_view.view(deps, made["sent"], language)
    yield "order-address-sent", "order_address", form | {"view": sent, "values": asdict(HOME)}
    search = {"shop": shop, "values": {}, "errors": {}, "kept": False, "sent": False}
    yield "order-find", "order_find", search
    wrong = {"email": words.phrase(language, "problem.email.not_an_address")}
    yield (
        "order-find-errors",
        "order_find",
        search | {"values": {"number": NUMBER, "email": "x"}, "errors": wrong, "kept": True},
    )
    yield "order-find-sent", "order_find", search | {"sent": True}
