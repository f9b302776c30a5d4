"""What an acknowledgement has about withdrawing: the statement that it confirms, or the way to make one."""

from typing import Any

from chalicelib.rendering import pages
from chalicelib.rules.intake.withdrawing import times
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.policy.promises import RETURN, WITHDRAWAL
from chalicelib.rules.tickets.ticket import Ticket
from chalicelib.services.ports.deps import Deps
from chalicelib.services.tickets import links

# Of a mail that withdraws, its confirmation repeats no more: anybody can write one in somebody's name.
_LONGEST_STATEMENT = 1_000


def acknowledgement(deps: Deps, shop: Shop, ticket: Ticket) -> dict[str, Any]:
    """For a withdrawal: the statement whole, the moment it came, and what follows. For a return: the link to the
    withdrawal function, since returning goods is no withdrawal."""
    if ticket.kind == RETURN and shop.offers(WITHDRAWAL):
        return {"withdraw_url": links.withdrawal_url(deps, ticket)}
    record = ticket.withdrawal
    if ticket.kind != WITHDRAWAL or record is None:
        return {}
    typed = {"contract": record.contract, "name": record.name}
    facts = {name: pages.unlinked(value) for name, value in typed.items()} | {"email": record.email}
    said = {
        "received_at": record.received_at,
        "facts": facts if record.contract else {},
        "text": pages.unlinked(pages.excerpt(ticket.opening.text, _LONGEST_STATEMENT)),
        **times(ticket.clocks),
    }
    named = {"subject": "" if pages.linkable(record.contract) else record.contract} if record.contract else {}
    return named | {"withdrawn": said}
