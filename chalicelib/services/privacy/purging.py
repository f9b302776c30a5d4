"""Deleting a ticket for good, with all that joined it: files first, then what leads to it, then what it consists of.

It begins with a certificate and a mark on the ticket, in one request: from then on nobody finds the ticket, so that
nothing is added to it meanwhile, and what comes opens another. It ends with the ticket's item and the certificate's
date, in one request, once no export is left that could hold it: exports are cleared once for many tickets. Whoever dies
in between is followed by the next run, which the mark tells to do what is left: each step finds done what was done, and
the certificate says what was counted at the beginning (decisions 54 and 72).
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
from chalicelib.services.ports.deps import Deps
from chalicelib.services.ports.purges import DeletionCertificate, Pointers, TicketPartition
from chalicelib.services.ports.running import Run
from chalicelib.services.tickets.filing import EXPORTS, prefix
from chalicelib.services.tickets.indexing import readings
from chalicelib.telemetry import logger

RETENTION, ERASURE = "retention", "erasure asked for"
_LOST = (DeliveryStatus.REFUSED, *STATUSES.values())
# That many can be ended in the time that a run keeps for its last step.
ROUND = 500


@dataclass(frozen=True, slots=True)
class PurgedTickets:
    """A purge of which nothing is left to do but to end it: its certificate's name and its tickets."""

    name: str
    refs: tuple[str, ...]


def load_with_merged(deps: Deps, ref: str) -> list[TicketPartition]:
    """All there is of a ticket, and of those that joined it; nothing if there is no such ticket (any more)."""
    first = deps.purges.ticket_partition(ref)
    joined = (deps.purges.ticket_partition(other) for other in first.ticket.merged_from) if first else ()
    return [first, *(ticket_partition for ticket_partition in joined if ticket_partition)] if first else []


def begin(deps: Deps, ticket_partitions: Sequence[TicketPartition], rule: str) -> str | None:
    """Put the certificate and mark the tickets: the certificate's name, None where one of them has changed."""
    certificate = certified(deps, ticket_partitions, rule)
    marked = (
        evolve(ticket, custody=replace(ticket.custody, purging=certificate.name))
        for ticket in (ticket_partition.ticket for ticket_partition in ticket_partitions)
    )
    sealed = chained(deps.secret, Change(also=tuple(marked))).also
    begun = deps.purges.begin_purge(certificate, sealed)
    return certificate.name if begun else None


def emptied(deps: Deps, ticket_partitions: Sequence[TicketPartition], name: str, run: Run) -> PurgedTickets | None:
    """Do all but the end of a purge that has begun; None if time ran short. Another run may be at it, and may have
    ended it while we worked, so each step looks first whether the mark still stands."""
    refs = tuple(ticket_partition.ticket.ref for ticket_partition in ticket_partitions)
    for _ in _steps(deps, ticket_partitions):
        if deps.purges.marked(refs[0]) != name:
            break
        if not run.time_left():
            return None
    return PurgedTickets(name, refs)


def end(deps: Deps, ready: list[PurgedTickets]) -> int:
    """End these purges, and forget them here: how many could not be ended. The exports go first, so that a ticket's
    mark stands until they are gone."""
    clear_exports(deps)
    failed = 0
    for each in ready:
        try:
            deps.purges.end_purge(each.name, each.refs, deps.now())
        except Exception:
            # Whatever it is, it must not keep those after it.
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
    # What a reply had filed before it found the ticket gone.
    for ticket_partition in ticket_partitions:
        yield
        deps.files.delete_versions_page(prefix(ticket_partition.ticket.ref))


def clear_exports(deps: Deps) -> None:
    """All exports go, since any may hold what is deleted. They can be made again."""
    # Those being made first: one that could still be joined would come after the others had gone.
    deps.files.abandon_parts(EXPORTS)
    while deps.files.delete_versions_page(EXPORTS):
        pass


def certified(deps: Deps, ticket_partitions: Sequence[TicketPartition], rule: str) -> DeletionCertificate:
    """What the purge deletes, by number and hash."""
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
    """What leads to the ticket from elsewhere: computed again from what there is of it."""
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
        lost=any(mail.status in _LOST for mail in mails) or _shortened(ticket_partition),
    )


def _shortened(ticket_partition: TicketPartition) -> bool:
    """Whether a mail of it went in short form, which is listed with those that did not arrive."""
    return any(logged.entry.action is Action.SENT_IN_SHORT_FORM for logged in ticket_partition.log)


def log_heads(ticket_partition: TicketPartition) -> list[str]:
    """Where the chains of its log stand: the ticket's own, and its messages'."""
    heads = (ticket_partition.ticket.log_head, *(message.log_head for message in ticket_partition.messages))
    return [head for head in heads if head]


def raw_keys(ticket_partition: TicketPartition) -> Iterable[str]:
    """The raw mails as they came, of which the ticket keeps copies, and those about it that it keeps none of."""
    copies = (
        message.raw_key for message in (ticket_partition.ticket.opening, *ticket_partition.messages) if message.raw_key
    )
    return dict.fromkeys((*map(original, copies), *ticket_partition.raw_keys))


def original(copy: str) -> str:
    """Where the raw mail lay, and may still lie, of which a ticket keeps this copy."""
    return f"raw/{copy.rpartition('/')[2]}"
