"""Load an order, decide by a rule, commit; start again if somebody else committed first."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from chalicelib.errors import UnknownOrder
from chalicelib.rules.orders import numbers
from chalicelib.rules.orders.duties.tally import counted
from chalicelib.rules.orders.duties.telling import outgoing
from chalicelib.rules.orders.order import Order
from chalicelib.rules.privacy.order_chain import sealed
from chalicelib.rules.record.leaves import with_leaves
from chalicelib.rules.tickets.clocks import RuleContext
from chalicelib.rules.tickets.outbox import caused
from chalicelib.rules.tickets.ticket import SentId
from chalicelib.services.ports.conflicts import VersionConflict
from chalicelib.services.ports.deps import Deps
from chalicelib.telemetry import correlation, logger

TRIES = 8
_PAGE = 100
Decide = Callable[[Order, RuleContext], Order | None]
"""A rule: the next version of the order, or None if nothing changes."""


def is_order(ref: str) -> bool:
    """Whether this is the reference of an order, and not of a ticket."""
    return ref.startswith(f"{numbers.PREFIX}-")


def ref_of(deps: Deps, shop: str, number: str) -> str:
    """The reference of the order with this number, however it is spelled: "#1001" is "1001"."""
    return numbers.reference(deps.secret, shop, number)


def of_customer(deps: Deps, shop: str, address: str) -> Iterator[Order]:
    """All orders of this customer, the newest first, read page by page. What is read may be changed meanwhile, also so
    that it has another customer."""
    last: Order | None = None
    while page := deps.orders.orders_of(shop, address, _PAGE, last):
        yield from page
        last = page[-1]


def load(deps: Deps, ref: str) -> Order:
    """The order as stored. Raises UnknownOrder."""
    order = deps.orders.order(ref)
    if order is None:
        raise UnknownOrder(ref)
    return order


def change(deps: Deps, order: Order, decide: Decide, sent: Iterable[SentId] = ()) -> Order:
    """Apply a rule to the order and commit its next version; after a lost race, reload it and apply the rule again.
    Returns the order as it is stored then: the same if the rule changed nothing. `sent`: the ids of mails that it
    records. Raises UnknownOrder, and VersionConflict after so many lost races that something is wrong."""
    for _ in range(TRIES):
        following = decide(order, deps.context(deps.policy.shop(order.shop)))
        if following is None or following is order:
            return order
        try:
            return commit(deps, order, following, sent)
        except VersionConflict:
            order = load(deps, order.ref)
    raise VersionConflict("lost every race for this order")


def commit(deps: Deps, before: Order | None, after: Order, sent: Iterable[SentId] = ()) -> Order:
    """Write this version, with what it adds to the counters of promises, and what the shop's system is to be told.
    Raises VersionConflict."""
    stamped = replace(after, outbox=caused(after.outbox, correlation())) if after.outbox and correlation() else after
    stamped = sealed(deps.secret, before, stamped)
    counts = with_leaves(deps.secret, counted(before, stamped, deps.now()), deps.now())
    told = outgoing(before, stamped) if deps.policy.shop(stamped.shop).orders.webhook else ()
    deps.orders.commit_order(stamped, counts, sent, told)
    owed = [mail.purpose for mail in stamped.outbox.owed()] if stamped.outbox else []
    if before is None or owed:
        told_of = {"ref": after.ref, "shop": after.shop, "owes": owed, "head": stamped.log_head}
        logger.info("an order was changed", extra=told_of)
    return stamped
