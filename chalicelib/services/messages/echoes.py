"""Which echoes are of ours (decision 302)."""

from chalicelib.rules.events.messages.said import Said
from chalicelib.rules.messages import echoing
from chalicelib.rules.tickets.ticket import Ticket
from chalicelib.services.ports.deps import Deps


def is_ours(deps: Deps, ticket: Ticket, said: Said) -> bool:
    """Whether we sent what the provider says went out. Nobody else writes the link to the customer's page."""
    if f"{deps.public_url}/t/" in said.text:
        return True
    _, messages = deps.tickets.conversation(ticket.ref)
    lately = (message for message in messages if echoing.may_be_echoed(message, said.at))
    return any(echoing.repeats(said.text, message.text, said.who.provider) for message in lately)
