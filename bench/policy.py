"""How long reading the policy takes: the shipped one, and one of many shops; every cold start pays it once.
The floor reads the same text and checks nothing."""

import itertools
import string
import tomllib
from collections.abc import Iterator
from functools import partial

from bench.figures import Figure, timed
from chalicelib.rules.policy.reading import read
from chalicelib.wiring import TEMPLATES

FLOOR = "tomllib.loads of the same text"
MANY = 20


def figures() -> Iterator[Figure]:
    shipped = (TEMPLATES / "policy.toml").read_text(encoding="utf-8")
    for text in (shipped, many(shipped)):
        name = f"policy of {len(read(text).shops)} shops, {len(text.encode()) / 1000:.0f} KB"
        yield timed(name, partial(read, text), partial(tomllib.loads, text))


def many(shipped: str) -> str:
    """The shipped policy with its first shop over and over, each time by another name and prefix."""
    defaults, shops = shipped[: shipped.index("[shops.northlight]")], shipped[shipped.index("[shops.northlight]") :]
    shop = shops[: shops.index("[shops.kettle]")]
    prefixes = map("".join, itertools.product("X", string.ascii_uppercase))
    named = zip(range(MANY), prefixes, strict=False)
    return defaults + "".join(
        shop.replace("northlight", f"northlight{number}").replace('prefix = "NL"', f'prefix = "{prefix}"')
        for number, prefix in named
    )
