"""The desk's list of calls that are promised: those due first on top, each with what an agent needs before pressing the
number."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.rules.calls import booking, results, slots
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.tickets.clocks import CALL_BACK
from chalicelib.rules.tickets.procedure_facts import CallBack
from chalicelib.rules.tickets.ticket import Ticket
from chalicelib.services.calls import told
from chalicelib.services.calls.changing import FORGOTTEN
from chalicelib.services.calls.told import Times
from chalicelib.services.desk import times
from chalicelib.services.desk.times import TimeLeft
from chalicelib.services.ports.deps import Deps
from chalicelib.services.tickets.merged import resolve_merged

MOST = 100
"""The list of a shop has no more calls than this; those due first."""
_SNIPPET = 400
_FIRST, _LAST = "DUE#", "DUE#~"


@dataclass(frozen=True, slots=True)
class CallRow:
    """A call as one line. `when`: what was promised; `ready`: it is time to call; `again`: from when on to try again,
    "" if nobody has tried yet; `also`: the other open calls to the same number."""

    ticket: Ticket
    shop: Shop
    agent: str
    call: CallBack
    note: str
    when: str
    left: TimeLeft
    ready: bool
    again: str
    due: datetime
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Calls:
    """The list. `times`: by shop, what a call can be moved to; `more`: a shop has more calls than are shown."""

    rows: tuple[CallRow, ...]
    times: Mapping[str, Times]
    more: bool


def listed(deps: Deps, shops: Sequence[Shop], agents: Mapping[str, str], language: str) -> Calls:
    """The open calls of these shops. `agents`: the agent's name, by shop."""
    rows, more = list[CallRow](), False
    for shop in shops:
        held = deps.call_places.held(shop.id, _FIRST, _LAST, MOST + 1)
        more = more or len(held) > MOST
        found = {ticket.ref: ticket for ticket in _open(deps, shop, held)}
        rows += _related([_row(deps, shop, each, agents.get(shop.id, ""), language) for each in found.values()])
    offered = {shop.id: told.times(deps, shop, language) for shop in {row.shop.id: row.shop for row in rows}.values()}
    return Calls(tuple(sorted(rows, key=lambda row: (row.due, row.ticket.ref))), offered, more)


def _open(deps: Deps, shop: Shop, held: Mapping[str, str]) -> Iterator[Ticket]:
    """The tickets of these places whose calls are open. Places of calls that are over are given back here."""
    known = {ticket.ref: ticket for ticket in deps.tickets.find_tickets(list(held.values()))}
    for place, ref in held.items():
        ticket = known.get(ref) or deps.tickets.ticket(ref)
        into = resolve_merged(deps, ticket) if ticket else None
        if into and booking.has(into, place):
            yield into
        else:
            deps.call_places.release(shop.id, [place], ref, deps.now() + FORGOTTEN)


def _related(rows: Sequence[CallRow]) -> list[CallRow]:
    """The rows of a shop, each with the others of its number. A missed call does not join what a form has asked for
    (decision 272), so an agent who calls once must see both."""
    by_number: dict[str, list[str]] = {}
    for row in rows:
        by_number.setdefault(row.ticket.requester.phone, []).append(row.ticket.ref)
    return [
        replace(row, also=tuple(ref for ref in by_number[row.ticket.requester.phone] if ref != row.ticket.ref))
        for row in rows
    ]


def _row(deps: Deps, shop: Shop, ticket: Ticket, agent: str, language: str) -> CallRow:
    call, now, clock = ticket.call, deps.now(), ticket.clock(CALL_BACK)
    if call is None or clock is None:
        raise ValueError(f"{ticket.ref} promises no call")
    begins = results.due_at(call)
    return CallRow(
        ticket=ticket,
        shop=shop,
        agent=agent,
        call=call,
        note=" ".join(ticket.opening.text.split())[:_SNIPPET],
        when=told.call_time(call, shop, language),
        left=times.left_of(clock, now, language),
        ready=now >= begins or (call.starts_at is None and not call.tries and _in_windows(deps, shop)),
        again=times.short(begins, now, shop, language) if call.tries else "",
        due=clock.due,
    )


def _in_windows(deps: Deps, shop: Shop) -> bool:
    """Whether it is a time at which the shop calls people: nobody is rung at night."""
    return slots.current(deps.context(shop)) is not None
