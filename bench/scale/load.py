"""The load of partition keys and partitions if many tickets are opened each second and as many are in each other step
of their lives.

What a partition bears: "Best practices for designing and using partition keys effectively" of DynamoDB's developer
guide. A key bears no more than that, because its items lie in one partition; DynamoDB can part them by the sort key,
but not while each new item comes after all others. Partitions hold ranges of a hash of the keys. DynamoDB's hash is not
published; md5 spreads keys as evenly.
"""

import hashlib
import math
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from typing import NamedTuple

from bench.scale.lives import Key, Lived, Name, Units
from chalicelib.aws.table.item_keys import SHARDS, shard_of
from chalicelib.rules.identity import derived
from tests.support.store.fakes import SECRET

RATE = 1000
"""Tickets a second."""
MAX_WRITES, MAX_READS = 1000, 3000
"""The units a second that a partition bears."""
_REFS = 60 * RATE
_MOST_SHARDS = 1024
_HASHED = 64
"""Bits of the hash."""


class Busiest(NamedTuple):
    """The busiest key of a form that many tickets share: what one ticket's life uses of it."""

    name: Name
    units: Units

    @property
    def rate(self) -> float:
        """How many tickets a second it bears."""
        writes, reads, _ = self.units
        return 1 / max(writes / MAX_WRITES, reads / MAX_READS)


class Whole(NamedTuple):
    """What one ticket's life uses of the table or an index, and into how many partitions it must be split for `RATE`,
    keys that alone are too much left out."""

    place: str
    units: Units
    partitions: int


def busiest(lived: Lived) -> list[Busiest]:
    """One for each form of keys, the first to bend first."""
    found = [
        Busiest(name, _of_one(name, keys, lived.lives)) for name, keys in lived.keys.items() if _shared(name, keys)
    ]
    return sorted(found, key=lambda each: (each.rate, each.name))


def wholes(lived: Lived) -> list[Whole]:
    """The table and each index."""
    found = []
    for place in sorted({name.place for name in lived.keys}):
        units = Units()
        for name, keys in lived.keys.items():
            units = units.plus(_sum(keys)) if name.place == place else units
        found.append(Whole(place, units.times(1 / lived.lives), _partitions(place, lived)))
    return found


@cache
def busiest_share(shards: int = SHARDS) -> float:
    """The part of all tickets that the busiest shard of the due-work index gets in a minute."""
    refs = (derived.reference(SECRET, "NL", str(number)) for number in range(_REFS))
    return max(Counter(shard_of(ref, shards) for ref in refs).values()) / _REFS


def shards_needed(whole_index: float) -> int:
    """Into how many shards the due-work index must be split, if it takes so many write units a second: the smallest
    power of two whose busiest shard a partition bears."""
    shards = SHARDS
    while shards < _MOST_SHARDS and whole_index * busiest_share(shards) > MAX_WRITES:
        shards *= 2
    return shards


def _shared(name: Name, keys: Mapping[str, Key]) -> bool:
    return "…" not in name.form or any(len(key.lives) > 1 for key in keys.values())


def _of_one(name: Name, keys: Mapping[str, Key], lives: int) -> Units:
    """Few lives fall on shards less evenly than many."""
    if "<shard>" in name.form:
        return _sum(keys).times(busiest_share() / lives)
    return max(key.units for key in keys.values()).times(1 / lives)


def _sum(keys: Mapping[str, Key]) -> Units:
    units = Units()
    for key in keys.values():
        units = units.plus(key.units)
    return units


def _partitions(place: str, lived: Lived) -> int:
    loads = [(_hash(key), units) for key, units in _second(place, lived) if _borne(units)]
    partitions = 1
    while not all(map(_borne, _split(loads, partitions))):
        partitions *= 2
    return partitions


def _second(place: str, lived: Lived) -> Iterator[tuple[str, Units]]:
    """The keys that are used in a second, with their load. What is of one ticket is of another one in each step, and a
    day before is another day."""
    copies = math.ceil(RATE / lived.lives)
    for name, keys in lived.keys.items():
        for key, used in keys.items() if name.place == place else ():
            if _shared(name, {key: used}):
                yield f"{name.form}/{key}", used.units.times(copies)
            else:
                yield from ((f"{key}/{step}/{n}", units) for step, units in used.steps.items() for n in range(copies))


def _split(loads: list[tuple[int, Units]], partitions: int) -> list[Units]:
    split = [Units()] * partitions
    for place, units in loads:
        number = place * partitions >> _HASHED
        split[number] = split[number].plus(units)
    return split


def _hash(key: str) -> int:
    digest = hashlib.md5(key.encode(), usedforsecurity=False).digest()
    return int.from_bytes(digest[: _HASHED // 8])


def _borne(units: Units) -> bool:
    return units.write_units <= MAX_WRITES and units.read_units <= MAX_READS
