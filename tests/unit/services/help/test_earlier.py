"""Earlier answers to tickets like one: closed, rated well, of the same shop, and without what was personal."""

import pytest

from chalicelib.rules.tickets.messages import Person
from chalicelib.rules.tickets.procedure_facts import Outcome, Rating
from chalicelib.rules.tickets.ticket import Change, State, Ticket, evolve
from chalicelib.services.help import earlier
from chalicelib.services.tickets import indexing
from tests.support import agents, samples
from tests.support.agents import acts
from tests.support.store.fakes import World

QUESTION = "The parcel is delayed, and the courier knows nothing."
ANSWER = "Hello Mira,\n\nthe courier has lost the parcel of Mira Holm, NL-2026-204117. We send the parcel again."
ADA = Person("Ada Lindqvist", "ada@northlight.example")
FIRST, SECOND, MINE = "NL-7K3F9-EAR01", "NL-7K3F9-EAR02", "NL-7K3F9-EAR03"


def answered(world: World, ref: str = FIRST, text: str = QUESTION, score: int = 5, agent: str = ADA.address) -> Ticket:
    """A closed, rated ticket with an answer, in the search index."""
    opened = agents.opened(world, ref, text=text, subject="", kind="question")
    indexing.index(world.deps, opened)
    acts(world, "answer", ref, agent, text=ANSWER)
    now = world.clock()
    ticket = world.store.tickets[ref]
    closed = evolve(ticket, state=State.CLOSED, closed_at=now, outcome=Outcome.SETTLED, rating=Rating(score, "", now))
    world.deps.tickets.commit(Change(closed))
    return closed


def found(world: World, text: str = QUESTION, **changes: str) -> tuple[earlier.Earlier, ...]:
    asking = samples.ticket(MINE, world.clock(), **({"text": text, "subject": "", "kind": "question"} | changes))
    return earlier.earlier(world.deps, world.shop, asking, (), ADA)


def test_an_answer_to_the_same_is_found_without_its_customer(world: World) -> None:
    answered(world)
    (answer,) = found(world)
    assert (answer.ref, answer.own) == (FIRST, True)
    assert "We send the parcel again." in answer.text
    assert not {"Mira", "Holm", "204117", "Hello"} & set(answer.text.replace(",", " ").split())


@pytest.mark.parametrize("score", [1, 2, 3])
def test_an_answer_that_did_not_satisfy_is_not(world: World, score: int) -> None:
    answered(world, score=score)
    assert found(world) == ()


def test_only_what_is_alike(world: World) -> None:
    answered(world)
    assert found(world, "Do you like tulips and roses?") == ()
    assert found(world, language="de") == ()
    assert found(world, kind="complaint") == ()


def test_an_open_ticket_gives_none(world: World) -> None:
    closed = answered(world)
    world.deps.tickets.commit(Change(evolve(closed, state=State.OPEN, closed_at=None)))
    assert found(world) == ()


def test_the_agents_own_come_first(world: World) -> None:
    answered(world)
    answered(world, SECOND, agent="tom@northlight.example")
    assert [each.own for each in found(world)] == [True, False]


def test_it_reads_no_more_than_it_says(world: World) -> None:
    for number in range(8):
        answered(world, f"NL-7K3F9-EAR1{number}", f"{QUESTION} late label refund return bulb dimmer {number}")
    world.store.requests.clear()
    assert len(found(world, f"{QUESTION} late label refund return bulb dimmer invoice")) == earlier.MOST
    assert len(world.store.requests) <= 10


def test_of_a_long_message_the_beginning_is_compared(world: World) -> None:
    answered(world)
    assert found(world, f"{QUESTION} {'tulip ' * 20_000}")
    assert found(world, f"{'tulip ' * 20_000} {QUESTION}") == ()
