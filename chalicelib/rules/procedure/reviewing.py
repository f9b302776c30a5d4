"""The one mail that asks a customer to rate the handling: some time after the close, once per ticket (decision 75), and
only if the customer may be sent adverts (decision 197)."""

from dataclasses import replace
from datetime import datetime

from chalicelib.rules.intake.submission import is_address
from chalicelib.rules.policy.promises import ABOUT_DATA, Outcome
from chalicelib.rules.procedure.rating import open_until
from chalicelib.rules.tickets.advertising import refusal
from chalicelib.rules.tickets.clocks import REVIEW, Clock, RuleContext, SetBy, set_clock
from chalicelib.rules.tickets.log import Action
from chalicelib.rules.tickets.messages import Event, Message, system_message
from chalicelib.rules.tickets.outbox import Delivery, Purpose, queue
from chalicelib.rules.tickets.ticket import AFTERCARE, LogEntry, Ticket
from chalicelib.rules.tickets.ticket import owed as owed_clock
from chalicelib.rules.timing.periods import parse


def with_review_clock(closed: Ticket, context: RuleContext) -> Ticket:
    """The ticket, closed just now, with the clock of the review request; unchanged if nothing will be asked. The clock
    stays after it was met, to show that the customer was asked."""
    period = context.shop.review_request
    if period is None or closed.clock(REVIEW) or not askable(closed, context.at) or refusal(closed, context.shop):
        return closed
    clock = set_clock(REVIEW, period, context.shop.kinds[closed.kind], context, SetBy.CLOSING)
    return replace(closed, clocks=closed.clocks.put(clock))


def askable(ticket: Ticket, now: datetime) -> bool:
    """Whether the customer can be asked, and could answer: closed, not rated, and neither spam nor opened by a
    machine."""
    # Customers who have written about their personal data are not asked for more.
    if ticket.rating or ticket.kind in ABOUT_DATA or ticket.opening.automatic:
        return False
    if ticket.outcome is Outcome.SELF_SERVED:
        return False  # there is no handling that could be rated
    return open_until(ticket, now) is not None and is_address(ticket.requester.address)


def ask(ticket: Ticket, clock: Clock, context: RuleContext, id: str) -> tuple[Ticket, Message | None, LogEntry | None]:
    """The review request that is due. If it no longer applies, the ticket without its clock. It is sent only when any
    remedy owed has been done for the same period."""
    if context.shop.review_request is None or not askable(ticket, context.at) or refusal(ticket, context.shop):
        return replace(ticket, clocks=ticket.clocks.without_review_clock()), None, None
    later = _later(ticket, clock, context)
    if later.due > context.at:
        return replace(ticket, clocks=ticket.clocks.put(later)), None, None
    mail = Delivery(Purpose.REVIEW_REQUEST, ticket.requester.address)
    message = system_message(id, ticket.ref, context.at, Event.REVIEW_REQUEST, "")
    return (
        replace(ticket, clocks=ticket.clocks.meet(REVIEW, at=context.at)),
        replace(message, outbox=queue((mail,), context.at)),
        LogEntry(context.at, AFTERCARE, Action.ASKED_HOW_IT_WENT),
    )


def _later(ticket: Ticket, clock: Clock, context: RuleContext) -> Clock:
    """The clock, counted from now while a remedy is owed, or from when the remedy was done."""
    owed, done = owed_clock(ticket), ticket.remedy.done_at if ticket.remedy else None
    begun = context.at if owed else done
    if begun is None:
        return clock
    kind = context.shop.kinds[ticket.kind]
    return set_clock(REVIEW, parse(clock.period), kind, replace(context, at=begun), SetBy.REMEDY)
