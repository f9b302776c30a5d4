"""Orders under data protection law: deleted when their time is over, reduced when their buyer is erased, corrected."""

from chalicelib.rules.delivery.bouncing import STATUSES
from chalicelib.rules.identity import derived
from chalicelib.rules.orders import reducing
from chalicelib.rules.orders.order import Order
from chalicelib.rules.privacy.retention import RetentionReason
from chalicelib.rules.tickets.clocks import RETAIN, RuleContext
from chalicelib.rules.tickets.messages import Person
from chalicelib.rules.tickets.outbox import DeliveryStatus
from chalicelib.services.orders.commits import change, load
from chalicelib.services.ports.deps import Deps
from chalicelib.services.ports.purges import DeletionCertificate, Pointers

REDUCED = "anonymised"
"""What becomes of the order of an erased buyer, as of a ticket in which others wrote too."""
KEPT_FOR_TAX = (
    "orders are kept for tax law (GDPR, Article 17(3)(b)) until the policy's time for them is over: their numbers, "
    "dates, products, amounts and the country; name, addresses, phone and tracking are removed"
)
_UNDELIVERED = (DeliveryStatus.REFUSED, *STATUSES.values())


def expected(order: Order) -> str:
    """What an erasure will do with the order: reduce it, or keep it for now."""
    if order.legal_hold:
        return RetentionReason.ON_HOLD.value
    return RetentionReason.OPEN.value if reducing.under_way(order) else REDUCED


def reduce(deps: Deps, order: Order) -> str:
    """Reduce the order, if nothing of it is under way; what became of it."""

    def decide(order: Order, context: RuleContext) -> Order | None:
        return reducing.reduced(order, context) if expected(order) == REDUCED else None

    done = change(deps, load(deps, order.ref), decide)
    return REDUCED if done.reduced_at else expected(done)


def reduce_again(deps: Deps, order: Order) -> Order:
    """Reduce the order, although something of it is under way: it is of a moment before its buyer was erased, and came
    back by a restore. One on hold stays."""

    def decide(order: Order, context: RuleContext) -> Order | None:
        return None if order.reduced_at or order.legal_hold else reducing.reduced(order, context)

    return change(deps, order, decide)


def correct(deps: Deps, order: Order, was: str, becomes: Person) -> bool:
    """Correct the buyer's data in the order; whether anything changed."""
    latest = load(deps, order.ref)  # the index is read a moment later than the table is written
    return change(deps, latest, lambda order, context: reducing.corrected(order, was, becomes, context)) != latest


def begin_purge(deps: Deps, ref: str) -> str | None:
    """Write the certificate of an order's deletion, if its time is over; the certificate's name, or None."""
    order = deps.orders.order(ref)
    retain = order.clocks.named(RETAIN) if order and not order.legal_hold else None
    if order is None or retain is None or retain.due > deps.now():
        return None
    certificate = _certificate(deps, order, retain.period)
    deps.purges.put_certificate(certificate)
    return certificate.name


def end_purge(deps: Deps, name: str, ref: str) -> None:
    """Delete the order, and what points to it, and date the certificate. Repeating it does the rest."""
    order = deps.orders.order(ref)
    if order and not delete(deps, order):
        return
    deps.purges.finish_certificate(name, deps.now())


def delete(deps: Deps, order: Order) -> bool:
    """Delete the order, and what points to it; False if it has changed meanwhile."""
    mails = order.outbox.deliveries if order.outbox else ()
    sent = tuple(mail.ses_id for mail in mails if mail.ses_id)
    lost = any(mail.status in _UNDELIVERED for mail in mails)
    deps.purges.delete_pointers(Pointers(order.shop, order.ref, order.known_at, sent, undelivered_mail=lost))
    return deps.orders.delete_order(order)


def _certificate(deps: Deps, order: Order, period: str) -> DeletionCertificate:
    now = deps.now()
    return DeletionCertificate(
        month=f"{now:%Y-%m}",
        id=derived.name(deps.secret, "purge", f"{order.ref}/{order.known_at.isoformat()}"),
        shop=order.shop,
        rule="retention",
        subject=derived.name(deps.secret, "certificate", order.ref),
        begun_at=now,
        kind="order",
        period=period,
        messages=len(order.events),
        entries=len(order.log),
    )
