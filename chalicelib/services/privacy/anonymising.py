"""Takes one person out of other customers' tickets: their words, files and original mails, and every place that names
them.

It begins with a mark on the ticket and on all tickets merged into it, in one request, which fails if a hold was placed
at the same time. Before the mark nothing is deleted; after it the erasure is always finished. Files are deleted first
and the mark last, so that a crash in between leaves nothing unknown, and the next run does the rest. Only the file of a
rewritten text is deleted after the message that named it is changed: until then it holds the text (decision 70).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial

from chalicelib.rules.identity import derived
from chalicelib.rules.privacy import participants
from chalicelib.rules.privacy.anonymising import (
    involved,
    is_customer,
    is_theirs,
    masked,
    message_without,
    ticket_without,
)
from chalicelib.rules.privacy.batches import batches
from chalicelib.rules.privacy.search_terms import words_of
from chalicelib.rules.tickets.log import Action
from chalicelib.rules.tickets.messages import Message, in_mails
from chalicelib.rules.tickets.ticket import Change, LogEntry, Ticket, evolve
from chalicelib.services.ports.deps import Deps
from chalicelib.services.ports.inbox import MIN_TIME
from chalicelib.services.ports.purges import Pointers, TicketPartition
from chalicelib.services.privacy import originals, purging
from chalicelib.services.tickets.answers.drafts import DRAFT_LIFE
from chalicelib.services.tickets.commits import commit
from chalicelib.services.tickets.filing import prefix
from chalicelib.services.tickets.indexing import blinded, readings


def found_by(address: str) -> frozenset[str]:
    """The search words of tickets in which a person took part or is named."""
    return frozenset((participants.as_word(address), participants.as_named(address)))


def concerned(deps: Deps, ticket_partitions: Sequence[TicketPartition], address: str) -> bool:
    """Whether anything in a ticket, or in one merged into it, is the person's, or an original mail names them."""

    def in_mail(ticket_partition: TicketPartition) -> bool:
        named = in_mails((ticket_partition.ticket.opening, *ticket_partition.messages))
        return not named.isdisjoint(readings(deps, ticket_partition.ticket.shop, found_by(address)))

    return any(involved(each.ticket, each.messages, address) or in_mail(each) for each in ticket_partitions)


def begun(deps: Deps, tickets: Sequence[Ticket], address: str) -> bool:
    """Whether a ticket, or one merged into it, carries the mark. Then the erasure is finished, no matter what came
    since."""
    return any(not _marks(deps, ticket, address).isdisjoint(ticket.custody.leaving) for ticket in tickets)


def anonymise(deps: Deps, ticket_partitions: Sequence[TicketPartition], address: str) -> bool:
    """Take the person out of the ticket and those merged into it; returns whether there was anything to take out.

    Raises VersionConflict if somebody changes one of them at the same time.
    """
    ticket_partitions = _with_mark(deps, ticket_partitions, address)
    marked = [
        ticket_partition for ticket_partition in ticket_partitions if begun(deps, [ticket_partition.ticket], address)
    ]
    successor = _successor(ticket_partitions, address)
    for ticket_partition in marked:
        _take_out(deps, ticket_partition, address, successor if ticket_partition is ticket_partitions[0] else None)
    for ticket_partition in ticket_partitions:
        if ticket_partition in marked or not concerned(deps, [ticket_partition], address):
            _unindex(deps, ticket_partition.ticket, readings(deps, ticket_partition.ticket.shop, found_by(address)))
    return bool(marked)


def _successor(ticket_partitions: Sequence[TicketPartition], address: str) -> Ticket | None:
    """Another customer's ticket that was merged into one of the person's: the merged ticket becomes that customer's."""
    joined = (ticket_without(ticket_partition.ticket, address) for ticket_partition in ticket_partitions[1:])
    return next((ticket for ticket in joined if ticket.requester.address), None)


def _with_mark(deps: Deps, ticket_partitions: Sequence[TicketPartition], address: str) -> list[TicketPartition]:
    """The tickets with the mark, if anything of the person is in one that has no mark yet. A ticket that was merged in
    after the mark stays as it is while any of them is on hold."""
    fresh = [
        ticket_partition
        for ticket_partition in ticket_partitions
        if not begun(deps, [ticket_partition.ticket], address)
    ]
    if not concerned(deps, fresh, address) or any(
        ticket_partition.ticket.custody.legal_hold for ticket_partition in ticket_partitions
    ):
        return list(ticket_partitions)
    first, *others = (
        evolve(ticket, custody=ticket.custody.taking_out(blinded(deps, ticket.shop, [participants.as_word(address)])))
        for ticket in (each.ticket for each in fresh)
    )
    change = commit(
        deps, Change(first, log=(LogEntry(deps.now(), "console", Action.PARTICIPANT_ERASED),), also=tuple(others))
    )
    marked = {ticket.ref: ticket for ticket in (change.ticket, *change.also) if ticket}
    return [replace(each, ticket=marked.get(each.ticket.ref, each.ticket)) for each in ticket_partitions]


def _marks(deps: Deps, ticket: Ticket, address: str) -> frozenset[str]:
    """The mark in every possible form: the secret may have changed since it was put."""
    return frozenset(readings(deps, ticket.shop, [participants.as_word(address)]))


def _take_out(deps: Deps, ticket_partition: TicketPartition, address: str, successor: Ticket | None) -> None:
    """The steps after the mark. A repeated run finds each finished step done."""
    ticket, messages = ticket_partition.ticket, ticket_partition.messages
    # The person's own mails, even if these name them by an address that was corrected since.
    own_raws = {m.raw_key for m in (ticket.opening, *messages) if m.raw_key and is_theirs(m, address)}
    raws = own_raws | {
        key for key in originals.copies(deps, ticket_partition) if originals.names_them(deps, key, address)
    }
    rewritten = partial(_rewritten, deps, address=address, version=ticket.version)
    after = ticket_without(ticket, address, successor)
    their_words = {*readings(deps, ticket.shop, found_by(address))}
    without_raw = partial(_without_raw, raws=raws, words=their_words)
    after = replace(after, opening=rewritten(without_raw(after.opening)))
    changed = [each for message in messages if (each := _changed(message, address, without_raw, rewritten))]
    left = tuple(({each.id: each for each in messages} | {each.id: each for each in changed}).values())
    former = _former_words(deps, ticket, address)
    after = replace(after, custody=after.custody.without_former_words(former))
    gone, replaced = _no_longer_named(deps, (ticket.opening, *messages), (after.opening, *left), raws)
    # The originals first: if such a mail is received again after that, nothing is filed from it.
    raw_mails = (*map(purging.original, sorted(raws)), *originals.about(deps, ticket_partition, address))
    deps.files.erase_raw(raw_mails)
    deps.files.erase_files(sorted(gone))
    # These words stay: they find the ticket again if we crash before the end.
    still = {*readings(deps, ticket.shop, words_of(after, left)), *in_mails((after.opening, *left)), *their_words}
    words = {*readings(deps, ticket.shop, words_of(ticket, messages)), *in_mails((ticket.opening, *messages)), *former}
    _unindex(deps, ticket, words - still, raw_mails)
    if changed or replaced or replace(after, version=ticket.version) != ticket:
        after = _committed(deps, after, changed)
    _clear_drafts(deps, ticket.ref, address)
    deps.files.erase_files(sorted(replaced))
    _look_again(deps, ticket.ref, gone)
    marks = _marks(deps, ticket, address)
    commit(deps, Change(replace(after, custody=after.custody.taken_out(marks))))


def _committed(deps: Deps, after: Ticket, changed: Sequence[Message]) -> Ticket:
    """Commit the ticket, still marked, and the messages; returns the ticket's next version. The ticket is part of every
    commit: if it has changed, another run is working on it, and may have deleted the file of a text that these messages
    name."""
    for messages in tuple(batches(changed)) or ((),):
        committed = commit(deps, Change(after, messages)).ticket or after
        after = evolve(committed)
    return after


def _former_words(deps: Deps, ticket: Ticket, address: str) -> set[str]:
    """The former words that are the person's; in the person's own ticket, all of them."""
    if is_customer(ticket, address):
        return {*ticket.custody.former_words}
    return {*ticket.custody.former_words} & {*readings(deps, ticket.shop, found_by(address))}


def _no_longer_named(
    deps: Deps, before: Sequence[Message], after: Sequence[Message], raws: set[str]
) -> tuple[set[str], set[str]]:
    """The files to delete: first those that no message will name any more; second, once the messages are committed, the
    files of rewritten texts, including those of a crashed run. Only files that exist before that commit are deleted:
    somebody else may be about to name a later one."""
    texts = {_stem(message.text_key) for message in before if message.text_key}
    stored = deps.files.stored(f"{prefix(before[0].ref)}text-") if texts else ()
    named = _keys(after)
    unnamed = (raws | _keys(before) | {key for key in stored if _stem(key) in texts}) - named
    replaced = {key for key in unnamed if _stem(key) in {*map(_stem, named)}}
    return unnamed - replaced, replaced


def _look_again(deps: Deps, ref: str, gone: set[str]) -> None:
    """Delete what another run has filed again because it had read the original before it was deleted."""
    back = gone & deps.files.stored(prefix(ref)).keys() if gone else set()
    ticket_partition = deps.purges.ticket_partition(ref) if back else None
    if ticket_partition:
        deps.files.erase_files(sorted(back - _keys((ticket_partition.ticket.opening, *ticket_partition.messages))))


def _changed(
    message: Message, address: str, without_raw: Callable[[Message], Message], rewritten: Callable[[Message], Message]
) -> Message | None:
    """The message's next version; None if nothing in it changes."""
    after = rewritten(without_raw(message_without(message, address) or evolve(message)))
    return after if replace(after, version=message.version) != message else None


def _without_raw(message: Message, raws: set[str], words: set[str]) -> Message:
    if message.raw_key in raws:
        return replace(message, raw_key=None, named=())
    return replace(message, named=tuple(word for word in message.named if word not in words))


def _rewritten(deps: Deps, message: Message, address: str, version: int) -> Message:
    """The message without the address in its text, if the text is in a file. The new file's name is derived from the
    old name, the person and the ticket's version, so nobody stores other words under it."""
    if not message.text_key:
        return message
    before = originals.read(deps, message.text_key).decode()
    whole = masked(before, address)
    if whole == before:
        return message
    name = derived.name(deps.secret, "without", f"{message.text_key} {participants.as_word(address)} {version}")
    key = f"{_stem(message.text_key)}-{name}"
    if not deps.files.stored(key):
        deps.files.keep(key, whole.encode(), "text/plain; charset=utf-8")
    return replace(message, text=whole[: len(message.text)], text_key=key)


def _stem(key: str) -> str:
    """The common part of the names of a text's file and of its rewritten files; for another file its own name."""
    folder, text, name = key.rpartition("/text-")
    return f"{folder}{text}{name.partition('-')[0]}" if text else key


def _clear_drafts(deps: Deps, ref: str, address: str) -> None:
    """Mask the address in agents' drafts on the ticket, even in those that only wait to expire."""
    for draft in deps.drafts.drafts(ref, MIN_TIME):
        text = masked(draft.text, address)
        if text != draft.text:
            deps.drafts.save_draft(replace(draft, text=text), draft.at + DRAFT_LIFE)


def _keys(messages: Iterable[Message]) -> set[str]:
    """The files that messages name."""
    all_messages = tuple(messages)
    named = {file.key for message in all_messages for file in message.files}
    return named | {key for message in all_messages for key in (message.text_key, message.raw_key) if key}


def _unindex(deps: Deps, ticket: Ticket, words: Iterable[str], raw_keys: tuple[str, ...] = ()) -> None:
    keys, blind = tuple(dict.fromkeys(raw_keys)), tuple(sorted(words))
    deps.purges.delete_pointers(Pointers(ticket.shop, ticket.ref, ticket.opened_at, raw_keys=keys, words=blind))
