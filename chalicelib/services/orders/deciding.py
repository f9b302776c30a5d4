"""What agents decide about an order at the desk."""

from enum import StrEnum

from chalicelib.rules.learning.causes import PRICE, Cause, Signal
from chalicelib.rules.orders import holds
from chalicelib.rules.orders.order import Order
from chalicelib.rules.tickets.clocks import RuleContext
from chalicelib.services.learning.signalling import note_signal
from chalicelib.services.orders.commits import change, load
from chalicelib.services.ports.deps import Deps


class Decision(StrEnum):
    """What an agent may do with an order."""

    HOLD = "hold"
    RELEASE = "release"
    PRICE_ERROR = "price_error"
    NOTE_REFUNDED = "note_refunded"
    SEND_WORD = "send_word"


def decide(
    deps: Deps, order: Order, decision: Decision, agent: str, reason: str = "", right_price: int | None = None
) -> Order:
    """The order after the agent's (by address) decision. `right_price`: of a piece, for a wrong price. Raises NotOpen
    if it is not, or no longer, to be made."""

    def rule(order: Order, context: RuleContext) -> Order:
        match decision:
            case Decision.HOLD:
                return holds.hold(order, agent, reason, context)
            case Decision.RELEASE:
                return holds.release(order, agent, reason, context)
            case Decision.PRICE_ERROR:
                return holds.price_error(order, agent, reason, context, right_price)
            case Decision.NOTE_REFUNDED:
                return holds.note_refunded(order, agent, reason, context)
            case Decision.SEND_WORD:
                return holds.send_word(order, agent, context)

    # As it is now: the page with the button may be old.
    decided = change(deps, load(deps, order.ref), rule)
    if decision is Decision.PRICE_ERROR:
        note_signal(deps, deps.policy.shop(order.shop), Signal.PRICE_ERROR, Cause(PRICE), order.ref)
    return decided
