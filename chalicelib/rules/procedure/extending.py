"""More time to resolve: within the policy's limits, before the promise is broken, and only after the customer is
informed (decisions 36 and 65)."""

from dataclasses import replace
from datetime import datetime

from chalicelib.errors import InvalidFields
from chalicelib.rules.tickets.clock_steps import moved
from chalicelib.rules.tickets.clocks import RESOLVE, Clock, RuleContext, SetBy
from chalicelib.rules.tickets.log import Action, Detail, DetailCode
from chalicelib.rules.tickets.messages import Event, Person, shops_message
from chalicelib.rules.tickets.outbox import Delivery, Purpose, queue
from chalicelib.rules.tickets.procedure_facts import Extension
from chalicelib.rules.tickets.ticket import AFTERCARE, Change, LogEntry, State, Ticket, evolve
from chalicelib.rules.timing.periods import Period, due


def extensible(ticket: Ticket, context: RuleContext) -> tuple[Clock, datetime]:
    """The promise that may be extended, and the latest possible date, counted from the date that was promised first.

    Raises InvalidFields if the policy does not allow an extension now: `until` with the reason.
    """
    if ticket.state is State.QUARANTINED:
        raise InvalidFields({"until": "quarantined"})
    clock, extension = ticket.clock(RESOLVE), context.shop.kinds[ticket.kind].extension
    if clock is None or extension is None:
        raise InvalidFields({"until": "extension_never"})
    if not clock.running:
        raise InvalidFields({"until": "extension_resolved"})
    if context.at >= clock.due:
        raise InvalidFields({"until": "extension_too_late"})
    if any(given.told_at is None and given.failed_at is None for given in ticket.extensions):
        raise InvalidFields({"until": "extension_under_way"})
    given = [extension for extension in ticket.extensions if _counts(extension, clock)]
    if len(given) >= extension.times:
        raise InvalidFields({"until": "extension_used_up"})
    first_promised = given[0].before if given else clock.due
    return clock, due(first_promised, extension.limit, context.shop.hours, context.holidays)


def left(ticket: Ticket, context: RuleContext) -> bool:
    """Whether the customer can still be informed in time of a later date; a notice that is on its way does so."""
    clock, extension = ticket.clock(RESOLVE), context.shop.kinds[ticket.kind].extension
    if clock is None or extension is None or not clock.running or context.at > clock.due:
        return False
    return sum(_counts(given, clock) for given in ticket.extensions) < extension.times


def carried(ticket: Ticket, context: RuleContext) -> tuple[Extension, ...]:
    """Its extensions, marked for a merge with another ticket. Those of the promise that runs now go on counting."""
    clock = ticket.clock(RESOLVE)
    given = ticket.extensions
    return tuple(replace(g, carried_at=context.at) if clock and _counts(g, clock) else g for g in given)


def overtaken(ticket: Ticket, id: str, now: datetime) -> bool:
    """Whether the promise was broken before this extension's notice could be sent."""
    clock = ticket.clock(RESOLVE)
    waiting = any(given.id == id and given.told_at is None for given in ticket.extensions)
    return waiting and clock is not None and clock.running and clock.late(now)


def extend(
    ticket: Ticket, id: str, until: datetime | Period, reason: str, agent: Person, context: RuleContext
) -> Change:
    """Inform the customer that it takes longer, why, and until when. The clock moves after that mail was sent
    (`extension_sent`). Raises InvalidFields."""
    clock, furthest = extensible(ticket, context)
    end = due(clock.due, until, context.shop.hours, context.holidays) if isinstance(until, Period) else until
    if not reason.strip():
        raise InvalidFields({"reason": "missing"})
    if end <= clock.due:
        raise InvalidFields({"until": "extension_not_later"})
    if end > furthest:
        raise InvalidFields({"until": "extension_too_long"})
    if not ticket.requester.address:
        raise InvalidFields({"until": "extension_no_address"})
    extension = Extension(id, context.at, agent.address, reason.strip(), clock.due, end)
    message = shops_message(id, ticket.ref, context.at, agent, reason.strip(), Event.EXTENSION)
    mail = queue((Delivery(Purpose.EXTENSION, ticket.requester.address),), context.at)
    return Change(
        evolve(ticket, extensions=(*ticket.extensions, extension)),
        (replace(message, outbox=mail),),
        (LogEntry(context.at, agent.address, Action.EXTENSION_ASKED_FOR, (_until(end),)),),
    )


def extension_sent(ticket: Ticket, id: str, context: RuleContext) -> tuple[Ticket, tuple[LogEntry, ...]]:
    """The ticket after the notice was sent, with the promise moved. If the ticket was reopened and has a later promise,
    that stays."""
    extension = next((given for given in ticket.extensions if given.id == id and given.told_at is None), None)
    if extension is None:
        return ticket, ()
    clocks, resolve = ticket.clocks, ticket.clock(RESOLVE)
    if resolve and resolve.running and resolve.due < extension.until:
        kind = context.shop.kinds[ticket.kind]
        clocks = clocks.update(moved(resolve, extension.until, kind, context, SetBy.EXTENSION))
        clocks = clocks.owe_progress(kind, context, SetBy.EXTENSION)
    given = tuple(replace(g, told_at=context.at, failed_at=None) if g.id == id else g for g in ticket.extensions)
    entry = LogEntry(context.at, AFTERCARE, Action.EXTENDED, (_until(extension.until),))
    return replace(ticket, clocks=clocks, extensions=given), (entry,)


def failed(ticket: Ticket, id: str, now: datetime) -> Ticket:
    """The ticket after the notice could not be sent: the promise is unchanged, and another extension may be
    requested."""
    given = tuple(replace(g, failed_at=now) if g.id == id and not g.told_at else g for g in ticket.extensions)
    return replace(ticket, extensions=given)


def _counts(extension: Extension, clock: Clock) -> bool:
    """Whether it counts towards the limit of the promise that runs now. A reopened ticket has a new promise."""
    return extension.told_at is not None and (extension.carried_at or extension.told_at) >= clock.set_at


def _until(end: datetime) -> Detail:
    return Detail(DetailCode.UNTIL, f"{end:%Y-%m-%d}")
