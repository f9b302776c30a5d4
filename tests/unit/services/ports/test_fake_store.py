"""The fake store used in the services' tests keeps the same contract as the real one."""

from typing import get_type_hints

import pytest

from chalicelib.rules.events.source_keys import AllKeys
from chalicelib.rules.tickets.ticket import Change
from chalicelib.services.ports.deps import Deps
from tests.support import samples
from tests.support.bells.contract import BellContract
from tests.support.store.contract import StoreContract
from tests.support.store.fakes import START
from tests.support.store.feedback_contract import FeedbackContract
from tests.support.store.memory.inbox import InboxIndex
from tests.support.store.memory.memory import Memory, Port
from tests.support.store.memory.tickets import Tickets
from tests.support.store.memory.whole import FakeStore
from tests.support.store.order_contract import OrderContract
from tests.support.store.whole import PORTS

FAKES = [base for base in FakeStore.__bases__ if issubclass(base, Port)]


def offered(kind: type) -> set[str]:
    return {name for name in vars(kind) if not name.startswith("_")}


class TestFakeStore(StoreContract, OrderContract, FeedbackContract, BellContract):
    @pytest.fixture
    def store(self) -> FakeStore:
        return FakeStore()


@pytest.mark.parametrize(("field", "fake"), list(zip(PORTS, FAKES, strict=True)), ids=PORTS)
def test_each_port_has_a_fake_of_its_own(field: str, fake: type[Port]) -> None:
    port = get_type_hints(Deps, localns={"AllKeys": AllKeys})[field]
    assert fake.__name__ == port.__name__
    assert offered(fake) == offered(port)


def test_fakes_over_one_memory_share_what_it_holds() -> None:
    memory, ticket = Memory(), samples.ticket()
    Tickets(memory).commit(Change(ticket))
    assert [entry.ref for entry in InboxIndex(memory).inbox(ticket.shop, ticket.state, 10)[0]] == [ticket.ref]
    assert memory.requests == ["write", "read"]


def test_the_first_outcome_stays() -> None:
    store = FakeStore()
    store.note_outcome("raw/1", "opened", "NL-1", START)
    store.note_outcome("raw/1", "duplicate", None, START)
    assert store.outcomes == {"raw/1": ("opened", "NL-1")}
