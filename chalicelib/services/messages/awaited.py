"""What is about something that has not come: the queue keeps no order, and a first message may wait for its file
(decision 326)."""

from chalicelib.rules.events.messages.said import Kind, Said
from chalicelib.rules.messages import joining
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.tickets.ticket import Ticket
from chalicelib.services.messages import places
from chalicelib.services.ports.deps import Deps
from chalicelib.services.tickets.merged import resolve_merged

_OPENS = (Kind.WORDS, Kind.COMMENT)


def ticket_about(deps: Deps, shop: Shop, said: Said) -> Ticket | None:
    """The ticket with the message that it is about, theirs or ours, however long it has been closed. None if it is
    about no message, or about one that is not known, or if the ticket takes no notes."""
    if said.kind in _OPENS or not said.about:
        return None
    ours = deps.threads.item_of_sent(said.about)
    mark = places.mark_of(deps, places.source_of(shop, said, said.about))
    ref = ours.ref if ours else places.holder(deps, shop, mark)
    ticket = deps.tickets.ticket(ref) if ref else None
    found = resolve_merged(deps, ticket) if ticket else None
    return found if found and joining.keeps(found, shop) else None


def is_awaited(said: Said, about: Ticket | None, theirs: Ticket | None) -> bool:
    """Whether what it is about may become known in a moment. `about`: the ticket with that message; `theirs`: the one
    that the person's next words would join."""
    return said.kind not in _OPENS and about is None and (bool(said.about) or theirs is None)
