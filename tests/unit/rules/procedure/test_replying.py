"""How a conversation continues: who may write what to whom."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.rules.procedure import replying
from chalicelib.rules.tickets.outbox import Delivery, Purpose
from chalicelib.rules.tickets.remarks import Remark, Suspicion
from chalicelib.rules.tickets.ticket import Author, Change, Channel, Person, State, Ticket, Visibility
from tests.support import samples
from tests.support.samples import AUTOMATIC
from tests.support.store.fakes import START

ADA = Person("Ada Lindqvist", "ada@northlight.example")
EVE = Person("Eve", "Eve@example.org")
LATER = START + timedelta(hours=1)
SHOP = samples.northlight()


def changed(change: Change) -> Ticket:
    assert change.ticket
    return change.ticket


def mails(change: Change) -> list[tuple[Purpose, str]]:
    box = samples.message_of(change).outbox
    return [(delivery.purpose, delivery.to) for delivery in box.deliveries] if box else []


def adds(ticket: Ticket, **inbound: Any) -> Change:
    return replying.customer_adds(ticket, "m", samples.inbound(**inbound), samples.context(LATER))


def adds_answer(ticket: Ticket, *, mailed: bool = True, **inbound: Any) -> Change:
    said = samples.inbound(person=ADA, **inbound)
    return replying.agent_answers(ticket, "a", said, samples.context(LATER), mailed=mailed)


class TestCustomerAdds:
    @pytest.mark.parametrize("before", [State.OPEN, State.WAITING, State.CLOSED])
    def test_the_ticket_is_open_again(self, before: State) -> None:
        change = adds(replace(samples.ticket(), state=before), channel=Channel.MAIL, message_id="two@x")
        assert changed(change).state is State.OPEN
        assert changed(change).last_message_id == "two@x"
        assert changed(change).version == 2
        assert [purpose for purpose, _ in mails(change)] == [Purpose.NOTIFICATION_REPLY] * 2
        assert [entry.action for entry in change.log] == ["wrote"]

    def test_a_quarantined_ticket_stays_quarantined(self) -> None:
        assert changed(adds(samples.ticket(suspicions=(Suspicion.HASTY,)))).state is State.QUARANTINED

    def test_without_a_message_id_the_last_one_stays(self) -> None:
        ticket = replace(samples.ticket(), last_message_id="one@x")
        assert changed(adds(ticket)).last_message_id == "one@x"

    @pytest.mark.parametrize("tell", [True, False])
    def test_automatic_mail_moves_nothing_and_notifies_only_on_request(self, tell: bool) -> None:
        before = replace(samples.ticket(), state=State.WAITING, last_message_id="one@x")
        inbound = samples.inbound(automatic=(AUTOMATIC,), person=EVE, message_id="two@x")
        change = replying.customer_adds(before, "m", inbound, samples.context(LATER), tell=tell)
        assert changed(change) == replace(before, version=2)
        assert [purpose for purpose, _ in mails(change)] == [Purpose.NOTIFICATION_REPLY] * 2 * tell

    def test_a_person_with_a_valid_token_becomes_participant_once(self) -> None:
        once = changed(adds(samples.ticket(), person=EVE))
        assert once.participants == ("eve@example.org",)
        assert once.knows("EVE@example.org")
        assert changed(adds(once, person=EVE)).participants == once.participants
        assert changed(adds(once, person=Person("", ""))).participants == once.participants

    def test_the_customers_address_in_capitals_is_no_new_participant(self) -> None:
        shouting = Person("Mira", "MIRA.HOLM@EXAMPLE.COM")
        assert changed(adds(samples.ticket(), person=shouting)).participants == ()


class TestAgentAnswers:
    def test_an_answer_goes_to_the_customer_and_the_ticket_waits(self) -> None:
        change = replying.agent_answers(samples.ticket(), "m", samples.inbound(person=ADA), samples.context(LATER))
        assert mails(change) == [(Purpose.ANSWER, "mira.holm@example.com")]
        assert changed(change).state is State.WAITING
        clock = changed(change).clock("first_answer")
        assert clock
        assert clock.met_at == LATER
        assert [(entry.actor, entry.action) for entry in change.log] == [(ADA.address, "answered")]

    def test_an_answer_the_customer_has_already_is_recorded_and_not_sent(self) -> None:
        change = adds_answer(samples.ticket(kind="question"), mailed=False)
        assert mails(change) == []
        assert changed(change).state is State.WAITING
        clock = changed(change).clock("first_answer")
        assert clock
        assert clock.met_at == LATER
        assert change.sla_counts

    @pytest.mark.parametrize(("ask", "told"), [(ADA.address, [(Purpose.LEFT_OUT, ADA.address)]), ("", [])])
    def test_the_agent_is_mailed_once_which_files_were_left_out(
        self, ask: str, told: list[tuple[Purpose, str]]
    ) -> None:
        change = adds_answer(samples.ticket(), left_out=("logo.png",), told_left_out=ask)
        assert mails(change) == [(Purpose.ANSWER, "mira.holm@example.com"), *told]
        assert samples.message_of(change).left_out == ("logo.png",)

    def test_an_answer_to_a_closed_ticket_leaves_it_closed(self) -> None:
        closed = replace(samples.ticket(), state=State.CLOSED, closed_at=START)
        change = replying.agent_answers(closed, "m", samples.inbound(person=ADA), samples.context(LATER))
        assert mails(change) == [(Purpose.ANSWER, "mira.holm@example.com")]
        assert (changed(change).state, changed(change).closed_at) == (State.CLOSED, START)
        assert changed(change).clocks == closed.clocks

    def test_mails_owed_before_stay_owed(self) -> None:
        ticket = samples.ticket()
        change = replying.agent_answers(ticket, "m", samples.inbound(person=ADA), samples.context(LATER))
        assert changed(change).outbox == ticket.outbox


class TestKeptInternal:
    def kept(self, ticket: Ticket | None = None, *, tell: bool = True, moves: bool = False, **said: Any) -> Change:
        now, inbound = samples.context(LATER), samples.inbound(**said)
        return replying.kept_internal(
            ticket or samples.ticket(), "m", inbound, now, Remark.EMPTY, tell=tell, moves=moves
        )

    def test_an_agent_is_mailed_that_it_was_not_sent(self) -> None:
        change = self.kept(person=ADA)
        message = samples.message_of(change)
        assert (message.visibility, message.author, message.remarks) == (
            Visibility.INTERNAL,
            Author.AGENT,
            (Remark.EMPTY,),
        )
        assert message.outbox
        assert message.outbox.deliveries == (Delivery(Purpose.NOT_DELIVERED, ADA.address),)

    def test_another_persons_message_notifies_the_agents(self) -> None:
        change = self.kept(person=EVE)
        assert samples.message_of(change).author is Author.OTHER
        assert [purpose for purpose, _ in mails(change)] == [Purpose.NOTIFICATION_REPLY] * 2

    @pytest.mark.parametrize("person", [ADA, EVE])
    def test_without_tell_nobody_is_mailed(self, person: Person) -> None:
        assert mails(self.kept(person=person, tell=False)) == []

    def test_the_ticket_stays_unchanged(self) -> None:
        assert changed(self.kept(person=EVE)) == replace(samples.ticket(), version=2)

    @pytest.mark.parametrize("moves", [True, False])
    def test_a_message_that_moves_the_ticket_stops_its_automatic_closing(self, moves: bool) -> None:
        answered = changed(adds_answer(samples.ticket(kind="question")))
        assert answered.clock("close")
        after = changed(self.kept(answered, person=EVE, moves=moves))
        assert (after.clock("close") is None, after.state is State.OPEN) == (moves, moves)
        assert bool(after.clock("next_answer")) is moves


class TestReplyTimeAndRelease:
    def test_a_reply_joins_its_ticket_for_some_days_after_closing(self) -> None:
        closed = replace(samples.ticket(), state=State.CLOSED, closed_at=START)
        days = timedelta(days=SHOP.reopen_days)
        assert replying.takes_replies(samples.ticket(), SHOP, START + 9 * days)
        assert replying.takes_replies(closed, SHOP, START + days)
        assert not replying.takes_replies(closed, SHOP, START + days + timedelta(seconds=1))

    def test_a_released_ticket_is_acknowledged(self) -> None:
        quarantined = samples.ticket(suspicions=(Suspicion.TRAP,))
        released = changed(replying.release_from_quarantine(quarantined, SHOP, LATER, "console"))
        assert released.state is State.OPEN
        assert released.clocks == tuple(clock for clock in quarantined.clocks if clock.name != "quarantine")
        assert released.outbox
        assert Delivery(Purpose.ACKNOWLEDGEMENT, "mira.holm@example.com") in released.outbox.owed()

    def test_a_released_ticket_without_an_address_mails_nobody(self) -> None:
        nobody = samples.ticket(suspicions=(Suspicion.TRAP,), person=Person("", ""))
        assert (
            changed(replying.release_from_quarantine(replace(nobody, outbox=None), SHOP, LATER, "console")).outbox
            is not None
        )
