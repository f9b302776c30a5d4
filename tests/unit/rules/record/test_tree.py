"""The tree of a day's promises: proofs that hold, and tampering that shows. Checked against RFC 6962's own definition,
written once more here."""

import hashlib
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.rules.record.counting import Leaf
from chalicelib.rules.record.tree import BEGINNING, close_day, in_order, prove

DAY = date(2026, 11, 25)


def leaves(number: int, *, missed: int = 0) -> list[Leaf]:
    return [Leaf(DAY, f"id{n:04}", "resolve", n >= missed) for n in range(number)]


def merkle(lines: list[str]) -> bytes:
    """MTH of RFC 6962, 2.1."""
    if len(lines) == 1:
        return hashlib.sha256(b"\0" + lines[0].encode()).digest()
    k = 1
    while k * 2 < len(lines):
        k *= 2
    return hashlib.sha256(b"\1" + merkle(lines[:k]) + merkle(lines[k:])).digest()


def climbed(leaf: Leaf, index: int, size: int, path: tuple[str, ...]) -> str:
    """The root that a proof leads to, as RFC 9162, 2.1.3.2, computes it."""
    node, at, last = hashlib.sha256(b"\0" + str(leaf).encode()).digest(), index, size - 1
    for beside in map(bytes.fromhex, path):
        if at % 2 or at == last:
            node = hashlib.sha256(b"\1" + beside + node).digest()
            while at % 2 == 0 and at:
                at, last = at // 2, last // 2
        else:
            node = hashlib.sha256(b"\1" + node + beside).digest()
        at, last = at // 2, last // 2
    return node.hex()


@pytest.mark.parametrize("size", range(1, 34))
def test_the_root_is_that_of_the_standard_and_every_leaf_has_its_proof(size: int) -> None:
    day = leaves(size, missed=size // 3)
    closed = close_day(DAY, reversed(day), BEGINNING)
    assert closed.root == merkle([str(leaf) for leaf in day]).hex()
    assert (closed.kept, closed.missed) == (size - size // 3, size // 3)
    for leaf in day:
        proof = prove(leaf, day)
        assert climbed(leaf, proof.index, proof.size, proof.path) == closed.root


def test_a_line_says_what_is_hashed() -> None:
    assert str(Leaf(DAY, "4k7", "refund", False)) == "2026-11-25 4k7 refund missed"
    assert str(Leaf(DAY, "4k7", "refund", True)) == "2026-11-25 4k7 refund kept"


@given(st.integers(2, 40), st.data())
def test_whatever_is_dropped_changed_or_added_changes_root_and_chain(size: int, data: st.DataObject) -> None:
    day = leaves(size, missed=size // 2)
    which = data.draw(st.integers(0, size - 1))
    changed = [replace(leaf, kept=not leaf.kept) if n == which else leaf for n, leaf in enumerate(day)]
    dropped, added = [*day[:which], *day[which + 1 :]], [*day, Leaf(DAY, "zz", "resolve", True)]
    honest = close_day(DAY, day, BEGINNING)
    for other in (changed, dropped, added):
        wrong = close_day(DAY, other, BEGINNING)
        assert wrong.root != honest.root
        assert wrong.chain != honest.chain


def test_a_leaf_that_is_not_there_has_no_proof() -> None:
    with pytest.raises(ValueError, match="not in list"):
        prove(Leaf(DAY, "none", "resolve", True), leaves(4))


def test_the_order_does_not_depend_on_who_came_first() -> None:
    assert in_order(reversed(leaves(9))) == leaves(9)
    assert close_day(DAY, (), BEGINNING).kept == 0
