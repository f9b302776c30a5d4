"""A statement of withdrawal becomes one ticket, no matter how often it is confirmed, and none is refused (decision
200)."""

from collections.abc import Mapping

from chalicelib.rendering import words
from chalicelib.rules.identity import derived
from chalicelib.rules.identity.addressing import canonical
from chalicelib.rules.intake import submission
from chalicelib.rules.intake.opening import Inbound
from chalicelib.rules.intake.withdrawal_form import Statement
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.policy.promises import WITHDRAWAL
from chalicelib.rules.tickets.procedure_facts import Withdrawal
from chalicelib.rules.tickets.ticket import Channel, Person
from chalicelib.services.intake import submitting
from chalicelib.services.intake.submitting import Caller, Submitted
from chalicelib.services.ports.deps import Deps
from chalicelib.services.tickets import links


def withdraw(deps: Deps, shop: Shop, statement: Statement, caller: Caller) -> Submitted:
    """The ticket of this statement, new or existing; the statement took effect when the ticket was opened. Raises
    KeyReused."""
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
    )
    return submitting.open_once(deps, shop, arrival, (), caller)


def as_text(statement: Statement) -> str:
    """The statement whole, as the page shows it and the ticket keeps it."""
    said = {name: words.phrase(statement.language, f"withdraw.{name}.label") for name in ("contract", "name", "email")}
    facts = [f"{label}: {getattr(statement, name)}" for name, label in said.items()]
    return "\n".join((words.phrase(statement.language, "withdraw.declared"), "", *facts))


def prefilled(deps: Deps, shop: Shop, token: str) -> Mapping[str, str]:
    """The fields that a link from a mail or the customer's page fills in. Raises InvalidLink."""
    ticket = links.open_withdrawal(deps, shop, token)
    return {
        "name": ticket.requester.name,
        "contract": ticket.order_number or "",
        "email": ticket.requester.address,
    }
