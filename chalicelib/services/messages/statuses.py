"""What a messenger says of our messages after it took them."""

from chalicelib.rules.events.messages.said import Progress, Told
from chalicelib.rules.messages import progress
from chalicelib.rules.tickets.messages import Message
from chalicelib.rules.tickets.outbox import DeliveryStatus
from chalicelib.rules.tickets.ticket import Change, Ticket
from chalicelib.services.ports.deps import Deps
from chalicelib.services.ports.tickets import ItemRef
from chalicelib.services.tickets.commits import commit_unless_done

_STATUSES = {Progress.DELIVERED: DeliveryStatus.DELIVERED, Progress.READ: DeliveryStatus.READ}


def note(deps: Deps, told: Told) -> bool:
    """Record how far a message of ours has come; whether that was news of one of ours. A failure is recorded as that of
    a mail is (services.delivery.bouncing)."""
    due, status = deps.threads.item_of_sent(told.id), _STATUSES.get(told.progress)
    if due is None or status is None:
        return False

    def decide(item: Ticket | Message | None) -> Change | None:
        return progress.come_to(item, told.id, status) if item else None

    return commit_unless_done(deps, _load(deps, due), decide, lambda: _load(deps, due)) is not None


def _load(deps: Deps, due: ItemRef) -> Ticket | Message | None:
    return deps.tickets.message(due.ref, due.message) if due.message else deps.tickets.ticket(due.ref)
