"""Which ticket somebody's next message belongs to: a place for each of their handles, taken with the ticket, so that
two messages at one moment open one ticket (decision 292)."""

from collections.abc import Iterable
from datetime import timedelta

from chalicelib.rules.events.messages.said import Said
from chalicelib.rules.identity import derived
from chalicelib.rules.identity.addressing import canonical, same
from chalicelib.rules.identity.handles import Handle, is_handle, of_address
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.tickets.ticket import Hold, Ticket
from chalicelib.services.ports.deps import Deps
from chalicelib.services.tickets.merged import resolve_merged

KEPT = timedelta(days=400)
"""How long a handle's ticket is remembered after its last message. The place names nobody and holds a reference."""
MARKED = KEPT
"""How long a message that came is known again. No provider sends one so long, but somebody who has its signed body
could: while a place leads to its writer's ticket, it must not be said there a second time. What says that it is older
is not taken."""


def of_handle(deps: Deps, shop: Shop, who: Handle) -> str:
    return f"CONTACT#{derived.name(deps.secret, f'contact/{shop.id}', who.address)}"


def source_of(shop: Shop, said: Said, id: str) -> str:
    """What a message of this conversation with the provider's id is known by."""
    return derived.source_of("said", shop.id, said.who.provider, said.account, id)


def mark_of(deps: Deps, source: str) -> str:
    return f"SAID#{derived.name(deps.secret, 'said', source)}"


def replied_in(deps: Deps, shop: Shop, said: Said) -> str:
    """The place of the reply to a thread of public comments."""
    return mark_of(deps, derived.source_of("thread", shop.id, said.who.provider, said.account, said.thread))


def holder(deps: Deps, shop: Shop, place: str) -> str:
    """The reference of the ticket that has the place; "" if nobody has."""
    return deps.call_places.held(shop.id, place, place, 1).get(place, "")


def ticket_of(deps: Deps, shop: Shop, handles: Iterable[Handle]) -> Ticket | None:
    """The ticket to which one of these handles, the first that has any, wrote last. Whose customer was erased is
    nobody's."""
    for who in handles:
        ref = holder(deps, shop, of_handle(deps, shop, who))
        ticket = deps.tickets.ticket(ref) if ref else None
        if ticket and ticket.requester.address:
            return resolve_merged(deps, ticket)
    return None


def taken(deps: Deps, shop: Shop, handles: Iterable[Handle], source: str) -> tuple[Hold, ...]:
    """The places of the handles, whoever has them, and the mark of the message."""
    now = deps.now()
    places = (of_handle(deps, shop, who) for who in handles)
    held = tuple(Hold(place, now + KEPT, holder(deps, shop, place)) for place in places)
    return (*held, Hold(mark_of(deps, source), now + MARKED))


def main_address(deps: Deps, shop: Shop, address: str) -> str:
    """The messenger's address under which its user has tickets, if this one is another of theirs; else the address.
    Never a mail address that they confirmed: its owner's other tickets are not known to be theirs."""
    who = of_address(address)
    ticket = ticket_of(deps, shop, [who]) if who else None
    theirs = ticket is not None and any(same(each, address) for each in ticket.customers)
    handles = [each for each in ticket.customers if is_handle(each)] if ticket and theirs else []
    return canonical(handles[0]) if handles else address
