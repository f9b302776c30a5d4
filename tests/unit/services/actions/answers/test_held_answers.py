"""Answers that leave later: they can be taken back until a sender begins with them, and a second agent reads some."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.errors import InvalidEvent
from chalicelib.rules.calls import booking
from chalicelib.rules.delivery import sending as claims
from chalicelib.rules.policy.promises import DeskTerms, SecondReader
from chalicelib.rules.privacy import retention
from chalicelib.rules.procedure import concluding, referring, replying
from chalicelib.rules.procedure.answers.holding import LATEST
from chalicelib.rules.tickets.clocks import (
    CLOSE,
    ESCALATED,
    FIRST_ANSWER,
    NEXT_ANSWER,
    READ,
    RESOLVE,
    Clock,
    Clocks,
)
from chalicelib.rules.tickets.messages import Channel, Event, Person, Visibility
from chalicelib.rules.tickets.procedure_facts import Outcome
from chalicelib.rules.tickets.ticket import Change, State, Ticket, evolve
from chalicelib.services.actions import unseen_messages
from chalicelib.services.actions.due_work import look_after_due
from chalicelib.services.customer import customer_page
from chalicelib.services.delivery.sending import post
from chalicelib.services.ports.tickets import ItemRef
from chalicelib.services.privacy.erasing import erase_subject
from chalicelib.services.tickets import links
from chalicelib.services.tickets.answers import drafts
from tests.support import agents, samples
from tests.support.agents import ADA, MIRA, SWIFT, TOM, acts
from tests.support.referrals import refer
from tests.support.store.fakes import START, FakeRun, World, refusing
from tests.support.store.fakes import world as new_world

MINUTE = timedelta(minutes=1)
UNDO = DeskTerms(undo_minutes=10)
WRITTEN: dict[str, dict[str, Any]] = {
    "answer": {"text": "It comes tomorrow."},
    "ask": {"text": "Could you send a photo?"},
    "conclude": {"outcome": "upheld", "text": "You are right."},
}


@pytest.fixture
def ticket(world: World) -> Ticket:
    world.with_shop(desk=UNDO)
    return agents.opened(world)


@pytest.fixture
def read_twice(world: World) -> World:
    world.with_shop(desk=DeskTerms(second_reader=SecondReader(topics=("damaged_in_transit",))))
    agents.opened(world)
    return world


def now_of(world: World) -> Ticket:
    return world.store.tickets[samples.REF]


def to_customer(world: World) -> list[str]:
    return [mail.text for mail in world.mailer.to(MIRA)]


def due_work(world: World, after: timedelta) -> None:
    world.clock.advance(seconds=int(after.total_seconds()))
    look_after_due(world.deps)
    agents.stream(world)


def seen_by_customer(world: World) -> list[str]:
    token = links.status_url(world.deps, now_of(world)).rpartition("/t/")[2]
    return [entry["text"] for entry in customer_page.view(world.deps, token).entries]


def draft(world: World, agent: str) -> str:
    return drafts.begun_by(world.deps, samples.REF, agent)


def at_once(action: str) -> World:
    """A world in which the answer left at once, ten minutes after the opening."""
    world = new_world()
    agents.opened(world)
    world.clock.advance(seconds=600)
    acts(world, action, **WRITTEN[action])
    agents.stream(world)
    return world


def at_once_meets(world: World, action: str, name: str, soon: datetime) -> bool:
    """Whether an answer that leaves at once meets the clock: in a copy of the world."""
    other = new_world()
    agents.opened(other)
    other.store.commit(Change(evolve(now_of(other), clocks=now_of(world).clocks)))
    acts(other, action, **WRITTEN[action])
    agents.stream(other)
    clock = now_of(other).clock(name)
    return clock is not None and (clock.due != soon or clock.met_at is not None)


class TestLeavingLater:
    @pytest.mark.parametrize("action", WRITTEN)
    def test_nothing_has_changed_for_the_customer_until_it_leaves(
        self, world: World, ticket: Ticket, action: str
    ) -> None:
        before = seen_by_customer(world)
        acts(world, action, **WRITTEN[action])
        agents.stream(world)
        due_work(world, 9 * MINUTE)
        after = now_of(world)
        assert (to_customer(world), after.state, after.clocks) == ([], State.OPEN, ticket.clocks)
        assert (world.store.sla_counts, seen_by_customer(world), after.assignee) == ({}, before, ADA)

    @pytest.mark.parametrize("action", WRITTEN)
    def test_when_it_leaves_it_changes_what_it_would_have_changed_at_once(
        self, world: World, ticket: Ticket, action: str
    ) -> None:
        acts(world, action, **WRITTEN[action])
        due_work(world, 10 * MINUTE)
        later, expected = now_of(world), now_of(other := at_once(action))
        assert (later.held_answer, world.store.only_message().visibility) == (None, Visibility.SHARED)
        assert (later.state, later.outcome, later.clocks) == (expected.state, expected.outcome, expected.clocks)
        assert later.active_at == expected.active_at
        assert world.store.sla_counts == other.store.sla_counts
        assert agents.log(world)[-1] == agents.log(other)[-1]
        (mail,), (same,) = world.mailer.to(MIRA), other.mailer.to(MIRA)
        assert (mail.mail["Subject"], mail.text) == (same.mail["Subject"], same.text)
        assert WRITTEN[action]["text"] in seen_by_customer(world)[-1]

    def test_it_leaves_before_its_promise_is_broken(self, world: World, ticket: Ticket) -> None:
        promise = ticket.clock(FIRST_ANSWER)
        assert promise
        world.clock.at = promise.due - LATEST - 3 * MINUTE
        acts(world, "answer", **WRITTEN["answer"])
        held = now_of(world).held_answer
        assert held
        assert held.leaves_at == promise.due - LATEST

    @pytest.mark.parametrize("action", WRITTEN)
    @pytest.mark.parametrize("name", ESCALATED)
    def test_it_leaves_before_any_promise_that_it_meets(
        self, world: World, ticket: Ticket, action: str, name: str
    ) -> None:
        """Each promise there is, one after the other the only one."""
        soon = START + 8 * MINUTE
        alone = Clocks([Clock(name, "2 days", START - MINUTE, soon)])
        world.store.commit(Change(evolve(now_of(world), clocks=alone)))
        acts(world, action, **WRITTEN[action])
        held = now_of(world).held_answer
        assert held
        if at_once_meets(world, action, name, soon):
            assert held.leaves_at == soon - LATEST

    def test_a_message_that_the_customer_wrote_meanwhile_has_no_answer_yet(self, world: World, ticket: Ticket) -> None:
        acts(world, "answer", **WRITTEN["answer"])
        world.clock.advance(seconds=120)
        world.store.commit(samples.reply(now_of(world), now=world.clock()))
        due_work(world, 10 * MINUTE)
        after = now_of(world)
        promise = after.clock(NEXT_ANSWER)
        assert after.state is State.OPEN
        assert promise
        assert promise.set_at == START + 2 * MINUTE

    @pytest.mark.parametrize("action", WRITTEN)
    def test_a_second_answer_waits_until_the_first_has_left(self, world: World, ticket: Ticket, action: str) -> None:
        acts(world, "answer", **WRITTEN["answer"])
        with pytest.raises(InvalidEvent, match="waiting to leave"):
            acts(world, action, **WRITTEN[action] | {"text": "And more."})

    def test_a_ticket_with_an_answer_under_way_is_neither_closed_nor_merged(self, world: World, ticket: Ticket) -> None:
        acts(world, "answer", **WRITTEN["answer"])
        other = agents.opened(world, "NL-7K3F9-QXMT3")
        settled = {"action": "close", "outcome": "settled", "reason": "By telephone."}
        for refused in (settled, {"action": "spam"}, {"action": "merge", "into": other.ref}):
            with pytest.raises(InvalidEvent):
                acts(world, **refused)

    def test_a_mail_that_is_refused_for_good_leaves_the_ticket_as_it_was(self, world: World, ticket: Ticket) -> None:
        acts(world, "answer", **WRITTEN["answer"])
        world.mailer.failing = refusing(passing=False)
        due_work(world, 10 * MINUTE)
        after, message = now_of(world), world.store.only_message()
        assert (after.held_answer, after.state, after.clocks) == (None, State.OPEN, ticket.clocks)
        assert (message.visibility, world.store.sla_counts) == (Visibility.INTERNAL, {})

    def test_after_a_mail_is_refused_for_good_the_time_to_close_begins_again(self, world: World) -> None:
        agents.opened(world, kind="question", topic="late")
        acts(world, "answer", text="Soon.")
        agents.stream(world)
        world.with_shop(desk=UNDO)
        acts(world, "answer", text="Sooner.")
        world.mailer.failing = refusing(passing=False)
        due_work(world, 10 * MINUTE)
        after = now_of(world)
        assert (after.held_answer, after.state) == (None, State.WAITING)
        closes = after.clock(CLOSE)
        assert closes
        assert closes.set_at == START + 10 * MINUTE

    def test_an_answer_by_mail_leaves_at_once(self, world: World, ticket: Ticket) -> None:
        context = world.deps.context(world.shop)
        inbound = samples.inbound(text="By mail.", person=Person("Ada", ADA), channel=Channel.MAIL)
        written = replying.agent_answers(ticket, "by-mail", inbound, context)
        world.store.commit(written)
        agents.stream(world)
        assert len(to_customer(world)) == 1


class TestMeanwhile:
    """What happens between the writing of an answer and its leaving is not answered by it."""

    @pytest.fixture
    def question(self, world: World) -> Ticket:
        """Of a kind that closes after an answer, and whose clocks wait after a question."""
        world.with_shop(desk=UNDO)
        return agents.opened(world, kind="question", topic="late")

    def writes(self, world: World, id: str = "newer") -> None:
        world.clock.advance(seconds=60)
        world.store.commit(samples.reply(now_of(world), id, now=world.clock()))

    @pytest.mark.parametrize("action", ["answer", "ask"])
    def test_a_ticket_that_was_closed_stays_closed_as_it_was(self, world: World, question: Ticket, action: str) -> None:
        acts(world, action, **WRITTEN[action])
        self.finds_an_article(world)
        closed, counted = now_of(world), dict(world.store.sla_counts)
        due_work(world, 10 * MINUTE)
        after = now_of(world)
        assert len([text for text in to_customer(world) if WRITTEN[action]["text"] in text]) == 1
        assert after.held_answer is None
        assert (after.state, after.outcome, after.closed_at) == (State.CLOSED, closed.outcome, closed.closed_at)
        assert (after.clocks, world.store.sla_counts) == (closed.clocks, counted)

    @pytest.mark.parametrize("action", ["answer", "ask"])
    def test_newer_words_on_a_closed_ticket_open_it_and_have_no_answer_yet(
        self, world: World, question: Ticket, action: str
    ) -> None:
        acts(world, action, **WRITTEN[action])
        self.finds_an_article(world)
        self.writes(world)
        again = now_of(world)
        due_work(world, 10 * MINUTE)
        after = now_of(world)
        assert (after.state, after.clock(CLOSE)) == (State.OPEN, None)
        assert after.clocks.only(NEXT_ANSWER, RESOLVE).unmet == again.clocks.only(NEXT_ANSWER, RESOLVE).unmet

    def finds_an_article(self, world: World) -> None:
        """The customer closes the ticket: they say that an article has answered it."""
        closed = concluding.self_served(now_of(world), "served", world.deps.context(world.shop))
        assert closed
        world.store.commit(closed)

    def counted(self, world: World) -> int:
        """How many promises have been counted as kept or missed."""
        return sum(kept + missed for kept, missed in world.store.sla_counts.values())

    def test_a_promise_for_newer_words_is_met_by_the_next_answer_only(self, world: World, question: Ticket) -> None:
        world.with_shop(desk=DeskTerms())
        acts(world, "answer", text="Soon.")
        agents.stream(world)
        world.with_shop(desk=UNDO)
        acts(world, "answer", text="Sooner.")
        self.writes(world)
        self.writes(world, "newest")
        promised = now_of(world).clock(NEXT_ANSWER)
        before = self.counted(world)
        due_work(world, 10 * MINUTE)
        after = now_of(world)
        assert after.state is State.OPEN
        assert after.clock(NEXT_ANSWER) == promised
        assert promised
        assert (promised.set_at, promised.met_at) == (START + MINUTE, None)
        assert self.counted(world) == before

    @pytest.mark.parametrize("kind", ["question", "feedback", "complaint"])
    def test_a_final_answer_neither_meets_nor_counts_what_newer_words_were_promised(
        self, world: World, kind: str
    ) -> None:
        world.with_shop(desk=DeskTerms())
        agents.opened(world, kind=kind, topic="late")
        acts(world, "answer", text="Soon.")
        agents.stream(world)
        world.with_shop(desk=UNDO)
        acts(world, "conclude", **WRITTEN["conclude"])
        self.writes(world)
        promised = now_of(world).clock(NEXT_ANSWER)
        due_work(world, 10 * MINUTE)
        after = now_of(world)
        assert (after.state, after.clock(NEXT_ANSWER)) == (State.OPEN, promised)
        acts(world, "answer", text="That too.")
        due_work(world, 10 * MINUTE)
        first, resolve, newer = 1, kind != "feedback", 1
        assert self.counted(world) == first + resolve + newer

    @pytest.mark.parametrize("action", ["answer", "ask"])
    def test_a_third_partys_answer_leaves_the_ticket_open(self, world: World, question: Ticket, action: str) -> None:
        refer(world)
        acts(world, action, **WRITTEN[action])
        world.clock.advance(seconds=60)
        heard = samples.inbound(text="It was lost.", person=Person("SwiftParcel", SWIFT), channel=Channel.MAIL)
        context = world.deps.context(world.shop)
        world.store.commit(referring.answered(now_of(world), "heard", heard, 1, context))
        before = now_of(world)
        due_work(world, 10 * MINUTE)
        after = now_of(world)
        assert (after.held_answer, after.state, after.clock(CLOSE)) == (None, State.OPEN, None)
        assert after.clock(RESOLVE) == before.clock(RESOLVE)
        assert after.clock(NEXT_ANSWER) is None
        first = after.clock(FIRST_ANSWER)
        assert first
        assert (first.met_at is not None, first.paused_at) == (action == "answer", None)

    @pytest.mark.parametrize("action", WRITTEN)
    def test_a_call_that_is_cancelled_promises_no_answer(self, world: World, question: Ticket, action: str) -> None:
        context = world.deps.context(world.shop)
        wanted = booking.Wanted(START + 60 * MINUTE, None, "place")
        called = booking.booked(question, wanted, (), context)
        world.store.commit(Change(evolve(called)))
        acts(world, action, **WRITTEN[action])
        world.clock.advance(seconds=60)
        world.store.commit(booking.cancelled(now_of(world), "cancelled", world.deps.context(world.shop)))
        due_work(world, 10 * MINUTE)
        after = now_of(world)
        assert after.state is (State.CLOSED if action == "conclude" else State.WAITING)
        assert after.clock(NEXT_ANSWER) is None


class TestTakingBack:
    @pytest.mark.parametrize("action", WRITTEN)
    def test_it_never_left_and_its_words_are_in_the_box_again(self, world: World, ticket: Ticket, action: str) -> None:
        acts(world, action, **WRITTEN[action])
        drafts.save_draft(world.deps, world.shop, samples.REF, ADA, "Begun since.")
        assert acts(world, "take_back")["done"]
        due_work(world, 20 * MINUTE)
        after, message = now_of(world), world.store.only_message()
        assert (to_customer(world), world.store.sla_counts) == ([], {})
        assert (after.held_answer, after.final_answer, after.clocks) == (None, None, ticket.clocks)
        assert (message.event, message.visibility, message.outbox) == (Event.TAKEN_BACK, Visibility.INTERNAL, None)
        assert draft(world, ADA) == f"{WRITTEN[action]['text']}\n\nBegun since."
        assert agents.log(world)[-1] == (ADA, "answer taken back", "")

    def test_pressing_twice_changes_nothing_more(self, world: World, ticket: Ticket) -> None:
        acts(world, "answer", **WRITTEN["answer"])
        named = {"message": world.store.only_message().id}
        assert acts(world, "take_back", **named)["done"]
        drafts.save_draft(world.deps, world.shop, samples.REF, ADA, "Better words.")
        world.clock.advance(seconds=3600)
        assert not acts(world, "take_back", **named)["done"]
        assert draft(world, ADA) == "Better words."

    def test_the_time_to_close_begins_again(self, world: World, ticket: Ticket) -> None:
        world.with_shop(desk=DeskTerms())
        acts(world, "change", kind="question", topic="late")
        acts(world, "answer", text="Soon.")
        agents.stream(world)
        world.with_shop(desk=UNDO)
        acts(world, "answer", text="Sooner.")
        assert now_of(world).clock(CLOSE) is None
        acts(world, "take_back")
        assert now_of(world).state is State.WAITING
        assert now_of(world).clock(CLOSE)

    @pytest.mark.parametrize("action", WRITTEN)
    def test_the_same_words_at_the_console_are_not_silently_kept_back(
        self, world: World, ticket: Ticket, action: str
    ) -> None:
        acts(world, action, **WRITTEN[action])
        acts(world, "take_back")
        with pytest.raises(InvalidEvent, match="was taken back"):
            acts(world, action, **WRITTEN[action])
        world.clock.advance(seconds=3600)
        assert acts(world, action, **WRITTEN[action])["done"]

    def test_once_it_has_left_it_can_not_be_taken_back(self, world: World, ticket: Ticket) -> None:
        acts(world, "answer", **WRITTEN["answer"])
        due_work(world, 10 * MINUTE)
        before = now_of(world)
        with pytest.raises(InvalidEvent, match="has left"):
            acts(world, "take_back", message=world.store.only_message().id)
        assert now_of(world) == before

    @pytest.mark.parametrize("action", WRITTEN)
    def test_a_sender_that_begins_meanwhile_wins(self, world: World, ticket: Ticket, action: str) -> None:
        acts(world, action, **WRITTEN[action])
        world.clock.advance(seconds=600)
        message = world.store.only_message()

        def meanwhile(change: Change) -> None:
            world.store.before_commit = lambda change: None
            assert post(world.deps, ItemRef(samples.REF, message.id))

        world.store.before_commit = meanwhile
        with pytest.raises(InvalidEvent, match="has left"):
            acts(world, "take_back", message=message.id)
        assert len(to_customer(world)) == 1

    @pytest.mark.parametrize("action", WRITTEN)
    def test_a_sender_that_comes_second_sends_nothing(self, world: World, ticket: Ticket, action: str) -> None:
        acts(world, action, **WRITTEN[action])
        world.clock.advance(seconds=600)
        message = world.store.only_message()

        def meanwhile(change: Change) -> None:
            world.store.before_commit = lambda change: None
            assert acts(world, "take_back")["done"]

        world.store.before_commit = meanwhile
        assert post(world.deps, ItemRef(samples.REF, message.id))
        assert to_customer(world) == []

    def test_a_sender_that_died_with_it_may_have_sent_it(self, world: World, ticket: Ticket) -> None:
        acts(world, "answer", **WRITTEN["answer"])
        world.clock.advance(seconds=600)
        claimed = claims.claim(world.store.only_message(), world.clock())
        assert claimed
        world.store.commit(claimed)
        world.clock.advance(seconds=3600)
        with pytest.raises(InvalidEvent, match="has left"):
            acts(world, "take_back")


class TestSecondReader:
    @pytest.mark.parametrize("action", WRITTEN)
    def test_it_waits_for_another_agent_and_the_promise_runs_on(self, read_twice: World, action: str) -> None:
        world, before = read_twice, now_of(read_twice).clocks
        acts(world, action, **WRITTEN[action])
        world.clock.advance(seconds=7200)
        look_after_due(world.deps)
        agents.stream(world)
        assert (to_customer(world), now_of(world).clocks.without(READ)) == ([], before)
        with pytest.raises(InvalidEvent, match="somebody else"):
            acts(world, "approve_answer")
        assert acts(world, "approve_answer", agent=TOM)["done"]
        agents.stream(world)
        assert len(to_customer(world)) == 1
        assert now_of(world).held_answer is None
        assert (TOM, "answer approved", "") in agents.log(world)

    def told(self, world: World) -> list[str]:
        sent = [mail for mail in world.mailer.sent if "waits for you to read it" in str(mail.mail["Subject"])]
        return [mail.recipient for mail in sent]

    @pytest.mark.parametrize("state", [State.OPEN, State.WAITING, State.QUARANTINED, State.CLOSED])
    def test_the_other_agents_are_told_at_once_and_again_until_somebody_has_read_it(
        self, read_twice: World, state: State
    ) -> None:
        """Also where no promise runs. The writer is not asked to read their own words."""
        world = read_twice
        acts(world, "answer", **WRITTEN["answer"])
        alone = now_of(world).clocks.only(READ)
        changes = {"closed_at": START, "outcome": Outcome.SETTLED} if state is State.CLOSED else {}
        world.store.commit(Change(evolve(now_of(world), state=state, clocks=alone, **changes)))
        others = [agent.address for agent in world.shop.agents if agent.address != ADA and agent.notify]
        counts = list[int]()
        for wait in (0 * MINUTE, 60 * MINUTE, timedelta(days=1), timedelta(days=1), timedelta(days=1)):
            due_work(world, wait)
            counts.append(len(self.told(world)))
        assert (counts, set(self.told(world))) == ([1, 1, 2, 3, 4], set(others) | {TOM})
        assert to_customer(world) == []
        assert retention.kept_for([now_of(world)], (), world.clock())
        acts(world, "take_back")
        due_work(world, timedelta(days=3))
        assert len(self.told(world)) == 4
        assert now_of(world).clock(READ) is None

    def test_nobody_is_told_any_more_when_it_was_approved(self, read_twice: World) -> None:
        world = read_twice
        acts(world, "answer", **WRITTEN["answer"])
        acts(world, "approve_answer", agent=TOM)
        due_work(world, timedelta(days=3))
        assert self.told(world) == []

    def test_an_answer_that_may_only_be_taken_back_is_nobodys_to_read(self, world: World, ticket: Ticket) -> None:
        acts(world, "answer", **WRITTEN["answer"])
        assert now_of(world).clock(READ) is None

    def test_newer_words_must_be_read_before_it_is_approved(self, read_twice: World) -> None:
        world = read_twice
        acts(world, "answer", **WRITTEN["answer"])
        shown = unseen_messages.seen(world.store.conversation(samples.REF)[1])
        agents.customer_writes(world)
        with pytest.raises(InvalidEvent) as refused:
            acts(world, "approve_answer", agent=TOM, seen=shown)
        assert list(refused.value.sentences) == ["seen"]
        shown = unseen_messages.seen(world.store.conversation(samples.REF)[1])
        assert acts(world, "approve_answer", agent=TOM, seen=shown)["done"]

    @pytest.mark.parametrize("approved", [False, True])
    def test_what_was_written_for_one_customer_is_sent_to_no_other(self, read_twice: World, approved: bool) -> None:
        """Whatever makes somebody else the customer: an agent can not, and an erasure waits."""
        world = read_twice
        world.with_shop(desk=replace(world.shop.desk, undo_minutes=10 * approved))
        acts(world, "answer", text="For Mira only.")
        if approved:
            acts(world, "approve_answer", agent=TOM)
        with pytest.raises(InvalidEvent, match="waiting to leave"):
            acts(world, "readdress", address="bob@example.com")
        event = {"shop": "northlight", "email": MIRA, "reason": "Asked for by letter of 3 November", "confirm": MIRA}
        erase_subject(world.deps, event, FakeRun())
        assert now_of(world).requester.address == MIRA
        world.store.commit(Change(evolve(now_of(world), requester=Person("Bob", "bob@example.com"))))
        if not approved:
            with pytest.raises(InvalidEvent, match="another address"):
                acts(world, "approve_answer", agent=TOM)
        due_work(world, 20 * MINUTE)
        assert world.mailer.to("bob@example.com") == []

    def test_a_corrected_name_changes_nothing_for_a_held_answer(self, read_twice: World) -> None:
        acts(read_twice, "answer", text="For Mira only.")
        assert acts(read_twice, "readdress", address=MIRA, name="Mira Holm-Lund")["done"]
        assert acts(read_twice, "approve_answer", agent=TOM)["done"]

    def test_without_an_address_it_can_not_be_approved(self, read_twice: World) -> None:
        world = read_twice
        acts(world, "answer", **WRITTEN["answer"])
        world.store.commit(Change(evolve(now_of(world), requester=Person("Mira Holm", ""))))
        with pytest.raises(InvalidEvent):
            acts(world, "approve_answer", agent=TOM)
        assert now_of(world).held_answer

    def test_two_readers_approve_it_once(self, read_twice: World) -> None:
        acts(read_twice, "answer", **WRITTEN["answer"])
        assert acts(read_twice, "approve_answer", agent=TOM)["done"]
        assert not acts(read_twice, "approve_answer", agent=ADA)["done"]
        agents.stream(read_twice)
        assert len(to_customer(read_twice)) == 1

    def test_what_was_approved_can_still_be_taken_back(self, read_twice: World) -> None:
        world = read_twice
        world.with_shop(desk=replace(world.shop.desk, undo_minutes=10))
        acts(world, "answer", **WRITTEN["answer"])
        acts(world, "approve_answer", agent=TOM)
        held = now_of(world).held_answer
        assert held
        assert held.leaves_at == START + 10 * MINUTE
        assert acts(world, "take_back")["done"]
        due_work(world, 20 * MINUTE)
        assert to_customer(world) == []

    def test_it_goes_back_to_its_writer_with_a_note(self, read_twice: World) -> None:
        world = read_twice
        acts(world, "answer", **WRITTEN["answer"])
        with pytest.raises(InvalidEvent):
            acts(world, "return_answer", agent=TOM, text=" ")
        assert acts(world, "return_answer", agent=TOM, text="Too sharp.")["done"]
        due_work(world, 20 * MINUTE)
        said = {message.event: message for message in world.store.messages.values()}
        assert (to_customer(world), now_of(world).held_answer) == ([], None)
        assert said[Event.TAKEN_BACK].visibility is said[Event.WORDS].visibility is Visibility.INTERNAL
        assert (said[Event.WORDS].text, draft(world, ADA)) == ("Too sharp.", "It comes tomorrow.")
        assert acts(world, "answer", text="It comes tomorrow, I promise.")["done"]

    @pytest.mark.parametrize(
        ("rule", "words", "amount", "asked_for"),
        [
            (SecondReader(kinds=("complaint",)), "", "", True),
            (SecondReader(kinds=("question",)), "", "", False),
            (SecondReader(amount=10000), "", "", False),
            (SecondReader(amount=10000), "", "99.99", False),
            (SecondReader(amount=10000), "", "100.00", True),
            (SecondReader(heat=True), "Thank you very much.", "", False),
            (SecondReader(heat=True), "You are idiots.", "", True),
            (SecondReader(), "You are idiots.", "900.00", False),
        ],
    )
    def test_the_policy_says_which_answers_are_read(
        self, world: World, rule: SecondReader, words: str, amount: str, asked_for: bool
    ) -> None:
        world.with_shop(desk=DeskTerms(second_reader=rule))
        agents.opened(world)
        if words:
            world.store.commit(samples.reply(now_of(world), text=words))
        if amount:
            acts(world, "remedy", remedy_kind="goodwill", amount=amount)
        acts(world, "answer", **WRITTEN["answer"])
        assert (now_of(world).held_answer is not None) is asked_for

    @pytest.mark.parametrize(("currency", "amount"), [("JPY", "10"), ("CHF", "0.01"), ("HUF", "5.00")])
    def test_an_amount_in_another_currency_is_always_read(self, world: World, currency: str, amount: str) -> None:
        world.with_shop(desk=DeskTerms(second_reader=SecondReader(amount=10000)))
        agents.opened(world)
        acts(world, "remedy", remedy_kind="goodwill", amount=amount, currency=currency)
        acts(world, "answer", **WRITTEN["answer"])
        assert now_of(world).held_answer

    @pytest.mark.parametrize("action", WRITTEN)
    @pytest.mark.parametrize("desk", [UNDO, DeskTerms(second_reader=SecondReader(kinds=("complaint",)))])
    @pytest.mark.parametrize("approved", [False, True])
    @pytest.mark.parametrize(
        "change",
        [
            {"action": "remedy", "remedy_kind": "goodwill", "amount": "900.00"},
            {"action": "remedy", "remedy_kind": "goodwill", "amount": "90.00", "currency": "GBP"},
            {"action": "remedy", "remedy_kind": "goodwill", "amount": "90.00", "note": "And a lamp."},
            {"action": "remedy", "remedy_kind": "refund", "amount": "90.00"},
            {"action": "remedy", "remedy_kind": "replacement"},
            {"action": "change", "kind": "question"},
            {"action": "change", "topic": "late"},
        ],
    )
    def test_nothing_that_its_mail_says_or_that_decides_on_its_reader_changes_while_it_is_held(
        self, world: World, action: str, desk: DeskTerms, approved: bool, change: dict[str, Any]
    ) -> None:
        world.with_shop(desk=replace(desk, undo_minutes=10))
        agents.opened(world)
        acts(world, "remedy", remedy_kind="goodwill", amount="90.00")
        acts(world, action, **WRITTEN[action])
        if approved and desk is not UNDO:
            acts(world, "approve_answer", agent=TOM)
        before = now_of(world)
        with pytest.raises(InvalidEvent, match="waiting to leave"):
            acts(world, **change)
        assert not acts(world, "remedy", remedy_kind="goodwill", amount="90.00")["done"]
        assert now_of(world) == before
        acts(world, "take_back")
        assert acts(world, **change)["done"]

    def test_other_tickets_need_none(self, read_twice: World) -> None:
        acts(read_twice, "change", topic="late", kind="question")
        acts(read_twice, "answer", **WRITTEN["answer"])
        agents.stream(read_twice)
        assert len(to_customer(read_twice)) == 1

    def test_the_inbox_says_so(self, read_twice: World) -> None:
        world = read_twice
        acts(world, "answer", **WRITTEN["answer"])
        (entry,), _ = world.deps.inbox.inbox_page("northlight", "open", 10)
        assert (entry.unread, entry.clock) == (True, FIRST_ANSWER)
        acts(world, "approve_answer", agent=TOM)
        (entry,), _ = world.deps.inbox.inbox_page("northlight", "open", 10)
        assert not entry.unread
