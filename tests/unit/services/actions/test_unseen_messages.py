"""An action that mails the customer is refused while there are messages its writer has not seen."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.errors import InvalidEvent
from chalicelib.rules.procedure import referring
from chalicelib.rules.tickets.messages import Person
from chalicelib.services.actions import unseen_messages
from chalicelib.services.actions.action_input import LONGEST
from chalicelib.services.actions.actions import WATCHED
from chalicelib.services.tickets.answers.drafts import save_draft
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
    "offer_publication": {"sku": "LAMP-1", "question": "Does it dim?", "text": "Yes."},
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
    acts(world, "remedy", remedy_kind="replacement", owed_by="seller")


def refused(world: World, action: str, has_seen: str, **more: Any) -> bool:
    try:
        acts(world, action, seen=has_seen, **(SAYING | OTHERS)[action], **more)
    except InvalidEvent as fault:
        assert list(fault.sentences) == ["seen"]
        return True
    return False


def test_every_watched_action_is_covered_here() -> None:
    # A second reader approves what another agent wrote (tests of held answers); templates go to messengers' users only
    # (services/messages/test_templates.py).
    assert set(SAYING) == set(WATCHED) - {"approve_answer", "send_template"}


@pytest.mark.parametrize("action", SAYING)
class TestActionsThatMailTheCustomer:
    def test_the_action_is_done_if_nothing_new_came(self, world: World, action: str) -> None:
        assert not refused(world, action, seen(world))

    def test_an_unseen_customers_message_refuses_it(self, world: World, action: str) -> None:
        before = seen(world)
        agents.customer_writes(world)
        assert refused(world, action, before)
        assert not refused(world, action, seen(world))

    def test_an_unseen_colleagues_answer_refuses_it(self, world: World, action: str) -> None:
        before = seen(world)
        acts(world, "answer", agent=TOM, text="On Friday.")
        assert refused(world, action, before)

    def test_a_message_that_comes_during_the_commit_refuses_it(self, world: World, action: str) -> None:
        def meanwhile(change: object) -> None:
            world.store.before_commit = lambda change: None
            agents.customer_writes(world)

        before = seen(world)
        world.store.before_commit = meanwhile
        assert refused(world, action, before)

    def test_anyway_overrides_the_refusal(self, world: World, action: str) -> None:
        before = seen(world)
        agents.customer_writes(world)
        assert not refused(world, action, before, anyway="yes")

    def test_notes_and_automatic_messages_do_not_refuse_it(self, world: World, action: str) -> None:
        before = seen(world)
        acts(world, "note", agent=TOM, text="They called.")
        ticket = world.store.tickets[samples.REF]
        world.store.commit(samples.reply(ticket, "away", world.clock(), text="I am away", automatic=(AUTOMATIC,)))
        assert not refused(world, action, before)

    def test_seen_may_be_the_last_messages_id(self, world: World, action: str) -> None:
        agents.customer_writes(world)
        read = last(world)
        world.clock.advance(seconds=1)
        agents.customer_writes(world, "And the screws")
        assert refused(world, action, read)
        assert not refused(world, action, last(world))

    def test_an_empty_seen_is_not_checked(self, world: World, action: str) -> None:
        agents.customer_writes(world)
        assert not refused(world, action, "")

    def test_an_unknown_message_id_counts_as_nothing_seen(self, world: World, action: str) -> None:
        agents.customer_writes(world)
        assert refused(world, action, "nosuchmessage")


@pytest.mark.parametrize("action", OTHERS)
def test_an_action_that_mails_no_customer_is_not_refused(world: World, action: str) -> None:
    before = seen(world)
    agents.customer_writes(world)
    assert not refused(world, action, before)


def test_an_unseen_third_partys_answer_refuses_it(world: World) -> None:
    acts(world, "refer", to="swiftparcel", text="Where is it?")
    before = seen(world)
    ticket = world.store.tickets[samples.REF]
    (referral,) = ticket.referrals
    person = Person("Swift", referral.address)
    inbound = samples.inbound(person=person, text="In Hanover.")
    change = referring.answered(ticket, "swift", inbound, referral.number, samples.context())
    world.store.commit(change)
    assert refused(world, "answer", before)
    assert not refused(world, "answer", seen(world))


def test_a_message_whose_mail_was_never_sent_still_counts_as_seen(world: World) -> None:
    acts(world, "conclude", **SAYING["conclude"])
    before = seen(world)
    world.mailer.failing = refusing(passing=False)
    agents.stream(world)
    assert world.store.tickets[samples.REF].final_answer is None
    assert seen(world) == before
    assert not refused(world, "answer", before)


def comes(world: World, id: str, ago: timedelta = timedelta()) -> None:
    """Commit a message that the customer wrote `ago` before now, and that is recorded now."""
    ticket = world.store.tickets[samples.REF]
    world.store.commit(samples.reply(ticket, id, world.clock() - ago, text=f"I said {id}"))


def newer(world: World, has_seen: str) -> list[str]:
    ticket, messages = world.store.conversation(samples.REF)
    assert ticket
    return [message.id for message in unseen_messages.newer(messages, ticket.opening.id, has_seen)]


class TestWhichMessagesAreNew:
    def test_a_call_logged_later_is_new_even_if_it_is_older(self, world: World) -> None:
        comes(world, "read")
        before = seen(world)
        comes(world, "called", timedelta(hours=3))
        assert newer(world, before) == ["called"]

    def test_messages_of_a_merged_older_ticket_are_new(self, world: World) -> None:
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

    def test_a_long_thread_detects_new_messages_and_keeps_the_form_small(self, world: World) -> None:
        for number in range(250):
            world.clock.advance(seconds=1)
            comes(world, f"message{number}")
        before = seen(world)
        assert len(before) <= LONGEST["seen"]
        assert newer(world, before) == []
        assert not refused(world, "ask", before)
        comes(world, "called", timedelta(seconds=100))
        assert "called" in newer(world, before)
        # A message recorded among those that are only counted is noticed as well.
        before = seen(world)
        comes(world, "longago", timedelta(days=1))
        assert len(newer(world, before)) == 1

    @pytest.mark.parametrize("has_seen", ["0.", "0.abc", "1", "9999999.", "0." + "é" * 6, "." * 50])
    def test_a_malformed_seen_counts_as_nothing_seen(self, world: World, has_seen: str) -> None:
        comes(world, "one")
        assert newer(world, has_seen) == ["one"]


class TestAnotherWriter:
    """Another agent is writing at the same time."""

    def writes(self, world: World, text: str = "Dear Mira,") -> None:
        save_draft(world.deps, world.shop, samples.REF, TOM, text)

    def test_an_answer_is_refused_while_an_unshown_agent_writes(self, world: World) -> None:
        self.writes(world)
        for action in ("answer", "ask"):
            with pytest.raises(InvalidEvent) as fault:
                acts(world, action, seen=seen(world), beside="", **SAYING[action])
            assert list(fault.value.sentences) == ["beside"]

    @pytest.mark.parametrize("more", [{"beside": f"{ADA} {TOM}"}, {"beside": "", "anyway": "yes"}, {}])
    def test_a_shown_writer_or_no_information_does_not_refuse_it(self, world: World, more: dict[str, str]) -> None:
        self.writes(world)
        assert not refused(world, "answer", seen(world), **more)

    def test_an_own_or_empty_draft_does_not_refuse_it(self, world: World) -> None:
        save_draft(world.deps, world.shop, samples.REF, ADA, "Dear Mira,")
        self.writes(world, " ")
        assert not refused(world, "answer", seen(world), beside="")

    @pytest.mark.parametrize("action", sorted({*SAYING, "note"} - {"answer", "ask"}))
    def test_other_actions_are_not_refused(self, world: World, action: str) -> None:
        self.writes(world)
        assert not refused(world, action, seen(world), beside="")

    def test_unseen_messages_and_another_writer_are_reported_together(self, world: World) -> None:
        before = seen(world)
        agents.customer_writes(world)
        self.writes(world)
        with pytest.raises(InvalidEvent) as fault:
            acts(world, "answer", seen=before, beside="", text="It comes tomorrow.")
        assert set(fault.value.sentences) == {"seen", "beside"}
