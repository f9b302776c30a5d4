"""The stack that tests from the outside share: the real package, deployed to the embedded AWS."""

from collections.abc import Iterator

import pytest

from local import testing
from tests.support import shops
from tests.support.stack.local_stack import Outside


@pytest.fixture(scope="session")
def outside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outside]:
    started = testing.start(tmp_path_factory.mktemp("stack"), shops.FILE, loop="on")
    yield Outside(started)
    assert started.stop() == 0
