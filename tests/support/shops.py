"""The policy for tests: two fictional shops, in policy.toml beside this file, with their documents in the folder
policies. The policy that ships belongs to a shop, which edits it first of all: only the tests of its form read it,
through tests.support.shipped."""

from functools import cache
from pathlib import Path

from chalicelib.rules.policy.model import Policy
from chalicelib.rules.policy.reading import read

FILE = Path(__file__).with_name("policy.toml")
DOCUMENTS = FILE.with_name("policies")
CATALOGUE = FILE.with_name("catalogue")
HELP = FILE.with_name("help")


@cache
def policy() -> Policy:
    return read(FILE.read_text(encoding="utf-8"))
