"""What a customer may choose for a line that is out of stock, as letter and page show it."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from chalicelib.rendering.amounts import Amount
from chalicelib.rules.orders import choices
from chalicelib.rules.orders.choices import OpenChoice
from chalicelib.rules.orders.duties import delays
from chalicelib.rules.orders.order import Choice, Chosen, Order
from chalicelib.rules.orders.state import LineState, OrderState
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.tickets.clocks import RuleContext
from chalicelib.services.orders.shown import basket_view
from chalicelib.services.ports.deps import Deps

MOST_OFFERED = 5


@dataclass(frozen=True, slots=True)
class Offer:
    """A product in place of the one that is out of stock. `difference`: to the line's price, 0 for the same price."""

    sku: str
    name: str
    unit_price: Amount
    difference: Amount

    @property
    def dearer(self) -> bool:
        return self.difference.units > 0

    @property
    def cheaper(self) -> bool:
        return self.difference.units < 0

    @property
    def less(self) -> Amount:
        """How much less it costs."""
        return replace(self.difference, units=-self.difference.units)


@dataclass(frozen=True, slots=True)
class ChoiceView:
    """A line that is out of stock, and its choice. `open`: whether it can be made or changed now, `until` that moment.
    `passed`: the day on which it was expected, if that is over. `by_silence`: what is done if the customer says
    nothing. `taken`: the alternative that was chosen. `paid`: whether money comes back for what is cancelled."""

    line: str
    name: str
    quantity: int
    expected: date | None
    passed: date | None
    offers: tuple[Offer, ...]
    open: bool
    until: datetime | None
    by_silence: Choice
    chosen: Chosen | None
    taken: Offer | None
    price: Amount
    paid: bool


def of(deps: Deps, shop: Shop, order: Order, state: OrderState, line: str) -> ChoiceView | None:
    """The choice for one line; None if there is nothing to choose for it and nothing was chosen."""
    found = next((each for each in state.lines if each.line.id == line), None)
    still = next((each for each in choices.open_choices(order, deps.context(shop)) if each.line == line), None)
    chosen = next((each for each in reversed(order.choices) if each.line == line), None)
    if found is None or state.basket is None or not (found.stock or still or chosen):
        return None
    return _view(deps.context(shop), order, state, found, still, chosen)


def open_views(deps: Deps, shop: Shop, order: Order, state: OrderState) -> tuple[ChoiceView, ...]:
    """The choices that can be made or changed now."""
    found = (of(deps, shop, order, state, each.line) for each in choices.open_choices(order, deps.context(shop)))
    return tuple(view for view in found if view)


def _by_silence(context: RuleContext, order: Order, line: str) -> Choice:
    """What silence comes to, by the same rule that decides when the time to choose is over."""
    others = tuple(each for each in order.choices if each.line != line)
    after = choices.ended(replace(order, choices=others), line, context)
    return next((each.choice for each in after.choices if each.line == line), Choice.CANCEL)


def _view(
    context: RuleContext,
    order: Order,
    state: OrderState,
    found: LineState,
    still: OpenChoice | None,
    chosen: Chosen | None,
) -> ChoiceView:
    basket, line = state.basket, found.line
    if basket is None:
        raise ValueError("an order without a basket has no lines")
    stock = still.stock if still else found.stock
    offers = tuple(
        Offer(
            sku=each.sku,
            name=basket_view.said(each.name),
            unit_price=basket_view.amount(each.unit_price, basket),
            difference=basket_view.amount((each.unit_price - line.unit_price) * line.quantity, basket),
        )
        for each in (stock.alternatives if stock else ())[:MOST_OFFERED]
    )
    return ChoiceView(
        line=line.id,
        name=basket_view.said(line.name),
        quantity=line.quantity,
        expected=stock.expected if stock and not delays.is_over(stock, context) else None,
        passed=stock.expected if stock and delays.is_over(stock, context) else None,
        offers=offers,
        open=still is not None,
        until=still.until if still else None,
        by_silence=_by_silence(context, order, line.id),
        chosen=chosen,
        taken=next((offer for offer in offers if chosen and chosen.sku and offer.sku == chosen.sku), None),
        price=basket_view.amount(line.total, basket),
        paid=state.paid_at is not None,
    )
