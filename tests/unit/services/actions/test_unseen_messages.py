"""Nothing is told the customer over words that its writer has not seen."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.errors import InvalidEvent
from chalicelib.rules.procedure import referring
from chalicelib.rules.tickets.messages import Person
from chalicelib.services.actions import unseen_messages
from chalicelib.services.actions.action_input import LONGEST
from chalicelib.services.actions.actions import WATCHED
from chalicelib.services.actions.drafts import save_draft
from tests.support import agents, samples
from tests.support.agents import ADA, TOM, acts
from tests.support.samples import AUTOMATIC
from tests.support.store.fakes import World, refusing

SAYING: dict[str, dict[str, str]] = {
    "answer": {"text": "It comes tomorrow."},
    "ask": {"text": "Could you send a photo?"},
    "conclude": {"outcome": "upheld", "text": "You are right."},
    "extend": {"by": "10 days", "reason": "The shade has to be made."},
    "instruct": {"text": "Put it in its box."},
    "refer": {"to": "swiftparcel", "facts": "order_number", "text": "Where is it?"},
    "remedy_done": {"text": "It is on its way."},
}
OTHERS: dict[str, dict[str, str]] = {
    "note": {"text": "A regular."},
    "assign": {"to": TOM},
    "find": {"fault": "courier", "reason": "The box was dented."},
}


def seen(world: World) -> str:
    return unseen_messages.seen(world.store.conversation(samples.REF)[1])


def last(world: World) -> str:
    return list(world.store.messages.values())[-1].id


@pytest.fixture(autouse=True)
def _opened(world: World) -> None:
    agents.opened(world)
    acts(world, "remedy", cure="replacement", owed_by="seller")


def refused(world: World, action: str, has_seen: str, **more: Any) -> bool:
    try:
        acts(world, action, seen=has_seen, **(SAYING | OTHERS)[action], **more)
    except InvalidEvent as fault:
        assert list(fault.sentences) == ["seen"]
        return True
    return False


def test_what_is_watched_is_tried_here() -> None:
    assert set(SAYING) == set(WATCHED)


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
        world.store.commit(samples.reply(ticket, "away", world.clock(), text="I am away", automatic=(AUTOMATIC,)))
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
    change = referring.answered(ticket, "swift", arrival, referral.number, samples.context())
    world.store.commit(change)
    assert refused(world, "answer", before)
    assert not refused(world, "answer", seen(world))


def test_a_letter_that_turns_out_never_sent_still_counts(world: World) -> None:
    acts(world, "conclude", **SAYING["conclude"])
    before = seen(world)
    world.mailer.failing = refusing(passing=False)
    agents.stream(world)
    assert world.store.tickets[samples.REF].final_answer is None
    assert seen(world) == before
    assert not refused(world, "answer", before)


def comes(world: World, id: str, ago: timedelta = timedelta()) -> None:
    """The customer said it so long ago, and it is written down now."""
    ticket = world.store.tickets[samples.REF]
    world.store.commit(samples.reply(ticket, id, world.clock() - ago, text=f"I said {id}"))


def newer(world: World, has_seen: str) -> list[str]:
    ticket, messages = world.store.conversation(samples.REF)
    assert ticket
    return [message.id for message in unseen_messages.newer(messages, ticket.opening.id, has_seen)]


class TestWhich:
    def test_a_call_noted_later_is_what_is_new_and_not_what_was_read(self, world: World) -> None:
        comes(world, "read")
        before = seen(world)
        comes(world, "called", timedelta(hours=3))
        assert newer(world, before) == ["called"]

    def test_so_with_what_joins_from_an_older_ticket(self, world: World) -> None:
        world.clock.advance(hours=2)
        comes(world, "read")
        before, other = seen(world), "NL-7K3F9-QXMT3"
        world.clock.at -= timedelta(hours=1)
        agents.opened(world, other)
        world.clock.advance(hours=1)
        acts(world, "merge", other, into=samples.REF)
        _, messages = world.store.conversation(samples.REF)
        assert [message.ref for message in messages if message.id == "read"] == [samples.REF]
        assert newer(world, before) == ["opening"]

    def test_in_a_long_thread_nothing_goes_out_unseen_and_a_form_stays_small(self, world: World) -> None:
        for number in range(250):
            world.clock.advance(seconds=1)
            comes(world, f"message{number}")
        before = seen(world)
        assert len(before) <= LONGEST["seen"]
        assert newer(world, before) == []
        assert not refused(world, "ask", before)
        comes(world, "called", timedelta(seconds=100))
        assert "called" in newer(world, before)
        # Noted among what is only counted, something is new all the same.
        before = seen(world)
        comes(world, "longago", timedelta(days=1))
        assert len(newer(world, before)) == 1

    @pytest.mark.parametrize("has_seen", ["0.", "0.abc", "1", "9999999.", "0." + "é" * 6, "." * 50])
    def test_what_names_nothing_has_seen_nothing(self, world: World, has_seen: str) -> None:
        comes(world, "one")
        assert newer(world, has_seen) == ["one"]


class TestBeside:
    """Another agent is writing, too."""

    def writes(self, world: World, text: str = "Dear Mira,") -> None:
        save_draft(world.deps, world.shop, samples.REF, TOM, text)

    def test_an_answer_beside_one_that_was_not_shown_waits(self, world: World) -> None:
        self.writes(world)
        for action in ("answer", "ask"):
            with pytest.raises(InvalidEvent) as fault:
                acts(world, action, seen=seen(world), beside="", **SAYING[action])
            assert list(fault.value.sentences) == ["beside"]

    @pytest.mark.parametrize("more", [{"beside": f"{ADA} {TOM}"}, {"beside": "", "anyway": "yes"}, {}])
    def test_not_where_it_was_shown_or_nobody_says_what_was(self, world: World, more: dict[str, str]) -> None:
        self.writes(world)
        assert not refused(world, "answer", seen(world), **more)

    def test_nor_for_ones_own_or_for_none(self, world: World) -> None:
        save_draft(world.deps, world.shop, samples.REF, ADA, "Dear Mira,")
        self.writes(world, " ")
        assert not refused(world, "answer", seen(world), beside="")

    @pytest.mark.parametrize("action", sorted({*SAYING, "note"} - {"answer", "ask"}))
    def test_what_is_no_answer_does_not_wait(self, world: World, action: str) -> None:
        self.writes(world)
        assert not refused(world, action, seen(world), beside="")

    def test_both_are_told_at_once(self, world: World) -> None:
        before = seen(world)
        agents.customer_writes(world)
        self.writes(world)
        with pytest.raises(InvalidEvent) as fault:
            acts(world, "answer", seen=before, beside="", text="It comes tomorrow.")
        assert set(fault.value.sentences) == {"seen", "beside"}
