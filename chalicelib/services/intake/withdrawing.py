"""A statement of withdrawal becomes one ticket, no matter how often it is confirmed, and none is refused (decision
200)."""

from collections.abc import Mapping

from chalicelib.errors import InvalidLink
from chalicelib.rendering import words
from chalicelib.rules.identity import derived
from chalicelib.rules.identity.addressing import canonical, same
from chalicelib.rules.intake import submission
from chalicelib.rules.intake.opening import Inbound
from chalicelib.rules.intake.withdrawal_form import Statement
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.policy.promises import WITHDRAWAL
from chalicelib.rules.tickets.procedure_facts import Withdrawal
from chalicelib.rules.tickets.ticket import Channel, Person
from chalicelib.services.intake import submitting
from chalicelib.services.intake.submitting import Caller, Submitted
from chalicelib.services.orders import order_links
from chalicelib.services.ports.deps import Deps
from chalicelib.services.tickets import links


def withdraw(deps: Deps, shop: Shop, statement: Statement, caller: Caller, token: str = "") -> Submitted:
    """The ticket of this statement, new or existing; the statement took effect when the ticket was opened. `token`: the
    link that filled the form in. Raises KeyReused."""
    proof = _proof(deps, shop, token, statement.email) if token else ""
    number = statement.contract if len(statement.contract) <= submission.LONGEST["order_number"] else None
    arrival = Inbound(
        channel=Channel.FORM,
        person=Person(statement.name, statement.email),
        subject=words.phrase(statement.language, "withdraw.subject").format(contract=statement.contract),
        text=as_text(statement),
        source="",
        fingerprint=derived.source_of(WITHDRAWAL, statement.name, canonical(statement.email), statement.contract),
        kind=WITHDRAWAL,
        language=statement.language,
        order_number=number,
        withdrawal=Withdrawal(deps.now(), statement.name, statement.contract, statement.email),
        confirmed=proof != "",
    )
    return submitting.open_once(deps, shop, arrival, (), caller, proof=proof)


def as_text(statement: Statement) -> str:
    """The statement whole, as the page shows it and the ticket keeps it."""
    said = {name: words.phrase(statement.language, f"withdraw.{name}.label") for name in ("contract", "name", "email")}
    facts = [f"{label}: {getattr(statement, name)}" for name, label in said.items()]
    return "\n".join((words.phrase(statement.language, "withdraw.declared"), "", *facts))


def prefilled(deps: Deps, shop: Shop, token: str) -> Mapping[str, str]:
    """The fields that a link fills in: of a ticket, from a mail or the customer's page, or of an order. Raises
    InvalidLink."""
    try:
        ticket = links.open_withdrawal(deps, shop, token)
    except InvalidLink as none_of_a_ticket:
        if none_of_a_ticket.expired:
            raise
        found = order_links.filled_in(deps, shop, token)
        return {name: found.get(name, "") for name in ("name", "email")} | {"contract": found["order_number"]}
    return {
        "name": ticket.requester.name,
        "contract": ticket.order_number or "",
        "email": ticket.requester.address,
    }


def _proof(deps: Deps, shop: Shop, token: str, address: str) -> str:
    """What names the link that filled the form in, if it proves that its holder reads mail at this address: it was
    mailed there. "" if it proves nothing, or not any more."""
    try:
        known = prefilled(deps, shop, token)
    except InvalidLink:
        return ""
    return derived.source_of("filled in", shop.id, known["contract"], address) if same(known["email"], address) else ""
