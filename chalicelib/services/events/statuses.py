"""What a messenger says of our messages after it took them."""

from chalicelib.errors import NotYetKnown
from chalicelib.rules.delivery.bouncing import DeliveryEvent, Report
from chalicelib.rules.events.messages.said import Progress, Told
from chalicelib.rules.messages import progress
from chalicelib.rules.tickets.messages import Message
from chalicelib.rules.tickets.outbox import DeliveryStatus
from chalicelib.rules.tickets.ticket import Change, Ticket
from chalicelib.services.delivery.bouncing import note_event
from chalicelib.services.messages.taking import Taken
from chalicelib.services.ports.deps import Deps
from chalicelib.services.ports.tickets import ItemRef
from chalicelib.services.tickets.commits import commit_unless_done

_STATUSES = {Progress.DELIVERED: DeliveryStatus.DELIVERED, Progress.READ: DeliveryStatus.READ}


def take(deps: Deps, told: Told, *, first: bool) -> Taken:
    """Record how far a message of ours has come; a failure as that of a mail. `first`: it has not been tried before, so
    it may have come before its sender has recorded the provider's id. Raises NotYetKnown."""
    if told.progress is Progress.SENT:
        return Taken.IGNORED
    due = deps.threads.item_of_sent(told.id)
    if due is None:
        if first:
            raise NotYetKnown(told.id)
        return Taken.UNKNOWN
    if told.progress is Progress.FAILED:
        noted = note_event(deps, told.id, Report(DeliveryEvent.FAILED, (), None, told.error)) is not None
    else:
        noted = _note(deps, due, told.id, _STATUSES[told.progress])
    return Taken.APPLIED if noted else Taken.IGNORED


def _note(deps: Deps, due: ItemRef, id: str, status: DeliveryStatus) -> bool:
    """Whether it was news."""

    def decide(item: Ticket | Message | None) -> Change | None:
        return progress.come_to(item, id, status) if item else None

    return commit_unless_done(deps, _load(deps, due), decide, lambda: _load(deps, due)) is not None


def _load(deps: Deps, due: ItemRef) -> Ticket | Message | None:
    return deps.tickets.message(due.ref, due.message) if due.message else deps.tickets.ticket(due.ref)
