"""Actions that the ticket's present state forbids, and what must be done first."""

import pytest

from chalicelib.errors import InvalidEvent
from chalicelib.rules.tickets.remarks import Suspicion
from chalicelib.rules.tickets.ticket import State
from tests.support import agents
from tests.support.agents import MIRA, acts
from tests.support.store.fakes import World, refusing


@pytest.mark.parametrize(
    ("action", "fields"),
    [
        ("extend", {"by": "5 days", "reason": "Parts."}),
        ("ask", {"text": "Which shade?"}),
        ("remedy", {"remedy_kind": "refund", "owed_by": "seller"}),
    ],
)
def test_a_quarantined_ticket_must_be_released_first(world: World, action: str, fields: dict[str, str]) -> None:
    quarantined = agents.opened(world, suspicions=(Suspicion.HASTY,))
    with pytest.raises(InvalidEvent, match="release it first"):
        acts(world, action, **fields)
    assert world.store.only_ticket() == quarantined
    acts(world, "release_from_quarantine")
    acts(world, action, **fields)
    agents.stream(world)
    assert len(world.mailer.to(MIRA)) == (1 if action == "remedy" else 2)


class TestWhileAFinalAnswerIsBeingSent:
    @pytest.mark.parametrize("outcome", ["settled", "spam"])
    def test_nothing_else_closes_the_ticket(self, world: World, outcome: str) -> None:
        agents.opened(world)
        acts(world, "conclude", outcome="upheld", text="You are right.")
        with pytest.raises(InvalidEvent, match="final answer"):
            acts(world, "close", outcome=outcome, reason="By telephone.")
        agents.stream(world)
        after = world.store.only_ticket()
        assert (after.state, after.outcome) == (State.CLOSED, "upheld")

    def test_once_the_mail_was_refused_an_agent_may_close(self, world: World) -> None:
        agents.opened(world)
        acts(world, "conclude", outcome="upheld", text="You are right.")
        world.mailer.failing = refusing(passing=False)
        agents.stream(world)
        acts(world, "close", outcome="settled", reason="By telephone.")
        assert world.store.only_ticket().outcome == "settled"


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("care@help.northlight.example", "the shop's own address"),
        ("Care+nl7k3f9@NORTHLIGHT.example", "the shop's own address"),
        ("Ada@northlight.example", "an agent's"),
        (MIRA.upper(), "the customer's address"),
    ],
)
def test_customer_shop_and_agents_are_no_third_party(world: World, address: str, why: str) -> None:
    ticket = agents.opened(world)
    with pytest.raises(InvalidEvent, match=why):
        acts(world, "refer", address=address, name="Mira", facts=[], text="Where is it?")
    assert world.store.only_ticket() == ticket
    assert world.mailer.sent == []
