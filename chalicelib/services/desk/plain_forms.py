"""The forms on a ticket's page that are made from an action's declaration (AgentAction), field by field.

Every action has a plain form, except those in BY_HAND, which have templates in templates/pages/desk (decision 166).
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from chalicelib.rendering import replies, words
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.tickets.ticket import Ticket
from chalicelib.services.actions.actions import ACTIONS
from chalicelib.services.actions.agent_action import SEEN, UNSEEN, AgentAction, Field, Kind
from chalicelib.services.actions.answers.agreeing import AGREEMENTS, END
from chalicelib.services.tickets.answers.drafts import LONGEST_TEXT

BY_HAND = frozenset(
    {
        "answer", "ask", "note", "assign", "prioritise", "change", "extend", "refer", "end_referral", "find", "remedy",
        "instruct", "remedy_done", "claim", "conclude", "close", "reopen", "tag", "merge", "split", "place_legal_hold",
        "lift_legal_hold", "confirm_identity", "readdress", "delivered", "goods_sent", "goods_back",
        "take_back", "approve_answer", "return_answer", "send_template",
    }
)  # fmt: skip
"""Actions with a form of their own: it shows current values, suggests, explains, or is part of another form."""


class Control(StrEnum):
    """The input element of a field."""

    LINE = "line"
    TEXT = "text"
    DAY = "day"
    TICK = "tick"
    CHOICE = "choice"


_CONTROLS = {Kind.DAY: Control.DAY, Kind.BOOLEAN: Control.TICK}


@dataclass(frozen=True, slots=True)
class PlainField:
    """`options`: for a choice, pairs of value and words."""

    name: str
    label: str
    control: Control
    options: tuple[tuple[str, str], ...]
    hint: str


@dataclass(frozen=True, slots=True)
class PlainForm:
    """`title` unfolds the form. `offered`: the action is possible on the ticket now."""

    action: str
    title: str
    button: str
    hint: str
    fields: tuple[PlainField, ...]
    offered: bool


def forms(
    shop: Shop, ticket: Ticket, language: str, *, admin: bool = True, agreed: bool = True
) -> tuple[PlainForm, ...]:
    """The forms of all actions that are not in BY_HAND. `admin`: an admin or owner reads the page; only they make
    contact agreements, in shops whose policy has them, and end one that stands (`agreed`). A missing phrase raises
    KeyError."""
    agreeing = admin and shop.desk.agreements
    left_out = {name for name in AGREEMENTS if not agreeing or (name == END and not agreed)}
    made = (_form(action, shop, ticket, language) for name, action in ACTIONS.items() if name not in BY_HAND)
    return tuple(replace(form, offered=False) if form.action in left_out else form for form in made)


def _form(action: AgentAction, shop: Shop, ticket: Ticket, language: str) -> PlainForm:
    button = words.phrase(language, f"desk.ticket.do.{action.name}")
    return PlainForm(
        action=action.name,
        title=_word(language, f"field.{action.name}") or button,
        button=button,
        hint=_word(language, f"hint.{action.name}"),
        fields=tuple(_fields(action, shop, language)),
        offered=not ticket.merged_into and action.offered(ticket),
    )


def _fields(action: AgentAction, shop: Shop, language: str) -> Iterator[PlainField]:
    # Every form carries what its agent had seen (_act.html), so that is no visible field.
    carried = UNSEEN if SEEN in action.fields else ()
    for field in action.fields:
        if field not in carried:
            own = f"{action.name}_{field.name}"
            label = _word(language, f"field.{own}") or words.phrase(language, f"desk.ticket.field.{field.name}")
            default = _word(language, "hint.period") if field.kind is Kind.PERIOD else ""
            hint = _word(language, f"hint.{own}") or default
            options = _options(field, shop, language)
            yield PlainField(field.name, label, _control(field, options), options, hint)


def _control(field: Field, options: tuple[tuple[str, str], ...]) -> Control:
    default = Control.TEXT if field.kind is Kind.TEXT and field.longest >= LONGEST_TEXT else Control.LINE
    return Control.CHOICE if options else _CONTROLS.get(field.kind, default)


def _options(field: Field, shop: Shop, language: str) -> tuple[tuple[str, str], ...]:
    """The field's possible values, in words. None is preselected, so a field that was not chosen is reported as
    missing."""
    accepted = field.accepted(shop)
    if not accepted:
        return ()
    called = _called(field, shop, language)
    return ("", words.phrase(language, "desk.ticket.choose")), *((one, called.get(one, one)) for one in accepted)


def _called(field: Field, shop: Shop, language: str) -> dict[str, str]:
    match field.kind:
        case Kind.AGENT:
            return {agent.address: agent.name for agent in shop.agents}
        case Kind.THIRD_PARTY:
            return {party.id: party.name for party in shop.third_parties}
        case Kind.READY_REPLY:
            return {reply.id: reply.title for reply in replies.replies(language)}
        case Kind.TICKET_KIND:
            return {id: shop.text(kind.label, language) for id, kind in shop.kinds.items()}
        case Kind.TOPIC:
            return {topic.id: shop.text(topic.label, language) for topic in shop.topics}
        case _:
            return {one: _word(language, f"{field.name}.{one}") or one for one in field.one_of}


def _word(language: str, key: str) -> str:
    return words.phrase_or(language, f"desk.ticket.{key}")
