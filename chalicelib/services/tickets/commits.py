"""Load, decide, commit; start again if somebody else committed first. Every change that a service makes to tickets and
messages is committed here, with its log entries chained."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TypeVar

from chalicelib.errors import UnknownTicket
from chalicelib.rules.identity.addressing import canonical
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.privacy import participants
from chalicelib.rules.privacy.address_matching import holds_any
from chalicelib.rules.privacy.anonymising import entry_without, may_name
from chalicelib.rules.privacy.hash_chain import chained
from chalicelib.rules.privacy.search_terms import number_words
from chalicelib.rules.record.leaves import with_leaves
from chalicelib.rules.tickets.log import Action
from chalicelib.rules.tickets.outbox import caused
from chalicelib.rules.tickets.ticket import Change, Message, Ticket
from chalicelib.services.measuring import Measure, measure
from chalicelib.services.ports.conflicts import Merged, StoreConflict, VersionConflict
from chalicelib.services.ports.deps import Deps
from chalicelib.services.tickets.indexing import blinded
from chalicelib.telemetry import correlation, logger

_TRIES = 8
_Item = TypeVar("_Item")
_Owing = TypeVar("_Owing", Ticket, Message)


def commit(deps: Deps, change: Change) -> Change:
    """Commit the change; returns what was committed, with the heads of its log. Raises what Tickets.commit raises."""
    linked = chained(deps.secret, _caused(_erasable(deps, change)))
    if linked.sla_counts:
        linked = replace(linked, sla_counts=with_leaves(deps.secret, linked.sla_counts, deps.now()))
    if any(entry.action is Action.CLOSED for entry in linked.log):
        from chalicelib.rules.procedure.rating import closings

        linked = replace(linked, tallies=(*linked.tallies, *closings(linked)))
    deps.tickets.commit(linked)
    _tell(change, linked)
    return linked


def change_ticket(deps: Deps, ticket: Ticket, decide: Callable[[Ticket], Change]) -> Change:
    """Apply a rule to the ticket and commit the result. After a version conflict, reload the ticket and apply the rule
    again.

    Raises UnknownTicket, MessageExists, Merged if the ticket was merged into another since it was read, and
    VersionConflict after so many lost races that something is wrong.
    """

    def reload() -> Ticket:
        fresh = deps.tickets.ticket(ticket.ref)
        if fresh is None:
            raise UnknownTicket(ticket.ref)
        if fresh.merged_into and not ticket.merged_into:
            raise Merged(fresh)
        return fresh

    return commit_or_retry(deps, ticket, decide, reload)


def commit_unless_done(
    deps: Deps,
    item: _Item,
    decide: Callable[[_Item], Change | None],
    reload: Callable[[], _Item],
    stale: type[StoreConflict] | tuple[type[StoreConflict], ...] = VersionConflict,
) -> Change | None:
    """Like commit_or_retry, for a rule that may find nothing left to do: returns None then, and writes nothing.
    `stale`: the conflicts that say that somebody else was quicker."""
    for _ in range(_TRIES):
        change = decide(item)
        if change is None:
            return None
        try:
            return commit(deps, change)
        except stale:
            item = reload()
    raise VersionConflict("lost every race for this item")


def commit_or_retry(deps: Deps, item: _Item, decide: Callable[[_Item], Change], reload: Callable[[], _Item]) -> Change:
    """Apply `decide` to `item` and commit. After a version conflict, reload the item and apply it again."""
    change = commit_unless_done(deps, item, decide, reload)
    if change is None:
        raise ValueError("the rule made no change")
    return change


def _caused(change: Change) -> Change:
    """The change in which the mails that become owed have the present correlation id."""
    if not (cause := correlation()):
        return change

    def with_cause(item: _Owing) -> _Owing:
        return replace(item, outbox=caused(item.outbox, cause)) if item.outbox else item

    return replace(
        change,
        ticket=change.ticket and with_cause(change.ticket),
        also=tuple(map(with_cause, change.also)),
        messages=tuple(map(with_cause, change.messages)),
    )


def _tell(change: Change, committed: Change) -> None:
    """Log and count what is new: tickets, messages, and mails that are owed."""
    for before, item in zip(_items(change), _items(committed), strict=True):
        said: dict[str, object] = {"ref": item.ref}
        new = item.version == 1
        owes = [d.purpose for d in item.outbox.owed()] if item.outbox and (new or item.outbox != before.outbox) else []
        said |= {"owes": owes} if owes else {}
        if isinstance(item, Message):
            said |= {"message_id": item.id, "author": item.author}
        if isinstance(item, Ticket) and new:
            measure(Measure.OPENED, item.shop, item.kind)
            more = {"shop": item.shop, "kind": item.kind, "channel": item.channel, "state": item.state}
            logger.info("a ticket was opened", extra=said | more)
        elif new:
            logger.info("a message was added", extra=said)
        elif owes:
            logger.info("more mails are owed", extra=said)


def _items(change: Change) -> list[Ticket | Message]:
    return [*filter(None, (change.ticket, *change.also)), *change.messages]


def _erasable(deps: Deps, change: Change) -> Change:
    """The change without any address in its log except our own, because the log outlives the people it names. Also adds
    the search words of the addresses noted on the ticket, so that they can be deleted after the note has changed."""
    if any(map(may_name, change.log)):
        ours = {canonical(address) for shop in deps.policy.shops.values() for address in _ours(shop)}
        change = replace(change, log=tuple(entry_without(entry, ours) for entry in change.log))
    ticket = _with_noted(deps, change.ticket) if change.ticket else None
    return replace(change, ticket=ticket, also=tuple(_with_noted(deps, also) for also in change.also))


def _ours(shop: Shop) -> Iterator[str]:
    yield from shop.addresses
    yield from (agent.address for agent in shop.agents)
    yield from (party.address for party in shop.third_parties)


def _with_noted(deps: Deps, ticket: Ticket) -> Ticket:
    noted = participants.noted(ticket)
    if not noted:
        return ticket
    # An order number is found by its parts too; after a correction the log no longer contains them.
    number = number_words(ticket.order_number or "") if holds_any(ticket.order_number or "") else ()
    words = blinded(deps, ticket.shop, (*map(participants.as_named, noted), *number))
    return replace(ticket, custody=ticket.custody.with_former_words(words))
