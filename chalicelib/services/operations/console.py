"""What agents do by the console's Test button or a terminal: the desk's actions, each as an event."""

import json
from collections.abc import Iterable
from typing import Any

from chalicelib.errors import InvalidEvent, InvalidFields, UnknownTicket
from chalicelib.rendering import replies, words
from chalicelib.rules.identity import derived
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.procedure import concluding, referring
from chalicelib.rules.tickets import clocks
from chalicelib.rules.tickets.messages import Person
from chalicelib.rules.tickets.procedure_facts import Cure, Fault, Outcome, OwedBy, Performer
from chalicelib.rules.tickets.ticket import Priority, Ticket, standing
from chalicelib.services import console_events
from chalicelib.services.actions.acting import act
from chalicelib.services.actions.action_input import LONGEST, LONGEST_TEXT, Said
from chalicelib.services.actions.actions import ACTIONS
from chalicelib.services.ports.deps import Deps

_LANGUAGE = "en"  # the console's
_TICKET = ("shop", "reference", "agent", "action")
_FIELDS = (*_TICKET, *sorted(set(LONGEST) - set(_TICKET)), "text", "until", "by", "due", "purchased", "fault", "cure")
_FIELDS += ("owed_by", "carried_out_by", "outcome", "priority", "settled", "tell", "anyway", "beside")
# What is said of a ticket where there is anything to say.
_WHERE = ("tags", "related", "merged_into", "merged_from", "hold")


def act_on_ticket(deps: Deps, event: Any) -> dict[str, Any]:
    """Do what the event says: `shop`, `reference`, `agent`, `action` and the action's fields. The very same event
    again, within the hour, does nothing more. Raises InvalidEvent with a sentence on what to type."""
    given = console_events.fields(event, *_FIELDS)
    shop = console_events.shop(deps, given)
    fields = {name: _as_text(name, value) for name, value in given.items()}
    agent = shop.agent(fields.get("agent", ""))
    if agent is None:
        known = ", ".join(agent.address for agent in shop.agents)
        raise InvalidEvent({"agent": f"name the agent who acts, one of {known}"})
    said, ref = Said(fields, Person(agent.name, agent.address)), console_events.reference(given)
    key = derived.source_of(f"{deps.now():%Y-%m-%dT%H}", json.dumps(fields, sort_keys=True))
    try:
        ticket, done = act(deps, shop, ref, fields.get("action", ""), said, key, at_console=True)
    except UnknownTicket:
        raise InvalidEvent({"reference": f"name a ticket of {shop.id}, for example NL-7K3F9-QXMT2"}) from None
    except InvalidFields as refused:
        action = fields.get("action", "")
        told = {name: _sentence(shop, action, name, code) for name, code in refused.codes.items()}
        raise InvalidEvent(told) from None
    return {"reference": ticket.ref, "action": fields["action"], "done": done} | state(deps, shop, ticket)


def state(deps: Deps, shop: Shop, ticket: Ticket) -> dict[str, Any]:
    """Where a ticket stands, with every promise that runs and why it is due when it is."""
    holidays = deps.holidays(shop)
    return {
        "state": ticket.state,
        "priority": ticket.priority,
        "assignee": ticket.assignee,
        "clocks": [
            {
                "name": clock.name,
                "due": clock.due.isoformat(),
                "explained": clocks.explained(clock, shop, holidays, _LANGUAGE),
            }
            for clock in standing(ticket)
            if clock.running
        ],
    } | {name: value for name in _WHERE if (value := getattr(ticket, name))}


def _answers(shop: Shop, action: str) -> dict[str, Iterable[str]]:
    """What can be said, by field, where it is one of a few things."""
    return {
        "action": ACTIONS,
        "to": [party.id for party in shop.third_parties] if action == "refer" else [a.address for a in shop.agents],
        "facts": referring.FACTS,
        "priority": Priority,
        "kind": shop.kinds,
        "topic": [topic.id for topic in shop.topics],
        "fault": Fault,
        "owed_by": OwedBy,
        "carried_out_by": Performer,
        "cure": Cure,
        "outcome": concluding.FINAL if action == "conclude" else (Outcome.SPAM, Outcome.SETTLED),
        "canned": [reply.id for reply in replies.replies(_LANGUAGE)],
    }


def _as_text(name: str, value: Any) -> str:
    """As the desk's form would send it: all text, a list as its words."""
    if isinstance(value, bool):
        return "true" if value else "false"
    parts = value if isinstance(value, list) else [value]
    if not all(isinstance(part, str | int | float) for part in parts):
        raise InvalidEvent({name: f'write it as text, for example {{"{name}": "…"}}'})
    return " ".join(map(str, parts))


def _sentence(shop: Shop, action: str, name: str, code: str) -> str:
    answers = _answers(shop, action).get(name, ())
    if answers and code in ("missing", "unknown", "no_agent"):
        return f"name one of {', '.join(answers)}"
    return words.problem(name, code, _LANGUAGE, longest=LONGEST.get(name, LONGEST_TEXT))
