"""What somebody wrote by a messenger joins their ticket or opens one; the same message, told again, changes nothing
(decision 292)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from chalicelib.errors import NotYetKnown
from chalicelib.rules.events.messages.said import Kind, Said
from chalicelib.rules.events.messages.texts import is_stop
from chalicelib.rules.identity import derived
from chalicelib.rules.identity.handles import Handle, Provider
from chalicelib.rules.intake import submission
from chalicelib.rules.intake.language import language_of
from chalicelib.rules.intake.of_law import matters
from chalicelib.rules.intake.opening import Inbound, open_ticket
from chalicelib.rules.messages import commenting, joining
from chalicelib.rules.messages.clock import with_window
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.procedure.replying import customer_adds
from chalicelib.rules.tickets.messages import Channel, Person
from chalicelib.rules.tickets.remarks import Suspicion
from chalicelib.rules.tickets.ticket import Change, Hold, State, Ticket, doubted
from chalicelib.services.messages import answered, awaited, echoes, files, places
from chalicelib.services.ports.conflicts import Merged, MessageExists, PlaceTaken, TicketExists, VersionConflict
from chalicelib.services.ports.deps import Deps
from chalicelib.services.tickets import limiting
from chalicelib.services.tickets.commits import change_ticket, commit
from chalicelib.services.tickets.filing import file_away
from chalicelib.services.tickets.opening import free_reference

_TRIES = 12
_LONGEST_SUBJECT = 80


class Taken(StrEnum):
    """What became of a message: of several in one event, the first of these is the event's outcome."""

    APPLIED = "applied"
    DUPLICATE = "duplicate"
    UNKNOWN = "unknown_message"  # it is about a message, or to a person, that did not become known
    IGNORED = "ignored_topic"  # there is nothing to do


def take(deps: Deps, shop: Shop, said: Said, *, bare: bool = False, last: bool = False) -> Taken:
    """Put what they did on their ticket. `bare`: their words do not wait for files any more; `last`: nothing waits for
    what it is about. Raises TryAgainLater if a file can't be fetched now, and NotYetKnown."""
    source = places.source_of(shop, said, said.id)
    if places.holder(deps, shop, places.mark_of(deps, source)):
        return Taken.DUPLICATE
    if said.kind is Kind.ECHO and deps.threads.item_of_sent(said.id):
        return Taken.DUPLICATE  # of ours
    for _ in range(_TRIES):
        ticket = places.ticket_of(deps, shop, _handles(said)) if said.kind is not Kind.COMMENT else None
        known = ticket if ticket and joining.joins(ticket, shop, deps.now()) else None
        try:
            if known and said.kind is Kind.ECHO and echoes.is_ours(deps, known, said):
                return Taken.DUPLICATE
            about = awaited.ticket_about(deps, shop, said)
            if not last and awaited.is_awaited(said, about, known):
                raise NotYetKnown(source)
            if (on := about or known) and said.kind not in (Kind.WORDS, Kind.ECHO):
                return _noted(deps, shop, on, said, source, ticket)
            if known:
                return _joined(deps, shop, known, said, source, bare=bare or last)
            if said.kind not in (Kind.WORDS, Kind.COMMENT, Kind.OTHER):
                return Taken.UNKNOWN
            if _says_stop(said):
                return Taken.IGNORED
            new = ticket is None or doubted(ticket)
            return _opened(deps, shop, said, source, new=new, bare=bare or last)
        except (Merged, PlaceTaken, VersionConflict):
            if places.holder(deps, shop, places.mark_of(deps, source)):
                return Taken.DUPLICATE
    raise VersionConflict("lost every race for this person")


def _says_stop(said: Said) -> bool:
    """Whether it only forbids adverts: none are sent by a messenger, so there is nothing to do."""
    return said.who.provider is Provider.SMS and is_stop(said.text)


def _handles(said: Said) -> tuple[Handle, ...]:
    return (said.who, said.also) if said.also else (said.who,)


def _joined(deps: Deps, shop: Shop, ticket: Ticket, said: Said, source: str, *, bare: bool) -> Taken:
    id = derived.message_id(deps.secret, ticket.ref, source)
    context = deps.context(shop)
    at = joining.written_at(said.at, context)
    inbound = _inbound(shop, said, source, ticket.language)
    holds = places.taken(deps, shop, _handles(said), source)
    if said.kind is Kind.ECHO:
        decide = answered.in_their_app(deps, shop, inbound, id, at)
    else:
        tell = limiting.message(deps, shop, said.who.address, source)
        filed = file_away(deps, ticket.ref, *files.fetched(deps, shop, said, inbound, last=bare))
        decide = _writes(deps, shop, said, id, filed, at, tell)

    try:
        change_ticket(deps, ticket, lambda current: replace(decide(current), holds=holds))
    except MessageExists:
        return Taken.DUPLICATE
    return Taken.APPLIED


def _noted(deps: Deps, shop: Shop, ticket: Ticket, said: Said, source: str, theirs: Ticket | None) -> Taken:
    """A note on the ticket. Only if that is `theirs`, to which they wrote last, it keeps their places."""
    id, at = derived.message_id(deps.secret, ticket.ref, source), joining.written_at(said.at, deps.context(shop))
    decide = answered.something_else(deps, shop, _inbound(shop, said, source, ticket.language), id, said.kind, at)
    handles = _handles(said) if theirs and theirs.ref == ticket.ref else ()
    holds = places.taken(deps, shop, handles, source)
    try:
        change_ticket(deps, ticket, lambda current: replace(decide(current), holds=holds))
    except MessageExists:
        return Taken.DUPLICATE
    return Taken.APPLIED


def _writes(
    deps: Deps, shop: Shop, said: Said, id: str, filed: Inbound, at: datetime, tell: bool
) -> Callable[[Ticket], Change]:
    also = said.also.address if said.also else ""

    def decide(current: Ticket) -> Change:
        found = joining.reached(current, said.who.address, said.account, at, also)
        change = customer_adds(current, id, filed, deps.context(shop), tell=tell)
        if answered.since(deps, current, at):
            change = joining.answered_already(change, current)
        return joining.with_reached(change, found, at, deps.now())

    return decide


def _opened(deps: Deps, shop: Shop, said: Said, source: str, *, new: bool, bare: bool) -> Taken:
    ref, context = free_reference(deps, shop, source), deps.context(shop)
    if deps.tickets.ticket(ref):
        return Taken.DUPLICATE
    if said.kind is Kind.OTHER:
        said = replace(said, text=answered.described(shop, said.kind, ""))
    inbound = _inbound(shop, said, source, "")
    account = f"{said.who.provider}/{said.account}" if new else None
    if not limiting.message(deps, shop, said.who.address, source, new_at=account):
        inbound = replace(inbound, suspicions=(Suspicion.TOO_MANY,), notify=False)
    filed = file_away(deps, ref, *files.fetched(deps, shop, said, inbound, last=bare))
    ticket = open_ticket(ref, filed, shop, context.at, context.holidays)
    at, public = joining.written_at(said.at, context), said.kind is Kind.COMMENT
    found = joining.reached(None, said.who.address, said.account, at, said.also.address if said.also else "")
    holds = places.taken(deps, shop, () if public else _handles(said), source)
    if public and ticket.state is not State.QUARANTINED and _gets_a_reply(deps, shop, said):
        ticket = commenting.with_reply(ticket, said.who, said.account, said.id)
        holds = (*holds, Hold(places.replied_in(deps, shop, said), deps.now() + places.KEPT))
    try:
        commit(deps, Change(ticket if public else with_window(replace(ticket, reached=found), deps.now()), holds=holds))
    except TicketExists:
        return Taken.DUPLICATE
    return Taken.APPLIED


def _gets_a_reply(deps: Deps, shop: Shop, said: Said) -> bool:
    """Whether the comment's thread has had no reply, and the shop gives one."""
    if not (said.thread and shop.messages.public_reply):
        return False
    if not deps.channels.may_send(shop.id, said.who.provider, said.account):
        return False
    return not places.holder(deps, shop, places.replied_in(deps, shop, said))


def _inbound(shop: Shop, said: Said, source: str, language: str) -> Inbound:
    """`language`: the ticket's; "" if there is none yet."""
    text = submission.clean(said.text).strip()
    first = submission.one_line(text.partition("\n")[0])
    subject = first if len(first) <= _LONGEST_SUBJECT else f"{first[: _LONGEST_SUBJECT - 1].rstrip()}…"
    public = said.kind is Kind.COMMENT  # nobody is answered in private there
    number = said.who.number or (said.also.number if said.also else "")
    kind = matters.kind_of(shop, "", text, shop.mail_kind)
    return Inbound(
        channel=Channel.SOCIAL if public else Channel(said.who.provider),
        person=Person(submission.one_line(said.name)[:100], "" if public else said.who.address, number),
        participants=(said.who.address,) if public else (),
        subject=subject or said.who.provider.capitalize(),
        text=text,
        source=source,
        fingerprint=source,
        kind=kind,
        language=language or language_of(text, shop.languages),
        remarks=matters.besides(shop, "", text, kind),
        confirmed=True,
    )
