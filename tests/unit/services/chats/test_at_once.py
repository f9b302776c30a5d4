"""At the same moment: lines of both sides, of which none is lost, doubled or moved; and chats that one agent takes."""

import pytest

from chalicelib.errors import InvalidFields
from chalicelib.rules.chats.lines import number_of
from chalicelib.rules.tickets.ticket import Change, Ticket
from chalicelib.services.actions import chatting as desk
from chalicelib.services.chats import places
from tests.support.store.fakes import World, world
from tests.unit.services.chats.test_chats import answers, begin, chat_of, later, says, take, there

EACH = 15


def test_every_line_is_interrupted_by_one_of_the_other_side() -> None:
    here: World = world(limits_on=False)
    there(here)
    ticket = begin(here)
    take(here, ticket)
    commit, interrupted_at = here.store.commit, set[str]()

    def interrupted(change: Change) -> None:
        text = change.messages[0].text
        if text.startswith("customer") and text not in interrupted_at:
            interrupted_at.add(text)
            answers(here, ticket, text.replace("customer", "agent"))
        commit(change)

    here.store.commit = interrupted  # type: ignore[method-assign]
    for number in range(EACH):
        says(here, ticket, f"customer {number}")
    _, lines = here.deps.tickets.lines_after(ticket.ref, "~000002")
    assert [number_of(line) for line in lines] == list(range(3, 3 + 2 * EACH))
    for who in ("customer", "agent"):
        assert [line.text for line in lines if line.text.startswith(who)] == [f"{who} {n}" for n in range(EACH)]
    _, conversation = here.deps.tickets.conversation(ticket.ref)
    assert [message.id for message in conversation if number_of(message)] == sorted(
        message.id for message in conversation if number_of(message)
    )


def taking_at_once(here: World, first: Ticket, second: Ticket) -> None:
    """The same agent takes the second while the first is being committed."""
    commit, at_once = here.store.commit, [second]

    def interrupted(change: Change) -> None:
        if at_once:
            take(here, at_once.pop())
        commit(change)

    here.store.commit = interrupted  # type: ignore[method-assign]
    try:
        take(here, first)
    finally:
        here.store.commit = commit  # type: ignore[method-assign]


def agents_chats(here: World) -> list[str]:
    """The references of the chats that Ada has."""
    running = places.running(here.deps, here.shop)
    return sorted(each.ref for each in running if each.chat and each.chat.agent == here.shop.agents[0].address)


@pytest.fixture
def here() -> World:
    made = world(limits_on=False)
    there(made)
    return made


def test_of_two_that_an_agent_takes_at_one_moment_only_one_is_their_last(here: World) -> None:
    *before, fourth, fifth = [begin(here, number) for number in range(5)]
    for ticket in before:
        take(here, ticket)
    with pytest.raises(InvalidFields) as refused:
        taking_at_once(here, fourth, fifth)
    assert refused.value.codes == {"action": "chats_enough"}
    assert agents_chats(here) == sorted(each.ref for each in (*before, fifth))
    assert chat_of(here, fourth).agent == ""


def test_two_that_an_agent_takes_at_one_moment_have_each_a_place_while_there_is_one(here: World) -> None:
    *before, third, fourth = [begin(here, number) for number in range(4)]
    for ticket in before:
        take(here, ticket)
    taking_at_once(here, third, fourth)
    assert len(agents_chats(here)) == 4
    held = [place for each in (*before, third, fourth) for place in chat_of(here, each).places[1:]]
    assert sorted(held) == [f"CHATS_OF#{here.shop.agents[0].address}#0{number}" for number in range(4)]


def test_the_place_of_a_chat_that_is_over_is_taken_over_once(here: World) -> None:
    *before, fifth, sixth = [begin(here, number) for number in range(6)]
    for ticket in before:
        take(here, ticket)
    desk.end(here.deps, here.shop, before[2].ref, here.shop.agents[0])
    with pytest.raises(InvalidFields):
        taking_at_once(here, fifth, sixth)
    assert agents_chats(here) == sorted(each.ref for each in (before[0], before[1], before[3], sixth))


def test_a_chat_that_goes_back_to_all_leaves_its_agents_place(here: World) -> None:
    tickets = [begin(here, number) for number in range(4)]
    for ticket in tickets:
        take(here, ticket)
    later(here, 3, 1)  # Ada is gone, and another agent is there
    assert agents_chats(here) == []
    there(here)
    for ticket in reversed(tickets):
        take(here, ticket)
    assert len(agents_chats(here)) == 4
