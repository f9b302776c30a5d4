"""Nothing is told the customer over words that its writer has not seen."""

from typing import Any

import pytest

from chalicelib.errors import BadInput
from chalicelib.rules import referring
from chalicelib.rules.messages import Person
from chalicelib.services import stale
from tests import agents, samples
from tests.agents import TOM, acts
from tests.fakes import World, refusing

SAYING: dict[str, dict[str, str]] = {
    "answer": {"text": "It comes tomorrow."},
    "ask": {"text": "Could you send a photo?"},
    "conclude": {"outcome": "upheld", "text": "You are right."},
    "extend": {"by": "10 days", "reason": "The shade has to be made."},
}
OTHERS: dict[str, dict[str, str]] = {
    "note": {"text": "A regular."},
    "assign": {"to": TOM},
    "find": {"fault": "courier", "reason": "The box was dented."},
}


def seen(world: World) -> str:
    return stale.seen(world.store.conversation(samples.REF)[1])


def last(world: World) -> str:
    return list(world.store.messages.values())[-1].id


@pytest.fixture(autouse=True)
def _opened(world: World) -> None:
    agents.opened(world)


def refused(world: World, action: str, has_seen: str, **more: Any) -> bool:
    try:
        acts(world, action, seen=has_seen, **(SAYING | OTHERS)[action], **more)
    except BadInput as fault:
        assert list(fault.problems) == ["seen"]
        return True
    return False


def test_what_is_watched_is_tried_here() -> None:
    assert set(SAYING) == set(stale.WATCHED)


@pytest.mark.parametrize("action", SAYING)
class TestWhatTellsTheCustomer:
    def test_it_goes_out_where_nothing_has_come(self, world: World, action: str) -> None:
        assert not refused(world, action, seen(world))

    def test_not_over_the_customers_words(self, world: World, action: str) -> None:
        before = seen(world)
        agents.customer_writes(world)
        assert refused(world, action, before)
        assert not refused(world, action, seen(world))

    def test_nor_over_a_colleagues_answer(self, world: World, action: str) -> None:
        before = seen(world)
        acts(world, "answer", agent=TOM, text="On Friday.")
        assert refused(world, action, before)

    def test_nor_over_what_came_while_it_was_being_written_down(self, world: World, action: str) -> None:
        def meanwhile(change: object) -> None:
            world.store.before_commit = lambda change: None
            agents.customer_writes(world)

        before = seen(world)
        world.store.before_commit = meanwhile
        assert refused(world, action, before)

    def test_but_where_they_say_so(self, world: World, action: str) -> None:
        before = seen(world)
        agents.customer_writes(world)
        assert not refused(world, action, before, anyway="yes")

    def test_notes_and_what_machines_write_do_not_matter(self, world: World, action: str) -> None:
        before = seen(world)
        acts(world, "note", agent=TOM, text="They called.")
        ticket = world.store.tickets[samples.REF]
        world.store.commit(
            samples.reply(ticket, "away", world.clock(), text="I am away", automatic=("Auto-Submitted",))
        )
        assert not refused(world, action, before)

    def test_by_the_last_messages_id_too(self, world: World, action: str) -> None:
        agents.customer_writes(world)
        read = last(world)
        world.clock.advance(seconds=1)
        agents.customer_writes(world, "And the screws")
        assert refused(world, action, read)
        assert not refused(world, action, last(world))

    def test_what_says_nothing_of_it_is_not_asked(self, world: World, action: str) -> None:
        agents.customer_writes(world)
        assert not refused(world, action, "")

    def test_what_was_seen_and_is_no_more_counts_as_nothing_seen(self, world: World, action: str) -> None:
        agents.customer_writes(world)
        assert refused(world, action, "nosuchmessage")


@pytest.mark.parametrize("action", OTHERS)
def test_what_tells_the_customer_nothing_is_done(world: World, action: str) -> None:
    before = seen(world)
    agents.customer_writes(world)
    assert not refused(world, action, before)


def test_a_third_partys_answer_is_to_be_read_first(world: World) -> None:
    acts(world, "refer", to="swiftparcel", text="Where is it?")
    before = seen(world)
    ticket = world.store.tickets[samples.REF]
    (referral,) = ticket.referrals
    person = Person("Swift", referral.address)
    arrival = samples.arrival(person=person, text="In Hanover.")
    change = referring.answered(ticket, "swift", arrival, referral.number, samples.moment())
    world.store.commit(change)
    assert refused(world, "answer", before)
    assert not refused(world, "answer", seen(world))


def test_a_letter_that_turns_out_never_sent_still_counts(world: World) -> None:
    acts(world, "conclude", **SAYING["conclude"])
    before = seen(world)
    world.mailer.failing = refusing(passing=False)
    agents.stream(world)
    assert world.store.tickets[samples.REF].final_answer is None
    assert seen(world) == before == "1"
