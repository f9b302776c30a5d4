"""Signed links: to a ticket's page, to confirm an identity, and to an upload; and the time trap in the hosted form."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from chalicelib.errors import InvalidLink, UnknownFile
from chalicelib.rules.identity import derived
from chalicelib.rules.identity.addressing import canonical, same
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.procedure import confirming
from chalicelib.rules.tickets.procedure_facts import Publication
from chalicelib.rules.tickets.remarks import Remark
from chalicelib.rules.tickets.ticket import File, Message, Ticket
from chalicelib.services.ports.deps import Deps
from chalicelib.services.ports.products.published import AnswerKey
from chalicelib.services.tickets import signing
from chalicelib.services.tickets.merged import resolve_merged

_UPLOAD_LIFE = timedelta(hours=24)


def expiry(shop: Shop, ticket: Ticket) -> datetime:
    """When links to the ticket expire: `link_days` after its last activity, no matter when the links were made."""
    times = [ticket.opened_at, ticket.active_at, ticket.closed_at, *(given.told_at for given in ticket.extensions)]
    times += [moment for referral in ticket.referrals for moment in (referral.at, referral.answered_at)]
    times += [ticket.remedy.done_at if ticket.remedy else None]
    times += [ticket.final_answer.told_at if ticket.final_answer else None]
    return max(moment for moment in times if moment) + timedelta(days=shop.link_days)


def receipt_expiry(shop: Shop, ticket: Ticket, messages: Iterable[Message]) -> datetime:
    """When a receipt expires: `link_days` after the last message written by it. So its holder does not learn when
    others wrote."""
    written = (message.at for message in messages if Remark.BY_RECEIPT in message.remarks)
    return max((ticket.opened_at, *written)) + timedelta(days=shop.link_days)


@dataclass(frozen=True, slots=True)
class Opened:
    """What a link to a ticket's page leads to. `receipt`: the link was given to the person who posted a form, who may
    not own the address they wrote. It shows what they wrote and the promises to them, and does not follow the
    ticket."""

    ticket: Ticket
    messages: list[Message]
    receipt: bool = False


def status_url(deps: Deps, ticket: Ticket) -> str:
    """The link to the whole ticket. It is only in mails to its customer, so a person who has it can read those
    mails."""
    return f"{deps.public_url}/t/{_page_token(deps, ticket, 'ticket')}"


def desk_url(deps: Deps, ref: str) -> str:
    """Where agents find the ticket. The link signs nobody in: agents must sign in first."""
    return f"{deps.public_url}/desk/t/{ref}"


def desk_order_url(deps: Deps, ref: str) -> str:
    """Where agents find the order. The link signs nobody in."""
    return f"{deps.public_url}/desk/orders/{ref}"


def receipt_url(deps: Deps, ticket: Ticket) -> str:
    """The link for the person who posted the form that opened the ticket."""
    return f"{deps.public_url}/t/{_page_token(deps, ticket, 'receipt')}"


def _page_token(deps: Deps, ticket: Ticket, purpose: str) -> str:
    return signing.written(deps, purpose, [ticket.ref, ticket.link_version, derived.life_of(ticket.opened_at)])


def open_status(deps: Deps, token: str) -> Opened:
    """What a link to a ticket's page leads to. For a merged ticket this is the ticket it was merged into, if that has
    the same customer and the link is no receipt. Raises InvalidLink if the link is forged, expired or withdrawn."""
    try:
        (ref, version, life), receipt = signing.read(deps, "ticket", token), False
    except InvalidLink:
        (ref, version, life), receipt = signing.read(deps, "receipt", token), True
    found, messages = deps.tickets.conversation(ref)
    ticket = _still_open(deps, found, version, life, by_receipt=messages if receipt else None)
    into = ticket if receipt else resolve_merged(deps, ticket)
    if into.ref == ref or not same(into.requester.address, ticket.requester.address):
        return Opened(ticket, messages, receipt)
    _, messages = deps.tickets.conversation(into.ref)
    return Opened(into, messages)


def file_url(deps: Deps, ticket: Ticket, message: Message, file: File) -> str:
    """A link to one attachment and nothing else, for mails."""
    id = message.id if message.ref == ticket.ref else f"{message.ref}/{message.id}"
    life = derived.life_of(ticket.opened_at)
    token = signing.written(deps, "file", [ticket.ref, id, file.id, ticket.link_version, life])
    return f"{deps.public_url}/f/{token}"


def open_file(deps: Deps, token: str) -> File:
    """The attachment a file link leads to. Raises InvalidLink, UnknownFile."""
    ref, message_id, file_id, version, life = signing.read(deps, "file", token)
    ticket = _still_open(deps, deps.tickets.ticket(ref), version, life)
    message = _message(deps, ticket, message_id)
    file = next((file for file in message.files if file.id == file_id), None) if message else None
    if file is None:
        raise UnknownFile(file_id)
    return file


def _message(deps: Deps, ticket: Ticket, id: str) -> Message | None:
    """The ticket's message; or the message of a ticket that was merged into it, by "<its reference>/<its id>"."""
    other, _, id = id.rpartition("/")
    holder = deps.tickets.ticket(other) if other in ticket.merged_from else None if other else ticket
    if holder is None:
        return None
    return holder.opening if id == holder.opening.id else deps.tickets.message(holder.ref, id)


def _still_open(
    deps: Deps, ticket: Ticket | None, version: int, life: str, *, by_receipt: list[Message] | None = None
) -> Ticket:
    """Raises InvalidLink if the ticket is gone or the link has expired. `by_receipt`: the ticket's messages, if the
    link is a receipt."""
    if ticket is None or life != derived.life_of(ticket.opened_at):
        raise InvalidLink(expired=True)  # it existed, but was purged
    shop = deps.policy.shop(ticket.shop)
    ends = (
        expiry(shop, resolve_merged(deps, ticket)) if by_receipt is None else receipt_expiry(shop, ticket, by_receipt)
    )
    if ticket.link_version != version or deps.now() > ends:
        raise InvalidLink(expired=True)
    return ticket


def confirmation_url(deps: Deps, ticket: Ticket, asked_at: datetime) -> str:
    """A link by which the reader of the customer's mails confirms that a data request is their own."""
    expires = int((asked_at + confirming.LIFE).timestamp())
    life = derived.life_of(ticket.opened_at)
    holder, *_ = _holders(deps, ticket)
    token = signing.written(deps, "confirm", [ticket.ref, ticket.link_version, life, holder, expires])
    return f"{deps.public_url}/c/{token}"


def open_confirmation(deps: Deps, token: str) -> Ticket:
    """The ticket to which a confirmation link leads, or the ticket it was merged into. Raises InvalidLink if the link
    is forged, withdrawn or too old, or if the customer's address has changed since."""
    ref, version, life, holder, expires = signing.read(deps, "confirm", token)
    ticket = deps.tickets.ticket(ref)
    if ticket is None or ticket.link_version != version or life != derived.life_of(ticket.opened_at):
        raise InvalidLink(expired=True)
    if deps.now().timestamp() > expires:
        raise InvalidLink(expired=True)
    into = resolve_merged(deps, ticket)
    if holder not in _holders(deps, ticket) or canonical(into.requester.address) != canonical(ticket.requester.address):
        raise InvalidLink(expired=True)
    return into


def _holders(deps: Deps, ticket: Ticket) -> tuple[str, ...]:
    """The customer's address, blinded by each version of the secret, the current one first."""
    return derived.blinds(deps.secret, "confirm", canonical(ticket.requester.address))


def answered_url(deps: Deps, ticket: Ticket) -> str:
    """A link to the page on which the reader of the customer's mails says that an article has answered the ticket."""
    return f"{deps.public_url}/a/{_page_token(deps, ticket, 'answered')}"


def open_answered(deps: Deps, token: str) -> Ticket:
    """The ticket to which such a link leads. Raises InvalidLink if the link is forged, expired or withdrawn, or if the
    ticket was merged into another."""
    ref, version, life = signing.read(deps, "answered", token)
    ticket = _still_open(deps, deps.tickets.ticket(ref), version, life)
    if ticket.merged_into:
        raise InvalidLink(expired=True)
    return ticket


def withdrawal_url(deps: Deps, ticket: Ticket) -> str:
    """A link to the withdrawal function with the ticket's name, order number and address filled in; for the reader of
    the customer's mails."""
    query = urlencode({"lang": ticket.language, "t": _page_token(deps, ticket, "withdraw")})
    return f"{deps.public_url}/shops/{ticket.shop}/withdraw?{query}"


def open_withdrawal(deps: Deps, shop: Shop, token: str) -> Ticket:
    """The ticket that fills in the withdrawal function. Raises InvalidLink if the link is forged, expired, withdrawn or
    another shop's."""
    ref, version, life = signing.read(deps, "withdraw", token)
    ticket = _still_open(deps, deps.tickets.ticket(ref), version, life)
    if ticket.shop != shop.id:
        raise InvalidLink(expired=False)
    return ticket


def upload_token(deps: Deps, key: str, filename: str) -> str:
    expires = int((deps.now() + _UPLOAD_LIFE).timestamp())
    return signing.written(deps, "upload", [key, filename, expires])


def read_upload_token(deps: Deps, token: str) -> tuple[str, str]:
    """The upload's key and file name. Raises InvalidLink."""
    key, filename, expires = signing.read(deps, "upload", token)
    if deps.now().timestamp() > expires:
        raise InvalidLink(expired=True)
    return key, filename


def form_token(deps: Deps, shop: Shop) -> str:
    return signing.written(deps, "form", [shop.id, int(deps.now().timestamp() * 1000)])


def form_age(deps: Deps, shop: Shop, token: str) -> timedelta:
    """How long ago the form was rendered. Raises InvalidLink when the token is forged or another shop's."""
    shop_id, rendered = signing.read(deps, "form", token)
    if shop_id != shop.id:
        raise InvalidLink(expired=False)
    return deps.now() - datetime.fromtimestamp(rendered / 1000, deps.now().tzinfo)


def publication_url(deps: Deps, ticket: Ticket, publication: Publication) -> str:
    """A link by which the reader of the customer's mails has a question and its answer published, or takes them back.
    What it names is found also when the ticket is gone."""
    about = [ticket.shop, publication.sku, publication.language, publication.id]
    life = derived.life_of(ticket.opened_at)
    token = signing.written(deps, "publication", [ticket.ref, ticket.link_version, life, *about])
    return f"{deps.public_url}/q/{token}"


def open_publication(deps: Deps, token: str) -> tuple[Ticket | None, AnswerKey]:
    """What the link is about, and its ticket; None if that was purged. It has no end, because one may take back what
    one has agreed to at any time. Raises InvalidLink if it is forged or withdrawn."""
    ref, version, life, shop, sku, language, id = signing.read(deps, "publication", token)
    ticket = deps.tickets.ticket(ref)
    if ticket and life != derived.life_of(ticket.opened_at):
        ticket = None
    if ticket and ticket.link_version != version:
        raise InvalidLink(expired=True)
    return ticket, AnswerKey(shop, sku, language, id)
