"""An agent logs a contact: it opens a ticket or joins one, exactly once, no matter how often it is submitted."""

from dataclasses import replace
from datetime import UTC, datetime

from chalicelib.errors import InvalidFields
from chalicelib.rules.identity import derived
from chalicelib.rules.intake import submission
from chalicelib.rules.intake.of_law import matters
from chalicelib.rules.intake.opening import Inbound
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.privacy.search_terms import phone_words
from chalicelib.rules.procedure import contacting
from chalicelib.rules.procedure.contacting import Contact
from chalicelib.rules.tickets.ticket import Change, Channel, Person, Ticket
from chalicelib.services.actions.action_input import ActionInput
from chalicelib.services.ports.conflicts import Merged, MessageExists, TicketExists
from chalicelib.services.ports.deps import Deps
from chalicelib.services.tickets import references
from chalicelib.services.tickets.commits import change_ticket, commit
from chalicelib.services.tickets.indexing import readings
from chalicelib.services.tickets.merged import already_on_merged, resolve_merged
from chalicelib.services.tickets.opening import free_reference

# A contact's fields, in the form's order. Equal values make it the same contact when it is submitted again.
FIELDS = (
    "channel", "direction", "answered", "when", "notes", "reference", "name", "address", "phone", "subject", "kind",
    "topic", "order_number", "language", "country",
)  # fmt: skip
_OUTGOING = {"": False, "in": False, "out": True}


def log_contact(deps: Deps, shop: Shop, inputs: ActionInput, submission_id: str) -> tuple[Ticket, bool]:
    """The ticket that the contact opened or joined, and whether the contact is new. With a `reference` it joins that
    ticket, otherwise it opens one. Raises InvalidFields with all faulty fields, UnknownTicket."""
    texts = [inputs.text(name) for name in FIELDS]
    source = derived.source_of("contact", shop.id, submission_id, inputs.agent.address, *texts)
    ref = inputs.text("reference")
    known = resolve_merged(deps, _ticket(deps, shop, ref)) if ref else None
    contact = _contact(deps, shop, inputs, source, known)
    return _add(deps, shop, known, contact) if known else _open(deps, shop, contact)


def _open(deps: Deps, shop: Shop, contact: Contact) -> tuple[Ticket, bool]:
    ref = free_reference(deps, shop, contact.inbound.source)
    ticket = contacting.opens(ref, contact, deps.context(shop))
    try:
        change = commit(deps, Change(ticket))
    except TicketExists as before:
        return before.ticket, False
    return change.ticket or ticket, True


def _add(deps: Deps, shop: Shop, ticket: Ticket, contact: Contact) -> tuple[Ticket, bool]:
    def id_on(ref: str) -> str:
        return derived.message_id(deps.secret, ref, contact.inbound.source)

    if already_on_merged(deps, ticket, id_on):
        return ticket, False

    def decide(current: Ticket) -> Change:
        return _with_former(deps, current, contacting.adds(current, id_on(current.ref), contact, deps.context(shop)))

    try:
        change = change_ticket(deps, ticket, decide)
    except MessageExists:
        return ticket, False
    except Merged as moved:
        return _add(deps, shop, resolve_merged(deps, moved.ticket), contact)
    return change.ticket or ticket, True


def _with_former(deps: Deps, before: Ticket, change: Change) -> Change:
    """The change with the search words of the ticket's previous phone number, so that they are deleted with the
    ticket."""
    after, phone = change.ticket, before.requester.phone
    if after is None or not phone or after.requester.phone == phone:
        return change
    former = readings(deps, before.shop, phone_words(before.requester))
    return replace(change, ticket=replace(after, custody=after.custody.with_former_words(former)))


def _contact(deps: Deps, shop: Shop, inputs: ActionInput, source: str, known: Ticket | None) -> Contact:
    """The contact that the fields describe. Raises InvalidFields with all faults at once."""
    problems: dict[str, str] = {}
    channel = inputs.text("channel")
    if channel not in contacting.CHANNELS:
        problems["channel"] = "unknown" if channel else "missing"
    direction = inputs.text("direction")
    if direction not in _OUTGOING:
        problems["direction"] = "unknown"
    outgoing = _OUTGOING.get(direction, False)
    if outgoing and known is None:
        problems["reference"] = "missing"
    notes = inputs.text("notes")
    if not notes:
        problems["notes"] = "missing"
    at = _at(deps, shop, inputs.text("when"), problems)
    customer = _customer(inputs, known, problems)
    inbound = _arrival(shop, inputs, source, known, problems)
    if problems:
        raise InvalidFields({name: problems[name] for name in FIELDS if name in problems})
    besides = () if outgoing else matters.besides(shop, "", notes, inbound.kind)
    inbound = replace(
        inbound, channel=Channel(channel), person=inputs.agent if outgoing else customer, text=notes, remarks=besides
    )
    return Contact(
        inbound, at, inputs.agent, customer, outgoing, outgoing and inputs.boolean("answered", default=False)
    )


def _customer(inputs: ActionInput, known: Ticket | None, problems: dict[str, str]) -> Person:
    """Who was in contact: on an existing ticket its customer, unless somebody else is named."""
    name, phone = submission.one_line(inputs.text("name")), submission.one_line(inputs.text("phone"))
    address = submission.address(inputs.text("address"))
    if address and not submission.is_address(address):
        problems["address"] = "not_an_address"
    if known and not (name or address):
        return replace(known.requester, phone=phone or known.requester.phone)
    if not (name or address or phone):
        problems["name"] = "nobody"
    return Person(name, address, phone)


def _arrival(shop: Shop, inputs: ActionInput, source: str, known: Ticket | None, problems: dict[str, str]) -> Inbound:
    """The values of a new ticket from the fields; with a known ticket, from that."""
    fields = {name: inputs.text(name) for name in ("kind", "topic", "language", "country")}
    if known:
        kind, topic, language = known.kind, None, known.language
    else:
        kind, topic, language = submission.choices(fields, shop, problems)
    subject = submission.one_line(inputs.text("subject")) or submission.first_words(inputs.text("notes"))
    return Inbound(
        channel=Channel.PHONE,
        person=inputs.agent,
        subject=subject,
        text="",
        source=source,
        fingerprint=source,
        kind=kind,
        language=language,
        topic=topic,
        order_number=submission.one_line(inputs.text("order_number")) or None,
        country=submission.optional_country(fields, problems),
    )


def _at(deps: Deps, shop: Shop, when: str, problems: dict[str, str]) -> datetime:
    """When the contact was, in the shop's time zone unless an offset is given; now if `when` is empty."""
    now = deps.now()
    try:
        said = datetime.fromisoformat(when) if when else now
        at = said if said.tzinfo else said.replace(tzinfo=shop.hours.zone)
        return contacting.made_at(at.astimezone(UTC), now)
    except InvalidFields as wrong:
        problems.update(wrong.codes)
    except (ValueError, OverflowError):
        problems["when"] = "no_moment"
    return now


def _ticket(deps: Deps, shop: Shop, ref: str) -> Ticket:
    ticket = references.find(deps, [shop], ref)
    if ticket is None:
        raise InvalidFields({"reference": "no_ticket"})
    return ticket
