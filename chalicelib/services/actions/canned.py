"""Ready replies, filled in for one ticket and one agent."""

from datetime import datetime

from chalicelib.errors import InvalidFields
from chalicelib.rendering import replies, words
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.procedure import concluding
from chalicelib.rules.tickets.clocks import ANSWERS, RESOLVE, Clock
from chalicelib.rules.tickets.due_dates import broken, due_date
from chalicelib.rules.tickets.messages import Person
from chalicelib.rules.tickets.ticket import Ticket
from chalicelib.services.ports.deps import Deps

RETURN_INSTRUCTIONS = "return_instructions"


def text(deps: Deps, shop: Shop, ticket: Ticket, agent: Person, id: str, *, whole: bool = False) -> str:
    """The reply with this id in the ticket's language; `whole` adds greeting and farewell, for mails without their own.

    Raises InvalidFields if there is no such reply, or if the ticket lacks a value that the reply uses.
    """
    known = replies.replies(ticket.language) if ticket.language in replies.languages() else ()
    reply = next((reply for reply in known if reply.id == id), None)
    if reply is None:
        raise InvalidFields({"canned": "unknown"})
    try:
        return (replies.letter if whole else replies.filled)(reply, values(deps, shop, ticket, agent))
    except replies.MissingValues:
        raise InvalidFields({"canned": "canned_lacks"}) from None


def is_text(deps: Deps, shop: Shop, ticket: Ticket, agent: Person, id: str, words: str) -> bool:
    """Whether these words are the reply with this id and nothing else. No words are, in a language without replies."""
    try:
        return words.split() == text(deps, shop, ticket, agent, id).split()
    except InvalidFields:
        return False


def inserted(deps: Deps, shop: Shop, ticket: Ticket, agent: Person, id: str, typed: str, *, whole: bool = False) -> str:
    """The text typed so far, followed by the reply. Raises InvalidFields."""
    reply = text(deps, shop, ticket, agent, id, whole=whole)
    return f"{typed.rstrip()}\n\n{reply}" if typed.strip() else reply


def values(deps: Deps, shop: Shop, ticket: Ticket, agent: Person) -> dict[str, str]:
    """The ticket's known values, by the names that replies use; unknown values are left out."""
    clocks = ticket.clocks.unmet
    answer = next(filter(None, map(clocks.named, ANSWERS)), None)
    resolve, bodies = clocks.named(RESOLVE), concluding.bodies(ticket, deps.context(shop))
    known = {
        "name": ticket.requester.name,
        "reference": ticket.ref,
        "order_number": ticket.order_number or "",
        "shop": shop.name,
        "agent": agent.name.split()[0] if agent.name else "",
        "product": ticket.claim.product if ticket.claim else "",
        "answer_by": _by(answer, shop, ticket, deps.now()),
        "resolve_by": _by(resolve, shop, ticket, deps.now()),
        "body": bodies[0].name if bodies else "",
        "party": next((referral.name for referral in reversed(ticket.referrals)), ""),
    }
    return {name: value for name, value in known.items() if value}


def _by(clock: Clock | None, shop: Shop, ticket: Ticket, now: datetime) -> str:
    """The promise's date in words; "" if there is none, or if it is past: nobody can be promised a day that is over."""
    kept = clock is not None and not broken(clock, now, shop.hours.zone)
    return words.due(due_date(clock), shop.timezone, ticket.language) if clock and kept else ""
