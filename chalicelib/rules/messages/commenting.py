"""The one short reply that a thread of public comments gets, below its first comment that we read (decision 305)."""

from dataclasses import replace

from chalicelib.rules.identity.handles import Handle
from chalicelib.rules.tickets.messages import Channel
from chalicelib.rules.tickets.outbox import Delivery, Outbox, Purpose, Stage, add
from chalicelib.rules.tickets.ticket import State, Ticket

_APART = "|"


def with_reply(ticket: Ticket, who: Handle, account: str, comment: str) -> Ticket:
    """The ticket, just opened by a comment, owing the reply below it. A quarantined one owes nothing."""
    if ticket.state is State.QUARANTINED or _APART in account:
        return ticket
    reply = Delivery(Purpose.ACKNOWLEDGEMENT, who.address, about=f"{account}{_APART}{comment}")
    box = ticket.outbox or Outbox((), Stage.DONE, ticket.opened_at)
    return replace(ticket, outbox=add(box, [reply], ticket.opened_at))


def place_of(ticket: Ticket, mail: Delivery) -> tuple[str, str] | None:
    """The account and the comment below which this delivery is written, in public; None if it is for one person."""
    if ticket.channel is not Channel.SOCIAL or _APART not in mail.about:
        return None
    account, _, comment = mail.about.partition(_APART)
    return account, comment
