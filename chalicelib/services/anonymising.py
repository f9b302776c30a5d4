"""Taking one person out of tickets that are another's: their words, files and original mails, and wherever they are
named.

It begins with a mark on the ticket and all that joined it, in one request, which loses against a hold put meanwhile:
until then nothing is deleted, and from then on it is carried through. Files go first and the mark last, so that
whoever dies in between leaves nothing that nobody knows of, and the next run does what is left.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace

from chalicelib.errors import UnknownFile
from chalicelib.mail import wholly
from chalicelib.rules import people
from chalicelib.rules.anonymising import involved, masked, message_without, names, ticket_without
from chalicelib.rules.messages import Message
from chalicelib.rules.tickets import Change, LogEntry, Ticket, evolve
from chalicelib.rules.wording import words_of
from chalicelib.services import purging
from chalicelib.services.commits import commit
from chalicelib.services.drafts import DRAFT_LIFE
from chalicelib.services.filing import prefix
from chalicelib.services.indexing import blinded
from chalicelib.services.ports import ALWAYS, Deps
from chalicelib.services.ports_records import Holding, Pointers

# A transaction has room for a hundred items.
_AT_ONCE = 90
_LOGGED = "erased somebody who took part"


def found_by(address: str) -> frozenset[str]:
    """The words by which the tickets are found in which somebody took part or is named."""
    return frozenset((people.as_word(address), people.as_named(address)))


def concerned(holdings: Sequence[Holding], address: str) -> bool:
    """Whether anything in a ticket, or one that joined it, is theirs."""
    return any(involved(holding.ticket, holding.messages, address) for holding in holdings)


def begun(deps: Deps, tickets: Sequence[Ticket], address: str) -> bool:
    """Whether a ticket, or one that joined it, carries the mark: then it is carried through, whatever came since."""
    return any(_mark(deps, ticket, address) in ticket.leaving for ticket in tickets)


def anonymise(deps: Deps, holdings: Sequence[Holding], address: str) -> bool:
    """Take the person out of the ticket and those that joined it; whether there was anything of theirs. Raises Stale
    when somebody changes one of them at the same time."""
    holdings = _with_mark(deps, holdings, address)
    marked = [holding for holding in holdings if begun(deps, [holding.ticket], address)]
    for holding in marked:
        _take_out(deps, holding, address)
    for holding in holdings:
        _unindex(deps, holding.ticket, found_by(address))
    return bool(marked)


def _with_mark(deps: Deps, holdings: Sequence[Holding], address: str) -> list[Holding]:
    """The tickets with the mark, if anything is theirs in one that has none yet."""
    fresh = [holding for holding in holdings if not begun(deps, [holding.ticket], address)]
    if not concerned(fresh, address):
        return list(holdings)
    first, *others = (
        evolve(each.ticket, leaving=(*each.ticket.leaving, _mark(deps, each.ticket, address))) for each in fresh
    )
    change = commit(deps, Change(first, log=(LogEntry(deps.now(), "console", _LOGGED),), also=tuple(others)))
    marked = {ticket.ref: ticket for ticket in (change.ticket, *change.also) if ticket}
    return [replace(each, ticket=marked.get(each.ticket.ref, each.ticket)) for each in holdings]


def _mark(deps: Deps, ticket: Ticket, address: str) -> str:
    (mark,) = blinded(deps, ticket.shop, [people.as_word(address)])
    return mark


def _take_out(deps: Deps, holding: Holding, address: str) -> None:
    """The steps after the mark. Done again, each finds done what was done."""
    ticket, messages = holding.ticket, holding.messages
    raws = {key for key in _copies(deps, holding) if _names(deps, key, address)}
    after = _unmarked(deps, ticket_without(ticket, address), address)
    after = replace(after, opening=_rewritten(deps, _without_raw(after.opening, raws), address))
    changed = tuple(each for message in messages if (each := _changed(deps, message, address, raws)))
    left = tuple(({each.id: each for each in messages} | {each.id: each for each in changed}).values())
    theirs = raws | _keys((ticket.opening, *messages)) - _keys((after.opening, *left))
    deps.files.erase_files(sorted(theirs))
    originals = (*map(purging.original, sorted(raws)), *_about(deps, holding, address))
    deps.files.erase_raw(originals)
    # By these words the ticket is found again if we die before the end.
    _unindex(deps, ticket, words_of(ticket, messages) - words_of(after, left) - found_by(address), originals)
    for start in range(0, len(changed), _AT_ONCE):
        commit(deps, Change(messages=changed[start : start + _AT_ONCE]))
    _clear_drafts(deps, ticket.ref, address)
    commit(deps, Change(after))


def _unmarked(deps: Deps, ticket: Ticket, address: str) -> Ticket:
    found = {*blinded(deps, ticket.shop, found_by(address))}
    return replace(
        ticket,
        leaving=tuple(each for each in ticket.leaving if each not in found),
        former_words=tuple(each for each in ticket.former_words if each not in found),
    )


def _changed(deps: Deps, message: Message, address: str, raws: set[str]) -> Message | None:
    """The message's next version, None where nothing of it changes."""
    after = message_without(message, address) or evolve(message)
    after = _rewritten(deps, _without_raw(after, raws), address)
    return after if replace(after, version=message.version) != message else None


def _without_raw(message: Message, raws: set[str]) -> Message:
    return replace(message, raw_key=None) if message.raw_key in raws else message


def _rewritten(deps: Deps, message: Message, address: str) -> Message:
    """The message with the address left out of its text where that lies in a file. The new file is called by the old
    one, so that it is found by a run after the one that died when it had deleted that."""
    if not message.text_key:
        return message
    name = hashlib.sha256(f"{message.text_key} without {people.as_word(address)}".encode()).hexdigest()[:32]
    key = f"{prefix(message.ref)}text-{name}"
    if deps.files.stored(key):
        whole = _read(deps, key).decode()
    else:
        before = _read(deps, message.text_key).decode()
        whole = masked(before, address)
        if whole == before:
            return message
        deps.files.keep(key, whole.encode(), "text/plain; charset=utf-8")
    return replace(message, text=whole[: len(message.text)], text_key=key)


def _clear_drafts(deps: Deps, ref: str, address: str) -> None:
    """What agents have begun to write there, also what only waits to expire."""
    for draft in deps.store.drafts(ref, ALWAYS):
        text = masked(draft.text, address)
        if text != draft.text:
            deps.store.save_draft(replace(draft, text=text), draft.at + DRAFT_LIFE)


def _copies(deps: Deps, holding: Holding) -> set[str]:
    """The original mails the ticket keeps: its messages', and those of mails that came twice, which none names."""
    named = {message.raw_key for message in (holding.ticket.opening, *holding.messages) if message.raw_key}
    return named | set(deps.files.stored(f"{prefix(holding.ticket.ref)}raw/"))


def _names(deps: Deps, key: str, address: str) -> bool:
    """Whether an original mail names them; one that is gone leaves but its versions, which are to go."""
    raw = _read(deps, key)
    return not raw or _mail_names(raw, address)


def _about(deps: Deps, holding: Holding, address: str) -> list[str]:
    """The raw mails about the ticket that name them and are no messages of it: reports of mails that did not arrive."""

    def is_theirs(key: str) -> bool:
        try:
            return _mail_names(deps.files.raw_mail(key), address)
        except UnknownFile:
            return True

    return [key for key in holding.raw_keys if is_theirs(key)]


def _mail_names(raw: bytes, address: str) -> bool:
    """Whether they are named in a mail, as it was sent or as it is read."""
    if names(raw.decode("latin-1"), address):
        return True
    try:
        return any(names(text, address) for text in wholly.texts(raw))
    except (Exception, RecursionError, MemoryError):
        return False  # a mail that can't be read is looked at as it is


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
