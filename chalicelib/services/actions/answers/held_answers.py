"""What agents do with an answer that has not left yet: take it back, or as its second reader approve or return it."""

from collections.abc import Callable

from chalicelib.rules.policy.model import Shop
from chalicelib.rules.procedure.answers import holding, second_reader
from chalicelib.rules.tickets.clocks import RuleContext
from chalicelib.rules.tickets.inbox_keys import unread
from chalicelib.rules.tickets.messages import Event, Message
from chalicelib.rules.tickets.ticket import Change, Ticket
from chalicelib.services.actions.action_input import ActionInput
from chalicelib.services.actions.agent_action import TEXT, UNSEEN, AgentAction, Field, Rule, by_name
from chalicelib.services.ports.deps import Deps
from chalicelib.services.tickets.answers import drafts, second_reading
from chalicelib.services.tickets.filing import whole_text

MESSAGE = Field("message")


def held(deps: Deps, shop: Shop, ticket: Ticket, written: Change, context: RuleContext) -> Change:
    """What is left now of the change by which an agent's answer would leave at once (rules.procedure.answers). Raises
    InvalidFields."""
    return holding.held(ticket, written, context, unread=second_reading.asked_for(deps, shop, ticket))


def _about(
    deps: Deps, inputs: ActionInput, rule: Callable[[Ticket, Message | None, str, RuleContext], Change | None]
) -> Rule:
    """The rule, applied to the answer that the form names, as stored now; to the one that is held if it names none. If
    none is held then, nothing is left to do."""

    def applied(current: Ticket, id: str, context: RuleContext) -> Change | None:
        named = inputs.text("message")
        about = named or (current.held_answer.id if current.held_answer else "")
        message = deps.tickets.message(current.ref, about) if about else None
        return rule(current, message, id, context) if about else None

    return applied


def _take_back(deps: Deps, shop: Shop, ticket: Ticket, inputs: ActionInput) -> Rule:
    return _about(
        deps,
        inputs,
        lambda current, message, id, context: holding.take_back(current, message, inputs.agent, context),
    )


def _approve(deps: Deps, shop: Shop, ticket: Ticket, inputs: ActionInput) -> Rule:
    return _about(
        deps,
        inputs,
        lambda current, message, id, context: second_reader.approve(current, message, inputs.agent, context),
    )


def _return(deps: Deps, shop: Shop, ticket: Ticket, inputs: ActionInput) -> Rule:
    note = inputs.text("text")
    return _about(
        deps,
        inputs,
        lambda current, message, id, context: second_reader.send_back(
            current, message, id, note, inputs.agent, context
        ),
    )


def _to_its_writer(deps: Deps, shop: Shop, change: Change, inputs: ActionInput) -> None:
    for message in _taken_back(change):
        _give_back(deps, shop, message, message.person.address)


def _to_the_agent(deps: Deps, shop: Shop, change: Change, inputs: ActionInput) -> None:
    for message in _taken_back(change):
        _give_back(deps, shop, message, inputs.agent.address)


def _taken_back(change: Change) -> tuple[Message, ...]:
    return tuple(message for message in change.messages if message.event is Event.TAKEN_BACK)


def _give_back(deps: Deps, shop: Shop, message: Message, agent: str) -> None:
    """Put the answer's text into the agent's box again. If this fails, the text is still in the conversation."""
    drafts.give_back(deps, shop, message.ref, agent, whole_text(deps, message))


def _is_held(ticket: Ticket) -> bool:
    return ticket.held_answer is not None


HELD_ANSWERS = by_name(
    AgentAction("take_back", (MESSAGE,), _take_back, _is_held, _to_the_agent),
    AgentAction("approve_answer", (MESSAGE, *UNSEEN), _approve, unread),
    AgentAction("return_answer", (MESSAGE, TEXT), _return, unread, _to_its_writer),
)
