"""What a matter has cost the customer, where the shop was late or at fault: paid by the shop's published tariff,
without admission, as a remedy with its clock (decision 254)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.errors import InvalidFields
from chalicelib.rules.intake import submission
from chalicelib.rules.intake.submission import LONGEST
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.policy.promises import ExpenseTariff
from chalicelib.rules.procedure.remedies import remedying
from chalicelib.rules.tickets import money
from chalicelib.rules.tickets.clocks import RuleContext
from chalicelib.rules.tickets.procedure_facts import Fault, OwedBy, RemedyKind
from chalicelib.rules.tickets.ticket import Change, Person, State, Ticket, doubted, evolve, owed, promises

FIELDS = ("call_minutes", "own_hours", "postage", "expenses_text", "submission_id")
MOST_MINUTES, MOST_HOURS = 600, 40
_BY = Person("", "customer")


@dataclass(frozen=True, slots=True)
class Claimed:
    """What the customer claims: minutes of calls, hours of their own time, postage in the smallest unit."""

    call_minutes: int = 0
    own_hours: int = 0
    postage: int = 0
    text: str = ""


def tariff_for(shop: Shop, ticket: Ticket, now: datetime) -> ExpenseTariff | None:
    """The tariff by which the customer may claim now: where a promise was missed, or the shop was found at fault, and
    nothing was claimed yet."""
    if shop.expenses is None or ticket.expenses_claimed_at or doubted(ticket) or ticket.merged_into:
        return None
    at_fault = ticket.finding is not None and ticket.finding.fault is Fault.SELLER
    return shop.expenses if at_fault or any(clock.late(now) for clock in promises(ticket)) else None


def read(fields: Mapping[str, str], tariff: ExpenseTariff, receipts: int) -> Claimed:
    """The claim in these fields. Postage needs a receipt. Raises InvalidFields."""
    problems: dict[str, str] = {}
    minutes = _number(fields, "call_minutes", MOST_MINUTES, problems)
    hours = _number(fields, "own_hours", MOST_HOURS, problems)
    postage, text = 0, submission.clean(fields.get("expenses_text", "")).strip()
    if (said := fields.get("postage", "").strip()) and tariff.postage:
        try:
            postage = money.minor_units(said, tariff.currency)
        except InvalidFields:
            problems["postage"] = "no_amount"
    if len(text) > LONGEST["expenses_text"]:
        problems["expenses_text"] = "too_long"
    if postage and not receipts:
        problems["attachments"] = "receipt_missing"
    claimed = Claimed(minutes, hours, postage, text)
    if not problems and not amount(tariff, claimed):
        problems["call_minutes"] = "nothing_claimed"
    if problems:
        raise InvalidFields(problems)
    return claimed


def amount(tariff: ExpenseTariff, claimed: Claimed) -> int:
    """What the tariff gives, in the smallest unit: at most what it pays without a person's decision."""
    total = claimed.call_minutes * tariff.call_minute + claimed.own_hours * tariff.hour + claimed.postage
    return min(total, tariff.most)


def owe(ticket: Ticket, claimed: Claimed, context: RuleContext) -> Change | None:
    """Owe the amount as a remedy, with its clock, once for each ticket; None if it was claimed before. If another
    remedy is owed, that one is not replaced, and agents decide about the claim, which is a message on the ticket."""
    tariff = tariff_for(context.shop, ticket, context.at)
    if tariff is None or ticket.state is State.QUARANTINED:
        return None
    claims = replace(ticket, expenses_claimed_at=context.at)
    if owed(ticket):
        return Change(evolve(claims))
    terms = remedying.Terms(
        RemedyKind.EXPENSES, OwedBy.SELLER, amount=amount(tariff, claimed), currency=tariff.currency
    )
    return remedying.set_remedy(claims, terms, _BY, context)


def _number(fields: Mapping[str, str], name: str, most: int, problems: dict[str, str]) -> int:
    said = fields.get(name, "").strip()
    if not said:
        return 0
    if not (said.isascii() and said.isdigit() and len(said) <= 4 and int(said) <= most):
        problems[name] = "no_number"
        return 0
    return int(said)
