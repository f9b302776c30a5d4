"""`erase_subject`: erases everything stored about a person in a shop, as far as the law allows, with a certificate.

The person's own closed tickets are deleted in the same way as after their retention; from other tickets the person is
taken out. Tickets on hold or under way are kept and named (GDPR, Article 17(3)(e)): ask again when that is over.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from chalicelib.errors import InvalidEvent
from chalicelib.rules.identity.addressing import canonical, same
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.privacy.anonymising import is_customer
from chalicelib.rules.privacy.retention import RetentionReason, kept_for
from chalicelib.rules.tickets.ticket import Ticket
from chalicelib.services import console_events
from chalicelib.services.delivery import agreements, objections
from chalicelib.services.orders.commits import is_order, of_customer
from chalicelib.services.ports.conflicts import VersionConflict
from chalicelib.services.ports.deps import Deps
from chalicelib.services.ports.inbox import MIN_TIME
from chalicelib.services.ports.purges import DeletionCertificate, TicketPartition
from chalicelib.services.ports.running import Run
from chalicelib.services.privacy import anonymising, order_privacy, purging, reason_privacy, retention, subjects
from chalicelib.services.privacy.anonymising import anonymise
from chalicelib.services.privacy.purging import PurgedTickets
from chalicelib.services.products import publishing
from chalicelib.services.waiting import asking
from chalicelib.telemetry import logger

_PAGE = 100
# Only this many are named; the rest are counted.
_MAX_NAMED = 500
_TRIES = 3
_WHY = {
    RetentionReason.ON_HOLD: "on hold: an admin said that it must be kept, see its log",
    RetentionReason.OPEN: (
        "a matter under way, kept for legal claims (GDPR, Article 17(3)(e)): close it first, then ask again"
    ),
    RetentionReason.OWING: "a mail or a remedy is still owed: ask again when that has been done",
    RetentionReason.NOT_YET: "its time is not over",
    RetentionReason.JOINED: "it has joined another ticket since: ask again",
}
_EXCEPTIONS = (
    "what others said about them by name stays, without their address: it is theirs, and may be needed for legal "
    "claims (GDPR, Article 17(3)(a) and (e))",
    "backups, for 35 days",
)


_OBJECTION = (
    "their objection to adverts is kept under a blinded form of the address, so that they go on getting none (GDPR, "
    "Article 17(3)(b) and 21(3))"
)


@dataclass(frozen=True, slots=True)
class Erased:
    """Who is erased. `known`: all addresses by which the shop knows them; `also`: tickets that an admin says are
    theirs."""

    address: str
    known: tuple[str, ...]
    also: tuple[str, ...]


def erase_subject(deps: Deps, event: Any, run: Run) -> dict[str, Any]:
    """Erase the person with this address or telephone number: `shop`, `email`, `reason` (must name nobody: it is kept
    in the audit trail), `confirm` (the address again); `also`: tickets that are theirs although they have the number
    beside another address; `dry_run` only reports what would happen. If time runs out, it continues automatically, or
    when the same event is sent again. Raises InvalidEvent."""
    fields = console_events.fields(event, "shop", "email", "reason", "confirm", "also", "dry_run")
    shop = console_events.shop(deps, fields)
    address = _address(shop, fields)
    who = Erased(address, subjects.known_as(deps, shop, address), console_events.references(fields, "also"))
    dry_run = console_events.boolean(fields, "dry_run")
    about = (
        person for each in who.known
        for person in reason_privacy.known_as(deps, subjects.mentions(deps, shop, each), each)
    )  # fmt: skip
    reason_privacy.reason(fields, "Asked for by letter of 3 November", about)
    besides = _kept_objection(deps, shop, who) | subjects.beside(subjects.numbered(deps, shop, who.known), who.also)
    if dry_run:
        return _answer(_expected(deps, shop, who)) | besides | {"dry_run": True}
    ready, done = _begun(deps, who, run)
    certificate = _certificate(deps, shop, who)
    complete = True
    for ref, known in subjects.found_in(deps, shop, who.known, who.also):
        if not run.time_left():
            complete = False
            break
        done[ref] = _erased(deps, ref, known, who, run, ready) or done.get(ref, "")
        if len(ready) >= purging.ROUND:
            complete = not purging.end(deps, ready) and complete
    for each in who.known:
        asking.forget_person(deps, shop, each)
        agreements.end(deps, shop, each)
    for order in of_customer(deps, shop.id, address) if complete else ():
        if not run.time_left():
            complete = False
            break
        done[order.ref] = order_privacy.reduce(deps, order)
    # Even if no ticket was deleted: an export may contain what was taken out of other tickets.
    complete = not purging.end(deps, ready) and complete
    if not complete or "left" in done.values():
        return _answer(done, certificate) | besides | {"complete": False, "goes_on": run.again(event)}
    if "failed" in done.values():  # trying again at once would not help
        return _answer(done, certificate) | besides | {"complete": False, "goes_on": False}
    if certificate:
        deps.purges.finish_certificate(certificate.name, deps.now())
    return _answer(done, certificate) | besides | {"complete": True}


def _kept_objection(deps: Deps, shop: Shop, who: Erased) -> dict[str, Any]:
    """What the answer says if the person has objected to adverts: that this stays."""
    objected = any(objections.objected_at(deps, shop.id, each) for each in who.known)
    return {"objection": _OBJECTION} if objected else {}


def _address(shop: Shop, fields: dict[str, Any]) -> str:
    address = console_events.person(shop, fields)
    if console_events.person(shop, fields, "confirm") != address:
        raise InvalidEvent({"confirm": "write the very address again that you wrote as email: it can not be undone"})
    if shop.agent(address) or shop.is_ours(address):
        raise InvalidEvent({"email": "this is an agent's or the shop's own address: write a customer's"})
    return address


def _begun(deps: Deps, who: Erased, run: Run) -> tuple[list[PurgedTickets], dict[str, str]]:
    """Continue deletions that have begun: their tickets are in none of the customer's lists any more. Returns those
    that are ready to be ended, and the unfinished ones: "left" for lack of time, or "failed" if the person is in
    them."""
    ready, undone = list[PurgedTickets](), dict[str, str]()
    for entry in deps.work.due(MIN_TIME, _PAGE, "purge"):
        result = retention.purged(deps, entry.ref, run) if run.time_left() else "left"
        if isinstance(result, PurgedTickets):
            ready.append(result)
        elif result == "left":
            return ready, undone | {entry.ref: result}
        elif result == "failed" and _is_in(deps, purging.load_with_merged(deps, entry.ref), who):
            undone[entry.ref] = result
    return ready, undone


def _is_in(deps: Deps, ticket_partitions: list[TicketPartition], who: Erased) -> bool:
    return any(anonymising.concerned(deps, ticket_partitions, each) for each in who.known)


def _erased(deps: Deps, ref: str, address: str, who: Erased, run: Run, ready: list[PurgedTickets]) -> str:
    """The result for a ticket: "deleted" (all but the end, which is among those `ready`), "anonymised", "left",
    "failed" or the reason why it is kept; "" if nothing in it was the person's."""
    if any(ref in each.refs for each in ready):
        return ""  # it was merged into one of those
    for _ in range(_TRIES):
        ticket_partitions = purging.load_with_merged(deps, ref)
        what = _decision(deps, ticket_partitions, address, who)
        try:
            if what in ("deleted", "anonymised"):
                _unpublish(deps, ticket_partitions, address)
            if what == "deleted":
                purge_result = retention.purge(deps, ref, run, purging.ERASURE)
                if isinstance(purge_result, PurgedTickets):
                    ready.append(purge_result)
                else:
                    what = "deleted" if purge_result == "gone" else purge_result
            elif what == "anonymised":
                what = what if _anonymised(deps, ref, ticket_partitions, address) else ""
        except VersionConflict:
            what = "changed"
        except Exception:
            # No error may hold up the tickets after it.
            logger.exception("a person could not be erased from a ticket", extra={"ref": ref})
            what = "failed"
        if what != "changed":
            return what
    return "left"


def _anonymised(deps: Deps, ref: str, ticket_partitions: list[TicketPartition], address: str) -> bool:
    """Take the person out of the ticket by each address under which they are its customer: the one that was asked for
    comes last, so that a run that dies is repeated."""
    customers = [ticket.customers for ticket in (partition.ticket for partition in ticket_partitions)]
    theirs = {canonical(each) for known in customers if address in map(canonical, known) for each in known}
    changed = False
    for each in sorted(theirs - {address}):
        changed = anonymise(deps, purging.load_with_merged(deps, ref), each) or changed
    return anonymise(deps, purging.load_with_merged(deps, ref) if changed else ticket_partitions, address) or changed


def _unpublish(deps: Deps, ticket_partitions: list[TicketPartition], address: str) -> None:
    """Take back what the person agreed to have published, before nobody knows any more that it was theirs."""
    for ticket in (partition.ticket for partition in ticket_partitions):
        if same(ticket.listed_by, address):
            publishing.remove(deps, ticket)


def _decision(deps: Deps, ticket_partitions: list[TicketPartition], address: str, who: Erased) -> str:
    """The outcome for a ticket and those merged into it."""
    if not ticket_partitions:
        return ""
    if ticket_partitions[0].ticket.custody.purging:
        return "deleted"
    if anonymising.begun(deps, [ticket_partition.ticket for ticket_partition in ticket_partitions], address):
        return "anonymised"  # a hold placed since came too late: half of the work may be done
    why = retention.kept(deps, ticket_partitions, early=True)
    if why and anonymising.concerned(deps, ticket_partitions, address):
        return why.value
    theirs = all_theirs([partition.ticket for partition in ticket_partitions], {address, *who.known})
    return "deleted" if not why and theirs else "anonymised"


def all_theirs(tickets: list[Ticket], known: Collection[str]) -> bool:
    """Whether all these tickets are the customer's with these addresses. Those merged into a ticket with an address
    that have none were merged because they are the same customer's."""
    customers = [t for t in tickets if t.requester.address] or [t for t in tickets if t.customers]
    return bool(customers) and all(any(is_customer(ticket, each) for each in known) for ticket in customers)


def _expected(deps: Deps, shop: Shop, who: Erased) -> dict[str, str]:
    """The expected result for each ticket, judged by the tickets without their messages."""
    plan = {order.ref: order_privacy.expected(order) for order in of_customer(deps, shop.id, who.address)}
    for ref, known in subjects.found_in(deps, shop, who.known, who.also):
        ticket = deps.tickets.ticket(ref) if ref not in plan else None
        if ticket is None:
            continue
        group = [ticket, *deps.tickets.find_tickets(ticket.merged_from)]
        begun = anonymising.begun(deps, group, known)
        why = None if begun else kept_for(group, (), deps.now(), early=True)
        theirs = not begun and all_theirs(group, {known, *who.known})
        plan[ref] = why.value if why else "deleted" if theirs else "anonymised"
    return plan


def _certificate(deps: Deps, shop: Shop, who: Erased) -> DeletionCertificate | None:
    """The unfinished certificate of an earlier run, or a new one with the expected counts; None if there is nothing to
    do."""
    id, now = console_events.subject(deps, shop.id, who.address), deps.now()
    months = (f"{now:%Y-%m}", f"{now.replace(day=1) - timedelta(days=1):%Y-%m}")
    named = {month: _certificates(deps, month, id) for month in months}
    for known in (certificate for found in named.values() for certificate in found):
        if known.done_at is None:
            return known
    plan = list(_expected(deps, shop, who).values())
    if not plan:
        return None
    certificate = DeletionCertificate(
        month=months[0],
        id=f"{id}-{len(named[months[0]]) + 1}",
        shop=shop.id,
        rule=purging.ERASURE,
        subject=id,
        begun_at=now,
        tickets=plan.count("deleted"),
        anonymised=plan.count("anonymised"),
        kept=sum(what not in ("deleted", "anonymised") for what in plan),
    )
    deps.purges.put_certificate(certificate)
    return certificate


def _certificates(deps: Deps, month: str, id: str) -> list[DeletionCertificate]:
    found: list[DeletionCertificate] = []
    while known := deps.purges.certificate(f"{month}/{id}-{len(found) + 1}"):
        found.append(known)
    return found


def _exceptions(done: dict[str, str]) -> list[str]:
    """What of the person stays, although everything else is gone."""
    orders = any(is_order(ref) and what == order_privacy.REDUCED for ref, what in done.items())
    return [*([order_privacy.KEPT_FOR_TAX] if orders else []), *(_EXCEPTIONS if done else ())]


def _answer(done: dict[str, str], certificate: DeletionCertificate | None = None) -> dict[str, Any]:
    results = list(done.values())
    kept = [(ref, what) for ref, what in done.items() if what in set(RetentionReason)]
    return {
        "deleted": results.count("deleted"),
        "anonymised": results.count("anonymised"),
        "kept": [{"reference": ref, "why": _WHY[RetentionReason(what)]} for ref, what in kept[:_MAX_NAMED]],
        "kept_in_all": len(kept),
        "left": results.count("left") + results.count("failed"),
        "certificate": certificate.name if certificate else None,
        "exceptions": _exceptions(done),
    }
