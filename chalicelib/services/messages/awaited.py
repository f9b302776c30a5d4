"""What is about something that has not come: the queue keeps no order, and a first message may wait for its file
(decision 327)."""

from chalicelib.rules.events.messages.said import Kind, Said
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.tickets.ticket import Ticket
from chalicelib.services.messages import places
from chalicelib.services.ports.deps import Deps

_OPENS = (Kind.WORDS, Kind.COMMENT)


def is_awaited(deps: Deps, shop: Shop, said: Said, ticket: Ticket | None) -> bool:
    """Whether it is about a message, or to a person, that may become known in a moment. `ticket`: the person's."""
    if said.kind in _OPENS:
        return False
    if ticket is None:
        return True
    if not said.about or deps.threads.item_of_sent(said.about):
        return False
    return not places.holder(deps, shop, places.mark_of(deps, places.source_of(shop, said, said.about)))
