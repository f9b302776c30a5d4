"""What agents do to whole tickets, through the store: nothing lost, done once, told in the log of each ticket."""

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.errors import InvalidEvent
from chalicelib.rules.tickets.messages import File, Person
from chalicelib.rules.tickets.procedure_facts import Outcome
from chalicelib.rules.tickets.ticket import Change, State, Ticket
from tests.support import agents, samples
from tests.support.agents import ADA, TOM, acts
from tests.support.samples import AUTOMATIC
from tests.support.store.fakes import World

OTHER, THIRD = "NL-7K3F9-QXMT3", "NL-7K3F9-QXMT4"


@pytest.fixture(autouse=True)
def _opened(world: World) -> None:
    for ref in (samples.REF, OTHER):
        agents.opened(world, ref)


def now(world: World, ref: str = samples.REF) -> Ticket:
    return world.store.tickets[ref]


def says(world: World, ref: str = samples.REF, id: str = "reply", **changes: Any) -> None:
    """The customer."""
    world.store.commit(samples.reply(now(world, ref), id, world.clock(), **changes))


def refused(world: World, action: str, **fields: Any) -> dict[str, str]:
    """Which fields are told what; the ticket is as it was."""
    before = world.store.tickets.copy()
    with pytest.raises(InvalidEvent) as fault:
        acts(world, action, **fields)
    assert world.store.tickets == before
    return fault.value.sentences


def logged(world: World, action: str) -> list[str]:
    """Whose log tells of it."""
    return [ref for ref, entry in world.store.log if entry.action == action]


class TestTags:
    def test_they_are_set_and_taken_away(self, world: World) -> None:
        acts(world, "tag", tags="glass, christmas")
        assert now(world).tags == ("glass", "christmas")
        acts(world, "tag", tags="")
        assert now(world).tags == ()

    def test_too_many_are_refused(self, world: World) -> None:
        assert set(refused(world, "tag", tags=" ".join(map(str, range(21))))) == {"tags"}


class TestLinks:
    def test_each_names_the_other_and_says_so_in_its_log(self, world: World) -> None:
        acts(world, "link", to=OTHER.lower())
        assert (now(world).related, now(world, OTHER).related) == ((OTHER,), (samples.REF,))
        assert sorted(logged(world, "linked")) == sorted([samples.REF, OTHER])
        assert not acts(world, "link", ref=OTHER, to=samples.REF)["done"]

    @pytest.mark.parametrize("to", ["", "NL-00000-00000", "KC-7K3F9-QXMT2", "nonsense", samples.REF])
    def test_there_is_no_hint_of_what_other_shops_have(self, world: World, to: str) -> None:
        world.store.commit(Change(samples.ticket("KC-7K3F9-QXMT2")))
        kettles = world.store.tickets["KC-7K3F9-QXMT2"]
        world.store.tickets["KC-7K3F9-QXMT2"] = replace(kettles, shop="kettle")
        assert set(refused(world, "link", to=to)) == {"to"}

    def test_the_other_changed_meanwhile_keeps_its_change(self, world: World) -> None:
        def meanwhile(change: Change) -> None:
            world.store.before_commit = lambda change: None
            acts(world, "assign", ref=OTHER, agent=TOM, to=TOM)

        world.store.before_commit = meanwhile
        assert acts(world, "link", to=OTHER)["done"]
        assert (now(world, OTHER).assignee, now(world, OTHER).related) == (TOM, (samples.REF,))


class TestMerge:
    def test_the_conversation_goes_on_in_the_other(self, world: World) -> None:
        says(world, text="In the first")
        says(world, OTHER, text="In the other")
        answer = acts(world, "merge", into=OTHER)
        assert answer["merged_into"] == OTHER
        _, messages = world.store.conversation(OTHER)
        assert {message.text for message in messages} == {"In the first", "In the other", samples.WORDS}
        assert sorted(logged(world, "merged")) == sorted([samples.REF, OTHER])
        assert now(world).state is State.CLOSED

    def test_what_is_said_to_the_one_that_joined_is_refused_and_says_where_to_go_on(self, world: World) -> None:
        acts(world, "merge", into=OTHER)
        assert set(refused(world, "answer", text="It comes tomorrow.")) == {"action"}

    def test_the_customers_words_meanwhile_are_not_lost(self, world: World) -> None:
        def meanwhile(change: Change) -> None:
            world.store.before_commit = lambda change: None
            says(world, text="In the last moment")

        world.store.before_commit = meanwhile
        assert acts(world, "merge", into=OTHER)["done"]
        _, messages = world.store.conversation(OTHER)
        assert "In the last moment" in {message.text for message in messages}

    def test_two_that_join_each_other_at_once_do_not_both_vanish(self, world: World) -> None:
        def meanwhile(change: Change) -> None:
            world.store.before_commit = lambda change: None
            acts(world, "merge", ref=OTHER, agent=TOM, into=samples.REF)

        world.store.before_commit = meanwhile
        with pytest.raises(InvalidEvent):
            acts(world, "merge", into=OTHER)
        assert (now(world).merged_into, now(world, OTHER).merged_into) == (None, samples.REF)

    def test_two_that_join_a_third_at_once_both_do(self, world: World) -> None:
        agents.opened(world, THIRD)

        def meanwhile(change: Change) -> None:
            world.store.before_commit = lambda change: None
            acts(world, "merge", ref=OTHER, agent=TOM, into=THIRD)

        world.store.before_commit = meanwhile
        assert acts(world, "merge", into=THIRD)["done"]
        assert sorted(now(world, THIRD).merged_from) == sorted([samples.REF, OTHER])

    def test_those_of_two_customers_only_when_that_is_confirmed(self, world: World) -> None:
        agents.opened(world, THIRD, person=Person("Jo Lund", "jo@example.com"))
        assert set(refused(world, "merge", into=THIRD)) == {"into"}
        assert acts(world, "merge", into=THIRD, anyway=True)["done"]


class TestSplit:
    def test_the_message_opens_a_ticket_of_the_same_customer(self, world: World) -> None:
        says(world, text="And my other lamp flickers.\nSince May.")
        acts(world, "split", message="reply")
        (ref,) = now(world).related
        opened = now(world, ref)
        assert opened.requester == now(world).requester
        assert opened.opening.text == "And my other lamp flickers.\nSince May."
        assert opened.subject.startswith("And my other lamp flickers.")
        marked = world.store.messages[samples.REF, "reply"]
        assert marked.split_into == ref
        assert sorted(logged(world, "split off")) == sorted([samples.REF, ref])

    def test_its_customer_is_told_of_the_new_ticket(self, world: World) -> None:
        says(world)
        agents.stream(world)
        world.mailer.sent.clear()
        acts(world, "split", message="reply", subject="The screws")
        agents.stream(world)
        (ref,) = now(world).related
        (mail,) = world.mailer.to(now(world).requester.address)
        assert ref in mail.text
        assert now(world, ref).subject == "The screws"

    def test_its_files_are_its_own(self, world: World) -> None:
        key = f"tickets/{samples.REF}/abc"
        world.files.keep(key, b"picture", "image/png")
        says(world, files=(File("1-abc", "shade.png", "image/png", 7, key),))
        acts(world, "split", message="reply")
        (ref,) = now(world).related
        (file,) = now(world, ref).opening.files
        assert file.key == f"tickets/{ref}/abc"
        assert world.files.read(file.key) == b"picture"
        assert world.files.read(key) == b"picture"

    def test_twice_is_once(self, world: World) -> None:
        says(world)
        acts(world, "split", message="reply")
        before = set(world.store.tickets)
        world.clock.advance(hours=2)
        assert not acts(world, "split", message="reply", subject="Again")["done"]
        assert set(world.store.tickets) == before

    def test_of_two_agents_at_once_one_does(self, world: World) -> None:
        says(world)

        def meanwhile(change: Change) -> None:
            world.store.before_commit = lambda change: None
            acts(world, "split", agent=TOM, message="reply", subject="Toms")

        world.store.before_commit = meanwhile
        assert not acts(world, "split", message="reply", subject="Adas")["done"]
        assert len(world.store.tickets) == 3

    def test_a_message_of_what_has_joined_by_its_key(self, world: World) -> None:
        says(world, text="In the first")
        acts(world, "merge", into=OTHER)
        acts(world, "split", ref=OTHER, message=f"{samples.REF}/reply")
        refs = set(world.store.tickets) - {samples.REF, OTHER}
        assert [now(world, ref).opening.text for ref in refs] == ["In the first"]

    @pytest.mark.parametrize("message", ["", "none", "opening", f"{OTHER}/reply", "/reply/"])
    def test_what_is_no_message_of_this_ticket_is_refused(self, world: World, message: str) -> None:
        says(world, OTHER)
        assert set(refused(world, "split", message=message)) == {"message"}

    def test_an_agents_words_are_refused(self, world: World) -> None:
        acts(world, "answer", text="It comes tomorrow.")
        ids = [id for _, id in world.store.messages]
        assert set(refused(world, "split", message=ids[0])) == {"message"}


class TestHold:
    def test_it_is_put_and_lifted_once(self, world: World) -> None:
        assert acts(world, "place_legal_hold", reason="A lawyer wrote.")["hold"] == "A lawyer wrote."
        world.clock.advance(hours=2)
        assert not acts(world, "place_legal_hold", reason="A lawyer wrote.")["done"]
        assert "hold" not in acts(world, "lift_legal_hold", reason="It is over.")
        assert not acts(world, "lift_legal_hold", reason="It is still over.")["done"]
        assert (len(logged(world, "legal hold placed")), len(logged(world, "legal hold lifted"))) == (1, 1)

    def test_it_goes_along_when_tickets_are_merged(self, world: World) -> None:
        acts(world, "place_legal_hold", reason="A lawyer wrote.")
        acts(world, "merge", into=OTHER)
        assert now(world, OTHER).custody.hold == "A lawyer wrote."
        assert now(world).custody.hold is None  # held with the other, and let go with it


class TestSpamAndRelease:
    def test_what_is_spam_is_closed_and_nobody_written_to(self, world: World) -> None:
        world.store.commit(Change(samples.ticket(THIRD, person=Person("Buy", "buy@spam.example"))))
        acts(world, "spam", ref=THIRD)
        agents.stream(world)
        assert (now(world, THIRD).state, now(world, THIRD).outcome) == (State.CLOSED, Outcome.SPAM)
        assert world.mailer.to("buy@spam.example") == []
        assert not acts(world, "spam", ref=THIRD)["done"]

    def test_what_was_quarantined_is_released_once_and_confirmed(self, world: World) -> None:
        agents.opened(world, THIRD, automatic=(AUTOMATIC,))
        assert acts(world, "release_from_quarantine", ref=THIRD)["state"] == "open"
        agents.stream(world)
        assert len(world.mailer.to(now(world, THIRD).requester.address)) == 1
        world.clock.advance(hours=2)
        assert not acts(world, "release_from_quarantine", ref=THIRD)["done"]
        assert logged(world, "released from quarantine") == [THIRD]

    def test_of_two_at_once_one_releases(self, world: World) -> None:
        agents.opened(world, THIRD, automatic=(AUTOMATIC,))

        def meanwhile(change: Change) -> None:
            world.store.before_commit = lambda change: None
            acts(world, "release_from_quarantine", ref=THIRD, agent=TOM)

        world.store.before_commit = meanwhile
        assert not acts(world, "release_from_quarantine", ref=THIRD, agent=ADA)["done"]
        assert logged(world, "released from quarantine") == [THIRD]
