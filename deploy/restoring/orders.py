"""Orders of a restored table: what was deleted is deleted again, what was reduced or corrected since is taken from the
old table, and so is each order that became known since. From orders that the old table has lost, erased buyers are
taken out here."""

from collections.abc import Iterable
from typing import TypedDict

from chalicelib.aws.table import mail_items, order_items
from chalicelib.aws.table.table import Table
from chalicelib.rules.identity import derived
from chalicelib.rules.orders.order import Order
from chalicelib.services import console_events
from chalicelib.services.ports.deps import Deps
from chalicelib.services.privacy import order_privacy
from deploy.restoring import tables
from deploy.restoring.since import Since


class Redone(TypedDict):
    """How many orders were deleted again, taken from the old table, reduced again, and are only in the new one. Of
    those the number whose buyer was corrected since."""

    deleted: int
    taken: int
    reduced: int
    brought_back: int
    to_correct: int


def redo(deps: Deps, old: Table, new: Table, since: Since, refs: Iterable[str]) -> Redone:
    """`refs`: the new table's orders. Repeating it changes nothing."""
    here = set(refs)
    deleted = {ref for ref in here if derived.name(deps.secret, "certificate", ref) in since.subjects}
    taken = (since.lasting_orders | (since.orders - here)) - deleted
    only_here = [order for ref in sorted(here - since.orders - deleted) if (order := deps.orders.order(ref))]
    for ref in sorted(taken):
        _take(old, new, ref)
    erased = [order for order in only_here if _subjects(deps, order) & since.subjects]
    return Redone(
        deleted=sum(_delete(deps, ref) for ref in sorted(deleted)),
        taken=len(taken),
        reduced=sum(order_privacy.reduce_again(deps, order) != order for order in erased),
        brought_back=len(only_here),
        to_correct=sum(bool(_subjects(deps, order) & since.corrected) for order in only_here),
    )


def _delete(deps: Deps, ref: str) -> bool:
    order = deps.orders.order(ref)
    if order and not order_privacy.delete(deps, order):
        raise tables.Failed(f"{ref} could not be deleted: is something at work on the new table?")
    return order is not None


def _take(old: Table, new: Table, ref: str) -> None:
    """Put the order into the new table as it is in the old one, with what leads to it from its mails."""
    item = old.get(order_items.order_key(ref))
    if item is None:
        return
    box = order_items.read_order(item).outbox
    sent = [mail_items.sent_key(mail.ses_id) for mail in (box.deliveries if box else ()) if mail.ses_id]
    tables.put(new, [*old.get_all(sent), item])


def _subjects(deps: Deps, order: Order) -> set[str]:
    """The blinded names of everybody who was ever its buyer."""
    buyers = {event.basket.buyer.address for event in order.events if event.basket} - {""}
    return {console_events.subject(deps, order.shop, address) for address in buyers}
