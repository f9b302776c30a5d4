"""Contact agreements: who has one, and what the shop promises them meanwhile (decision 271).

An agreement is stored under the blinded mailbox, as an objection is, and is read only for shops whose policy has
agreements at all.
"""

from collections.abc import Collection
from typing import TYPE_CHECKING

from chalicelib.rules.identity import derived
from chalicelib.rules.identity.mailboxes import mailbox
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.tickets.remarks import Remark
from chalicelib.rules.tickets.ticket import Ticket
from chalicelib.services.ports.deps import Deps

if TYPE_CHECKING:
    from chalicelib.rules.procedure.answers.agreement import Agreement


def keep(deps: Deps, shop: Shop, address: str, agreement: "Agreement") -> None:
    """Record the agreement in place of an earlier one, under whatever version of the secret that is stored."""
    present, *earlier = _keys(deps, shop.id, address)
    deps.agreements.keep_agreement(shop.id, present, agreement)
    for key in earlier:
        deps.agreements.end_agreement(shop.id, key, deps.now())


def end(deps: Deps, shop: Shop, address: str) -> None:
    """Forget the agreement with this address's owner, if there is one."""
    for key in _keys(deps, shop.id, address):
        deps.agreements.end_agreement(shop.id, key, deps.now())


def stored(deps: Deps, shop: Shop, address: str) -> "Agreement | None":
    """The agreement with this address's owner that is in force, whatever the policy says now."""
    found = (deps.agreements.agreement(shop.id, key) for key in _keys(deps, shop.id, address))
    return next((each for each in found if each and deps.now() < each.until), None) if address else None


def of(deps: Deps, shop: Shop, address: str) -> "Agreement | None":
    """The agreement that the shop keeps to; without a request if its policy has none."""
    return stored(deps, shop, address) if shop.desk.agreements else None


def when_opening(
    deps: Deps, shop: Shop, address: str, kind: str, remarks: Collection[Remark] = (), *, slowed: bool
) -> tuple[Shop, str]:
    """The shop as it promises to this address's owner when a ticket of this kind opens now, and the address of the
    agent who looks after them ("" if none was agreed, or they have left). `slowed`: whether the agreed pace may count
    at all."""
    agreement = of(deps, shop, address)
    if agreement is None:
        return shop, ""
    from chalicelib.rules.procedure.answers.agreement import names_law, paced

    agent = agreement.agent if shop.agent(agreement.agent) else ""
    if not slowed or names_law(remarks):
        return shop, agent
    return paced(shop, agreement, kind, deps.context(shop)), agent


def when_adding(deps: Deps, shop: Shop, ticket: Ticket, remarks: Collection[Remark]) -> Shop:
    """The shop as it promises to the ticket's customer when they add something to it now. In the ticket in which it was
    agreed, the conversation is read: an objection is not slowed by what it objects to."""
    agreement = of(deps, shop, ticket.requester.address)
    if agreement is None:
        return shop
    from chalicelib.rules.procedure.answers.agreement import is_about, names_law, objection_heard, paced

    if names_law(remarks):
        return shop
    if is_about(agreement, ticket) and not objection_heard(agreement, deps.tickets.conversation(ticket.ref)[1], shop):
        return shop
    return paced(shop, agreement, ticket.kind, deps.context(shop))


def _keys(deps: Deps, shop: str, address: str) -> tuple[str, ...]:
    """The blinded mailbox, by each version of the secret, the present one first."""
    return derived.blinds(deps.secret, f"agreement/{shop}", mailbox(address))
