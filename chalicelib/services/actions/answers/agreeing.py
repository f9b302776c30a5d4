"""Contact agreements as admins make and end them (decision 271)."""

from dataclasses import replace
from datetime import datetime

from chalicelib.errors import InvalidFields
from chalicelib.rendering import words
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.procedure.answers import agreement
from chalicelib.rules.procedure.answers.agreement import Agreement
from chalicelib.rules.tickets.clocks import RuleContext
from chalicelib.rules.tickets.due_dates import end_of
from chalicelib.rules.tickets.messages import Event, Message
from chalicelib.rules.tickets.ticket import Change, Ticket
from chalicelib.rules.timing.worktime import local_date
from chalicelib.services.actions.action_input import ActionInput
from chalicelib.services.actions.agent_action import REASON, AgentAction, Field, Kind, Rule, by_name
from chalicelib.services.delivery import agreements
from chalicelib.services.ports.deps import Deps


def _made(shop: Shop, ticket: Ticket, inputs: ActionInput, at: datetime) -> Agreement:
    """What the form says, as agreed at `at`. Raises InvalidFields."""
    day, days, agent = inputs.day("until"), inputs.text("every_days"), inputs.text("to")
    in_writing = inputs.boolean("in_writing", default=False)
    if day is None:
        raise InvalidFields({"until": "missing"})
    if days and not days.isdecimal():
        raise InvalidFields({"every_days": "agreement_days"})
    if agent and shop.agent(agent) is None:
        raise InvalidFields({"to": "unknown"})
    by = inputs.agent.address
    return Agreement(ticket.ref, at, by, end_of(day, shop.hours), int(days or 0), agent, in_writing)


def _agree(deps: Deps, shop: Shop, ticket: Ticket, inputs: ActionInput) -> Rule:
    reason = inputs.text("reason")
    _made(shop, ticket, inputs, deps.now())

    def rule(current: Ticket, id: str, context: RuleContext) -> Change | None:
        made = _made(shop, current, inputs, context.at)
        change = agreement.agree(current, id, made, said(shop, made, current.language), reason, context)
        if told := deps.tickets.message(current.ref, id):
            # A request that comes again finishes what a run left that died before it had.
            if not _since(deps, shop, current, told):
                agreements.keep(deps, shop, current.requester.address, replace(made, at=told.at))
            return None
        return change

    return rule


def _since(deps: Deps, shop: Shop, ticket: Ticket, told: Message) -> bool:
    """Whether that of which the customer was told was recorded, or something else was agreed or ended since."""
    known = agreements.stored(deps, shop, ticket.requester.address)
    if known and known.at >= told.at:
        return True
    _, messages = deps.tickets.conversation(ticket.ref)
    return any(each.event is Event.AGREEMENT and each.at > told.at for each in messages)


def _agreed(deps: Deps, shop: Shop, change: Change, inputs: ActionInput) -> None:
    """The register is written after the log: nothing is kept to of which the customer is not told."""
    if change.ticket and change.messages:
        made = _made(shop, change.ticket, inputs, change.messages[0].at)
        agreements.keep(deps, shop, change.ticket.requester.address, made)


def _end(deps: Deps, shop: Shop, ticket: Ticket, inputs: ActionInput) -> Rule:
    reason = inputs.text("reason")

    def rule(current: Ticket, id: str, context: RuleContext) -> Change | None:
        text = words.phrase(_language(shop, current.language), "agreement.ended")
        change = agreement.end(current, id, text, inputs.agent, reason, context)
        if told := deps.tickets.message(current.ref, id):
            # A request that comes again finishes what a run left that died before it had.
            _forget(deps, shop, current.requester.address, told.at)
            return None
        return change if agreements.of(deps, shop, current.requester.address) else None

    return rule


def _ended(deps: Deps, shop: Shop, change: Change, inputs: ActionInput) -> None:
    """The register is written after the log: the rule may be applied again, and must find the agreement then."""
    if change.ticket and change.messages:
        _forget(deps, shop, change.ticket.requester.address, change.messages[0].at)


def _forget(deps: Deps, shop: Shop, address: str, told_at: datetime) -> None:
    """End what was agreed before the customer was told so, and nothing that was agreed since."""
    known = agreements.of(deps, shop, address)
    if known and known.at <= told_at:
        agreements.end(deps, shop, address)


def said(shop: Shop, made: Agreement, language: str) -> str:
    """What was agreed, a line for each thing, in this language if there are words in it."""
    spoken = _language(shop, language)
    agent = shop.agent(made.agent)
    lines = {
        "pace": made.every_days > 0,
        "agent": agent is not None,
        "in_writing": made.in_writing,
    }
    until = words.date_in_words(local_date(made.until, shop.hours), spoken)
    values = {"days": made.every_days, "name": agent.name.split()[0] if agent else "", "until": until}
    shown = [words.phrase(spoken, f"agreement.{line}").format(**values) for line, holds in lines.items() if holds]
    return "\n".join((*shown, words.phrase(spoken, "agreement.until").format(**values)))


def _language(shop: Shop, language: str) -> str:
    return language if language in words.languages() else shop.languages[0]


def _reachable(ticket: Ticket) -> bool:
    return bool(ticket.requester.address) and ticket.proven


END = "end_agreement"
AGREEMENTS = by_name(
    AgentAction(
        "agree_contact",
        (
            Field("every_days"),
            Field("to", Kind.AGENT),
            Field("in_writing", Kind.BOOLEAN),
            Field("until", Kind.DAY),
            REASON,
        ),
        _agree,
        _reachable,
        _agreed,
    ),
    AgentAction(END, (REASON,), _end, _reachable, _ended),
)
