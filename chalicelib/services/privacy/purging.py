"""Deletes a ticket permanently, with all tickets merged into it: first its files, then the items that point to it, then
its partition.

It begins with a certificate and a mark on the ticket, in one request. From then on nobody finds the ticket, so nothing
is added to it, and a new mail opens another. It ends by deleting the ticket's item and dating the certificate, in one
request, once no export is left that could contain it; exports are cleared once for many tickets. If a run crashes in
between, the mark leads the next run to the rest: finished steps change nothing, and the certificate has the counts from
the beginning (decisions 54 and 72).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from chalicelib.rules.delivery.bouncing import STATUSES
from chalicelib.rules.identity import derived
from chalicelib.rules.privacy.hash_chain import chained
from chalicelib.rules.privacy.search_terms import words_of
from chalicelib.rules.tickets.clocks import RETAIN
from chalicelib.rules.tickets.log import Action
from chalicelib.rules.tickets.messages import in_mails
from chalicelib.rules.tickets.outbox import DeliveryStatus
from chalicelib.rules.tickets.ticket import Change, evolve
from chalicelib.services.orders.commits import is_order
from chalicelib.services.ports.deps import Deps
from chalicelib.services.ports.purges import DeletionCertificate, Pointers, TicketPartition
from chalicelib.services.ports.running import Run
from chalicelib.services.privacy import order_privacy
from chalicelib.services.tickets.filing import EXPORTS, prefix
from chalicelib.services.tickets.indexing import readings
from chalicelib.telemetry import logger

RETENTION, ERASURE = "retention", "erasure asked for"
_UNDELIVERED = (DeliveryStatus.REFUSED, *STATUSES.values())
# This many purges can be ended in the time that a run keeps for its last step.
ROUND = 500


@dataclass(frozen=True, slots=True)
class PurgedTickets:
    """A purge that only needs to be ended: its certificate's name and its tickets."""

    name: str
    refs: tuple[str, ...]


def load_with_merged(deps: Deps, ref: str) -> list[TicketPartition]:
    """Everything stored of a ticket, and of those merged into it; empty if the ticket does not exist (any more)."""
    first = deps.purges.ticket_partition(ref)
    joined = (deps.purges.ticket_partition(other) for other in first.ticket.merged_from) if first else ()
    return [first, *(ticket_partition for ticket_partition in joined if ticket_partition)] if first else []


def begin(deps: Deps, ticket_partitions: Sequence[TicketPartition], rule: str) -> str | None:
    """Write the certificate and mark the tickets; returns the certificate's name, or None if one of them has
    changed."""
    certificate = certified(deps, ticket_partitions, rule)
    marked = (
        evolve(ticket, custody=replace(ticket.custody, purging=certificate.name))
        for ticket in (ticket_partition.ticket for ticket_partition in ticket_partitions)
    )
    sealed = chained(deps.secret, Change(also=tuple(marked))).also
    begun = deps.purges.begin_purge(certificate, sealed)
    return certificate.name if begun else None


def delete_content(
    deps: Deps, ticket_partitions: Sequence[TicketPartition], name: str, run: Run
) -> PurgedTickets | None:
    """Do all but the end of a purge that has begun; None if time ran out. Another run may do the same, and may have
    ended it, so each step first checks that the mark is still there."""
    refs = tuple(ticket_partition.ticket.ref for ticket_partition in ticket_partitions)
    for _ in _steps(deps, ticket_partitions):
        if deps.purges.marked(refs[0]) != name:
            break
        if not run.time_left():
            return None
    return PurgedTickets(name, refs)


def end(deps: Deps, ready: list[PurgedTickets]) -> int:
    """End these purges and empty the list; returns how many could not be ended. The exports are deleted first, so that
    a ticket keeps its mark until they are gone."""
    clear_exports(deps)
    failed = 0
    for each in ready:
        try:
            if is_order(each.refs[0]):
                order_privacy.end_purge(deps, each.name, each.refs[0])
            else:
                deps.purges.end_purge(each.name, each.refs, deps.now())
        except Exception:
            # No error may hold up the purges after it.
            logger.exception("a purge could not be ended", extra={"ref": each.refs[0]})
            failed += 1
    ready.clear()
    return failed


def _steps(deps: Deps, ticket_partitions: Sequence[TicketPartition]) -> Iterator[None]:
    """One step of the deletion after each yield."""
    yield
    for ticket_partition in ticket_partitions:
        while deps.files.delete_versions_page(prefix(ticket_partition.ticket.ref)):
            yield
    deps.files.erase_raw([key for ticket_partition in ticket_partitions for key in raw_keys(ticket_partition)])
    for ticket_partition in ticket_partitions:
        yield
        deps.purges.delete_pointers(pointers(deps, ticket_partition))
    for ticket_partition in ticket_partitions:
        yield
        deps.purges.clear_partition(ticket_partition.ticket.ref)
    # Files that a reply stored before it found the ticket gone.
    for ticket_partition in ticket_partitions:
        yield
        deps.files.delete_versions_page(prefix(ticket_partition.ticket.ref))


def clear_exports(deps: Deps) -> None:
    """Delete all exports, because any of them may contain what is deleted. They can be made again."""
    # Unfinished exports first: one that could still be joined would appear after the others were deleted.
    deps.files.abandon_parts(EXPORTS)
    while deps.files.delete_versions_page(EXPORTS):
        pass


def certified(deps: Deps, ticket_partitions: Sequence[TicketPartition], rule: str) -> DeletionCertificate:
    """The certificate of what the purge deletes, by number and hash."""
    ticket, now = ticket_partitions[0].ticket, deps.now()
    retain = ticket.clock(RETAIN)
    sizes = [
        size
        for ticket_partition in ticket_partitions
        for size in deps.files.stored(prefix(ticket_partition.ticket.ref)).values()
    ]
    heads = [head for ticket_partition in ticket_partitions for head in log_heads(ticket_partition)]
    return DeletionCertificate(
        month=f"{now:%Y-%m}",
        id=derived.name(deps.secret, "purge", f"{ticket.ref}/{ticket.opened_at.isoformat()}"),
        shop=ticket.shop,
        rule=rule,
        subject=derived.name(deps.secret, "certificate", ticket.ref),
        begun_at=now,
        kind=ticket.kind,
        outcome=ticket.outcome or "",
        period=retain.period if retain else "",
        tickets=len(ticket_partitions),
        messages=sum(1 + len(ticket_partition.messages) for ticket_partition in ticket_partitions),
        files=len(sizes),
        bytes=sum(sizes),
        entries=sum(
            len(ticket_partition.ticket.log) + len(ticket_partition.log) for ticket_partition in ticket_partitions
        ),
        pointers=sum(pointers(deps, ticket_partition).number for ticket_partition in ticket_partitions),
        heads=derived.source_of(*sorted(heads)),
    )


def pointers(deps: Deps, ticket_partition: TicketPartition) -> Pointers:
    """The items elsewhere that point to the ticket, computed from its stored data."""
    ticket, messages = ticket_partition.ticket, ticket_partition.messages
    said = words_of(ticket, messages, (logged.entry for logged in ticket_partition.log))
    words = readings(deps, ticket.shop, sorted(said))
    in_mail = in_mails((ticket.opening, *messages))
    boxes = (ticket.outbox, *(message.outbox for message in messages))
    mails = [mail for box in boxes if box for mail in box.deliveries]
    return Pointers(
        shop=ticket.shop,
        ref=ticket.ref,
        opened_at=ticket.opened_at,
        sent=tuple(mail.ses_id for mail in mails if mail.ses_id),
        raw_keys=tuple(raw_keys(ticket_partition)),
        words=tuple(dict.fromkeys((*words, *ticket.custody.former_words, *sorted(in_mail)))),
        undelivered_mail=any(mail.status in _UNDELIVERED for mail in mails) or _shortened(ticket_partition),
    )


def _shortened(ticket_partition: TicketPartition) -> bool:
    """Whether one of its mails was sent in short form; these are on the list of undelivered mails."""
    return any(logged.entry.action is Action.SENT_IN_SHORT_FORM for logged in ticket_partition.log)


def log_heads(ticket_partition: TicketPartition) -> list[str]:
    """The heads of its log's chains: the ticket's own, and its messages'."""
    heads = (ticket_partition.ticket.log_head, *(message.log_head for message in ticket_partition.messages))
    return [head for head in heads if head]


def raw_keys(ticket_partition: TicketPartition) -> Iterable[str]:
    """The original raw mails that the ticket keeps copies of, and those about it without a copy."""
    copies = (
        message.raw_key for message in (ticket_partition.ticket.opening, *ticket_partition.messages) if message.raw_key
    )
    return dict.fromkeys((*map(original, copies), *ticket_partition.raw_keys))


def original(copy: str) -> str:
    """The key at which the raw mail of this copy was, and may still be."""
    return f"raw/{copy.rpartition('/')[2]}"
