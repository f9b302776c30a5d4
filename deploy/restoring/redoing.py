"""Does again, in a restored table, what was done since its moment and no restore may undo (decision 193).

What was deleted is deleted again, by the certificates. Orders are restored by the same rules (deploy.restoring.orders).
A ticket on which something lasting was done since (an erasure, a correction, withdrawn links, a legal hold) is taken
from the old table, and so is each ticket opened since. What is left of an erased person in tickets that the old table
has lost is erased there.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Any, TypedDict

from chalicelib.aws.store.purges import Purges
from chalicelib.aws.table import item_keys, mail_items
from chalicelib.aws.table.table import Table
from chalicelib.errors import Unreadable
from chalicelib.rules.identity import derived
from chalicelib.rules.privacy.hash_chain import Verdict
from chalicelib.services.ports.deps import Deps
from chalicelib.services.privacy import auditing, purging
from chalicelib.services.privacy.purging import PurgedTickets
from chalicelib.services.tickets import indexing
from deploy.restoring import lost, orders, tables
from deploy.restoring.since import Since

# What belongs to a time that is over: agents sign in again, exports are made again, the next due-work run begins anew.
_OVER = ("SESSION", "SIGNIN", "EXPORT", "RUN")


class Redone(TypedDict):
    """How many tickets were deleted again, taken from the old table, and are only in the new one. References of those
    only there whose customer was corrected since, of those taken of which a seal is wrong, and of those left out
    because the old table's item cannot be read."""

    deleted: int
    taken: int
    brought_back: int
    orders: orders.Redone
    to_correct: list[str]
    not_whole: list[str]
    left_out: list[str]


def redo(deps: Deps, old: Table, new: Table, since: Since) -> Redone:
    """`deps` works with the new table. Repeating it changes nothing, and adds what was done in the old table
    meanwhile."""
    refs, ordered = _refs_without_what_is_over(new)
    deleted = {ref for ref in refs if derived.name(deps.secret, "certificate", ref) in since.subjects}
    taken = _with_merged(old, since.lasting | (since.refs - refs)) - deleted
    only_here = refs - since.refs - deleted
    erased = lost.erased_people(deps, sorted(deleted | only_here | (taken & refs)), since.subjects)
    number = _deleted_again(deps, sorted(deleted))
    not_whole, left_out = _taken(deps, old, new, sorted(taken))
    for ref in sorted(only_here):
        number += lost.erased_again(deps, ref, erased)
        if ref in since.withdrawn:
            lost.withdrawn_again(deps, ref, since.at)
    lost.unindex(deps, erased)
    redone = orders.redo(deps, old, new, since, ordered)
    tables.put(new, since.kept)
    back = [ticket for ref in sorted(only_here) if (ticket := deps.tickets.ticket(ref))]
    return Redone(
        deleted=number,
        taken=len(taken) - len(left_out),
        brought_back=len(back),
        orders=redone,
        to_correct=[
            each.ref
            for each in back
            if any(lost.is_one_of(deps, each.shop, known, since.corrected) for known in each.customers)
        ],
        not_whole=not_whole,
        left_out=left_out,
    )


def _refs_without_what_is_over(new: Table) -> tuple[set[str], set[str]]:
    """The new table's tickets and orders; deletes on the way what is over."""
    refs, ordered, over = set[str](), set[str](), []
    for item in tables.items(new):
        kind, _, name = item["pk"]["S"].partition("#")
        if kind in _OVER:
            over.append(item)
        elif kind == "TICKET":
            refs.add(name)
        elif kind == "ORDER":
            ordered.add(name)
    tables.delete(new, over)
    return refs, ordered


def _with_merged(old: Table, refs: Iterable[str]) -> set[str]:
    """These tickets of the old table, each with all that are merged with it: they name each other, and an erasure
    changes them together. Tickets that are being deleted there are left out."""
    found = set[str]()
    for ref in refs:
        for item in _group(old, ref):
            if "purging" not in item:
                found.add(item_keys.ref_of(item))
    return found


def _group(old: Table, ref: str) -> Iterator[Any]:
    item = old.get(item_keys.ticket_key(ref))
    if item and "merged_into" in item:
        item = old.get(item_keys.ticket_key(item["merged_into"]["S"])) or item
    if item:
        yield item
        joined = [each["S"] for each in item.get("merged_from", {"L": []})["L"]]
        yield from old.get_all([item_keys.ticket_key(each) for each in joined])


def _deleted_again(deps: Deps, refs: Sequence[str]) -> int:
    """Delete these tickets with those merged into them, as a purge does; returns their number."""
    number, ready = 0, list[PurgedTickets]()
    for ref in refs:
        gone = lost.purged(deps, ref, purging.RETENTION)
        if gone:
            ready.append(gone)
            number += len(gone.refs)
        if len(ready) == purging.ROUND:
            purging.end(deps, ready)
    if ready:
        purging.end(deps, ready)
    return number


def _taken(deps: Deps, old: Table, new: Table, refs: Sequence[str]) -> tuple[list[str], list[str]]:
    """Put these tickets into the new table as they are in the old one. Returns those of which a seal is wrong, and
    those that cannot be read there: the new table has these in neither form."""
    not_whole, left_out = list[str](), list[str]()
    for ref in refs:
        _remove(deps, new, ref)
        try:
            found = Purges(old).ticket_partition(ref)
        except Unreadable:
            left_out.append(ref)
            continue
        if found is None:
            continue
        if set(auditing.verdicts(deps, ref, found).values()) != {Verdict.WHOLE}:
            not_whole.append(ref)
        pointers = purging.pointers(deps, found)
        keys = [*map(mail_items.sent_key, pointers.sent), *map(mail_items.outcome_key, pointers.raw_keys)]
        tables.put(new, [*old.get_all(keys), *tables.partition(old, f"TICKET#{ref}")])
        indexing.index_again(deps, found)
    return not_whole, left_out


def _remove(deps: Deps, new: Table, ref: str) -> None:
    """Delete a ticket from the table, with what leads to it, but not its files: the old table's ticket has them too."""
    with suppress(Unreadable):
        found = deps.purges.ticket_partition(ref)
        if found:
            deps.purges.delete_pointers(purging.pointers(deps, found))
    tables.delete(new, tables.partition(new, f"TICKET#{ref}"))
