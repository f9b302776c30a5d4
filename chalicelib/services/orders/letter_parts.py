"""What the letters about an order say: the values of their templates, by purpose."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from chalicelib.rules.intake.submission import is_address
from chalicelib.rules.orders import addresses
from chalicelib.rules.orders.basket import Basket, Line
from chalicelib.rules.orders.duties import changes
from chalicelib.rules.orders.duties.owing import was_owed
from chalicelib.rules.orders.duties.promising import DELIVER, DISPATCH, PRICE_ERROR
from chalicelib.rules.orders.holds import ASKED
from chalicelib.rules.orders.order import Hold, LetterRef, Order, WrongPrice
from chalicelib.rules.orders.state import OrderState, Status
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.tickets.clocks import REFUND
from chalicelib.rules.tickets.outbox import Purpose
from chalicelib.rules.timing.worktime import local_date
from chalicelib.services.orders import order_links
from chalicelib.services.orders.enclosed import enclosed
from chalicelib.services.orders.shown import basket_view, choice_view, parcels, passport
from chalicelib.services.orders.shown.basket_view import said
from chalicelib.services.orders.shown.rights import rights
from chalicelib.services.ports.deps import Deps
from chalicelib.services.tickets import links

_LONGEST_REASON = 300
_MOST_PASSPORTS = 10
# What a status letter is about if it is not the silence (rules.orders.steps, rules.orders.holds).
_LATE = (DISPATCH, DELIVER, ASKED)


@dataclass(frozen=True, slots=True)
class Told:
    """A letter to write: the order and its state, what the letter is about, and its reader's language."""

    deps: Deps
    shop: Shop
    order: Order
    state: OrderState
    ref: LetterRef
    language: str

    @property
    def basket(self) -> Basket | None:
        return self.state.basket


def values(told: Told) -> dict[str, Any]:
    """All values of the letter's templates."""
    return common(told) | _by_purpose(told)


def common(told: Told) -> dict[str, Any]:
    """What every letter about an order may say."""
    deps, shop, order, basket = told.deps, told.shop, told.order, told.basket
    shown = basket_view.view(basket, told.state) if basket else None
    page = f"{deps.public_url}/shops/{shop.id}"
    return {
        "shop": shop,
        "reference": order.number,
        "name": basket.buyer.name if basket else "",
        "basket": shown,
        "digital": shown is not None and shown.digital,
        "placed_at": basket.placed_at if basket else None,
        "status": told.state.status.value,
        "held": order.hold is Hold.PRICE_CHECK,
        "contract": shop.orders.contract,
        "deliver_by": arrives_by(shop, order, told.state),
        "to_come": parcels.to_come(order, told.state),
        "next_word": told.ref.next_word,
        "order_url": order_links.order_url(deps, order),
        "policy_url": f"{page}/policy?lang={told.language}",
        "policies_url": f"{page}/policies?lang={told.language}",
        "rights": rights(deps, shop, order, told.state, told.language),
        "passports": _passports(told),
    }


def deliver_by(shop: Shop, order: Order, state: OrderState) -> date | None:
    """The day until which everything is to be delivered: the order's own, or the policy's."""
    if state.basket and state.basket.deliver_by:
        return state.basket.deliver_by
    return day_of(shop, order, DELIVER)


def arrives_by(shop: Shop, order: Order, state: OrderState) -> date | None:
    """The day that letters name for the delivery of everything: None while something is out of stock, for then nobody
    can know that it holds."""
    missing = any(line.stock for line in parcels.lines_to_come(order, state))
    return None if missing else deliver_by(shop, order, state)


def day_of(shop: Shop, order: Order, name: str) -> date | None:
    """The day on which a promise is due; None if it does not run."""
    clock = order.clocks.named(name)
    return local_date(clock.due, shop.hours) if clock and clock.running else None


def _passports(told: Told) -> tuple[passport.PassportLink, ...]:
    """Of the products in the parcel that the letter comes with, as far as that is known; of a long list, the order's
    page has the rest."""
    if told.ref.purpose not in (Purpose.ORDER_SENT, Purpose.ORDER_DELIVERED):
        return ()
    parcel = next((each for each in told.state.parcels if each.id == told.ref.about), None)
    if parcel and parcel.partial:
        return ()
    lines = {id for id, _ in parcel.lines} if parcel else set()
    return passport.links(told.deps, told.order, told.state, lines)[:_MOST_PASSPORTS]


def _by_purpose(told: Told) -> dict[str, Any]:
    more = _MORE.get(Purpose(told.ref.purpose))
    return more(told) if more else {}


def _confirmed(told: Told) -> dict[str, Any]:
    accepted = told.basket is not None and told.order.hold is not Hold.PRICE_CHECK
    texts = enclosed(told.deps, told.shop, told.basket, told.language) if accepted and told.basket else ()
    return {"texts": texts, "decided_by": _moment(told.order, PRICE_ERROR)}


def _cancelled(told: Told) -> dict[str, Any]:
    state = told.state
    return {"cancelled_at": state.cancelled_at, "reason": _reason(state.cancelled_for)} | _money(told)


def _parcel(told: Told) -> dict[str, Any]:
    """The parcel that the letter is about; a letter about the whole order has none, unless there was only one."""
    views = parcels.views(told.state)
    named = next((each for each in views if each.id == told.ref.about), None)
    only = views[0] if len(views) == 1 and not told.ref.about else None
    return {"parcel": named or only, "complete": told.state.status is Status.DELIVERED}


def _status(told: Told) -> dict[str, Any]:
    why = told.ref.about if told.ref.about in _LATE else ""
    return {"late": _late(told), "parcels": parcels.views(told.state), "why": why}


def _choice(told: Told) -> dict[str, Any]:
    choice = choice_view.of(told.deps, told.shop, told.order, told.state, told.ref.about)
    url = order_links.choice_url(told.deps, told.order, told.ref.about)
    return {"choice": choice, "choice_url": url} | _money(told)


def _check_address(told: Told) -> dict[str, Any]:
    found = addresses.address_doubts(told.basket) if told.basket else ()
    # An address of mail is shown as it is: the letter goes to it.
    doubts = [
        each if each.meant and is_address(each.found) else replace(each, found=said(each.found)) for each in found
    ]
    return {"doubts": doubts, "address_url": order_links.address_url(told.deps, told.order)}


def _link(told: Told) -> dict[str, Any]:
    return {"link_until": order_links.expiry(told.shop, told.order)}


def _followup(told: Told) -> dict[str, Any]:
    ask = order_links.ask_url(told.deps, told.order, told.language)
    return {"parcels": parcels.views(told.state), "ask_url": ask}


def _moment(order: Order, name: str) -> datetime | None:
    clock = order.clocks.named(name)
    return clock.due if clock and clock.running else None


def _reason(words: str) -> str:
    return said(words)[:_LONGEST_REASON]


def _money(told: Told) -> dict[str, Any]:
    """What was paid and is to come back, and by when."""
    paid = told.state.paid_at is not None
    return {"paid": paid, "refund_by": day_of(told.shop, told.order, REFUND) if paid else None}


def _changed(told: Told) -> dict[str, Any]:
    """What the latest change did, in views of both baskets."""
    found = changes.latest(told.order.events)
    if found is None:
        return {"changes": None}
    before, after = basket_view.view(found.before), basket_view.view(found.after)
    was, now = {line.id: line for line in before.lines}, {line.id: line for line in after.lines}
    ids = [line.after.id if line.after else line.before.id if line.before else "" for line in found.lines]
    changed = {
        "lines": [{"before": was.get(id), "after": now.get(id)} for id in ids],
        "before": before,
        "after": after,
        "costs": found.costs,
        "total": found.total,
        "delivery_to": found.delivery_to,
    }
    return {"changes": changed}


def _refunded(told: Told) -> dict[str, Any]:
    """The refund that the letter is about, and what is still owed of a cancelled order's price."""
    state, basket = told.state, told.basket
    refund = next((each for each in state.refunds if each.id == told.ref.about), None)
    nothing: dict[str, Any] = {"refund": None, "refunded": None, "owed": None, "owed_by": None, "several": False}
    if refund is None or basket is None:
        return nothing
    owed = basket.total - state.refunded if state.status is Status.CANCELLED else 0
    return nothing | {
        "refund": basket_view.amount(refund.amount, basket),
        "refunded": basket_view.amount(state.refunded, basket),
        "several": len(state.refunds) > 1,
        "owed": basket_view.amount(owed, basket) if owed > 0 else None,
        "owed_by": day_of(told.shop, told.order, REFUND),
    }


def _late(told: Told) -> bool:
    until = deliver_by(told.shop, told.order, told.state)
    return until is not None and local_date(told.deps.now(), told.shop.hours) > until


def _price_error(told: Told) -> dict[str, Any]:
    """The line with the wrong price, if there is only one, and the right price of a piece, if a person named it."""
    basket, wrong = told.basket, told.ref.wrong_price or WrongPrice(told.ref.about)
    line = next((each for each in basket.lines if each.id == wrong.line), None) if basket else None
    right = wrong.right
    return {
        "line": _named(line),
        "charged": basket_view.amount(line.unit_price, basket) if line and basket else None,
        "right": basket_view.amount(right, basket) if right is not None and basket else None,
        "mode": "avoided" if _accepted(told) else "not_accepted",
        "ask_url": order_links.ask_url(told.deps, told.order, told.language),
    } | _money(told)


def _accepted(told: Told) -> bool:
    """Whether a contract was made for the wrong price: by a dispatch, or by a confirmation that accepted the order. A
    confirmation that was written while the order was held only said that it came."""
    if told.state.parcels:
        return True
    confirmed = told.state.shop_confirmed_at is not None or was_owed(told.order, Purpose.ORDER_CONFIRMED)
    return told.shop.orders.contract == "on_confirmation" and confirmed


def _named(line: Line | None) -> str:
    return said(line.name) if line else ""


def _task(told: Told) -> dict[str, Any]:
    """What waits for the shop's people. `about`: the promise and its stage, or a task's own name, and a line's id."""
    what, _, rest = told.ref.about.partition(" ")
    clock = told.order.clocks.named(what)
    line = next((each for each in told.basket.lines if each.id == rest), None) if told.basket else None
    chosen = next((each for each in told.order.choices if what in ("choice", "untold") and each.line == rest), None)
    return {
        "what": what,
        "chosen": chosen.choice.value if chosen else "",
        "chosen_sku": said(chosen.sku) if chosen else "",
        "by_silence": chosen is not None and chosen.by_silence,
        "stage": rest if clock else "",
        "due": clock.due if clock else None,
        "line": _named(line),
        "hold": told.order.hold.value if told.order.hold else "",
        "hold_reason": _reason(told.order.hold_reason),
        "desk_url": links.desk_order_url(told.deps, told.order.ref),
    }


_MORE: Mapping[Purpose, Callable[[Told], dict[str, Any]]] = {
    Purpose.ORDER_CONFIRMED: _confirmed,
    Purpose.ORDER_CHANGED: _changed,
    Purpose.ORDER_CANCELLED: _cancelled,
    Purpose.ORDER_SENT: _parcel,
    Purpose.ORDER_DELIVERED: _parcel,
    Purpose.ORDER_REFUNDED: _refunded,
    Purpose.ORDER_STATUS: _status,
    Purpose.ORDER_OUT_OF_STOCK: _choice,
    Purpose.ORDER_CHOICE_MADE: _choice,
    Purpose.ORDER_CHECK_ADDRESS: _check_address,
    Purpose.ORDER_PRICE_ERROR: _price_error,
    Purpose.ORDER_LINK: _link,
    Purpose.ORDER_FOLLOWUP: _followup,
    Purpose.ORDER_TASK: _task,
}
"""What each letter says besides what all say."""
