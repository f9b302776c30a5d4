"""A mail becomes a ticket or part of one: whatever it is, once, and its raw bytes stay.

Every raw mail ends in exactly one recorded outcome.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from enum import StrEnum

from chalicelib.errors import AlreadyKept, Merged, UnknownFile
from chalicelib.rules import identity, referring, replying
from chalicelib.rules.identity import Role
from chalicelib.rules.opening import TOO_MANY, Arrival
from chalicelib.rules.policy import Shop
from chalicelib.rules.submission import is_address
from chalicelib.rules.tickets import Change, Message, Ticket
from chalicelib.services import arrivals, bouncing, mail_arrivals, mail_mentions
from chalicelib.services.arrivals import DMARC, Notice, RawMail
from chalicelib.services.commits import change_ticket
from chalicelib.services.filing import Parcel, file_away
from chalicelib.services.following import came_before, opened_before
from chalicelib.services.letters import STRANGER, SUSPICIOUS, UNKNOWN_SENDER, UNREADABLE, UNVERIFIED
from chalicelib.services.opening import open_or_find
from chalicelib.services.ports import Deps, Limit
from chalicelib.services.threading import Thread, followed, named_in_subject, thread_of
from chalicelib.telemetry import logger

# From this attempt on, a mail that still fails is opened as unreadable instead, with the original attached.
_LAST_STRAW = 4
# Longer than the bucket keeps a raw mail and its versions.
_RAW_LIFE = timedelta(days=90)


class Outcome(StrEnum):
    """What became of a raw mail."""

    OPENED = "opened"
    APPENDED = "appended"
    DUPLICATE = "duplicate"
    AUTOMATIC = "automatic"
    BOUNCE = "bounce"
    QUARANTINED = "quarantined"  # kept aside as spam, virus or too many: listed, to be released by an agent
    MISDIRECTED = "misdirected"  # to none of our shops: it goes with what was received, when its time is over
    GONE = "gone"  # it is not there: never noted, so that reconcile finds it should it come after all


def receive(deps: Deps, notice: Notice) -> Outcome:
    """Read the raw mail and open or continue a ticket in each shop it was sent to."""
    try:
        raw = deps.files.raw_mail(notice.key)
    except UnknownFile:
        if notice.attempt < _LAST_STRAW:
            raise
        logger.warning("a raw mail is not there, as when it was deleted with its ticket")
        return Outcome.GONE
    mail = arrivals.read(notice, raw)
    outcome, ref = Outcome.MISDIRECTED, None
    for shop in _shops(deps, mail.recipients):
        outcome, ref = _receive_or_keep(deps, shop, mail)
        if outcome in (Outcome.BOUNCE, Outcome.DUPLICATE):
            # Deleted with its ticket, which has no message to tell of it.
            deps.store.note_concern(ref, notice.key, deps.now() + _RAW_LIFE)
    deps.store.note_outcome(notice.key, outcome, ref, deps.now())
    deps.files.settle_raw_mail(notice.key)
    return outcome


def _receive_or_keep(deps: Deps, shop: Shop, mail: RawMail) -> tuple[Outcome, str]:
    try:
        return _receive_for(deps, shop, mail)
    except Exception:
        if mail.notice.attempt < _LAST_STRAW:
            raise
        logger.exception("a mail could not be dealt with and is kept as it came")
        return _receive_for(deps, shop, arrivals.bare(mail), threads=False)


def _receive_for(deps: Deps, shop: Shop, mail: RawMail, *, threads: bool = True) -> tuple[Outcome, str]:
    if mail.mail.bounce and (ref := bouncing.note_report(deps, shop, mail.mail, mail.mail.bounce)):
        return Outcome.BOUNCE, ref
    arrival, parcels = mail_arrivals.arrival(shop, mail), arrivals.parcels(mail)
    thread = thread_of(deps, shop, mail.mail, mail.recipients) if threads else None
    if thread and _joins(deps, shop, mail, thread):
        parcels = arrivals.public_parcels(mail) if thread.role is Role.AGENT else parcels
        arrival = _noted(deps, shop, mail, arrival, thread.ticket)
        return _continue(deps, shop, replace(thread, vouched=mail.vouched), arrival, parcels), thread.ticket.ref
    named = thread.ticket if thread else named_in_subject(deps, shop, mail.mail)
    agent, note = arrival.person, ""
    if passed_on := mail_arrivals.forwarded(shop, arrival, mail):
        arrival, note = passed_on

    def notes(ref: str) -> tuple[Message, ...]:
        id = identity.message_id(deps.secret, ref, identity.source_of(arrival.source, "note"))
        return (replying.agents_note(ref, id, note, agent, deps.now()),) if note else ()

    arrival = replace(_noted(deps, shop, mail, arrival), related=(named.ref,) if named else ())
    arrival = replace(arrival, suspicions=(*arrival.suspicions, *_over_limits(deps, shop, arrival)))
    ticket, new = open_or_find(deps, shop, arrival, parcels, notes)
    if not new and ticket.opening.fingerprint != arrival.fingerprint:
        # Some programs use one Message-ID for everything they send: the id is the same, the mail is not.
        if ticket.knows(arrival.person.address):
            arrival = replace(arrival, suspicions=tuple(why for why in arrival.suspicions if why != TOO_MANY))
            return _continue(deps, shop, Thread(ticket, None, vouched=mail.vouched), arrival, parcels), ticket.ref
        other = replace(arrival, source=identity.source_of(arrival.source, arrival.fingerprint))
        ticket, new = open_or_find(deps, shop, other, parcels)
    # The very same raw mail may have opened it in an attempt that died before its outcome was recorded.
    new = new or (ticket.opening.raw_key or "").endswith(f"/{mail.notice.key.rpartition('/')[2]}")
    return (_opened_as(mail, arrival) if new else Outcome.DUPLICATE), ticket.ref


def _noted(deps: Deps, shop: Shop, mail: RawMail, arrival: Arrival, ticket: Ticket | None = None) -> Arrival:
    """The arrival with whom its mail names; not of one that again and again could not be dealt with, as that may be
    why."""
    return arrival if mail.notice.attempt >= _LAST_STRAW else mail_mentions.noted(deps, shop, mail.raw, arrival, ticket)


def _joins(deps: Deps, shop: Shop, mail: RawMail, thread: Thread) -> bool:
    """Whether the mail joins the ticket it belongs to, or opens one linked to it. A mail that fails DMARC may not be
    its sender's: it joins nothing, but an agent must hear that an answer was not sent."""
    if thread.role is Role.THIRD_PARTY:
        return True  # whom we asked is no customer, however late the answer comes
    if DMARC in mail.failed and thread.role is not Role.AGENT:
        return False
    if replying.takes_replies(thread.ticket, shop, deps.now()):
        return True
    sender = mail.mail.sender
    return sender is not None and referring.referral_from(thread.ticket, sender.address) is not None


def _opened_as(mail: RawMail, arrival: Arrival) -> Outcome:
    if mail.mail.bounce:
        return Outcome.BOUNCE
    if arrival.suspicions:
        return Outcome.QUARANTINED
    return Outcome.AUTOMATIC if arrival.automatic else Outcome.OPENED


def _continue(deps: Deps, shop: Shop, thread: Thread, arrival: Arrival, parcels: list[Parcel]) -> Outcome:
    ref, source = thread.ticket.ref, identity.source_of(arrival.source, arrival.fingerprint)
    if opened_before(deps, shop, thread.ticket, arrival.source, arrival.fingerprint):
        return Outcome.DUPLICATE
    if came_before(deps, thread.ticket, lambda ref: identity.message_id(deps.secret, ref, source)):
        return Outcome.DUPLICATE
    id = identity.message_id(deps.secret, ref, source)
    filed = file_away(deps, ref, arrival, parcels)
    try:
        change_ticket(
            deps, thread.ticket, lambda ticket: _decide(deps, shop, replace(thread, ticket=ticket), id, filed)
        )
    except AlreadyKept:
        return Outcome.DUPLICATE
    except Merged as moved:
        return _continue(deps, shop, followed(deps, replace(thread, ticket=moved.ticket)), arrival, parcels)
    return Outcome.AUTOMATIC if arrival.automatic else Outcome.APPENDED


def _decide(deps: Deps, shop: Shop, thread: Thread, id: str, arrival: Arrival) -> Change:
    """Whose words these are: the customer's, an agent's for the customer, a third party's, or nobody's to pass on."""
    ticket, moment = thread.ticket, deps.moment(shop)
    if arrival.suspicions:
        arrival = replace(arrival, remarks=(*arrival.remarks, SUSPICIOUS))
    agent = shop.agent(arrival.person.address)
    if thread.role is Role.AGENT:
        reason = _not_to_be_sent(ticket, arrival, known=agent is not None)
        if reason:
            return replying.kept_internal(ticket, id, arrival, shop, deps.now(), reason)
        return replying.agent_answers(ticket, id, arrival, moment)
    if agent and not ticket.knows(agent.address):
        return replying.kept_internal(ticket, id, arrival, shop, deps.now(), "bad_token")
    customers = replying.is_customers(ticket, arrival.person.address)
    if thread.role is Role.THIRD_PARTY and not (customers and UNVERIFIED not in arrival.remarks):
        # Who was asked holds this token: nothing that comes with it is the customer's on the word of a From alone.
        counts = not customers and not arrival.suspicions
        return referring.answered(ticket, id, arrival, thread.referral, moment, counts=counts)
    asked = referring.referral_from(ticket, arrival.person.address)
    if asked and not customers:
        # Without the token anybody could have written this, the customer too, unless the domain vouches for it.
        remarks = arrival.remarks if thread.vouched else (*arrival.remarks, UNVERIFIED)
        counts = thread.vouched and not arrival.suspicions
        return referring.answered(ticket, id, replace(arrival, remarks=remarks), asked.number, moment, counts=counts)
    if not ticket.knows(arrival.person.address):
        arrival = replace(arrival, remarks=(*arrival.remarks, STRANGER))
    return replying.customer_adds(ticket, id, arrival, moment)


def _not_to_be_sent(ticket: Ticket, arrival: Arrival, *, known: bool) -> str | None:
    """Why a mail to an agent's reply address does not go to the customer, or None when it does."""
    if not known:
        return UNKNOWN_SENDER
    if arrival.automatic:
        return "automatic"
    if UNVERIFIED in arrival.remarks or arrival.suspicions:
        return UNVERIFIED
    if UNREADABLE in arrival.remarks:
        return UNREADABLE
    if not arrival.text.strip() and not arrival.files:
        return "empty"
    return None if is_address(ticket.requester.address) else "closed"


def _over_limits(deps: Deps, shop: Shop, arrival: Arrival) -> Iterator[str]:
    """One correspondent opens so many tickets by mail and no more: what two robots write each other ends here. A mail
    that is delivered or received again does not count again."""
    address = arrival.person.address
    if not deps.limits_on or arrival.automatic or not address or shop.agent(address):
        return
    key = identity.blind(deps.secret, f"correspondent/{shop.id}", address)
    most = shop.limits.per_address_hour
    windows = ((timedelta(hours=1), most), (timedelta(days=1), 3 * most))
    limits = [Limit(f"{key}/{window.total_seconds():.0f}", allowed, window) for window, allowed in windows]
    once = identity.blind(deps.secret, f"mail/{shop.id}", identity.source_of(arrival.source, arrival.fingerprint))
    if not deps.store.within_limits(limits, deps.now(), once):
        yield TOO_MANY


def _shops(deps: Deps, recipients: tuple[str, ...]) -> list[Shop]:
    """The shops whose support address, plain or with a plus-part, is among the recipients; or else those whose
    domain is, as the mail service takes in whole domains."""
    plain = [_without_plus(recipient) for recipient in recipients]
    named = [shop for address in plain if (shop := deps.policy.shop_of(address))]
    domains = {address.rpartition("@")[2].lower() for address in plain}
    found = named or [shop for shop in deps.policy.shops.values() if shop.domain in domains]
    return list({shop.id: shop for shop in found}.values())


def _without_plus(address: str) -> str:
    local, _, domain = address.rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"
