"""Whether a ticket may be deleted: kept as long as its policy said at its closing, held by nobody, owing nothing."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum

from chalicelib.rules.tickets.clocks import RETAIN
from chalicelib.rules.tickets.messages import Message
from chalicelib.rules.tickets.outbox import awaited, wakes_at
from chalicelib.rules.tickets.ticket import State, Ticket, standing


class RetentionReason(StrEnum):
    """Why something is kept."""

    ON_HOLD = "on_hold"
    OPEN = "open"  # a matter under way
    OWING = "owing"  # a mail or a remedy is still to come
    NOT_YET = "not_yet"  # its time is not over
    JOINED = "joined"  # part of another ticket, and kept as long as that is


def kept_for(
    tickets: Sequence[Ticket], messages: Iterable[Message], now: datetime, *, early: bool = False
) -> RetentionReason | None:
    """Why a ticket and those that joined it (the first and the rest) are kept, None if they may go. `early`: somebody
    has the right that it goes before its time, with the notices of it that agents have not had."""
    first = tickets[0]
    if any(ticket.custody.hold for ticket in tickets):
        return RetentionReason.ON_HOLD
    if first.merged_into:
        return RetentionReason.JOINED
    quarantined = first.state is State.QUARANTINED  # no matter under way: nobody has taken it for one
    retain = first.clock(RETAIN)
    if not quarantined and (first.state is not State.CLOSED or retain is None):
        return RetentionReason.OPEN
    # A question we would ask is nothing we owe; nor are clocks of what is quarantined.
    steps = [None if quarantined else standing(ticket).without_review_clock().next_step for ticket in tickets]
    boxes = [*(ticket.outbox for ticket in tickets), *(message.outbox for message in messages)]
    if any(steps) or any(awaited(box, now) if early else wakes_at(box) for box in boxes):
        return RetentionReason.OWING
    return None if early or (retain and retain.due <= now) else RetentionReason.NOT_YET
