"""An order of WooCommerce as our basket. Its lines are written without tax, beside it: a shop whose prices contain the
tax gets both together."""

from chalicelib.rules.events import facts
from chalicelib.rules.events.fields import Fields, NotReadable
from chalicelib.rules.orders.basket import Basket, Buyer, Cost, Line, PostalAddress

_ADDRESS = {
    "company": "company", "street": "address_1", "further": "address_2", "postcode": "postcode", "city": "city",
    "region": "state", "country": "country",
}  # fmt: skip


def basket(order: Fields) -> Basket:
    """The order as it stands. Raises NotReadable."""
    currency, within = order.currency(), order.flag("prices_include_tax")
    lines, left_out = facts.bounded(
        [_line(each, currency, within) for each in order.children("line_items")], order.unread("line_items")
    )
    if not lines:
        raise NotReadable("line_items")
    total, tax = order.needed_money("total", currency), order.money("total_tax", currency)
    shipping = list(order.children("shipping_lines"))
    costs = [_cost(each, "method_title", currency, within) for each in shipping]
    costs += [_cost(each, "name", currency, within) for each in order.children("fee_lines")]
    billing = order.child("billing")
    return Basket(
        placed_at=order.when("date_created_gmt", utc=True),
        currency=currency,
        lines=lines,
        total=total,
        buyer=Buyer(
            facts.joined(billing.text("first_name"), billing.text("last_name")),
            billing.mail_address("email"),
            billing.text("phone", 40),
        ),
        costs=tuple(costs) if left_out else facts.balanced(costs, lines, 0 if within else tax, total),
        tax=tax,
        tax_within_prices=within,
        left_out=left_out,
        delivery_to=_address(order.child("shipping")),
        billed_to=_address(billing),
        delivery_by=shipping[0].text("method_title") if shipping else "",
        payment=order.text("payment_method_title"),
    )


def _line(found: Fields, currency: str, within: bool) -> Line:
    quantity = found.pieces("quantity")
    before = found.money("subtotal", currency) + (found.money("subtotal_tax", currency) if within else 0)
    total = found.money("total", currency) + (found.money("total_tax", currency) if within else 0)
    return Line(
        found.needed("id", 40),
        found.needed("name"),
        quantity,
        facts.each(before, quantity),
        total,
        found.text("sku"),
    )


def _cost(found: Fields, label: str, currency: str, within: bool) -> Cost:
    tax = found.money("total_tax", currency) if within else 0
    return Cost(found.text(label), found.money("total", currency) + tax)


def _address(found: Fields) -> PostalAddress | None:
    return facts.address(found, _ADDRESS, facts.joined(found.text("first_name"), found.text("last_name")))
