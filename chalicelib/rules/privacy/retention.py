"""Whether a ticket may be deleted: its retention is over, it has no legal hold, and it owes nothing."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum

from chalicelib.rules.tickets.clocks import RETAIN
from chalicelib.rules.tickets.messages import Message
from chalicelib.rules.tickets.outbox import awaited, wakes_at
from chalicelib.rules.tickets.ticket import State, Ticket, active_clocks


class RetentionReason(StrEnum):
    """Why a ticket is kept."""

    ON_HOLD = "on_hold"
    OPEN = "open"  # the ticket is not finished
    OWING = "owing"  # a mail or a remedy is still owed
    NOT_YET = "not_yet"  # its retention is not over
    JOINED = "joined"  # merged into another ticket, and kept as long as that one


def kept_for(
    tickets: Sequence[Ticket], messages: Iterable[Message], now: datetime, *, early: bool = False
) -> RetentionReason | None:
    """Why a ticket and those merged into it (the first, then the rest) are kept; None if they may be deleted. `early`:
    a person has the right to erasure before the retention is over; notifications that agents have not received go too.
    """
    first = tickets[0]
    if any(ticket.custody.legal_hold for ticket in tickets):
        return RetentionReason.ON_HOLD
    if first.merged_into:
        return RetentionReason.JOINED
    quarantined = first.state is State.QUARANTINED  # nobody has found it genuine, so it is not an open matter
    retain = first.clock(RETAIN)
    if not quarantined and (first.state is not State.CLOSED or retain is None):
        return RetentionReason.OPEN
    # A review request is optional, so it is not owed; nor are the clocks of a quarantined ticket.
    steps = [None if quarantined else active_clocks(ticket).without_review_clock().next_step for ticket in tickets]
    boxes = [*(ticket.outbox for ticket in tickets), *(message.outbox for message in messages)]
    unsent = any(ticket.held_answer for ticket in tickets)  # somebody sends it or takes it back
    if unsent or any(steps) or any(awaited(box, now) if early else wakes_at(box) for box in boxes):
        return RetentionReason.OWING
    return None if early or (retain and retain.due <= now) else RetentionReason.NOT_YET
