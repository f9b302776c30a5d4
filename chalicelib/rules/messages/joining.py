"""What somebody does by a messenger changes on their ticket: they write, they do something else, or the shop's people
answer in the provider's own app (decisions 292 and 293)."""

from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.rules.identity.addressing import same
from chalicelib.rules.intake.opening import Inbound, as_message, notifications
from chalicelib.rules.messages.clock import with_window
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.procedure.concluding import awaiting_answer
from chalicelib.rules.procedure.replying import answered
from chalicelib.rules.tickets.clocks import ANSWERS, RuleContext
from chalicelib.rules.tickets.log import Action, DetailCode, details_of
from chalicelib.rules.tickets.messages import NOBODY, Author, Event, Reached, Visibility
from chalicelib.rules.tickets.outbox import Purpose, queue
from chalicelib.rules.tickets.remarks import Remark
from chalicelib.rules.tickets.ticket import Change, LogEntry, State, Ticket, evolve, kept

_TOLD = ("edited", "other")
CONTINUED = timedelta(hours=24)
"""So long after a ticket was closed, what its customer writes still belongs to it."""


def joins(ticket: Ticket, shop: Shop, now: datetime) -> bool:
    """Whether what the ticket's customer writes now belongs to it: it is open, or something happened in it within a
    day, and its customer was not erased."""
    if not keeps(ticket, shop):
        return False
    return ticket.closed_at is None or now - max(ticket.closed_at, ticket.active_at or ticket.opened_at) <= CONTINUED


def keeps(ticket: Ticket, shop: Shop) -> bool:
    """Whether something can still be written on the ticket: its customer was not erased, and it is not going away."""
    gone = ticket.custody.purging or ticket.merged_into or not ticket.requester.address
    return ticket.shop == shop.id and not gone


def written_at(said_at: datetime, context: RuleContext) -> datetime:
    """When they wrote, by the provider's moment. A provider's clock may be ahead of ours."""
    return min(said_at, context.at)


def reached(ticket: Ticket | None, who: str, account: str, at: datetime, also: str) -> Reached | None:
    """How the customer is reached after a message of this moment, which `who` wrote, known as `also` too. One that
    comes late, after a newer one, moves nothing back; nor does one of somebody else, whose ticket was merged into this
    one."""
    before = ticket.reached if ticket else None
    if ticket and not any(same(each, known) for each in (who, also) for known in ticket.customers):
        return before
    if before is None:
        return Reached(account, at, also)
    newest = at >= before.last_at
    return replace(
        before,
        account=account if newest else before.account,
        last_at=max(at, before.last_at),
        also=also or before.also,
    )


def with_reached(change: Change, found: Reached | None, at: datetime, now: datetime) -> Change:
    """The change by which they wrote, at the provider's moment."""
    ticket, (message,) = change.ticket, change.messages
    after = with_window(replace(ticket, reached=found), now) if ticket and found != ticket.reached else ticket
    return replace(change, ticket=after, messages=(replace(message, at=at),))


def noted(ticket: Ticket, id: str, inbound: Inbound, what: str, at: datetime, context: RuleContext) -> Change:
    """What they did besides writing, for agents, who are told of an edit and of what can't be shown. The text of an
    edit is theirs; the message that it changes stays. Nothing goes on in a closed ticket by that."""
    message = as_message(inbound, id, ticket.ref, at, Author.CUSTOMER)
    told = what in _TOLD and ticket.state is not State.QUARANTINED
    mails = notifications(context.shop, Purpose.NOTIFICATION_REPLY, ticket.assignee) if told else ()
    note = replace(
        message, visibility=Visibility.INTERNAL, event=Event.NOTED, about=what, outbox=queue(mails, context.at)
    )
    entry = LogEntry(context.at, "customer", Action.WROTE, details_of(DetailCode.CHANNEL, inbound.channel))
    active_at = ticket.active_at if ticket.state is State.CLOSED else context.at
    return Change(evolve(ticket, active_at=active_at), (note,), (entry,))


def answered_elsewhere(ticket: Ticket, id: str, inbound: Inbound, at: datetime, context: RuleContext) -> Change:
    """An answer that the shop's people gave in the provider's own app: it meets the promise of an answer, at the moment
    at which it was given. What the customer wrote after that is owed an answer. Who wrote it is not told to us."""
    message = as_message(inbound, id, ticket.ref, at, Author.AGENT)
    message = replace(message, person=NOBODY, remarks=(Remark.IN_PROVIDERS_APP,))
    given = max(at, ticket.opened_at)
    after = replace(answered(ticket, NOBODY, replace(context, at=given)), assignee=ticket.assignee)
    newest = ticket.reached.last_at if ticket.reached else at
    if newest > at and ticket.state in (State.OPEN, State.QUARANTINED):
        after = awaiting_answer(after, replace(context, at=max(newest, ticket.opened_at)))
    after = replace(after, active_at=max(given, ticket.active_at or given))
    entry = LogEntry(context.at, "other", Action.ANSWERED, details_of(DetailCode.CHANNEL, inbound.channel))
    return Change(evolve(after), (message,), (entry,), sla_counts=kept(ticket, _uncounted(ticket, context.at), given))


def answered_already(change: Change, before: Ticket) -> Change:
    """The change that adds the customer's words, when the shop's people had answered them before they came to us."""
    return replace(change, ticket=replace(change.ticket or before, state=before.state, clocks=before.clocks))


def _uncounted(ticket: Ticket, now: datetime) -> list[str]:
    """The promises of an answer that were not counted as missed before the answer became known."""
    clocks = ticket.clocks.only(*ANSWERS)
    return [clock.name for clock in clocks if not (clock.late(now) and clock.stage(now) == "daily")]
