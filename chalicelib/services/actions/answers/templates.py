"""An agent sends a template that WhatsApp has approved, after its window (rules.messages.templating)."""

from chalicelib.rules.intake.submission import one_line
from chalicelib.rules.messages import templating
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.tickets.clocks import RuleContext
from chalicelib.rules.tickets.ticket import Change, Ticket
from chalicelib.services.actions.action_input import ActionInput
from chalicelib.services.actions.agent_action import TEXT, UNSEEN, AgentAction, Field, Kind, Rule
from chalicelib.services.ports.deps import Deps
from chalicelib.services.tickets.answers import second_reading


def _send_template(deps: Deps, shop: Shop, ticket: Ticket, inputs: ActionInput) -> Rule:
    key, text = inputs.text("template"), one_line(inputs.text("text"))

    def rule(current: Ticket, id: str, context: RuleContext) -> Change:
        if text:
            second_reading.refuse_own_words(deps, shop, current)
        return templating.send(current, id, key, text, inputs.agent, context)

    return rule


SEND_TEMPLATE = AgentAction("send_template", (Field("template", Kind.MESSAGE_TEMPLATE), TEXT, *UNSEEN), _send_template)
