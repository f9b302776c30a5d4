"""What is random is the same in each run of a test. Otherwise a test that looks for a word in a text with tokens or ids
fails by chance, when they happen to contain it."""

import os
import random
import secrets
from collections.abc import Generator

import pytest
from moto.moto_api._internal import mock_random


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    letters = random.Random(item.nodeid)
    mock_random.seed(item.nodeid)
    with pytest.MonkeyPatch.context() as patched:
        # `uuid4` asks the first, `token_hex` and `token_urlsafe` the second.
        patched.setattr(os, "urandom", letters.randbytes)
        patched.setattr(secrets, "token_bytes", lambda size=None: letters.randbytes(size or secrets.DEFAULT_ENTROPY))
        return (yield)
