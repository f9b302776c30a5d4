"""The time to read a policy with two shops, and one with many; every cold start needs it once. The floor reads the same
text and checks nothing."""

import itertools
import string
import tomllib
from collections.abc import Iterator
from functools import partial

from bench.figures import Figure, timed
from chalicelib.rules.policy.reading import read
from tests.support import shops

FLOOR = "tomllib.loads of the same text"
MANY = 20
BOUND = 3


def figures() -> Iterator[Figure]:
    two = shops.FILE.read_text(encoding="utf-8")
    for text in (two, many(two)):
        name = f"policy of {len(read(text).shops)} shops, {len(text.encode()) / 1000:.0f} KB"
        yield timed(name, partial(read, text), partial(tomllib.loads, text), BOUND)


def many(two: str) -> str:
    """The policy with copies of its first shop, each with another name and prefix."""
    first, second = two.index("[shops.northlight]"), two.index("[shops.kettle]")
    defaults, shop = two[:first], two[first:second]
    prefixes = map("".join, itertools.product("X", string.ascii_uppercase))
    named = zip(range(MANY), prefixes, strict=False)
    return defaults + "".join(
        shop.replace("northlight", f"northlight{number}").replace('prefix = "NL"', f'prefix = "{prefix}"')
        for number, prefix in named
    )
