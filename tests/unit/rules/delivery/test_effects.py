"""What changes on a ticket when a mail was really sent, or when it never will be."""

from datetime import timedelta

import pytest

from chalicelib.rules.delivery import effects, sending
from chalicelib.rules.procedure import concluding, extending, replying
from chalicelib.rules.tickets.log import Action
from chalicelib.rules.tickets.messages import Message
from chalicelib.rules.tickets.outbox import Purpose, Stage
from chalicelib.rules.tickets.procedure_facts import Outcome
from chalicelib.rules.tickets.ticket import Change, Person, SlaCount, State, Ticket, Visibility
from tests.support import samples
from tests.support.store.fakes import START

ADA = Person("Ada Lindqvist", "ada@northlight.example")
DAY = timedelta(days=1)
LATER = START + DAY
DUE = START + 30 * DAY


def written(purpose: Purpose) -> tuple[Ticket, Message]:
    context = samples.context()
    change = {
        Purpose.EXTENSION: lambda: extending.extend(samples.ticket(), "m", DUE + DAY, "A part is late", ADA, context),
        Purpose.FINAL_ANSWER: lambda: concluding.conclude(
            samples.ticket(), "m", Outcome.UPHELD, "You are right", ADA, context, settled=True
        ),
        Purpose.QUESTION: lambda: replying.asks(samples.ticket(), "m", "Which?", ADA, context),
    }[purpose]()
    assert change.ticket
    return change.ticket, samples.message_of(change)


def noted(message: Message, *, sent: bool) -> Change:
    """The change with which the sender records the mail, made by its own rule."""
    (claimed,) = (sending.claim(message, START) or Change()).messages
    assert claimed.outbox
    (mail,) = claimed.outbox.owed()
    if sent:
        return sending.sent(claimed, claimed.outbox.attempts, [sending.Accepted(mail, "ses-1", LATER)])
    warning = effects.warning(claimed, mail, samples.ticket(), samples.northlight())
    return sending.refused(claimed, claimed.outbox.attempts, mail, "MessageRejected", LATER, warning)


def proven(purpose: Purpose, *, sent: bool) -> tuple[Change, Change]:
    ticket, message = written(purpose)
    note = noted(message, sent=sent)
    with_or_without = effects.with_effect if sent else effects.without_effect
    return note, with_or_without(note, ticket, message, purpose, samples.context(LATER))


def owed(change: Change) -> list[tuple[Purpose, str]]:
    box = samples.message_of(change).outbox
    assert box
    return [(mail.purpose, mail.to) for mail in box.owed()]


class TestSent:
    def test_a_sent_extension_notice_moves_the_promise_in_the_same_change(self) -> None:
        note, change = proven(Purpose.EXTENSION, sent=True)
        assert change.ticket
        assert change.ticket.version == 3
        resolve = change.ticket.clock("resolve")
        assert resolve
        assert resolve.due == DUE + DAY
        assert (change.messages, change.sent) == (note.messages, note.sent)
        assert [entry.action for entry in change.log] == ["extended"]
        assert change.sla_counts == ()

    def test_a_sent_final_answer_closes_the_ticket_and_counts_its_promises(self) -> None:
        note, change = proven(Purpose.FINAL_ANSWER, sent=True)
        assert change.ticket
        assert (change.ticket.state, change.ticket.version) == (State.CLOSED, 3)
        assert (change.messages, change.sent) == (note.messages, note.sent)
        assert [entry.action for entry in change.log] == ["closed"]
        assert change.sla_counts == (SlaCount("northlight", LATER, kept=2),)

    def test_a_final_answer_recorded_twice_counts_its_promises_once(self) -> None:
        ticket, message = written(Purpose.FINAL_ANSWER)
        note = noted(message, sent=True)
        first = effects.with_effect(note, ticket, message, Purpose.FINAL_ANSWER, samples.context(LATER)).ticket
        assert first
        again = concluding.reopen(first, "A new photo", ADA, samples.context(LATER)).ticket
        assert again
        second = effects.with_effect(note, again, message, Purpose.FINAL_ANSWER, samples.context(LATER))
        assert second.ticket
        assert (second.ticket.state, second.sla_counts, second.log) == (State.OPEN, (), ())

    def test_any_other_sent_mail_has_no_further_effect(self) -> None:
        note, change = proven(Purpose.QUESTION, sent=True)
        assert change is note
        assert Purpose.QUESTION not in effects.TELLING


class TestNeverSent:
    @pytest.mark.parametrize("purpose", effects.TELLING)
    def test_an_unsent_notice_has_no_effect_and_agents_are_mailed(self, purpose: Purpose) -> None:
        _, change = proven(purpose, sent=False)
        ticket = change.ticket
        assert ticket
        assert (ticket.state, ticket.clocks) == (State.OPEN, samples.ticket().clocks)
        agents = [agent.address for agent in samples.northlight().agents]
        assert owed(change) == [(Purpose.UNDELIVERED, agent) for agent in agents]
        box = samples.message_of(change).outbox
        assert box
        assert box.stage is Stage.CLAIMED  # the current sender continues with these
        assert [(entry.action, entry.details[0].value) for entry in change.log] == [(Action.NOT_SENT, purpose)]
        assert samples.message_of(change).visibility is Visibility.INTERNAL

    def test_another_notice_may_be_written(self) -> None:
        extended = proven(Purpose.EXTENSION, sent=False)[1].ticket
        assert extended
        assert extending.extend(extended, "n", DUE + DAY, "Once more", ADA, samples.context(LATER))
        concluded = proven(Purpose.FINAL_ANSWER, sent=False)[1].ticket
        assert concluded
        context = samples.context(LATER)
        assert concluding.conclude(concluded, "n", Outcome.UPHELD, "You are right", ADA, context, settled=True)

    def test_any_other_unsent_mail_has_no_further_effect(self) -> None:
        note, change = proven(Purpose.QUESTION, sent=False)
        assert change is note
