"""Whether a mail that advertises may go to a customer (decision 197).

Asking by mail how the shop did is advertising, also after a complaint (Germany: § 7 UWG, BGH VI ZR 225/17). It is
allowed with consent, or, without it, to customers whose address the shop got with a sale and who were told, when they
gave the address and in each such mail, that they may object (§ 7(3) UWG; UK: PECR regulation 22(3)).
"""

from dataclasses import dataclass
from enum import StrEnum

from chalicelib.rules.policy.model import Shop
from chalicelib.rules.tickets.ticket import Ticket


class NoAdvert(StrEnum):
    """Why an advert may not be sent."""

    NO_BASIS = "no_basis"  # the policy states none
    OBJECTED = "objected"
    NO_SALE = "no_sale"  # no order is known: whoever only asks has bought nothing
    NO_NOTICE = "no_notice"  # nobody told them that they may object, when they gave their address, or perhaps not them
    NO_CONSENT = "no_consent"  # or one that the owner of the address may not have given


@dataclass(frozen=True, slots=True)
class Customer:
    """What is known of somebody who might be sent an advert. `bought`: whether an order of theirs is known. `told`:
    that they may object, when they gave their address. `consented`: known to be by the owner of the address."""

    bought: bool
    told: bool
    consented: bool


def refusal(ticket: Ticket, shop: Shop, *, objected: bool = False) -> NoAdvert | None:
    """Why no advert may go to the ticket's customer; None if one may. Consent and notice count only when the
    ticket is known to come from the owner of the address: anybody can tick a box, and name an order, under somebody
    else's."""
    facts = ticket.adverts
    consented = facts is not None and facts.consented_at is not None and ticket.proven
    told = facts is not None and facts.noticed_at is not None and ticket.proven
    return refused(Customer(bool(ticket.order_number), told, consented), shop, objected=objected)


def refused(customer: Customer, shop: Shop, *, objected: bool = False) -> NoAdvert | None:
    """Why no advert may go to this customer of the shop; None if one may. `objected`: whether they have objected, which
    counts before everything else."""
    if objected:
        return NoAdvert.OBJECTED
    match shop.adverts.basis:
        case "existing_customer":
            told = None if customer.told else NoAdvert.NO_NOTICE
            return told if customer.bought else NoAdvert.NO_SALE
        case "consent":
            return None if customer.consented else NoAdvert.NO_CONSENT
        case "none":
            return NoAdvert.NO_BASIS
