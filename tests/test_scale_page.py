"""docs/scale.md is what bench.scale.page makes of the units on it, and its keys are those that tickets use."""

import pytest

from bench.scale import lives, load, page, parts
from bench.scale.lives import Key, Lived, Name, Units
from chalicelib.aws.table.item_keys import SHARDS
from tests.support.store import tables

TEXT = page.PAGE.read_text(encoding="utf-8")
FOUND = page.read(TEXT)
DAY = "2026-11-25"


@pytest.fixture(scope="module")
def played() -> Lived:
    return lives.lived(2)


def test_the_page_is_what_its_own_units_make() -> None:
    assert page.page(FOUND) == TEXT


def test_the_table_every_index_and_both_steps_have_their_units() -> None:
    indexes = {index["IndexName"] for index in tables.definition()["GlobalSecondaryIndexes"]}
    assert {whole.place for whole in FOUND.wholes} == {"table", *indexes}
    assert set(FOUND.requests) == {parts.DUE, parts.PURGE}


def test_the_page_has_every_key_that_tickets_share(played: Lived) -> None:
    """Red after a change of keys: make bench ARGS=scale writes the page again."""
    assert {each.name for each in load.busiest(played)} == {each.name for each in FOUND.keys}


def test_the_page_has_what_tickets_write_there(played: Lived) -> None:
    """A few more or less, because runs share what they ask for all tickets."""
    told = {whole.place: whole.units.write_units for whole in FOUND.wholes}
    for whole in load.wholes(played):
        assert whole.units.write_units == pytest.approx(told[whole.place], rel=0.1)


@pytest.mark.parametrize(
    ("key", "form"),
    [
        ("TICKET#NL-7K3F9-QXMT2", "TICKET#…"),
        ("step#3", "step#<shard>"),
        ("northlight#open", "<shop>#open"),
        (f"northlight#closed#{DAY}", "<shop>#closed#<today>"),
        ("northlight#closed#2026-11-24", "<shop>#closed#<a day before>"),
        ("northlight#mira@example.com", "<shop>#…"),
        ("PURGE#2026-11", "PURGE#<month>"),
        ("COUNT#shop#a4k2n8e7x0q9m3r5t6w1z", "COUNT#shop#…"),
    ],
)
def test_what_differs_from_ticket_to_ticket_has_a_word_in_its_place(key: str, form: str) -> None:
    assert lives.form_of(key, "northlight", DAY) == form


def lived(**units: float) -> Lived:
    """Two lives that use these write units of keys that they share, and ten each of keys of their own."""
    shared = {name: Key({"step": Units(2 * each)}, {0, 1}) for name, each in units.items()}
    own = {f"…{number}": Key({"step": Units(10)}, {number}) for number in range(2)}
    keys = {Name("table", name): {name: key} for name, key in shared.items()} | {Name("table", "…"): own}
    return Lived(2, keys, {})


def test_a_key_bears_what_a_partition_bears() -> None:
    first, second = load.busiest(lived(hot=4, warm=0.5))
    assert (first.name.form, first.rate) == ("hot", 250)
    assert (second.name.form, second.rate) == ("warm", 2000)


def test_partitions_are_split_until_each_bears_its_keys() -> None:
    (whole,) = load.wholes(lived(warm=0.5))
    assert whole.units.write_units == 10.5
    assert 16 <= whole.partitions <= 64
    (again,) = load.wholes(lived(warm=0.5, hot=4))
    assert again.partitions == whole.partitions, "what no split mends is left out"


def test_shards_are_as_many_as_their_busiest_needs() -> None:
    assert 1 / SHARDS < load.busiest_share() < 1.1 / SHARDS
    assert load.shards_needed(3000) == SHARDS
    assert load.shards_needed(16_100) == 32
    assert load.busiest_share(32) * 16_100 <= load.MAX_WRITES
