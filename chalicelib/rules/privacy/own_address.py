"""A messenger's user gives a mail address and confirms it by a mail; from then on answers go there (decision 306).

Until it is confirmed, the address is only where one mail went: the ticket stays the messenger's user's. Afterwards both
are the customer's on this ticket, and on no other.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.errors import InvalidFields
from chalicelib.rules.identity.addressing import same, without_plus
from chalicelib.rules.identity.handles import is_handle
from chalicelib.rules.intake.submission import is_address
from chalicelib.rules.policy.model import Policy, Shop
from chalicelib.rules.privacy.readdressing import moved, opening_of, owed_to
from chalicelib.rules.tickets.clocks import WINDOW, RuleContext
from chalicelib.rules.tickets.log import Action
from chalicelib.rules.tickets.messages import Event, Message, Person, system_message
from chalicelib.rules.tickets.outbox import Delivery, Purpose, queue
from chalicelib.rules.tickets.ticket import Change, LogEntry, State, Ticket, evolve

LIFE = timedelta(days=1)
"""How long the link in the mail works."""
_UNDER_WAY = timedelta(minutes=5)


def askable(ticket: Ticket) -> bool:
    """Whether its customer, who has no mail address, may give one."""
    running = ticket.state not in (State.CLOSED, State.QUARANTINED) and not ticket.merged_into
    return running and ticket.reached is not None and is_handle(ticket.requester.address)


def refuse(ticket: Ticket, address: str, policy: Policy) -> None:
    """Raises InvalidFields if this address can't be given on the ticket."""
    if not askable(ticket):
        raise InvalidFields({"email": "address_not_now"})
    if not is_address(address):
        raise InvalidFields({"email": "not_an_address" if address else "missing"})
    if _is_no_customers(policy, address, policy.shop(ticket.shop)):
        raise InvalidFields({"email": "address_ours"})


def _is_no_customers(policy: Policy, address: str, shop: Shop) -> bool:
    """Whether it is of one of our shops, of this shop's agents, or of a third party: none of them gets a mail because a
    stranger gave their address, and who is asked about a customer's ticket does not become its customer."""
    known = [agent.address for agent in shop.agents] + [party.address for party in shop.third_parties]
    return policy.shop_of(address) is not None or without_plus(address) in map(without_plus, known)


def under_way(messages: Iterable[Message], address: str, now: datetime) -> bool:
    """Whether the mail to this address was owed just now, so that the same form need not cause another."""
    asked = latest(messages)
    return asked is not None and same(given(asked), address) and now - asked.at < _UNDER_WAY


def ask(ticket: Ticket, id: str, address: str, now: datetime) -> Change:
    """Mail the link by which the address is confirmed. `id`: of the message that owes the mail."""
    mail = queue((Delivery(Purpose.CONFIRM_ADDRESS, address),), now)
    message = replace(system_message(id, ticket.ref, now, Event.ADDRESS_GIVEN, ""), outbox=mail)
    return Change(evolve(ticket), (message,), (LogEntry(now, "customer", Action.ADDRESS_GIVEN),))


def latest(messages: Iterable[Message]) -> Message | None:
    """The message of the address given last: only that can be confirmed, because the one before may have been somebody
    else's, mistyped."""
    return max((each for each in messages if each.event is Event.ADDRESS_GIVEN), key=lambda each: each.at, default=None)


def given(message: Message) -> str:
    """The address that was given; "" if its owner was erased since."""
    mails = message.outbox.deliveries if message.outbox else ()
    to = next((mail.to for mail in mails if mail.purpose is Purpose.CONFIRM_ADDRESS), "")
    return to if is_address(to) else ""


def confirm(
    ticket: Ticket, messages: Iterable[Message], address: str, context: RuleContext, merged: Iterable[Ticket] = ()
) -> Change:
    """The ticket with the confirmed address as its customer's, whom the messenger's address stays with. `messages`:
    those that may still owe something there; `merged`: the tickets merged into it. Links given out so far end: whoever
    reads the mailbox may be somebody else than whoever wrote, and says more from now on."""
    was = ticket.requester
    after = _theirs(ticket, was, address)
    return Change(
        replace(
            after,
            clocks=ticket.clocks.without(WINDOW),
            opening=opening_of(ticket.opening, was, after.requester),
            participants=tuple(each for each in ticket.participants if not same(each, address)),
            outbox=owed_to(ticket, was.address, address, context),
        ),
        moved(messages, was.address, address),
        (LogEntry(context.at, "customer", Action.READDRESSED),),
        also=tuple(_theirs(each, was, address) for each in merged if same(each.requester.address, was.address)),
    )


def _theirs(ticket: Ticket, was: Person, address: str) -> Ticket:
    return evolve(
        ticket,
        requester=replace(ticket.requester, address=address),
        reached=replace(ticket.reached, by=was.address) if ticket.reached else None,
        link_version=ticket.link_version + 1,
        identity_confirmed_at=None,
        unconfirmed=False,
    )
