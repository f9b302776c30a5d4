"""An order's lines, costs and addresses as letters and pages show them. What shops' systems and buyers wrote is cut
and, where it could become a link, taken apart: anybody can order in somebody's name."""

from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.rendering import pages
from chalicelib.rendering.amounts import Amount
from chalicelib.rules.orders.basket import Basket, Line, PostalAddress
from chalicelib.rules.orders.state import LineState, OrderState, Status
from chalicelib.rules.tickets import money

LONGEST_WORDS = 200
"""Characters of a product's name, a label or a line of an address."""
MOST_SHOWN = 250


@dataclass(frozen=True, slots=True)
class LineView:
    """A line. `discount`: what the line costs less than its pieces, None if nothing. `became`: how far it is
    (`orders.line` in templates/words); `pieces`: so many of them are, if not all."""

    id: str
    name: str
    quantity: int
    unit_price: Amount
    total: Amount
    digital: bool
    discount: Amount | None = None
    became: str = ""
    pieces: int = 0
    substitute: str = ""


@dataclass(frozen=True, slots=True)
class CostView:
    """What is added, or taken off."""

    label: str
    amount: Amount


@dataclass(frozen=True, slots=True)
class AddressView:
    """A postal address: its lines without the country, and the country's two letters, "" if unknown."""

    lines: tuple[str, ...]
    country: str


@dataclass(frozen=True, slots=True)
class BasketView:
    """An order's content. `more`: lines that are not shown. `billed_to` is None if it is where the goods go."""

    lines: tuple[LineView, ...]
    more: int
    costs: tuple[CostView, ...]
    tax: Amount
    tax_within: bool
    total: Amount
    delivery_to: AddressView | None
    billed_to: AddressView | None
    delivery_by: str
    payment: str

    @property
    def digital(self) -> bool:
        """Whether nothing is sent."""
        return bool(self.lines) and all(line.digital for line in self.lines)


def view(basket: Basket, state: OrderState | None = None) -> BasketView:
    """The basket; with the order's state, each line says how far it is."""
    known = {line.line.id: line for line in state.lines} if state else {}
    cancelled = state is not None and state.status is Status.CANCELLED
    lines = tuple(_line(basket, line, known, cancelled=cancelled) for line in basket.lines[:MOST_SHOWN])
    to, billed = address_view(basket.delivery_to), address_view(basket.billed_to)
    return BasketView(
        lines=lines,
        more=basket.left_out + len(basket.lines) - len(lines),
        costs=tuple(CostView(said(cost.label), amount(cost.amount, basket)) for cost in basket.costs),
        tax=amount(basket.tax, basket),
        tax_within=basket.tax_within_prices,
        total=amount(basket.total, basket),
        delivery_to=to,
        billed_to=billed if billed != to else None,
        delivery_by=said(basket.delivery_by),
        payment=said(basket.payment),
    )


def amount(units: int, basket: Basket) -> Amount:
    """An amount in the order's currency."""
    currency = "".join(c for c in basket.currency.upper() if c.isascii() and c.isalpha())[:3]
    return Amount(units, currency, money.decimals(currency))


def said(words: str) -> str:
    """Words of a shop's system on one line, cut, and without anything that a mail program would make a link."""
    return pages.unlinked(pages.excerpt(" ".join(words.split()), LONGEST_WORDS))


def _line(basket: Basket, line: Line, known: Mapping[str, LineState], *, cancelled: bool) -> LineView:
    state = known.get(line.id)
    became, pieces = _became(state, cancelled=cancelled) if state else ("", 0)
    less = line.unit_price * line.quantity - line.total
    return LineView(
        id=line.id,
        name=said(line.name),
        quantity=line.quantity,
        unit_price=amount(line.unit_price, basket),
        total=amount(line.total, basket),
        digital=line.digital,
        discount=amount(less, basket) if less > 0 else None,
        became=became,
        pieces=pieces,
        substitute=said(state.substitute.name) if state and state.substitute else "",
    )


def _became(state: LineState, *, cancelled: bool) -> tuple[str, int]:
    """How far the line is, and for so many pieces of it (0: all)."""
    whole = state.line.quantity
    if state.returned:
        return "returned", state.returned if state.returned < whole else 0
    if state.line.digital:
        return ("cancelled" if cancelled else "digital"), 0
    if state.delivered:
        return "delivered", state.delivered if state.delivered < whole else 0
    if state.sent:
        return "sent", state.sent if state.sent < whole else 0
    if cancelled:
        return "cancelled", 0
    return ("out_of_stock" if state.stock else "to_come"), 0


def address_view(address: PostalAddress | None) -> AddressView | None:
    """The address in lines; None if there is none."""
    if address is None:
        return None
    town = f"{address.postcode} {address.city}"
    lines = (address.name, address.company, address.street, address.further, town, address.region)
    shown = tuple(line for line in map(said, lines) if line)
    country = address.country.strip().upper()
    return AddressView(shown, country if len(country) == 2 and country.isalpha() else "") if shown else None
