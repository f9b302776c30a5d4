"""Fixtures for all tests."""

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
# Code called in this process uses the shops of tests, too.
os.environ["POLICY_FILE"] = str(shops.FILE)
# How long an example runs or takes to generate depends on the machine more than on our code.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    for said in needs.left_out(config.args):
        terminalreporter.write_line(said, yellow=True)


def pytest_runtest_teardown() -> None:
    assert not logging.getLogger("aftercare").disabled, "this test disabled our logger for all that follow"


@pytest.fixture
def world() -> World:
    """An empty world with the policy of tests."""
    return new_world()


@pytest.fixture(scope="module")
def in_process() -> Iterator[None]:
    """AWS on moto, in this process. Setting it up takes long, so the tests of a module share it."""
    with tables.in_process():
        yield
