"""A messenger's user gives a mail address on their own page, and confirms it by the link that is mailed there (decision
306)."""

from dataclasses import dataclass

from chalicelib.errors import InvalidFields, InvalidLink
from chalicelib.rules.identity import derived
from chalicelib.rules.identity.addressing import same
from chalicelib.rules.identity.handles import Provider, of_address
from chalicelib.rules.intake.submission import address as cleaned
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.privacy import own_address
from chalicelib.rules.tickets.ticket import Change, Message, Ticket
from chalicelib.services.ports.conflicts import Merged, MessageExists
from chalicelib.services.ports.deps import Deps
from chalicelib.services.tickets import limiting, links, signing
from chalicelib.services.tickets.commits import change_ticket, commit_unless_done

_PURPOSE = "own_address"


@dataclass(frozen=True, slots=True)
class Opened:
    """What the link in the mail leads to. `status_url`: the ticket's page, once answers go to the address; "" before:
    whoever reads mail there may have nothing to do with the ticket."""

    shop: Shop
    ticket: Ticket
    address: str
    provider: Provider
    status_url: str


def ask(deps: Deps, token: str, given: str) -> None:
    """Mail the link by which the address is confirmed. `token`: of the ticket's page. Raises InvalidFields,
    InvalidLink, RateLimited."""
    opened, address = links.open_status(deps, token), cleaned(given)
    ticket, shop = opened.ticket, deps.policy.shop(opened.ticket.shop)
    if opened.receipt:
        raise InvalidFields({"email": "address_not_now"})
    own_address.refuse(ticket, address, deps.policy)
    if own_address.under_way(opened.messages, address, deps.now()):
        return
    limiting.given_address(deps, shop, ticket.ref, address)
    source = derived.source_of("own address", ticket.ref, address, deps.now().isoformat())
    id = derived.message_id(deps.secret, ticket.ref, source)

    def decide(current: Ticket) -> Change:
        own_address.refuse(current, address, deps.policy)
        return own_address.ask(current, id, address, deps.now())

    try:
        change_ticket(deps, ticket, decide)
    except MessageExists:
        return
    except Merged as moved:
        raise InvalidFields({"email": "address_not_now"}) from moved


def url(deps: Deps, ticket: Ticket, message: Message) -> str:
    """The link in the mail that this message owes."""
    life = derived.life_of(ticket.opened_at)
    token = signing.written(deps, _PURPOSE, [ticket.ref, ticket.link_version, life, message.id])
    return f"{deps.public_url}/e/{token}"


def opened(deps: Deps, token: str) -> Opened:
    """What the link leads to. Raises InvalidLink if it is forged, withdrawn or too old, or if another address was given
    since."""
    ticket, messages = _read(deps, token)
    return _opened(deps, ticket, messages, token)


def confirm(deps: Deps, token: str) -> None:
    """The reader of the mailbox confirms the address: answers go there from now on. The same again changes nothing.
    Raises InvalidLink."""

    def decide(found: tuple[Ticket, list[Message]]) -> Change | None:
        ticket, messages = found
        seen = _opened(deps, ticket, messages, token)
        if seen.status_url:
            return None
        own = [message for message in messages if message.ref == ticket.ref and message.id != ticket.opening.id]
        merged = deps.tickets.find_tickets(ticket.merged_from)
        return own_address.confirm(ticket, own, seen.address, deps.context(seen.shop), merged)

    commit_unless_done(deps, _read(deps, token), decide, lambda: _read(deps, token))


def _read(deps: Deps, token: str) -> tuple[Ticket, list[Message]]:
    ref, _, life, _ = signing.read(deps, _PURPOSE, token)
    ticket, messages = deps.tickets.conversation(ref)
    if ticket is None or life != derived.life_of(ticket.opened_at) or ticket.custody.purging:
        raise InvalidLink(expired=True)
    return ticket, messages


def _opened(deps: Deps, ticket: Ticket, messages: list[Message], token: str) -> Opened:
    _, version, _, id = signing.read(deps, _PURPOSE, token)
    asked = next((each for each in messages if each.id == id and each.ref == ticket.ref), None)
    address, last = own_address.given(asked) if asked else "", own_address.latest(messages)
    newest = last is not None and same(own_address.given(last), address)
    if asked is None or not newest or deps.now() > asked.at + own_address.LIFE:
        raise InvalidLink(expired=True)
    done = same(ticket.requester.address, address)
    # Confirming ends the links given out so far, this one excepted.
    if ticket.link_version != version + done or not (done or own_address.askable(ticket)):
        raise InvalidLink(expired=True)
    who = next(filter(None, map(of_address, ticket.customers)), None)
    if who is None:
        raise InvalidLink(expired=True)  # an agent named somebody else since
    status_url = links.status_url(deps, ticket) if done else ""
    return Opened(deps.policy.shop(ticket.shop), ticket, address, who.provider, status_url)
