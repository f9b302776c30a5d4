"""Tickets of a restored table can name files that were deleted since: each such ticket says so in a note."""

from collections.abc import Iterable, Iterator
from contextlib import suppress

from chalicelib.errors import Unreadable
from chalicelib.rules.identity import derived
from chalicelib.rules.procedure import triage
from chalicelib.rules.tickets.messages import File, Message, Person
from chalicelib.services.ports.conflicts import MessageExists
from chalicelib.services.ports.deps import Deps
from chalicelib.services.ports.purges import TicketPartition
from chalicelib.services.tickets.commits import commit
from chalicelib.services.tickets.filing import prefix

_CONSOLE = Person("", "console")
_NOTE = "This ticket was restored from a backup. These files of it were deleted since, and are gone:"
_ORIGINAL, _LONG = "an original mail", "the rest of a long text"


def note_missing(deps: Deps, refs: Iterable[str]) -> list[str]:
    """Put a note for agents on each of these tickets that names files that are gone; returns their references. The same
    files are noted once."""
    noted = list[str]()
    for ref in refs:
        found = _readable(deps, ref)
        missing = _missing(deps, found) if found else {}
        if found and missing and not found.ticket.custody.purging:
            noted.append(ref)
            id = derived.name(deps.secret, "missing", f"{ref} {' '.join(sorted(missing))}")
            text = "\n".join((_NOTE, *(f"- {name}" for name in missing.values())))
            with suppress(MessageExists):
                commit(deps, triage.note(found.ticket, id, text, _CONSOLE, deps.now()))
    return noted


def _readable(deps: Deps, ref: str) -> TicketPartition | None:
    with suppress(Unreadable):
        return deps.purges.ticket_partition(ref)
    return None


def _missing(deps: Deps, found: TicketPartition) -> dict[str, str]:
    """The files that are gone: what each is called, by its key."""
    named = {key: name for message in (found.ticket.opening, *found.messages) for key, name in _named(message)}
    stored = deps.files.stored(prefix(found.ticket.ref)) if named else {}
    return {key: name for key, name in named.items() if key not in stored}


def _named(message: Message) -> Iterator[tuple[str, str]]:
    file: File
    for file in message.files:
        yield file.key, file.filename
    if message.text_key:
        yield message.text_key, _LONG
    if message.raw_key:
        yield message.raw_key, _ORIGINAL
