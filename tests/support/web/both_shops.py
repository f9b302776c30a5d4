"""A policy with one agent who works for both shops, for tests of the desk."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from chalicelib import wiring
from chalicelib.rules.policy.model import Agent, Policy
from tests.support import shops
from tests.support.web.browsing import Browser
from tests.support.web.visitors import Visitor, signed_in

BO = "bo@example.com"
_READERS = ("chalicelib.wiring", "chalicelib.web.access.auth", "chalicelib.web.desk.pages", "chalicelib.web.responses")


def policy() -> Policy:
    """The tests' policy with Bo, admin of the first shop and agent of the second. The first shop records calls."""
    first, second = shops.policy().shop("northlight"), shops.policy().shop("kettle")
    first = replace(
        first,
        agents=(*first.agents, Agent(BO, "Bo Both", "admin", notify=False)),
        channels=replace(first.channels, calls_recorded=True),
    )
    second = replace(second, agents=(*second.agents, Agent(BO, "Bo Both", "agent", notify=False)))
    return Policy({shop.id: shop for shop in (first, second)})


@contextmanager
def bo_signed_in(browser: Browser) -> Iterator[Visitor]:
    """Bo, signed in at the desk, while this policy is in force."""
    of_both = policy()
    with pytest.MonkeyPatch.context() as patched:
        for module in _READERS:
            patched.setattr(f"{module}.policy", lambda: of_both)
        wiring.deps.cache_clear()
        yield signed_in(browser, BO)
    wiring.deps.cache_clear()
