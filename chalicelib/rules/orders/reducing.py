"""What an erasure leaves of an order, how a buyer's data are corrected in it, and how it is kept from both by a hold.

Tax law asks shops to keep their bookings for years (GDPR, Article 17(3)(b)): number, dates, products, amounts, and the
country that decides about the tax. Names, addresses, phone numbers, and what leads to them, are not among that.
"""

from dataclasses import replace

from chalicelib.rules.identity.addressing import same
from chalicelib.rules.orders.basket import Basket, Buyer, PostalAddress
from chalicelib.rules.orders.duties.afterwards import LETTERS
from chalicelib.rules.orders.duties.owing import noted
from chalicelib.rules.orders.events import OrderEvent
from chalicelib.rules.orders.order import Order
from chalicelib.rules.tickets.clocks import RETAIN, RuleContext
from chalicelib.rules.tickets.log import Action, DetailCode, reason_detail
from chalicelib.rules.tickets.messages import Person
from chalicelib.rules.tickets.ticket import LogEntry

CONSOLE = "console"
"""Who corrects and holds orders: whoever runs the console's functions."""


def under_way(order: Order) -> bool:
    """Whether the buyer's data are still needed for the order itself: something is promised, or a mail is owed. Thanks
    and the like, which would come later, need them for nothing."""
    return bool(order.clocks.unmet.without(RETAIN, *LETTERS)) or bool(order.outbox and order.outbox.owed())


def reduced(order: Order, context: RuleContext) -> Order:
    """The order with nothing of its buyer but the country. It is made from what is kept, so that no later field of
    orders stays by mistake."""
    return Order(
        order.ref,
        order.shop,
        order.number,
        order.source,
        order.known_at,
        tuple(map(reduced_event, order.events)),
        order.clocks.only(RETAIN),
        choices=order.choices,
        hold=order.hold,
        held_at=order.held_at,
        log=tuple(map(_without_words, order.log)),
        link_version=order.link_version + 1,
        legal_hold=order.legal_hold,
        reduced_at=context.at,
        version=order.version + 1,
    )


def reduced_event(event: OrderEvent) -> OrderEvent:
    """The event without its buyer, and without what a courier needs to find them."""
    parcel = replace(event.parcel, tracking_number="", tracking_url="", status="") if event.parcel else None
    basket = _reduced_basket(event.basket) if event.basket else None
    return replace(event, basket=basket, parcel=parcel, reason="")


def corrected(order: Order, was: str, becomes: Person, context: RuleContext) -> Order | None:
    """The order with what is right about its buyer, in the place of what was wrong; None if nothing changes. Mails that
    are owed go to the new address, and the links that the old one was sent no longer open. The log says that something
    was corrected, and not what."""
    events = tuple(
        replace(event, basket=replace(event.basket, buyer=_right(event.basket.buyer, becomes)))
        if event.basket and same(event.basket.buyer.address, was)
        else event
        for event in order.events
    )
    if events == order.events:
        return None
    box = order.outbox.redirect(was, becomes.address) if order.outbox else None
    moved = bool(becomes.address) and not same(becomes.address, was)
    links = order.link_version + 1 if moved else order.link_version
    after = noted(order, context, Action.RECTIFIED, actor=CONSOLE)
    return replace(after, events=events, outbox=box, link_version=links, version=order.version + 1)


def with_hold(order: Order, reason: str, context: RuleContext, *, hold: bool) -> Order:
    """The order on or off legal hold, and why in its log; the same order if it is so already. Nothing of an order on
    hold is deleted or reduced."""
    if order.legal_hold == hold:
        return order
    action = Action.LEGAL_HOLD_PLACED if hold else Action.LEGAL_HOLD_LIFTED
    after = noted(order, context, action, reason_detail(reason), actor=CONSOLE)
    return replace(after, legal_hold=hold, version=order.version + 1)


def _right(buyer: Buyer, becomes: Person) -> Buyer:
    return replace(
        buyer,
        name=becomes.name or buyer.name,
        address=becomes.address or buyer.address,
        phone=becomes.phone or buyer.phone,
    )


def _reduced_basket(basket: Basket) -> Basket:
    return replace(
        basket,
        buyer=Buyer("", "", language=basket.buyer.language),
        delivery_to=_country_of(basket.delivery_to),
        billed_to=_country_of(basket.billed_to),
    )


def _country_of(place: PostalAddress | None) -> PostalAddress | None:
    return PostalAddress(country=place.country) if place else None


def _without_words(entry: LogEntry) -> LogEntry:
    """The entry without the words of people, which may name anybody."""
    return replace(entry, details=tuple(each for each in entry.details if each.code is not DetailCode.REASON))
