"""The steps of a messenger's window: whoever looks after the ticket is told before it ends, and the customer, if they
still have no answer, reads how they get it in any case (decision 296)."""

from collections.abc import Iterable
from dataclasses import replace

from chalicelib.rules.tickets.clock_steps import stepped
from chalicelib.rules.tickets.clocks import WINDOW, Clock, RuleContext
from chalicelib.rules.tickets.messages import Event, Message, system_message
from chalicelib.rules.tickets.outbox import Delivery, Purpose, queue
from chalicelib.rules.tickets.ticket import State, Ticket

LAST_LINE = f"{WINDOW} due"
"""What the message is about that owes the line. Its delivery is an acknowledgement once more: that we have the message,
and by when it is answered."""


def step(
    ticket: Ticket, clock: Clock, context: RuleContext, id: str, assignee: Iterable[str]
) -> tuple[Ticket, Message | None, None]:
    """The ticket after a step of its WINDOW clock. Once the customer was answered, nothing is left to do."""
    over = replace(ticket, clocks=ticket.clocks.without(WINDOW))
    if ticket.state is not State.OPEN:
        return over, None, None
    stage = clock.stage(context.at)
    warns = stage == "warn"
    after = replace(ticket, clocks=ticket.clocks.update(stepped(clock, context.at))) if warns else over
    if warns:
        mails = queue((Delivery(Purpose.ESCALATION, to) for to in assignee), context.at)
    else:
        mails = queue((Delivery(Purpose.ACKNOWLEDGEMENT, ticket.requester.address),), context.at)
    message = system_message(id, ticket.ref, context.at, Event.ESCALATION, f"{WINDOW} {'warn' if warns else 'due'}")
    return after, replace(message, outbox=mails), None
