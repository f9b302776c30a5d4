"""The fake store used in the services' tests keeps the same contract as the real one."""

import pytest

from tests.support.store.contract import StoreContract
from tests.support.store.fakes import START, FakeStore


class TestFakeStore(StoreContract):
    @pytest.fixture
    def store(self) -> FakeStore:
        return FakeStore()


def test_the_first_outcome_stays() -> None:
    store = FakeStore()
    store.note_outcome("raw/1", "opened", "NL-1", START)
    store.note_outcome("raw/1", "duplicate", None, START)
    assert store.outcomes == {"raw/1": ("opened", "NL-1")}
