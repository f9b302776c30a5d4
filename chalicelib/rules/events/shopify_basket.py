"""An order of Shopify as our basket. Its amounts are decimal texts in the shop's own currency."""

from chalicelib.rules.events import facts
from chalicelib.rules.events.fields import Fields, NotReadable
from chalicelib.rules.orders.basket import Basket, Buyer, Cost, Line, PostalAddress

_ADDRESS = {
    "company": "company", "street": "address1", "further": "address2", "postcode": "zip", "city": "city",
    "region": "province", "country": "country_code",
}  # fmt: skip


def basket(order: Fields) -> Basket:
    """The order as it stands. Raises NotReadable."""
    currency = order.currency()
    lines, left_out = facts.bounded(
        [_line(each, currency) for each in order.children("line_items")], order.unread("line_items")
    )
    if not lines:
        raise NotReadable("line_items")
    within, tax = order.flag("taxes_included"), order.money("total_tax", currency)
    total, shipping = order.needed_money("total_price", currency), list(order.children("shipping_lines"))
    costs = [_shipping(each, currency) for each in shipping]
    return Basket(
        placed_at=order.when("created_at"),
        currency=currency,
        lines=lines,
        total=total,
        buyer=_buyer(order),
        costs=tuple(costs) if left_out else facts.balanced(costs, lines, 0 if within else tax, total),
        tax=tax,
        tax_within_prices=within,
        left_out=left_out,
        delivery_to=_address(order.child("shipping_address")),
        billed_to=_address(order.child("billing_address")),
        delivery_by=shipping[0].text("title") if shipping else "",
        payment=", ".join(order.texts("payment_gateway_names"))[:200],
        advert_consent=order.flag("buyer_accepts_marketing"),
    )


def _line(found: Fields, currency: str) -> Line:
    quantity, price = found.pieces("quantity"), found.money("price", currency)
    discounts = sum(each.money("amount", currency) for each in found.children("discount_allocations"))
    variant = found.text("variant_title")
    name = found.text("title") or found.needed("name")
    return Line(
        found.needed("id", 40),
        f"{name}, {variant}"[:200] if variant else name,
        quantity,
        price,
        quantity * price - discounts,
        found.text("sku"),
        digital=found.value.get("requires_shipping") is False,
    )


def _shipping(found: Fields, currency: str) -> Cost:
    discounts = sum(each.money("amount", currency) for each in found.children("discount_allocations"))
    return Cost(found.text("title"), found.money("price", currency) - discounts)


def _buyer(order: Fields) -> Buyer:
    customer, billed = order.child("customer"), order.child("billing_address")
    name = facts.joined(customer.text("first_name"), customer.text("last_name")) or billed.text("name")
    return Buyer(
        name,
        order.mail_address("email") or order.mail_address("contact_email") or customer.mail_address("email"),
        order.text("phone", 40) or customer.text("phone", 40) or billed.text("phone", 40),
        facts.language(order.text("customer_locale")),
    )


def _address(found: Fields) -> PostalAddress | None:
    name = found.text("name") or facts.joined(found.text("first_name"), found.text("last_name"))
    return facts.address(found, _ADDRESS, name)
