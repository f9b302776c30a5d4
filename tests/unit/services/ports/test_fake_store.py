"""The store that services are tested with keeps the same promises as the one they run with."""

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
