"""Many lines of both sides at the same moment: none is lost, doubled or moved."""

from chalicelib.rules.chats.lines import number_of
from chalicelib.rules.tickets.ticket import Change
from tests.support.store.fakes import World, world
from tests.unit.services.chats.test_chats import answers, begin, says, take, there

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
