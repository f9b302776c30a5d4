"""What agents do to whole tickets, through the store: nothing is lost, each action is done once and logged on each
ticket."""

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.errors import InvalidEvent
from chalicelib.rules.tickets.messages import File, Person
from chalicelib.rules.tickets.procedure_facts import Outcome
from chalicelib.rules.tickets.remarks import Remark
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
    """The customer writes."""
    world.store.commit(samples.reply(now(world, ref), id, world.clock(), **changes))


def refused(world: World, action: str, **fields: Any) -> dict[str, str]:
    """The sentence for each refused field; the tickets are unchanged."""
    before = world.store.tickets.copy()
    with pytest.raises(InvalidEvent) as fault:
        acts(world, action, **fields)
    assert world.store.tickets == before
    return fault.value.sentences


def logged(world: World, action: str) -> list[str]:
    """The tickets with this action in their log."""
    return [ref for ref, entry in world.store.log if entry.action == action]


class TestTags:
    def test_tags_are_set_and_removed(self, world: World) -> None:
        acts(world, "tag", tags="glass, christmas")
        assert now(world).tags == ("glass", "christmas")
        acts(world, "tag", tags="")
        assert now(world).tags == ()

    def test_too_many_tags_are_refused(self, world: World) -> None:
        assert set(refused(world, "tag", tags=" ".join(map(str, range(21))))) == {"tags"}


class TestLinks:
    def test_linked_tickets_name_each_other_and_log_it(self, world: World) -> None:
        acts(world, "link", to=OTHER.lower())
        assert (now(world).related, now(world, OTHER).related) == ((OTHER,), (samples.REF,))
        assert sorted(logged(world, "linked")) == sorted([samples.REF, OTHER])
        assert not acts(world, "link", ref=OTHER, to=samples.REF)["done"]

    @pytest.mark.parametrize("to", ["", "NL-00000-00000", "KC-7K3F9-QXMT2", "nonsense", samples.REF])
    def test_an_error_does_not_reveal_other_shops_tickets(self, world: World, to: str) -> None:
        world.store.commit(Change(samples.ticket("KC-7K3F9-QXMT2")))
        kettles = world.store.tickets["KC-7K3F9-QXMT2"]
        world.store.tickets["KC-7K3F9-QXMT2"] = replace(kettles, shop="kettle")
        assert set(refused(world, "link", to=to)) == {"to"}

    def test_a_concurrent_change_of_the_other_ticket_is_kept(self, world: World) -> None:
        def meanwhile(change: Change) -> None:
            world.store.before_commit = lambda change: None
            acts(world, "assign", ref=OTHER, agent=TOM, to=TOM)

        world.store.before_commit = meanwhile
        assert acts(world, "link", to=OTHER)["done"]
        assert (now(world, OTHER).assignee, now(world, OTHER).related) == (TOM, (samples.REF,))


class TestMerge:
    def test_the_conversation_continues_in_the_target(self, world: World) -> None:
        says(world, text="In the first")
        says(world, OTHER, text="In the other")
        answer = acts(world, "merge", into=OTHER)
        assert answer["merged_into"] == OTHER
        _, messages = world.store.conversation(OTHER)
        assert {message.text for message in messages} == {"In the first", "In the other", samples.WORDS}
        assert sorted(logged(world, "merged")) == sorted([samples.REF, OTHER])
        assert now(world).state is State.CLOSED

    def test_an_action_on_the_merged_ticket_is_refused_and_names_the_target(self, world: World) -> None:
        acts(world, "merge", into=OTHER)
        assert set(refused(world, "answer", text="It comes tomorrow.")) == {"action"}

    def test_a_concurrent_customers_message_is_not_lost(self, world: World) -> None:
        def meanwhile(change: Change) -> None:
            world.store.before_commit = lambda change: None
            says(world, text="In the last moment")

        world.store.before_commit = meanwhile
        assert acts(world, "merge", into=OTHER)["done"]
        _, messages = world.store.conversation(OTHER)
        assert "In the last moment" in {message.text for message in messages}

    def test_two_concurrent_opposite_merges_keep_one_ticket(self, world: World) -> None:
        def meanwhile(change: Change) -> None:
            world.store.before_commit = lambda change: None
            acts(world, "merge", ref=OTHER, agent=TOM, into=samples.REF)

        world.store.before_commit = meanwhile
        with pytest.raises(InvalidEvent):
            acts(world, "merge", into=OTHER)
        assert (now(world).merged_into, now(world, OTHER).merged_into) == (None, samples.REF)

    def test_two_concurrent_merges_into_a_third_both_succeed(self, world: World) -> None:
        agents.opened(world, THIRD)

        def meanwhile(change: Change) -> None:
            world.store.before_commit = lambda change: None
            acts(world, "merge", ref=OTHER, agent=TOM, into=THIRD)

        world.store.before_commit = meanwhile
        assert acts(world, "merge", into=THIRD)["done"]
        assert sorted(now(world, THIRD).merged_from) == sorted([samples.REF, OTHER])

    def test_tickets_of_two_customers_are_merged_only_when_confirmed(self, world: World) -> None:
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

    def test_the_customer_is_mailed_about_the_new_ticket(self, world: World) -> None:
        says(world)
        agents.stream(world)
        world.mailer.sent.clear()
        acts(world, "split", message="reply", subject="The screws")
        agents.stream(world)
        (ref,) = now(world).related
        (mail,) = world.mailer.to(now(world).requester.address)
        assert ref in mail.text
        assert now(world, ref).subject == "The screws"

    def test_the_new_ticket_has_its_own_copies_of_the_files(self, world: World) -> None:
        key = f"tickets/{samples.REF}/abc"
        world.files.keep(key, b"picture", "image/png")
        says(world, files=(File("1-abc", "shade.png", "image/png", 7, key),))
        acts(world, "split", message="reply")
        (ref,) = now(world).related
        (file,) = now(world, ref).opening.files
        assert file.key == f"tickets/{ref}/abc"
        assert world.files.read(file.key) == b"picture"
        assert world.files.read(key) == b"picture"

    def test_splitting_twice_opens_one_ticket(self, world: World) -> None:
        says(world)
        acts(world, "split", message="reply")
        before = set(world.store.tickets)
        world.clock.advance(hours=2)
        assert not acts(world, "split", message="reply", subject="Again")["done"]
        assert set(world.store.tickets) == before

    def test_of_two_concurrent_splits_one_succeeds(self, world: World) -> None:
        says(world)

        def meanwhile(change: Change) -> None:
            world.store.before_commit = lambda change: None
            acts(world, "split", agent=TOM, message="reply", subject="Toms")

        world.store.before_commit = meanwhile
        assert not acts(world, "split", message="reply", subject="Adas")["done"]
        assert len(world.store.tickets) == 3

    def test_a_merged_tickets_message_can_be_split_off(self, world: World) -> None:
        says(world, text="In the first")
        acts(world, "merge", into=OTHER)
        acts(world, "split", ref=OTHER, message=f"{samples.REF}/reply")
        refs = set(world.store.tickets) - {samples.REF, OTHER}
        assert [now(world, ref).opening.text for ref in refs] == ["In the first"]

    @pytest.mark.parametrize("message", ["", "none", f"{OTHER}/opening", f"{OTHER}/reply", "/reply/"])
    def test_another_tickets_message_is_refused(self, world: World, message: str) -> None:
        says(world, OTHER)
        assert set(refused(world, "split", message=message)) == {"message"}

    @pytest.mark.parametrize("kind", ["privacy_complaint", "data_request", "withdrawal"])
    @pytest.mark.parametrize("message", ["opening", f"{samples.REF}/opening"])
    def test_what_opened_the_ticket_is_split_off_for_another_matter_with_the_laws_time(
        self, world: World, kind: str, message: str
    ) -> None:
        """A mail may complain about an order, and about the use of data."""
        begun = now(world)
        told = replace(begun.opening, remarks=(Remark.ABOUT_DATA, Remark.UNVERIFIED))
        world.store.tickets[samples.REF] = replace(begun, opening=told)
        world.clock.advance(days=3)
        acts(world, "split", message=message, kind=kind)
        kept = now(world)
        (ref,) = kept.related
        opened = now(world, ref)
        assert (kept.kind, kept.clocks, kept.opening.split_into) == (begun.kind, begun.clocks, ref)
        assert (opened.kind, opened.opening.text, opened.related) == (kind, begun.opening.text, (samples.REF,))
        assert opened.opening.remarks == (Remark.UNVERIFIED,), "what it said to do is done"
        counted = opened.clock("refund" if kind == "withdrawal" else "resolve")
        assert counted
        assert counted.set_at == begun.opened_at
        assert not acts(world, "split", message=message, kind=kind)["done"]

    @pytest.mark.parametrize("kind", [{}, {"kind": samples.ticket().kind}], ids=str)
    def test_what_opened_the_ticket_needs_another_kind(self, world: World, kind: dict[str, str]) -> None:
        assert set(refused(world, "split", message="opening", **kind)) == {"kind"}

    def test_an_agents_message_is_refused(self, world: World) -> None:
        acts(world, "answer", text="It comes tomorrow.")
        ids = [id for _, id in world.store.messages]
        assert set(refused(world, "split", message=ids[0])) == {"message"}


class TestLegalHold:
    def test_a_hold_is_placed_and_lifted_once(self, world: World) -> None:
        assert acts(world, "place_legal_hold", reason="A lawyer wrote.")["legal_hold"] == "A lawyer wrote."
        world.clock.advance(hours=2)
        assert not acts(world, "place_legal_hold", reason="A lawyer wrote.")["done"]
        assert "legal_hold" not in acts(world, "lift_legal_hold", reason="It is over.")
        assert not acts(world, "lift_legal_hold", reason="It is still over.")["done"]
        assert (len(logged(world, "legal hold placed")), len(logged(world, "legal hold lifted"))) == (1, 1)

    def test_a_hold_moves_with_a_merge(self, world: World) -> None:
        acts(world, "place_legal_hold", reason="A lawyer wrote.")
        acts(world, "merge", into=OTHER)
        assert now(world, OTHER).custody.legal_hold == "A lawyer wrote."
        assert now(world).custody.legal_hold is None  # held with the other ticket, and released with it


class TestSpamAndRelease:
    def test_spam_is_closed_and_nobody_is_mailed(self, world: World) -> None:
        world.store.commit(Change(samples.ticket(THIRD, person=Person("Buy", "buy@spam.example"))))
        acts(world, "spam", ref=THIRD)
        agents.stream(world)
        assert (now(world, THIRD).state, now(world, THIRD).outcome) == (State.CLOSED, Outcome.SPAM)
        assert world.mailer.to("buy@spam.example") == []
        assert not acts(world, "spam", ref=THIRD)["done"]

    def test_a_quarantined_ticket_is_released_once_and_acknowledged(self, world: World) -> None:
        agents.opened(world, THIRD, automatic=(AUTOMATIC,))
        assert acts(world, "release_from_quarantine", ref=THIRD)["state"] == "open"
        agents.stream(world)
        assert len(world.mailer.to(now(world, THIRD).requester.address)) == 1
        world.clock.advance(hours=2)
        assert not acts(world, "release_from_quarantine", ref=THIRD)["done"]
        assert logged(world, "released from quarantine") == [THIRD]

    def test_of_two_concurrent_releases_one_succeeds(self, world: World) -> None:
        agents.opened(world, THIRD, automatic=(AUTOMATIC,))

        def meanwhile(change: Change) -> None:
            world.store.before_commit = lambda change: None
            acts(world, "release_from_quarantine", ref=THIRD, agent=TOM)

        world.store.before_commit = meanwhile
        assert not acts(world, "release_from_quarantine", ref=THIRD, agent=ADA)["done"]
        assert logged(world, "released from quarantine") == [THIRD]
