"""The order within an event of our own format."""

from chalicelib.rules.documents.accepted import AcceptedTerms, How
from chalicelib.rules.events import facts
from chalicelib.rules.events.fields import Fields, NotReadable
from chalicelib.rules.orders.basket import Basket, Buyer, Cost, Line, PostalAddress

_ADDRESS = {
    "company": "company", "street": "street", "further": "further", "postcode": "postcode", "city": "city",
    "region": "region", "country": "country",
}  # fmt: skip


def basket(data: Fields) -> Basket:
    """The order as it stands. Raises NotReadable."""
    currency = data.currency()
    lines, left_out = facts.bounded([_line(each, currency) for each in data.children("lines")], data.unread("lines"))
    if not lines:
        raise NotReadable("lines")
    within = data.value.get("tax_within_prices", True) is True
    tax, total = data.money("tax", currency), data.needed_money("total", currency)
    costs = [Cost(each.text("label"), each.money("amount", currency)) for each in data.children("costs")]
    customer = data.child("customer")
    return Basket(
        placed_at=data.when("placed_at"),
        currency=currency,
        lines=lines,
        total=total,
        buyer=Buyer(
            customer.text("name"),
            customer.mail_address("email"),
            customer.text("phone", 40),
            facts.language(customer.text("language")),
        ),
        costs=tuple(costs) if left_out else facts.balanced(costs, lines, 0 if within else tax, total),
        tax=tax,
        tax_within_prices=within,
        left_out=left_out,
        delivery_to=_address(data.child("delivery_address")),
        billed_to=_address(data.child("billing_address")),
        delivery_by=data.text("delivery_by"),
        payment=data.text("payment"),
        deliver_by=data.day("deliver_by"),
        terms=_terms(data.child("terms")),
        advert_notice=data.flag("advert_notice"),
        advert_consent=data.flag("advert_consent"),
    )


def _line(found: Fields, currency: str) -> Line:
    quantity, unit_price = found.pieces("quantity"), found.money("unit_price", currency)
    total = found.money("total", currency) if "total" in found.value else quantity * unit_price
    return Line(
        found.needed("id"),
        found.needed("name"),
        quantity,
        unit_price,
        total,
        found.text("sku"),
        found.flag("digital"),
    )


def _address(found: Fields) -> PostalAddress | None:
    return facts.address(found, _ADDRESS, found.text("name"))


def _terms(found: Fields) -> AcceptedTerms | None:
    if not found:
        return None
    return AcceptedTerms(
        found.needed("document"),
        found.when("accepted_at"),
        How.CHECKBOX,
        found.day("day"),
        facts.language(found.text("language")),
        found.text("sha256", 64),
    )
