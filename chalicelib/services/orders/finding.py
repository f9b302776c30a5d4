"""The link to an order's page, for somebody who has lost it: by mail, and only if number and address belong together.
The answer on the page is the same in any case, and takes as long (decision 222)."""

from dataclasses import replace

from chalicelib.errors import InvalidFields
from chalicelib.rules.intake.submission import address as cleaned
from chalicelib.rules.intake.submission import is_address, one_line
from chalicelib.rules.orders.duties.owing import owe, waits
from chalicelib.rules.orders.order import Order
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.tickets.clocks import RuleContext
from chalicelib.rules.tickets.outbox import Purpose
from chalicelib.services.orders.commits import change, ref_of
from chalicelib.services.orders.purchases import belongs
from chalicelib.services.ports.deps import Deps
from chalicelib.services.tickets import limiting

LONGEST_NUMBER, LONGEST_ADDRESS = 60, 254


def find(deps: Deps, shop: Shop, number: str, address: str, caller: str) -> None:
    """Mail the link, if there is such an order of this address. `caller`: the internet address that asks. Raises
    InvalidFields for what can be no number or address, RateLimited."""
    number, address = one_line(number), cleaned(address)
    faults = {"number": "missing"} if not number else {"number": "too_long"} if len(number) > LONGEST_NUMBER else {}
    if not address:
        faults["email"] = "missing"
    elif len(address) > LONGEST_ADDRESS or not is_address(address):
        faults["email"] = "not_an_address"
    if faults:
        raise InvalidFields(faults)
    ref = ref_of(deps, shop.id, number)
    may_mail = limiting.order_link(deps, shop, ref, address, caller)
    order = deps.orders.order(ref)
    if order and may_mail and order.shop == shop.id and belongs(order, address):
        change(deps, order, _owed)
    else:
        limiting.order_link_missed(deps, shop, ref, address)


def _owed(order: Order, context: RuleContext) -> Order:
    """The order that owes the link. It is no word about the order, so the promise of the next word stays as it is."""
    if waits(order, Purpose.ORDER_LINK):
        return order
    others = tuple(letter for letter in order.letters if letter.purpose != Purpose.ORDER_LINK)
    owed = owe(replace(order, letters=others), Purpose.ORDER_LINK, context)
    return replace(owed, clocks=order.clocks, version=order.version + 1)
