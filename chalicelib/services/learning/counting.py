"""Counts tickets by the day on which they were opened, after records of the table's stream (decision 255)."""

from collections.abc import Callable

from chalicelib.rules.learning.causes import signals
from chalicelib.rules.learning.tally import counts_of
from chalicelib.rules.tickets.ticket import LogEntry, Ticket
from chalicelib.services.ports.conflicts import VersionConflict
from chalicelib.services.ports.deps import Deps
from chalicelib.services.ports.learning.tallies import Tallied

TRIES = 8
# Of a longer log the latest entries count; that is the same whenever it is counted.
_LONGEST_LOG = 1000


def count(deps: Deps, ref: str) -> None:
    """Count the ticket as it is stored now. Repeating it changes nothing; what was counted of an earlier version is
    replaced. Raises VersionConflict after so many lost races that something is wrong."""

    def now(before: Tallied | None) -> Tallied | None:
        ticket = deps.tickets.ticket(ref)
        if ticket is None or (before and before.version >= ticket.version):
            return None
        return tallied(ticket, log_of(deps, ticket))

    if counted := put(deps, ref, now):
        _follow(deps, *counted)


def put(
    deps: Deps, subject: str, decide: Callable[[Tallied | None], Tallied | None]
) -> tuple[Tallied | None, Tallied] | None:
    """Put what `decide` makes of what was counted of the subject in its place. Returns both; None if it makes nothing.
    Raises VersionConflict after so many lost races that something is wrong."""
    for _ in range(TRIES):
        # In this order: if somebody counts a later version in between, the write below fails.
        before = deps.tallies.tallied(subject)
        after = decide(before)
        if after is None:
            return None
        if deps.tallies.tally(before, after):
            return before, after
    raise VersionConflict("lost every race for these counts")


def tallied(ticket: Ticket, log: list[LogEntry]) -> Tallied:
    return Tallied(ticket.ref, ticket.shop, ticket.opened_at.date(), ticket.version, counts_of(ticket, log))


def log_of(deps: Deps, ticket: Ticket) -> list[LogEntry]:
    """The ticket's log, the oldest entry first."""
    return [*ticket.log, *reversed(deps.tickets.history(ticket.ref, _LONGEST_LOG, consistent=True))]


def _follow(deps: Deps, before: Tallied | None, after: Tallied) -> None:
    """Propose improvements, if the ticket gave a signal that it had not given before."""
    known, now = signals(before.counts if before else {}), signals(after.counts)
    if any(number > known.get(cause, 0) for cause, number in now.items()):
        from chalicelib.services.learning.proposing import propose  # few tickets give a signal

        propose(deps, deps.policy.shop(after.shop))
