"""Defines an agent's action: its name on every surface, the fields it reads, and how it becomes a rule. The console's
inputs and answers, and the list in docs/operations.md, are derived from this.

The log's entries (rules.tickets.log.Action) say what was done to a ticket; agents do not do all of it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from chalicelib.rendering import replies
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.tickets.clocks import RuleContext
from chalicelib.rules.tickets.ticket import Change, Ticket
from chalicelib.services.actions.action_input import LONGEST, ActionInput
from chalicelib.services.ports.deps import Deps
from chalicelib.services.tickets.answers.drafts import LONGEST_TEXT

Rule = Callable[[Ticket, str, RuleContext], Change | None]
"""What an action makes of a ticket, given the id of the message it writes; None if it changes nothing. It may be
applied more than once, each time to the ticket as stored then."""

LANGUAGE = "en"
"""The language of the console and the documentation."""


class Kind(StrEnum):
    """The type of a field; the values are the words of docs/operations.md."""

    TEXT = "text"
    DAY = "day"
    PERIOD = "period"
    BOOLEAN = "true or false"
    AGENT = "an agent's address"
    THIRD_PARTY = "a third party's id"
    TICKET = "a ticket's reference"
    READY_REPLY = "a ready reply's id"
    TICKET_KIND = "a kind of the policy"
    TOPIC = "a topic of the policy"
    MESSAGE_TEMPLATE = "a message template of the policy"


_OF_SHOP: Mapping[Kind, Callable[[Shop], Iterable[str]]] = {
    Kind.AGENT: lambda shop: (agent.address for agent in shop.agents),
    Kind.THIRD_PARTY: lambda shop: (party.id for party in shop.third_parties),
    Kind.READY_REPLY: lambda shop: (reply.id for reply in replies.replies(LANGUAGE)),
    Kind.TICKET_KIND: lambda shop: shop.kinds,
    Kind.TOPIC: lambda shop: (topic.id for topic in shop.topics),
    Kind.MESSAGE_TEMPLATE: lambda shop: (template.key for template in shop.messages.templates),
}


@dataclass(frozen=True, slots=True)
class Field:
    """A field of an action: its name in events and forms, its type, and in `one_of` its possible values if these are
    the same in every shop."""

    name: str
    kind: Kind = Kind.TEXT
    one_of: tuple[str, ...] = ()

    @property
    def longest(self) -> int:
        return LONGEST.get(self.name, LONGEST_TEXT)

    def accepted(self, shop: Shop) -> tuple[str, ...]:
        """The possible values in this shop; empty if any value is possible."""
        return self.one_of or tuple(_OF_SHOP[self.kind](shop) if self.kind in _OF_SHOP else ())


def always(ticket: Ticket) -> bool:
    return True


def nothing(deps: Deps, shop: Shop, change: Change, inputs: ActionInput) -> None:
    return None


@dataclass(frozen=True, slots=True)
class AgentAction:
    """`offered`: whether the desk shows the action's plain form on this ticket (services.desk.plain_forms); a merged
    ticket shows none. The rule decides what is refused. `after`: what follows once the change is committed, and may be
    lost if the run dies."""

    name: str
    fields: tuple[Field, ...]
    prepare: Callable[[Deps, Shop, Ticket, ActionInput], Rule]
    offered: Callable[[Ticket], bool] = always
    after: Callable[[Deps, Shop, Change, ActionInput], None] = nothing

    def own(self, inputs: ActionInput) -> ActionInput:
        """Only the action's own fields: an action reads no field that it does not declare."""
        names = {field.name for field in self.fields}
        return replace(inputs, fields={name: value for name, value in inputs.fields.items() if name in names})

    def accepted(self, field: str, shop: Shop) -> tuple[str, ...]:
        """The possible values of the field with this name; empty if any value is possible."""
        return next((each.accepted(shop) for each in self.fields if each.name == field), ())


# Fields that several actions have.
TEXT, REASON, ANYWAY = Field("text"), Field("reason"), Field("anyway", Kind.BOOLEAN)
SEEN = Field("seen")
UNSEEN = (SEEN, ANYWAY)
"""For actions that must not send anything while there are messages the agent has not seen (unseen_messages)."""
COMPOSED = (TEXT, Field("canned", Kind.READY_REPLY), *UNSEEN, Field("beside"))
"""For actions with text that is also saved as a draft."""


def by_name(*actions: AgentAction) -> Mapping[str, AgentAction]:
    return {action.name: action for action in actions}
