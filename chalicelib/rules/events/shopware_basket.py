"""An order of Shopware 6 as our basket. Its amounts are numbers of JSON, which PHP may write with many digits: they are
rounded to the currency's smallest unit."""

from chalicelib.rules.events import facts
from chalicelib.rules.events.fields import Fields, NotReadable
from chalicelib.rules.orders.basket import Basket, Buyer, Cost, Line, PostalAddress

_NOT_GOODS = ("promotion", "discount", "credit")


def currency(order: Fields) -> str:
    """The order's currency; "" if the body does not say it."""
    return order.child("currency").text("isoCode", 3).upper()


def basket(order: Fields) -> Basket:
    """The order as it stands. Raises NotReadable."""
    code, goods, costs = order.child("currency").currency("isoCode"), list[Line](), list[Cost]()
    for each in order.children("lineItems"):
        if each.text("type") in _NOT_GOODS:
            costs.append(Cost(each.text("label"), each.money("totalPrice", code)))
        else:
            goods.append(_line(each, code))
    lines, left_out = facts.bounded(goods, order.unread("lineItems"))
    if not lines:
        raise NotReadable("lineItems")
    price = order.child("price")
    total, within = price.needed_money("totalPrice", code), price.text("taxStatus") == "gross"
    tax = sum(each.money("tax", code) for each in price.children("calculatedTaxes"))
    delivery = next(order.children("deliveries"), Fields({}))
    method = delivery.child("shippingMethod").text("name")
    costs.append(Cost(method, order.money("shippingTotal", code)))
    customer = order.child("orderCustomer")
    payment = next(order.children("transactions"), Fields({})).child("paymentMethod")
    return Basket(
        placed_at=order.when("orderDateTime"),
        currency=code,
        lines=lines,
        total=total,
        buyer=Buyer(
            facts.joined(customer.text("firstName"), customer.text("lastName")),
            customer.mail_address("email"),
            order.child("billingAddress").text("phoneNumber", 40),
            facts.language(order.child("language").child("locale").text("code")),
        ),
        costs=tuple(costs) if left_out else facts.balanced(costs, lines, 0 if within else tax, total),
        tax=tax,
        tax_within_prices=within,
        left_out=left_out,
        delivery_to=_address(delivery.child("shippingOrderAddress")),
        billed_to=_address(order.child("billingAddress")),
        delivery_by=method,
        payment=payment.text("name"),
    )


def _line(found: Fields, code: str) -> Line:
    return Line(
        found.needed("id", 40),
        found.needed("label"),
        found.pieces("quantity"),
        found.money("unitPrice", code),
        found.money("totalPrice", code),
        found.child("payload").text("productNumber"),
        digital="is-download" in found.texts("states"),
    )


def _address(found: Fields) -> PostalAddress | None:
    names = {
        "company": "company", "street": "street", "further": "additionalAddressLine1", "postcode": "zipcode",
        "city": "city",
    }  # fmt: skip
    flat = Fields(
        found.value | {"iso": found.child("country").text("iso"), "state": found.child("countryState").text("name")}
    )
    return facts.address(
        flat,
        names | {"region": "state", "country": "iso"},
        facts.joined(found.text("firstName"), found.text("lastName")),
    )
