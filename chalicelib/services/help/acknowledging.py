"""What an acknowledgement has that may answer the ticket at once: at most two articles; for a complaint no article, but
what is known of its order (decisions 225 and 241)."""

from typing import Any

from chalicelib.rendering import pages, tracking
from chalicelib.rules.help.articles import Article
from chalicelib.rules.identity.addressing import same
from chalicelib.rules.orders import numbers
from chalicelib.rules.orders.history import state
from chalicelib.rules.orders.state import OrderState, ParcelState
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.policy.promises import COMPLAINT, NO_ARTICLES
from chalicelib.rules.procedure.concluding import may_be_self_served
from chalicelib.rules.tickets.ticket import Ticket, doubted
from chalicelib.services.help import reading
from chalicelib.services.ports.deps import Deps
from chalicelib.services.tickets import links

MOST = 2
"""Articles that an acknowledgement names."""
_MOST_PARCELS = 5


def helpful(deps: Deps, shop: Shop, ticket: Ticket) -> dict[str, Any]:
    """The template values of the mail. Its reader proves by it that the address is theirs, so it may have the button
    that closes the ticket, and facts on an order of this address."""
    if ticket.kind == COMPLAINT:
        return {"order_facts": _order_facts(deps, shop, ticket)}
    named = articles(deps, shop, ticket)
    if not named or not may_be_self_served(ticket):
        return {}
    listed = [
        {
            "title": each.title,
            "lead": each.lead,
            "url": reading.url(deps, shop, each.slug, shop.spoken(ticket.language)),
        }
        for each in named
    ]
    return {"articles": listed, "answered_url": links.answered_url(deps, ticket)}


def articles(deps: Deps, shop: Shop, ticket: Ticket) -> tuple[Article, ...]:
    """The articles that may answer what was written, the best first; none for kinds that get none."""
    if ticket.kind in NO_ARTICLES or doubted(ticket):
        return ()
    from chalicelib.services.help import finding  # most mails and pages search for nothing

    opening = ticket.opening.text
    named = finding.about(deps, shop, shop.spoken(ticket.language), ticket.subject, opening, finding.MOST_RESULTS)
    return tuple(each for each in named if finding.fits(each, ticket.kind))[:MOST]


def _order_facts(deps: Deps, shop: Shop, ticket: Ticket) -> dict[str, Any] | None:
    """What is known of the order that the complaint names, if it is an order of the address to which the mail goes."""
    if not ticket.order_number:
        return None
    order = deps.orders.order(numbers.reference(deps.secret, shop.id, ticket.order_number))
    known = state(order.events) if order else None
    if order is None or known is None or known.basket is None or order.shop != shop.id:
        return None
    if not same(known.basket.buyer.address, ticket.requester.address):
        return None
    return _facts(order.number, known)


def _facts(number: str, known: OrderState) -> dict[str, Any]:
    return {
        "number": pages.unlinked(number),
        "placed_at": known.basket.placed_at if known.basket else None,
        "cancelled_at": known.cancelled_at,
        "parcels": [_parcel(known, parcel) for parcel in known.parcels[:_MOST_PARCELS]],
    }


def _parcel(known: OrderState, parcel: ParcelState) -> dict[str, Any]:
    to = known.basket.delivery_to if known.basket else None
    place = {"postcode": to.postcode, "country": to.country} if to else {}
    return {
        "sent_at": parcel.sent_at,
        "carrier": pages.unlinked(tracking.called(parcel.carrier)),
        "delivered_at": parcel.delivered_at,
        "expected": None if parcel.delivered_at else parcel.expected,
        "url": tracking.link(parcel.carrier, parcel.tracking_number, parcel.tracking_url, **place),
    }
