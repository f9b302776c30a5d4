"""A web form becomes one ticket, no matter how often it is posted, and is never lost because it is suspicious
(decisions 4, 5 and 7)."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.errors import InvalidFields, InvalidLink, KeyReused
from chalicelib.rules.identity import derived
from chalicelib.rules.identity.addressing import canonical
from chalicelib.rules.identity.mailboxes import network
from chalicelib.rules.intake import submission
from chalicelib.rules.intake.of_law import matters
from chalicelib.rules.intake.opening import Inbound
from chalicelib.rules.intake.submission import Submission
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.policy.promises import WARRANTY
from chalicelib.rules.tickets.procedure_facts import AdvertFacts, Claim
from chalicelib.rules.tickets.remarks import Suspicion
from chalicelib.rules.tickets.ticket import Change, Channel, Person, Ticket, doubted
from chalicelib.rules.timing import worktime
from chalicelib.services.delivery import agreements
from chalicelib.services.documents import terms
from chalicelib.services.ports.deps import Deps
from chalicelib.services.tickets import limiting, links
from chalicelib.services.tickets.filing import IncomingFile
from chalicelib.services.tickets.opening import as_it_is, find, open_or_find

# Without an idempotency key from the caller, the same words from the same address within this time are one submission.
SAME_WORDS = timedelta(minutes=10)
# Filling the form faster than this does not prove a machine (browsers fill forms), but together with links in the text
# it is a sign.
_MIN_FILL_TIME = timedelta(seconds=3)
_LINKS = ("http://", "https://", "www.", "[url", "<a ")


@dataclass(frozen=True, slots=True)
class Caller:
    """What is known about the caller. `key`: the Idempotency-Key header; `submission_id`: the hidden field; `trap`: the
    field that people do not see; `form_token`: the time trap, if the form is ours."""

    address: str
    key: str = ""
    submission_id: str = ""
    trap: str = ""
    form_token: str = ""


@dataclass(frozen=True, slots=True)
class Submitted:
    """The ticket, and whether the caller may have the receipt: the link that shows their words and the promises."""

    ticket: Ticket
    receipt: bool


def submit(
    deps: Deps,
    shop: Shop,
    fields: Mapping[str, str],
    incoming_files: Sequence[IncomingFile],
    caller: Caller,
    faults: Mapping[str, str] | None = None,
) -> Submitted:
    """The ticket of this submission, new or existing. `faults`: fields that could not even be read. Raises
    InvalidFields with these and all other faults."""
    form = _read(deps, shop, fields, len(incoming_files), faults or {})
    arrival = _arrival(
        deps, shop, form, _fingerprint(form, incoming_files), tuple(signs(deps, shop, form.message, caller))
    )
    with_adverts = replace(arrival, adverts=_about_adverts(form, deps.now()))
    return open_once(deps, shop, with_adverts, incoming_files, caller)


def open_once(
    deps: Deps,
    shop: Shop,
    arrival: Inbound,
    incoming_files: Sequence[IncomingFile],
    caller: Caller,
    proof: str = "",
    begin: Callable[[Ticket], Change] = as_it_is,
) -> Submitted:
    """The ticket that this form opens, or has opened if it comes again. The arrival's `source` is found here. `proof`:
    what names the link with which it was sent (services.tickets.limiting); `begin`: as in `open_or_find`."""
    fingerprint = arrival.fingerprint
    # Blinded by each version of the secret, the current one first: an earlier submission may be recorded under an older
    # one.
    posters = derived.blinds(deps.secret, f"poster/{shop.id}", network(caller.address))
    source, earlier = _source(deps, shop, caller.key or caller.submission_id, arrival.person.address, fingerprint)
    if earlier and not _hidden(earlier, posters):
        return Submitted(earlier, _receives(earlier, posters))
    idempotency_key = derived.source_of(source, fingerprint)
    inbound = limiting.opened(
        deps,
        shop,
        replace(arrival, source=source, poster=posters[0]),
        limiting.caller(caller.address),
        derived.source_of("form", idempotency_key),
        proof=proof,
    )
    # Whoever only types an address is promised what everybody is, so that nobody learns what was agreed with its owner.
    promising, agent = agreements.when_opening(
        deps, shop, inbound.person.address, inbound.kind, inbound.remarks, slowed=inbound.confirmed
    )
    inbound = replace(inbound, agent=agent)
    # First by its source; if that ticket has other words, by source and words; if that ticket is somebody else's in
    # quarantine, by the poster too.
    for each in (source, idempotency_key, derived.source_of(idempotency_key, inbound.poster)):
        ticket, new = open_or_find(deps, promising, replace(inbound, source=each), incoming_files, begin=begin)
        if ticket.opening.fingerprint != fingerprint:
            if caller.key and ticket.poster in posters:
                raise KeyReused({"Idempotency-Key": "reused"})
            # The hidden id came again with other words (the browser's Back, then edited), or somebody else has used it
            # for the same address: open another ticket, so that nothing is lost.
        elif new or not _hidden(ticket, posters):
            break
    return Submitted(ticket, new or _receives(ticket, posters))


def _receives(ticket: Ticket, posters: Collection[str]) -> bool:
    """Whether a caller who posts the same form again may get the receipt again. Not from another network, where anybody
    could have posted the same words, and not after links to the ticket were withdrawn."""
    return ticket.poster in posters and ticket.link_version == 1


def _hidden(ticket: Ticket, posters: Collection[str]) -> bool:
    """Whether the ticket was posted from elsewhere and is quarantined. If a stranger guesses a customer's words, the
    customer's own form must not disappear into the stranger's ticket."""
    return doubted(ticket) and ticket.poster not in posters


def _read(deps: Deps, shop: Shop, fields: Mapping[str, str], files: int, faults: Mapping[str, str]) -> Submission:
    problems = {"attachments": "attachments_too_many"} if files > submission.MAX_FILES else {}
    try:
        form = submission.read(fields, shop, worktime.local_date(deps.now(), shop.hours))
    except InvalidFields as wrong:
        problems |= wrong.codes
    if problems or faults:
        raise InvalidFields(submission.in_order(problems | dict(faults)))
    return form


def _arrival(deps: Deps, shop: Shop, form: Submission, fingerprint: str, suspicions: tuple[Suspicion, ...]) -> Inbound:
    kind = matters.kind_with(shop, form.subject, form.message, form.kind)
    return Inbound(
        channel=Channel.FORM,
        person=Person(form.name, form.email),
        subject=form.subject,
        text=form.message,
        source="",
        fingerprint=fingerprint,
        kind=kind,
        language=form.language,
        topic=form.topic,
        order_number=form.order_number,
        suspicions=suspicions,
        remarks=matters.besides(shop, form.subject, form.message, kind),
        terms_accepted=form.terms_accepted,
        terms=terms.accepted(deps, shop, form.terms_version, form.language) if form.terms_accepted else None,
        country=form.country,
        claim=_claim(deps, shop, form),
    )


def _claim(deps: Deps, shop: Shop, form: Submission) -> Claim | None:
    """What was typed of a warranty claim, completed by the order that it names if that was made with its address. The
    day of delivery stays out: the order may still learn another, and the desk reads it there (decision 237)."""
    if form.kind != WARRANTY or not form.order_number:
        return form.claim
    # Few forms are such claims.
    from chalicelib.rules.procedure.remedies.warranty import completed
    from chalicelib.services.orders.purchases import purchased

    known = purchased(deps, shop, form.order_number, form.email)
    return completed(form.claim, replace(known, delivered=None) if known else None)


def _about_adverts(form: Submission, now: datetime) -> AdvertFacts | None:
    facts = AdvertFacts(now if form.advert_notice else None, now if form.advert_consent else None)
    return facts if facts != AdvertFacts() else None


def _source(deps: Deps, shop: Shop, key: str, address: str, fingerprint: str) -> tuple[str, Ticket | None]:
    """The identity of this submission. Without a key it is the words and their ten-minute window; then the ticket of
    the window before is looked up too. This is the only opening that reads before it writes."""
    if key:
        # Includes the address: nobody can use up another person's key by guessing it.
        return derived.source_of("form", shop.id, key, canonical(address)), None
    window, now = SAME_WORDS.total_seconds(), deps.now()
    number = int(now.timestamp() // window)
    before = find(deps, shop, derived.source_of("words", shop.id, fingerprint, str(number - 1)))
    if before and now - before.opened_at <= SAME_WORDS:
        return before.source, before
    return derived.source_of("words", shop.id, fingerprint, str(number)), None


def _fingerprint(form: Submission, incoming_files: Sequence[IncomingFile]) -> str:
    fields = (form.name, canonical(form.email), form.kind, form.topic or "", form.order_number or "", form.subject)
    more = (form.country or "", repr(form.claim)) if form.country or form.claim else ()
    return derived.source_of(*fields, form.message, *more, *(incoming_file.digest for incoming_file in incoming_files))


def signs(deps: Deps, shop: Shop, message: str, caller: Caller) -> Iterator[Suspicion]:
    """Signs that a machine filled the form in."""
    if caller.trap:
        yield Suspicion.TRAP
    if caller.form_token:
        try:
            hasty = links.form_age(deps, shop, caller.form_token) < _MIN_FILL_TIME
        except InvalidLink:
            yield Suspicion.FOREIGN_FORM
        else:
            if hasty and any(mark in message.lower() for mark in _LINKS):
                yield Suspicion.HASTY
