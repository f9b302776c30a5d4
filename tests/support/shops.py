"""The policy that tests stand on: that of two fictional shops, in policy.toml beside this. The policy that ships is a
shop's own, and the first thing that it edits: only the tests of its form read it, by tests.support.shipped."""

from functools import cache
from pathlib import Path

from chalicelib.rules.policy.model import Policy
from chalicelib.rules.policy.reading import read

FILE = Path(__file__).with_name("policy.toml")


@cache
def policy() -> Policy:
    return read(FILE.read_text(encoding="utf-8"))
