"""Deleting a ticket for good, with all that joined it: files first, then what leads to it, then what it consists of.

It begins with a certificate and a mark on the ticket, in one request: from then on nobody finds the ticket, so that
nothing is added to it meanwhile, and what comes opens another. It ends with the ticket's item and the certificate's
date, in one request, once no export is left that could hold it: exports are cleared once for many tickets. Whoever dies
in between is followed by the next run, which the mark tells to do what is left: each step finds done what was done, and
the certificate says what was counted at the beginning (decisions 54 and 72).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from chalicelib.rules.delivery.bouncing import POSTINGS
from chalicelib.rules.identity import derived
from chalicelib.rules.privacy.hash_chain import chained
from chalicelib.rules.privacy.search_terms import words_of
from chalicelib.rules.tickets.clocks import RETAIN
from chalicelib.rules.tickets.messages import in_mails
from chalicelib.rules.tickets.outbox import Posting
from chalicelib.rules.tickets.ticket import Change, evolve
from chalicelib.services.ports.deps import Deps
from chalicelib.services.ports.purges import Certificate, Pointers, TicketPartition
from chalicelib.services.ports.running import Run
from chalicelib.services.tickets.filing import EXPORTS, prefix
from chalicelib.services.tickets.indexing import readings
from chalicelib.telemetry import logger

RETENTION, ERASURE = "retention", "erasure asked for"
_LOST = (Posting.REFUSED, *POSTINGS.values())
# That many can be ended in the time that a run keeps for its last step.
ROUND = 500


@dataclass(frozen=True, slots=True)
class Emptied:
    """A purge of which nothing is left to do but to end it: its certificate's name and its tickets."""

    name: str
    refs: tuple[str, ...]


def gathered(deps: Deps, ref: str) -> list[TicketPartition]:
    """All there is of a ticket, and of those that joined it; nothing if there is no such ticket (any more)."""
    first = deps.purges.holding(ref)
    joined = (deps.purges.holding(other) for other in first.ticket.merged_from) if first else ()
    return [first, *(holding for holding in joined if holding)] if first else []


def begin(deps: Deps, holdings: Sequence[TicketPartition], rule: str) -> str | None:
    """Put the certificate and mark the tickets: the certificate's name, None where one of them has changed."""
    certificate = certified(deps, holdings, rule)
    marked = (
        evolve(ticket, custody=replace(ticket.custody, purging=certificate.name))
        for ticket in (holding.ticket for holding in holdings)
    )
    sealed = chained(deps.secret, Change(also=tuple(marked))).also
    begun = deps.purges.begin_purge(certificate, sealed)
    return certificate.name if begun else None


def emptied(deps: Deps, holdings: Sequence[TicketPartition], name: str, run: Run) -> Emptied | None:
    """Do all but the end of a purge that has begun; None if time ran short. Another run may be at it, and may have
    ended it while we worked, so each step looks first whether the mark still stands."""
    refs = tuple(holding.ticket.ref for holding in holdings)
    for _ in _steps(deps, holdings):
        if deps.purges.marked(refs[0]) != name:
            break
        if not run.time_left():
            return None
    return Emptied(name, refs)


def end(deps: Deps, ready: list[Emptied]) -> int:
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


def _steps(deps: Deps, holdings: Sequence[TicketPartition]) -> Iterator[None]:
    """One step of the deletion after each yield."""
    yield
    for holding in holdings:
        while deps.files.erase_some(prefix(holding.ticket.ref)):
            yield
    deps.files.erase_raw([key for holding in holdings for key in raw_keys(holding)])
    for holding in holdings:
        yield
        deps.purges.delete_pointers(pointers(deps, holding))
    for holding in holdings:
        yield
        deps.purges.clear_partition(holding.ticket.ref)
    # What a reply had filed before it found the ticket gone.
    for holding in holdings:
        yield
        deps.files.erase_some(prefix(holding.ticket.ref))


def clear_exports(deps: Deps) -> None:
    """All exports go, since any may hold what is deleted. They can be made again."""
    # Those being made first: one that could still be joined would come after the others had gone.
    deps.files.abandon_parts(EXPORTS)
    while deps.files.erase_some(EXPORTS):
        pass


def certified(deps: Deps, holdings: Sequence[TicketPartition], rule: str) -> Certificate:
    """What the purge deletes, by number and hash."""
    ticket, now = holdings[0].ticket, deps.now()
    retain = ticket.clock(RETAIN)
    sizes = [size for holding in holdings for size in deps.files.stored(prefix(holding.ticket.ref)).values()]
    heads = [head for holding in holdings for head in log_heads(holding)]
    return Certificate(
        month=f"{now:%Y-%m}",
        id=derived.name(deps.secret, "purge", f"{ticket.ref}/{ticket.opened_at.isoformat()}"),
        shop=ticket.shop,
        rule=rule,
        subject=derived.name(deps.secret, "certificate", ticket.ref),
        begun_at=now,
        kind=ticket.kind,
        outcome=ticket.outcome or "",
        period=retain.period if retain else "",
        tickets=len(holdings),
        messages=sum(1 + len(holding.messages) for holding in holdings),
        files=len(sizes),
        bytes=sum(sizes),
        entries=sum(len(holding.ticket.log) + len(holding.log) for holding in holdings),
        pointers=sum(pointers(deps, holding).number for holding in holdings),
        heads=derived.source_of(*sorted(heads)),
    )


def pointers(deps: Deps, holding: TicketPartition) -> Pointers:
    """What leads to the ticket from elsewhere: computed again from what there is of it."""
    ticket, messages = holding.ticket, holding.messages
    said = words_of(ticket, messages, (logged.entry for logged in holding.log))
    words = readings(deps, ticket.shop, sorted(said))
    in_mail = in_mails((ticket.opening, *messages))
    boxes = (ticket.outbox, *(message.outbox for message in messages))
    mails = [mail for box in boxes if box for mail in box.deliveries]
    return Pointers(
        shop=ticket.shop,
        ref=ticket.ref,
        opened_at=ticket.opened_at,
        sent=tuple(mail.ses_id for mail in mails if mail.ses_id),
        raw_keys=tuple(raw_keys(holding)),
        words=tuple(dict.fromkeys((*words, *ticket.custody.former_words, *sorted(in_mail)))),
        lost=any(mail.posting in _LOST for mail in mails),
    )


def log_heads(holding: TicketPartition) -> list[str]:
    """Where the chains of its log stand: the ticket's own, and its messages'."""
    heads = (holding.ticket.log_head, *(message.log_head for message in holding.messages))
    return [head for head in heads if head]


def raw_keys(holding: TicketPartition) -> Iterable[str]:
    """The raw mails as they came, of which the ticket keeps copies, and those about it that it keeps none of."""
    copies = (message.raw_key for message in (holding.ticket.opening, *holding.messages) if message.raw_key)
    return dict.fromkeys((*map(original, copies), *holding.raw_keys))


def original(copy: str) -> str:
    """Where the raw mail lay, and may still lie, of which a ticket keeps this copy."""
    return f"raw/{copy.rpartition('/')[2]}"
