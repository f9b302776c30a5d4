"""Taking one person out of a ticket that is another's: their words, files and original mails, and wherever they are
named. Files first, so that whoever dies in between leaves nothing that nobody knows of."""

import hashlib
from collections.abc import Iterable
from dataclasses import replace

from chalicelib.errors import UnknownFile
from chalicelib.rules import anonymising, people
from chalicelib.rules.anonymising import involved, message_without, ticket_without
from chalicelib.rules.messages import Message
from chalicelib.rules.tickets import Change, LogEntry, Ticket, evolve
from chalicelib.rules.wording import words_of
from chalicelib.services import purging
from chalicelib.services.commits import commit
from chalicelib.services.filing import prefix
from chalicelib.services.indexing import blinded
from chalicelib.services.ports import Deps
from chalicelib.services.ports_records import Holding, Pointers

# A transaction has room for a hundred items.
_AT_ONCE = 90
_LOGGED = "erased somebody who took part"


def anonymise(deps: Deps, holding: Holding, address: str) -> bool:
    """Take the person out of the ticket; whether there was anything of theirs. Raises Stale when somebody changes it at
    the same time."""
    ticket, messages = holding.ticket, holding.messages
    found_by = people.as_word(address)
    if not involved(ticket, messages, address):
        _unindex(deps, ticket, {found_by})
        return False
    raws = {key for key in _copies(deps, holding) if _names(deps, key, address)}
    after = ticket_without(ticket, address)
    after = replace(after, opening=_rewritten(deps, _without_raw(after.opening, raws), address))
    changed = tuple(each for message in messages if (each := _changed(deps, message, address, raws)))
    left = tuple(({each.id: each for each in messages} | {each.id: each for each in changed}).values())
    theirs = raws | _keys((ticket.opening, *messages)) - _keys((after.opening, *left))
    deps.files.erase_files(sorted(theirs))
    originals = (*map(purging.original, sorted(raws)), *_about(deps, holding, address))
    deps.files.erase_raw(originals)
    # By its word the ticket is found again if we die before the end.
    _unindex(deps, ticket, words_of(ticket, messages) - words_of(after, left) - {found_by}, originals)
    for start in range(0, len(changed), _AT_ONCE):
        commit(deps, Change(messages=changed[start : start + _AT_ONCE]))
    commit(deps, Change(after, log=(LogEntry(deps.now(), "console", _LOGGED),)))
    _unindex(deps, ticket, {found_by})
    return True


def _changed(deps: Deps, message: Message, address: str, raws: set[str]) -> Message | None:
    """The message's next version, None where nothing of it changes."""
    after = message_without(message, address) or evolve(message)
    after = _rewritten(deps, _without_raw(after, raws), address)
    return after if replace(after, version=message.version) != message else None


def _without_raw(message: Message, raws: set[str]) -> Message:
    return replace(message, raw_key=None) if message.raw_key in raws else message


def _rewritten(deps: Deps, message: Message, address: str) -> Message:
    """The message with the address left out of its text where that lies in a file. Kept by what is in it: doing it
    again overwrites like with like."""
    text = _read(deps, message.text_key).decode() if message.text_key else ""
    if address not in text.lower():
        return message
    whole = anonymising.masked(text, address).encode()
    key = f"{prefix(message.ref)}text-{hashlib.sha256(whole).hexdigest()[:32]}"
    deps.files.keep(key, whole, "text/plain; charset=utf-8")
    return replace(message, text_key=key)


def _copies(deps: Deps, holding: Holding) -> set[str]:
    """The original mails the ticket keeps: its messages', and those of mails that came twice, which none names."""
    named = {message.raw_key for message in (holding.ticket.opening, *holding.messages) if message.raw_key}
    return named | set(deps.files.stored(f"{prefix(holding.ticket.ref)}raw/"))


def _names(deps: Deps, key: str, address: str) -> bool:
    """Whether an original mail names them; one that is gone leaves but its versions, which are to go."""
    raw = _read(deps, key)
    return not raw or address.encode() in raw.lower()


def _about(deps: Deps, holding: Holding, address: str) -> list[str]:
    """The raw mails about the ticket that name them and are no messages of it: reports of mails that did not arrive."""

    def names(key: str) -> bool:
        try:
            return address.encode() in deps.files.raw_mail(key).lower()
        except UnknownFile:
            return True

    return [key for key in holding.raw_keys if names(key)]


def _read(deps: Deps, key: str) -> bytes:
    try:
        return deps.files.read(key)
    except UnknownFile:
        return b""  # deleted by a run that died before it could say so


def _keys(messages: Iterable[Message]) -> set[str]:
    """The files that messages name."""
    every = tuple(messages)
    named = {file.key for message in every for file in message.files}
    return named | {key for message in every for key in (message.text_key, message.raw_key) if key}


def _unindex(deps: Deps, ticket: Ticket, words: Iterable[str], raw_keys: tuple[str, ...] = ()) -> None:
    blind = tuple(blinded(deps, ticket.shop, sorted(words)))
    deps.store.delete_pointers(
        Pointers(ticket.shop, ticket.ref, ticket.opened_at, raw_keys=tuple(dict.fromkeys(raw_keys)), words=blind)
    )
