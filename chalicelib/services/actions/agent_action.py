"""What an action of agents is: its name on every surface, the fields it reads, and how it becomes a rule. What the
console takes and answers, and what docs/operations.md lists, is taken from here.

The log's entries (rules.tickets.log.Action) say what was done to a ticket; not all of that is an agent's doing.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from chalicelib.rendering import replies
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.tickets.clocks import RuleContext
from chalicelib.rules.tickets.ticket import Change, Ticket
from chalicelib.services.actions.action_input import LONGEST, LONGEST_TEXT, ActionInput
from chalicelib.services.ports.deps import Deps

Rule = Callable[[Ticket, str, RuleContext], Change | None]
"""What an action makes of a ticket, given the id of the message it writes; None when it changes nothing. It may be
applied more than once, to the ticket as it stands then."""

LANGUAGE = "en"
"""The console's, and the documentation's."""


class Kind(StrEnum):
    """What a field holds; the values are docs/operations.md's words for it."""

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


_OF_SHOP: Mapping[Kind, Callable[[Shop], Iterable[str]]] = {
    Kind.AGENT: lambda shop: (agent.address for agent in shop.agents),
    Kind.THIRD_PARTY: lambda shop: (party.id for party in shop.third_parties),
    Kind.READY_REPLY: lambda shop: (reply.id for reply in replies.replies(LANGUAGE)),
    Kind.TICKET_KIND: lambda shop: shop.kinds,
    Kind.TOPIC: lambda shop: (topic.id for topic in shop.topics),
}


@dataclass(frozen=True, slots=True)
class Field:
    """Something said with an action: its name in events and forms, what it holds, and `one_of` what, where that is the
    same in every shop."""

    name: str
    kind: Kind = Kind.TEXT
    one_of: tuple[str, ...] = ()

    @property
    def longest(self) -> int:
        return LONGEST.get(self.name, LONGEST_TEXT)

    def accepted(self, shop: Shop) -> tuple[str, ...]:
        """What it can be in this shop, where that is one of a few things; else nothing."""
        return self.one_of or tuple(_OF_SHOP[self.kind](shop) if self.kind in _OF_SHOP else ())


def always(ticket: Ticket) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class AgentAction:
    """`offered`: whether the desk shows its plain form on this ticket (services.desk.plain_forms), besides that it
    shows none on one that was merged. What is refused, the rule says."""

    name: str
    fields: tuple[Field, ...]
    prepare: Callable[[Deps, Shop, Ticket, ActionInput], Rule]
    offered: Callable[[Ticket], bool] = always

    def own(self, said: ActionInput) -> ActionInput:
        """What is said of the action's fields: it reads nothing that it does not name."""
        names = {field.name for field in self.fields}
        return replace(said, fields={name: value for name, value in said.fields.items() if name in names})

    def accepted(self, field: str, shop: Shop) -> tuple[str, ...]:
        """What the field of this name can be, where that is one of a few things."""
        return next((each.accepted(shop) for each in self.fields if each.name == field), ())


# Fields that several actions have.
TEXT, REASON, ANYWAY = Field("text"), Field("reason"), Field("anyway", Kind.BOOLEAN)
SEEN = Field("seen")
UNSEEN = (SEEN, ANYWAY)
"""Of what is not to go out over messages its writer has not seen (unseen_messages)."""
COMPOSED = (TEXT, Field("canned", Kind.READY_REPLY), *UNSEEN, Field("beside"))
"""Of what is written where drafts are."""


def by_name(*actions: AgentAction) -> Mapping[str, AgentAction]:
    return {action.name: action for action in actions}
