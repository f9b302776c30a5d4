"""To whom a mail is written, and whether an agent's is an answer at all: not if it forwards another mail, and not if it
is sent where no ticket is (decision 330)."""

from chalicelib.mail.forwards import forwards
from chalicelib.mail.inbound import LOOP_HEADER, Forwarded, InboundMail
from chalicelib.rules.identity.addressing import plus_part, same
from chalicelib.rules.identity.derived import Role, ServiceToken
from chalicelib.rules.intake.mail_facts import Addressed, Key
from chalicelib.rules.intake.mail_senders import Meant
from chalicelib.rules.policy.model import Policy, Shop
from chalicelib.rules.procedure import replying
from chalicelib.rules.tickets.ticket import Ticket
from chalicelib.services.intake.arrivals import RawMail
from chalicelib.services.intake.threading import Thread
from chalicelib.services.ports.deps import Deps
from chalicelib.services.tickets.reply_tokens import tokens_in

_SERVICE = frozenset(ServiceToken)


def addressed(policy: Policy, shop: Shop, mail: RawMail, meant: Meant, quoted: str, thread: Thread | None) -> Addressed:
    """`quoted`: the address of the person whose mail an agent's mail holds."""
    ticket = thread.ticket if thread else None
    if ticket is None and to_service(shop, mail):
        return Addressed.SERVICE
    to = [each.address for each in mail.mail.to if each.address]
    direct = [address for address in to if not policy.shop_of(address)]
    if any(_is_the_customer(ticket, quoted, address) for address in direct):
        return Addressed.CUSTOMER
    beside = [address for address in direct if not same(address, meant.sender.address)]
    copied = any(_is_the_customer(ticket, quoted, each.address) for each in mail.mail.cc)
    if thread and thread.key is not Key.AGENT and copied and not beside:
        return Addressed.CUSTOMER
    if len(direct) == len(to):
        return Addressed.OTHERS if direct else Addressed.US
    if not all(map(shop.agent, beside)):
        return Addressed.AMONG
    return Addressed.TEAM if beside else Addressed.US


def is_inside(policy: Policy, shop: Shop, mail: RawMail) -> bool:
    """Whether all recipients in To are the shop and its agents."""
    return all(policy.shop_of(each.address) or shop.agent(each.address) for each in mail.mail.to if each.address)


def to_service(shop: Shop, mail: RawMail) -> bool:
    """Whether the mail goes to the address for replies to a service mail, or is such a mail returned to us."""
    back = mail.mail.header(LOOP_HEADER).strip().lower() in _SERVICE
    return back or any(plus_part(address) in _SERVICE and shop.is_ours(address) for address in mail.recipients)


def is_to_a_ticket(deps: Deps, mail: RawMail) -> bool:
    """Whether it is sent to a reply address for agents, whatever has become of the ticket."""
    return any(token.role is Role.AGENT for token in tokens_in(deps, mail.mail, mail.recipients))


def forwards_anothers(policy: Policy, mail: InboundMail, contained: Forwarded | None) -> bool:
    """Whether it says that it forwards a mail that is not ours. A mail among its files does not say so: it may be meant
    for the customer."""
    if contained and contained.sender and policy.shop_of(contained.sender.address):
        return False
    return forwards.said(mail.subject, mail.text, ()) or not any(each.is_mail for each in mail.attachments)


def _is_the_customer(ticket: Ticket | None, quoted: str, address: str) -> bool:
    """Who else takes part in the ticket is somebody else: what is written to them, the customer has not got."""
    if ticket is None:
        return same(address, quoted)
    return replying.is_customers(ticket, address) or same(address, ticket.opening.writer.address)
