"""The Merkle tree of a day's leaves, and the chain of days. Hashed as RFC 6962, section 2.1, says: a leaf with 0x00
before it, a node with 0x01, so that nobody can pass a node off as a leaf."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from chalicelib.rules.record.counting import Leaf

BEGINNING = "0" * 64
"""Stands in the place of the day before the first."""


@dataclass(frozen=True, slots=True)
class DayRoot:
    """A closed day of the record: how many promises were kept and missed, the root of their tree, and the link of the
    chain that covers this day and all `before` it (hexadecimal)."""

    day: date
    kept: int
    missed: int
    root: str
    before: str
    chain: str


@dataclass(frozen=True, slots=True)
class Proof:
    """That a leaf is in its day's tree: its place, the number of leaves, and the hashes on the way to the root, the
    lowest first."""

    leaf: Leaf
    index: int
    size: int
    path: tuple[str, ...]


def close_day(day: date, leaves: Iterable[Leaf], before: str) -> DayRoot:
    """The day with all its leaves. `before`: the chain of the day before."""
    ordered = in_order(leaves)
    kept = sum(leaf.kept for leaf in ordered)
    root = _root([_leaf_hash(leaf) for leaf in ordered]).hex()
    missed = len(ordered) - kept
    return DayRoot(day, kept, missed, root, before, linked(before, day, kept, missed, root))


def linked(before: str, day: date, kept: int, missed: int, root: str) -> str:
    """The next link of the chain."""
    return hashlib.sha256(f"{before} {day:%Y-%m-%d} {kept} {missed} {root}".encode()).hexdigest()


def prove(leaf: Leaf, leaves: Iterable[Leaf]) -> Proof:
    """The proof that this leaf is among these. Raises ValueError if it is not."""
    ordered = in_order(leaves)
    index = ordered.index(leaf)
    path = _path(index, [_leaf_hash(each) for each in ordered])
    return Proof(leaf, index, len(ordered), tuple(node.hex() for node in path))


def in_order(leaves: Iterable[Leaf]) -> list[Leaf]:
    """The order in which a day's leaves stand in its tree."""
    return sorted(leaves, key=lambda leaf: leaf.id)


def _leaf_hash(leaf: Leaf) -> bytes:
    return hashlib.sha256(b"\x00" + str(leaf).encode()).digest()


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def _root(hashes: Sequence[bytes]) -> bytes:
    if not hashes:
        return hashlib.sha256().digest()
    if len(hashes) == 1:
        return hashes[0]
    middle = _split(len(hashes))
    return _node(_root(hashes[:middle]), _root(hashes[middle:]))


def _path(index: int, hashes: Sequence[bytes]) -> list[bytes]:
    if len(hashes) == 1:
        return []
    middle = _split(len(hashes))
    if index < middle:
        return [*_path(index, hashes[:middle]), _root(hashes[middle:])]
    return [*_path(index - middle, hashes[middle:]), _root(hashes[:middle])]


def _split(size: int) -> int:
    """The largest power of two below the size."""
    return 1 << (size - 1).bit_length() - 1
