"""How far a message of ours has come at a messenger: forward only, in whatever order the provider tells it."""

from dataclasses import replace

from chalicelib.rules.tickets.messages import Message
from chalicelib.rules.tickets.outbox import DeliveryStatus
from chalicelib.rules.tickets.ticket import Change, Ticket, evolve

_FORWARD = (DeliveryStatus.SENT, DeliveryStatus.DELIVERED, DeliveryStatus.READ)


def come_to(item: Ticket | Message, id: str, status: DeliveryStatus) -> Change | None:
    """The item whose message with this id of the provider has come to `status`. None if it has come further, or did
    not arrive at all."""
    box = item.outbox
    mail = next((each for each in box.deliveries if each.ses_id == id), None) if box else None
    if box is None or mail is None or mail.status not in _FORWARD:
        return None
    if _FORWARD.index(mail.status) >= _FORWARD.index(status):
        return None
    further = box.instead({mail: replace(mail, status=status)})
    if isinstance(item, Ticket):
        return Change(evolve(item, outbox=further))
    return Change(messages=(evolve(item, outbox=further),))
