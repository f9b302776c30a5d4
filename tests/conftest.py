"""What every test may ask for."""

import logging
import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests import needs
from tests.support import shops
from tests.support.stack.fixture import outside
from tests.support.store import tables
from tests.support.store.fakes import World
from tests.support.store.fakes import world as new_world

__all__ = ["in_process", "outside", "world"]

pytest.register_assert_rewrite("tests.support.store.contract")
# What is called in this process is called by the shops of tests, too.
os.environ["POLICY_FILE"] = str(shops.FILE)
# How long an example takes, or takes to be made, says more of the machine than of us.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    for said in needs.left_out(config.args):
        terminalreporter.write_line(said, yellow=True)


def pytest_runtest_teardown() -> None:
    assert not logging.getLogger("aftercare").disabled, "this test disabled our logger for all that follow"


@pytest.fixture
def world() -> World:
    """A world with the policy of tests and nothing in it yet."""
    return new_world()


@pytest.fixture(scope="module")
def in_process() -> Iterator[None]:
    """AWS as moto plays it in this process. Making it again takes long: tests of a module share it."""
    with tables.in_process():
        yield
