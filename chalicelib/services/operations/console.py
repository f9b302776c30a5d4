"""What agents do with the console's Test button or a terminal: the desk's actions, each as an event."""

import json
from typing import Any, NotRequired, TypedDict

from chalicelib.errors import InvalidEvent, InvalidFields, UnknownTicket
from chalicelib.rendering import durations, words
from chalicelib.rules.identity import derived
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.tickets.due_dates import explained
from chalicelib.rules.tickets.messages import Person
from chalicelib.rules.tickets.ticket import Ticket, active_clocks
from chalicelib.services import console_events
from chalicelib.services.actions.acting import act
from chalicelib.services.actions.action_input import LONGEST, ActionInput
from chalicelib.services.actions.actions import ACTIONS
from chalicelib.services.actions.agent_action import LANGUAGE
from chalicelib.services.ports.deps import Deps
from chalicelib.services.tickets.answers.drafts import LONGEST_TEXT

_TICKET = ("shop", "reference", "agent", "action")
_FIELDS = (*_TICKET, *sorted({field.name for action in ACTIONS.values() for field in action.fields}))


class RunningClock(TypedDict):
    name: str
    due: str
    explained: str


class TicketStatus(TypedDict):
    """A ticket's status; empty fields are left out."""

    state: str
    priority: str
    assignee: str | None
    clocks: list[RunningClock]
    tags: NotRequired[tuple[str, ...]]
    related: NotRequired[tuple[str, ...]]
    merged_into: NotRequired[str]
    merged_from: NotRequired[tuple[str, ...]]
    legal_hold: NotRequired[str]


class ActionResult(TicketStatus):
    """`done`: whether this changed anything."""

    reference: str
    action: str
    done: bool


def act_on_ticket(deps: Deps, event: Any) -> ActionResult:
    """Carry out the event's action: `shop`, `reference`, `agent`, `action` and the action's fields. The same event
    again within the hour does nothing more. Raises InvalidEvent with a sentence on what to type."""
    given = console_events.fields(event, *_FIELDS)
    shop = console_events.shop(deps, given)
    fields = {name: _as_text(name, value) for name, value in given.items()}
    agent = shop.agent(fields.get("agent", ""))
    if agent is None:
        known = ", ".join(agent.address for agent in shop.agents)
        raise InvalidEvent({"agent": f"name the agent who acts, one of {known}"})
    said, ref = ActionInput(fields, Person.of(agent)), console_events.reference(given)
    key = derived.source_of(f"{deps.now():%Y-%m-%dT%H}", json.dumps(fields, sort_keys=True))
    try:
        ticket, done = act(deps, shop, ref, fields.get("action", ""), said, key, at_console=True)
    except UnknownTicket:
        raise InvalidEvent({"reference": f"name a ticket of {shop.id}, for example NL-7K3F9-QXMT2"}) from None
    except InvalidFields as refused:
        action = fields.get("action", "")
        sentences = {name: _sentence(shop, action, name, code) for name, code in refused.codes.items()}
        raise InvalidEvent(sentences) from None
    return {"reference": ticket.ref, "action": fields["action"], "done": done, **state(deps, shop, ticket)}


def state(deps: Deps, shop: Shop, ticket: Ticket) -> TicketStatus:
    """A ticket's status, with every running promise and the reason for its due date."""
    holidays = deps.holidays(shop)
    found: TicketStatus = {
        "state": ticket.state,
        "priority": ticket.priority,
        "assignee": ticket.assignee,
        "clocks": [
            {
                "name": clock.name,
                "due": clock.due.isoformat(),
                "explained": durations.explained(explained(clock, shop, holidays), LANGUAGE),
            }
            for clock in active_clocks(ticket)
            if clock.running
        ],
    }
    if ticket.tags:
        found["tags"] = ticket.tags
    if ticket.related:
        found["related"] = ticket.related
    if ticket.merged_into:
        found["merged_into"] = ticket.merged_into
    if ticket.merged_from:
        found["merged_from"] = ticket.merged_from
    if ticket.custody.legal_hold:
        found["legal_hold"] = ticket.custody.legal_hold
    return found


def _as_text(name: str, value: Any) -> str:
    """The value as the desk's form would send it: as text, a list as its words."""
    if isinstance(value, bool):
        return "true" if value else "false"
    parts = value if isinstance(value, list) else [value]
    if not all(isinstance(part, str | int | float) for part in parts):
        raise InvalidEvent({name: f'write it as text, for example {{"{name}": "…"}}'})
    return " ".join(map(str, parts))


def _sentence(shop: Shop, action: str, name: str, code: str) -> str:
    known = ACTIONS.get(action)
    accepted = tuple(ACTIONS) if name == "action" else known.accepted(name, shop) if known else ()
    if accepted and code in ("missing", "unknown", "no_agent"):
        return f"name one of {', '.join(accepted)}"
    return words.problem(name, code, LANGUAGE, longest=LONGEST.get(name, LONGEST_TEXT))
