"""What an agent says about a promised call, as an action."""

from chalicelib.errors import InvalidFields, NotOpen
from chalicelib.rendering import words
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.tickets.clocks import RuleContext
from chalicelib.rules.tickets.ticket import Change, Ticket
from chalicelib.services.actions.action_input import ActionInput
from chalicelib.services.actions.agent_action import AgentAction, Field, Kind, Rule
from chalicelib.services.ports.deps import Deps

# The values of rules.calls.results.Result, which only this action imports.
RESULTS = ("reached", "not_reached", "wrong_number", "moved")


def _call_result(deps: Deps, shop: Shop, ticket: Ticket, inputs: ActionInput) -> Rule:
    """Raises InvalidFields."""
    from chalicelib.rules.calls import results
    from chalicelib.rules.calls.results import Result, Said
    from chalicelib.services.calls import changing

    result, slot = inputs.choice("result", Result), inputs.text("slot")
    text = inputs.text("notes")
    if result is Result.NOT_REACHED and not text:
        text = words.phrase(shop.languages[0], "desk.calls.results.not_reached")
    said = Said(text, inputs.agent, inputs.boolean("answers", default=False))
    if result is Result.MOVED and not slot:
        raise InvalidFields({"slot": "missing"})

    def moved(current: Ticket, id: str, context: RuleContext) -> Change:
        if current.call is None or not current.call.open:
            raise InvalidFields({"action": "no_call"})
        try:
            return changing.moved(deps, current, id, slot, context)
        except NotOpen:
            raise InvalidFields({"action": "no_call"}) from None

    def rule(current: Ticket, id: str, context: RuleContext) -> Change:
        match result:
            case Result.REACHED:
                return results.reached(current, id, said, context)
            case Result.NOT_REACHED:
                return results.not_reached(current, id, said, context)
            case Result.WRONG_NUMBER:
                return results.wrong_number(current, id, said, context)
            case Result.MOVED:
                return moved(current, id, context)

    return rule


def _offered(ticket: Ticket) -> bool:
    return ticket.call is not None and ticket.call.open


CALL_RESULT = AgentAction(
    "call_result",
    (Field("result", one_of=RESULTS), Field("notes"), Field("answers", Kind.BOOLEAN), Field("slot")),
    _call_result,
    _offered,
)
