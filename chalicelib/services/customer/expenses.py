"""The customer claims what a matter has cost them: a message on the ticket with the receipts, and a remedy."""

from collections.abc import Iterator, Mapping, Sequence

from chalicelib.errors import InvalidFields, InvalidLink
from chalicelib.rendering import amounts, words
from chalicelib.rendering.amounts import Amount
from chalicelib.rules.policy.promises import ExpenseTariff
from chalicelib.rules.procedure.remedies import expensing
from chalicelib.rules.procedure.remedies.expensing import Claimed
from chalicelib.rules.tickets import money
from chalicelib.rules.tickets.ticket import Change, Ticket
from chalicelib.services.customer import customer_page
from chalicelib.services.ports.deps import Deps
from chalicelib.services.tickets import links, merged
from chalicelib.services.tickets.commits import commit_unless_done
from chalicelib.services.tickets.filing import IncomingFile
from chalicelib.services.tickets.uploading import Uploaded


def opened(deps: Deps, token: str) -> tuple[Ticket, ExpenseTariff]:
    """The ticket and the tariff by which its customer may claim. Raises InvalidLink, and InvalidFields if nothing can
    be claimed."""
    found = links.open_status(deps, token)
    if found.receipt:
        raise InvalidLink(expired=False)
    tariff = expensing.tariff_for(deps.policy.shop(found.ticket.shop), found.ticket, deps.now())
    if tariff is None:
        raise InvalidFields({"form": "expenses_not_now"})
    return found.ticket, tariff


def claim(
    deps: Deps,
    token: str,
    fields: Mapping[str, str],
    sent: Sequence[IncomingFile],
    uploads: Sequence[Uploaded] = (),
    caller: str = "",
) -> str:
    """Take the claim, once even if it is sent twice; returns the id of its message. If the run dies in between, the
    same form sent again does the rest. Raises InvalidFields, InvalidLink, RateLimited."""
    ticket, tariff = opened(deps, token)
    claimed = expensing.read(fields, tariff, len(sent) + len(uploads))
    said = {"message": as_text(ticket.language, tariff, claimed), "submission_id": fields.get("submission_id", "")}
    id = customer_page.reply(deps, token, said, sent, uploads, caller)
    context = deps.context(deps.policy.shop(ticket.shop))

    def load() -> Ticket:
        return merged.resolve_merged(deps, links.open_status(deps, token).ticket)

    def decide(current: Ticket) -> Change | None:
        return expensing.owe(current, claimed, context)

    commit_unless_done(deps, load(), decide, load)
    return id


def as_text(language: str, tariff: ExpenseTariff, claimed: Claimed) -> str:
    """The claim in words, as the ticket keeps it."""
    return "\n".join(_lines(language, tariff, claimed))


def _lines(language: str, tariff: ExpenseTariff, claimed: Claimed) -> Iterator[str]:
    def phrase(key: str, **values: object) -> str:
        return words.phrase(language, f"expenses.said.{key}").format(**values)

    def paid(units: int) -> str:
        return amounts.said(Amount(units, tariff.currency, money.decimals(tariff.currency)), language)

    yield phrase("title")
    if claimed.call_minutes:
        yield phrase("call_minutes", number=claimed.call_minutes)
    if claimed.own_hours:
        yield phrase("own_hours", number=claimed.own_hours)
    if claimed.postage:
        yield phrase("postage", amount=paid(claimed.postage))
    yield phrase("total", amount=paid(expensing.amount(tariff, claimed)))
    if claimed.text:
        yield ""
        yield claimed.text
