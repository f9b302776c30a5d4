"""The customer's page: what its signed link shows, and the reply it takes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib.errors import AlreadyKept, BadInput
from chalicelib.rules import identity, submission
from chalicelib.rules.opening import Arrival
from chalicelib.rules.policy import Shop
from chalicelib.rules.replying import customer_adds
from chalicelib.rules.tickets import Author, Channel, Message, Ticket, Visibility
from chalicelib.services import links, uploading
from chalicelib.services.commits import change_ticket
from chalicelib.services.filing import Parcel, file_away
from chalicelib.services.ports import Deps

# A file's link lives as long as it takes to click it.
_FILE_LINK_SECONDS = 300


@dataclass(frozen=True, slots=True)
class CustomerView:
    """A ticket as its customer may see it."""

    shop: Shop
    ticket: Ticket
    entries: list[dict[str, Any]]
    promises: list[dict[str, Any]]
    link_expires: datetime


def view(deps: Deps, token: str) -> CustomerView:
    """What the link shows. Raises LinkRefused, UnknownTicket."""
    ticket, messages = links.open_status(deps, token)
    shop = deps.policy.shop(ticket.shop)
    shown = [ticket.opening, *(m for m in messages if m.visibility is Visibility.SHARED)]
    now = deps.now()
    return CustomerView(
        shop=shop,
        ticket=ticket,
        entries=[_entry(deps, shop, ticket, message) for message in shown],
        promises=[
            {"label_key": clock.name, "due": clock.due, "met": clock.met_at, "late": clock.late(now)}
            for clock in ticket.clocks
        ],
        link_expires=links.expiry(shop, ticket),
    )


def reply(
    deps: Deps, token: str, fields: Mapping[str, str], sent: Sequence[Parcel], uploads: Sequence[str] = ()
) -> None:
    """Add the customer's reply; posted twice, once. `uploads` are the tokens of files uploaded before. Raises BadInput,
    LinkRefused."""
    ticket, _ = links.open_status(deps, token)
    shop = deps.policy.shop(ticket.shop)
    parcels = uploading.all_parcels(deps, shop, sent, uploads)
    text = submission.clean(fields.get("message", "")).strip()
    if not text and not parcels:
        raise BadInput({"message": "missing"})
    if len(text) > submission.LONGEST["message"]:
        raise BadInput({"message": "too_long"})
    if len(parcels) > submission.MOST_FILES:
        raise BadInput({"attachments": "attachments_too_many"})
    key = fields.get("submission_id") or f"{deps.now():%Y-%m-%dT%H}"
    source = identity.source_of("page", ticket.ref, key, text, *(parcel.digest for parcel in parcels))
    arrival = Arrival(
        channel=Channel.PAGE,
        person=ticket.requester,
        subject=ticket.subject,
        text=text,
        source=source,
        fingerprint=source,
        kind=ticket.kind,
        language=ticket.language,
    )
    filed = file_away(deps, ticket.ref, arrival, parcels)
    id = identity.message_id(deps.secret, ticket.ref, source)
    try:
        change_ticket(deps, ticket, lambda current: customer_adds(current, id, filed, shop, deps.now()))
    except AlreadyKept:
        return


def download(deps: Deps, token: str) -> str:
    """Where the attachment a file link names can be fetched, for a short time. Raises LinkRefused, UnknownFile."""
    file = links.open_file(deps, token)
    return deps.files.link(file.key, file.filename, file.content_type, _FILE_LINK_SECONDS)


def _same(message: Message, ticket: Ticket) -> bool:
    """Whether the customer wrote it, and not somebody else who took part."""
    return message.person.address.lower() == ticket.requester.address.lower()


def _entry(deps: Deps, shop: Shop, ticket: Ticket, message: Message) -> dict[str, Any]:
    """One contribution. Of an agent, customers see the first name and nothing else."""
    by_shop = message.author is Author.AGENT
    agent = shop.agent(message.person.address) if by_shop else None
    text = deps.files.read(message.text_key).decode() if message.text_key else message.text
    return {
        "who": "shop" if by_shop else "you" if _same(message, ticket) else "other",
        "name": agent.name.split()[0] if agent else shop.name if by_shop else message.person.name,
        "at": message.at,
        "text": text,
        "html": None,
        "attachments": [
            {"name": file.filename, "size": file.size, "url": links.file_url(deps, ticket, message, file)}
            for file in message.files
        ],
    }
