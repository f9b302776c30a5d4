"""An agent acts on a ticket, exactly once, from any surface: at the console or at the desk."""

from dataclasses import replace
from datetime import datetime

from chalicelib.errors import InvalidFields, UnknownTicket
from chalicelib.rules.identity import derived
from chalicelib.rules.messages.clock import refuse_if_closed
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.tickets.ticket import Change, Event, LogEntry, Ticket
from chalicelib.services.actions import unseen_messages
from chalicelib.services.actions.action_input import ActionInput
from chalicelib.services.actions.actions import ACTIONS
from chalicelib.services.ports.conflicts import MessageExists, TicketExists
from chalicelib.services.ports.deps import Deps
from chalicelib.services.tickets.commits import commit_unless_done


def act(
    deps: Deps, shop: Shop, ref: str, action: str, inputs: ActionInput, key: str, *, at_console: bool = False
) -> tuple[Ticket, bool]:
    """Carry out an action once: `key` distinguishes one request from the next. Returns the ticket afterwards, and
    whether this call changed anything. `at_console`: an admin acts in the agent's name. The same request again is
    refused if its answer was taken back since: nothing would be sent.

    Raises InvalidFields, UnknownTicket.
    """
    if action not in ACTIONS:
        raise InvalidFields({"action": "unknown"})
    if inputs.incoming_files and action != "answer":
        raise InvalidFields({"attachments": "attachments_with_answer"})

    def load() -> Ticket:
        ticket = deps.tickets.ticket(ref)
        if ticket is None or ticket.shop != shop.id:
            raise UnknownTicket(ref)
        return ticket

    ticket = load()
    inputs = ACTIONS[action].own(inputs)
    rule = ACTIONS[action].prepare(deps, shop, ticket, inputs)
    id = derived.message_id(deps.secret, ref, derived.source_of("act", action, key))

    def decide(current: Ticket) -> Change | None:
        try:
            if current.merged_into and action != "merge":
                raise InvalidFields({"action": "merged"})
            unseen_messages.refuse_if_newer(deps, current, inputs)
            change = rule(current, id, deps.context(shop))
            return change and _allowed(current, change, deps.now(), at_console=at_console)
        except InvalidFields:
            if deps.tickets.message(ref, id) is None:
                raise
            return None  # it can't be done twice, and this same request did it before

    try:
        change = commit_unless_done(deps, ticket, decide, load)
    except (MessageExists, TicketExists):
        change = None
    if change:
        ACTIONS[action].after(deps, shop, change, inputs)
    elif (before := deps.tickets.message(ref, id)) and before.event is Event.TAKEN_BACK:
        raise InvalidFields({"action": "answer_taken_back"})
    return (change.ticket if change and change.ticket else load()), change is not None


def _allowed(ticket: Ticket, change: Change, now: datetime, *, at_console: bool) -> Change:
    """Raises InvalidFields if it says something to a messenger's user to whom nothing can be written any more."""
    refuse_if_closed(ticket, change, now)
    return _at_console(change) if at_console else change


def _at_console(change: Change) -> Change:
    """The change, marked as made at the console, also in the log of the tickets that it opens."""
    also = (replace(each, log=_marked(each.log)) if each.version == 1 else each for each in change.also)
    return replace(change, log=_marked(change.log), also=tuple(also))


def _marked(log: tuple[LogEntry, ...]) -> tuple[LogEntry, ...]:
    return tuple(replace(entry, at_console=True) for entry in log)
