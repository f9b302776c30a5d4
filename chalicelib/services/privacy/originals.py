"""Finds the original mails of a ticket that name a person, in any encoding."""

from chalicelib.errors import UnknownFile
from chalicelib.mail.bodies import all_text
from chalicelib.rules.privacy.anonymising import names
from chalicelib.services.ports.deps import Deps
from chalicelib.services.ports.purges import TicketPartition
from chalicelib.services.tickets.filing import prefix


def copies(deps: Deps, ticket_partition: TicketPartition) -> set[str]:
    """The original mails the ticket keeps: those of its messages, and those of mails that came twice, which no message
    names."""
    named = {
        message.raw_key for message in (ticket_partition.ticket.opening, *ticket_partition.messages) if message.raw_key
    }
    return named | set(deps.files.stored(f"{prefix(ticket_partition.ticket.ref)}raw/"))


def names_them(deps: Deps, key: str, address: str) -> bool:
    """Whether an original mail names the person. Also true for a deleted mail, because its old versions must be
    deleted."""
    raw = read(deps, key)
    return not raw or _mail_names(raw, address)


def about(deps: Deps, ticket_partition: TicketPartition, address: str) -> list[str]:
    """The raw mails about the ticket that name the person and are no messages of it: reports of undelivered mails."""

    def is_theirs(key: str) -> bool:
        try:
            return _mail_names(deps.files.raw_mail(key), address)
        except UnknownFile:
            return True

    return [key for key in ticket_partition.raw_keys if is_theirs(key)]


def _mail_names(raw: bytes, address: str) -> bool:
    """Whether a mail names them, in its raw bytes or in its decoded texts."""
    if _names_folded(raw.decode("latin-1"), address):
        return True
    try:
        return any(_names_folded(text, address) for text in all_text.texts(raw))
    except (Exception, RecursionError, MemoryError):
        return False  # of an unreadable mail only the raw bytes are searched


def read(deps: Deps, key: str) -> bytes:
    try:
        return deps.files.read(key)
    except UnknownFile:
        return b""  # deleted by a run that crashed before it recorded so


def _names_folded(text: str, address: str) -> bool:
    """Whether a mail's text names them, even with spaces, quotes or a line break next to the @."""
    return names(text, address) or names("@".join(part.strip('" \t\r\n') for part in text.split("@")), address)
