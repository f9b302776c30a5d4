"""A form that asks for a call becomes one ticket, however often it is posted, with its places in the same request."""

from collections.abc import Mapping
from dataclasses import replace

from chalicelib.errors import InvalidFields, RateLimited
from chalicelib.rendering import words
from chalicelib.rules.calls import booking
from chalicelib.rules.calls.request import CallRequest, read
from chalicelib.rules.identity import derived
from chalicelib.rules.identity.addressing import canonical
from chalicelib.rules.identity.mailboxes import network
from chalicelib.rules.intake.of_law import matters
from chalicelib.rules.intake.opening import Inbound, open_ticket
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.policy.promises import QUESTION
from chalicelib.rules.tickets.messages import Channel, Person
from chalicelib.rules.tickets.remarks import Suspicion
from chalicelib.rules.tickets.ticket import Change, Ticket
from chalicelib.services.calls import places
from chalicelib.services.ports.conflicts import PlaceTaken, TicketExists, VersionConflict
from chalicelib.services.ports.deps import Deps
from chalicelib.services.tickets import limiting
from chalicelib.services.tickets.commits import commit
from chalicelib.services.tickets.opening import free_reference, open_or_find

# Somebody else has been quicker each time: then the half hour is full, or the shop is overrun.
_TRIES = 30


def book(
    deps: Deps, shop: Shop, fields: Mapping[str, str], address: str, faults: Mapping[str, str] | None = None
) -> tuple[Ticket, bool]:
    """The ticket of this request, new or existing, and whether the caller at this internet address may have its
    receipt. `faults`: fields that could not even be read. Raises InvalidFields."""
    request = _read(fields, shop, faults or {})
    posters = derived.blinds(deps.secret, f"poster/{shop.id}", network(address))
    inbound = _arrival(deps, shop, request, fields, posters[0])
    if fields.get("further_details"):  # only a machine sees this field
        ticket, new = open_or_find(deps, shop, replace(inbound, suspicions=(Suspicion.TRAP,)), ())
        return ticket, new
    _count(deps, shop, address, inbound.source)
    inbound = limiting.opened(deps, shop, inbound, None, inbound.source)
    ticket, new = _open(deps, shop, request, inbound, places.number_prefix(deps, shop, request.phone, address))
    return ticket, new or (ticket.poster in posters and ticket.link_version == 1)


def _open(deps: Deps, shop: Shop, request: CallRequest, inbound: Inbound, number: str) -> tuple[Ticket, bool]:
    ref = free_reference(deps, shop, inbound.source)
    if known := deps.tickets.ticket(ref):
        return known, False
    for _ in range(_TRIES):
        context = deps.context(shop)
        of_slots, of_number = places.of_slots(deps, shop, context), places.of_number(deps, number)
        place = places.free_number(number, of_number)
        if not place:
            raise InvalidFields({"phone": "calls_open_already"})
        time = booking.wanted(request.slot, of_slots.taken, context)
        ticket = booking.booked(open_ticket(ref, inbound, shop, context.at, context.holidays), time, (place,), context)
        change = Change(ticket, holds=booking.holds(ticket, ticket.call.places if ticket.call else ()))
        try:
            done = commit(deps, of_number.taking(of_slots.taking(change)))
        except (PlaceTaken, VersionConflict):
            continue
        except TicketExists as before:
            return before.ticket, False
        return done.ticket or ticket, True
    raise InvalidFields({"slot": "slot_full"})


def _read(fields: Mapping[str, str], shop: Shop, faults: Mapping[str, str]) -> CallRequest:
    problems = dict(faults)
    try:
        request = read(fields, shop)
    except InvalidFields as wrong:
        problems |= wrong.codes
    if problems:
        raise InvalidFields(problems)
    return request


def _count(deps: Deps, shop: Shop, address: str, source: str) -> None:
    try:
        limiting.calls(deps, shop, address, source)
    except RateLimited:
        raise InvalidFields({"slot": "too_many_calls"}) from None


def _arrival(deps: Deps, shop: Shop, request: CallRequest, fields: Mapping[str, str], poster: str) -> Inbound:
    """The same form again is the same request: by its hidden id, or else by its words on the same day."""
    said = (canonical(request.email), request.phone, request.name, request.slot, request.note)
    fingerprint = derived.source_of("call", shop.id, *said, request.topic or "", request.order_number or "")
    key = fields.get("submission_id", "") or f"{deps.now():%Y-%m-%d}"
    topic = shop.topic(request.topic)
    about = shop.text(topic.label, request.language) if topic else request.order_number or ""
    subject = words.phrase(request.language, "calls.said.subject")
    return Inbound(
        channel=Channel.PHONE,
        remarks=matters.besides(shop, "", request.note, QUESTION),
        person=Person(request.name, request.email, request.phone),
        subject=f"{subject}: {about}" if about else subject,
        text=request.note or words.phrase(request.language, "calls.said.asked"),
        source=derived.source_of("call", shop.id, key, fingerprint),
        fingerprint=fingerprint,
        kind=QUESTION,
        language=request.language,
        topic=request.topic,
        order_number=request.order_number,
        poster=poster,
    )
