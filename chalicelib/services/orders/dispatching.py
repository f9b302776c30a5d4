"""What the outbox, the mail service's events and due work bring is for a ticket or for an order: by its reference."""

from chalicelib.rules.delivery.bouncing import STATUSES, Report
from chalicelib.rules.delivery.sending import OutboxItem
from chalicelib.rules.orders.duties.sending import reported
from chalicelib.rules.orders.order import Order
from chalicelib.rules.tickets.clocks import RuleContext
from chalicelib.services.delivery import bouncing, sending
from chalicelib.services.delivery.bouncing import SUPPRESSED_FOR, address_key
from chalicelib.services.delivery.sending import Progress
from chalicelib.services.orders import posting
from chalicelib.services.orders.commits import change, is_order
from chalicelib.services.ports.deps import Deps
from chalicelib.services.ports.mails import SendConfirmation
from chalicelib.services.ports.tickets import ItemRef
from chalicelib.services.tickets.undeliverable import note_undeliverable


def post(deps: Deps, due: ItemRef, seen: OutboxItem | Order) -> bool:
    """Send what the item owes; whether nothing is left to send now. Raises what `send_owed` of either raises."""
    if isinstance(seen, Order):
        return posting.send_owed(deps, due.ref, seen) is Progress.SETTLED
    return sending.post(deps, due, seen)


def note_sent(deps: Deps, proof: SendConfirmation) -> None:
    """Record a sent mail from the mail service's event."""
    if is_order(proof.due.ref):
        return posting.note_sent(deps, proof)
    return sending.note_sent(deps, proof)


def note_event(deps: Deps, ses_id: str, report: Report) -> str | None:
    """Record an event on the mail with this id of the mail service. Returns the reference of its ticket or order, or
    None if the mail is not ours."""
    if ref := bouncing.note_event(deps, ses_id, report):
        return ref
    due = deps.threads.item_of_sent(ses_id)
    order = deps.orders.order(due.ref) if due and is_order(due.ref) else None
    return _note_on_order(deps, order, ses_id, report) if order else None


def _note_on_order(deps: Deps, order: Order, ses_id: str, report: Report) -> str:
    def decide(order: Order, context: RuleContext) -> Order | None:
        following = reported(order, ses_id, report, context)
        mails = [mail for mail in order.outbox.deliveries if mail.ses_id == ses_id] if order.outbox else []
        for mail in mails if following else ():
            # These first: if we crash in between, the repeated report does all of it again.
            if ends := SUPPRESSED_FOR.get(report.delivery_event):
                deps.suppressions.suppress(address_key(deps, mail.to), report.delivery_event, context.at + ends)
            if status := STATUSES.get(report.delivery_event):
                note_undeliverable(deps, order.shop, order.ref, mail, status)
        return following

    return change(deps, order, decide).ref
