"""The files of a ticket that may be passed on to a third party: those its customer may see, each selected by the
agent."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from chalicelib.errors import InvalidFields
from chalicelib.rules.privacy.anonymising import was_theirs
from chalicelib.rules.procedure.referring import MAX_FILES
from chalicelib.rules.tickets.messages import File, Message, Visibility
from chalicelib.rules.tickets.ticket import Ticket
from chalicelib.services.delivery.ours import own_mails
from chalicelib.services.ports.deps import Deps
from chalicelib.services.tickets import links, merged


@dataclass(frozen=True, slots=True)
class Passable:
    """A file with the message it came with; `id` identifies both, even if the message's ticket was merged into
    another."""

    id: str
    message: Message
    file: File


def passable(ticket: Ticket, messages: Sequence[Message]) -> Iterator[Passable]:
    """The files that the customer may see, no matter who wrote the message. Internal files are not offered: one third
    party's letter may be exactly what another must not read."""
    for message in (ticket.opening, *merged.for_customer(ticket, messages)):
        if message.visibility is Visibility.SHARED and not was_theirs(message):
            yield from (Passable(f"{message.ref}/{message.id}/{file.id}", message, file) for file in message.files)


def chosen(deps: Deps, ticket: Ticket, ids: Iterable[str], with_opening: bool) -> tuple[str, ...]:
    """The ids of the ticket's files that are named, and of all files of its opening with `with_opening`. Raises
    InvalidFields."""
    wanted = set(ids)
    if not wanted and not (with_opening and ticket.opening.files):
        return ()
    offered = list(passable(ticket, deps.tickets.conversation(ticket.ref)[1] if wanted else ()))
    if wanted - {each.id for each in offered}:
        raise InvalidFields({"files": "unknown"})
    found = [each for each in offered if each.id in wanted or (with_opening and each.message is ticket.opening)]
    if len(found) > MAX_FILES:
        raise InvalidFields({"files": "files_too_many"})
    own_mails.refuse_stored(deps, (each.file for each in found), "files")
    return tuple(each.id for each in found)


def passed_on(deps: Deps, ticket: Ticket, ids: Iterable[str]) -> list[dict[str, Any]]:
    """The files with these ids as a mail lists them; files that no longer exist are left out."""
    shown = list[dict[str, Any]]()
    for id in ids:
        ref, message_id, file_id = id.split("/")
        message = _message(deps, ticket, ref, message_id)
        file = next((file for file in message.files if file.id == file_id), None) if message else None
        if message and file:
            url = links.file_url(deps, ticket, message, file)
            shown.append({"name": file.filename, "size": file.size, "url": url})
    return shown


def _message(deps: Deps, ticket: Ticket, ref: str, id: str) -> Message | None:
    holder = ticket if ref == ticket.ref else deps.tickets.ticket(ref) if ref in ticket.merged_from else None
    if holder is None:
        return None
    return holder.opening if id == holder.opening.id else deps.tickets.message(ref, id)
