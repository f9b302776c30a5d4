"""The stack on which chats are open."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from local import clock, testing
from tests.browser.chats import live
from tests.support import shops
from tests.support.stack.local_stack import Outside

# A Wednesday. Northlight's chat is answered from 10 to 16 h in Berlin, which is an hour ahead.
OPEN = "2027-03-03T09:05Z"


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outside]:
    """A stack of its own, because its clock is moved."""
    started = testing.start(tmp_path_factory.mktemp("chats"), shops.FILE, loop="on")
    clock.moved(OPEN, started.data)
    yield Outside(started)
    assert started.stop() == 0


@pytest.fixture
def buyer(browser: Browser) -> Iterator[Page]:
    with live.a_customer(browser) as page:
        yield page


@pytest.fixture
def ada(browser: Browser, stack: Outside) -> Iterator[Page]:
    with live.an_agent(browser, stack) as page:
        yield page
