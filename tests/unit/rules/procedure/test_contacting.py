"""Contacts that an agent logs: how they open a ticket or join one, and what they store."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from chalicelib.errors import InvalidFields
from chalicelib.rules.procedure import contacting
from chalicelib.rules.procedure.contacting import Contact, made_at
from chalicelib.rules.tickets.clocks import ACKNOWLEDGE, FIRST_ANSWER, NEXT_ANSWER, RESOLVE, Clocks
from chalicelib.rules.tickets.outbox import Purpose
from chalicelib.rules.tickets.ticket import Author, Change, Channel, Message, Person, State, Ticket, Visibility
from tests.support import samples
from tests.support.store.fakes import START

ADA = Person("Ada Lindqvist", "ada@northlight.example")
TOM = "tom@northlight.example"
NOW = START + timedelta(hours=3)
MOMENT = samples.context(NOW)


def contact(
    at: datetime = START,
    *,
    outgoing: bool = False,
    answers: bool = False,
    with_whom: Person | None = None,
    **changes: object,
) -> Contact:
    inbound = samples.inbound(**{"channel": Channel.PHONE, "source": "call", **changes})
    return Contact(inbound, at, ADA, with_whom or inbound.person, outgoing, answers)


def added(ticket: Ticket, said: Contact) -> tuple[Change, Ticket, Message]:
    change = contacting.adds(ticket, "call", said, MOMENT)
    assert change.ticket
    return change, change.ticket, samples.message_of(change)


def mails(of: Ticket | Message) -> Iterator[tuple[Purpose, str]]:
    return ((mail.purpose, mail.to) for mail in (of.outbox.deliveries if of.outbox else ()))


class TestTimeOfTheContact:
    def test_a_browsers_clock_may_be_a_little_ahead(self) -> None:
        assert made_at(NOW + timedelta(minutes=5), NOW) == NOW
        assert made_at(START, NOW) == START

    @pytest.mark.parametrize(
        ("at", "code"), [(NOW + timedelta(minutes=6), "future"), (NOW - timedelta(days=367), "too_long_ago")]
    )
    def test_a_time_in_the_future_or_long_ago_is_refused(self, at: datetime, code: str) -> None:
        with pytest.raises(InvalidFields) as fault:
            made_at(at, NOW)
        assert fault.value.codes == {"when": code}


class TestANewTicket:
    def test_promises_count_from_the_call_and_the_acknowledgement_from_now(self) -> None:
        ticket = contacting.opens(samples.REF, contact(), MOMENT)
        by_form = samples.ticket()
        assert ticket.opened_at == START
        assert ticket.active_at == NOW
        for name in (FIRST_ANSWER, RESOLVE):
            assert ticket.clock(name).due == by_form.clock(name).due  # type: ignore[union-attr]
        acknowledge = ticket.clock(ACKNOWLEDGE)
        assert acknowledge
        assert acknowledge.due > NOW

    def test_the_customer_is_mailed_and_the_logging_agent_is_not(self) -> None:
        ticket = contacting.opens(samples.REF, contact(), MOMENT)
        assert set(mails(ticket)) == {
            (Purpose.ACKNOWLEDGEMENT, "mira.holm@example.com"),
            (Purpose.NOTIFICATION_NEW, TOM),
        }
        assert [(entry.actor, entry.action, entry.detail) for entry in ticket.log] == [
            (ADA.address, "opened", "channel=phone")
        ]

    def test_without_an_address_no_acknowledgement_is_promised_or_sent(self) -> None:
        ticket = contacting.opens(samples.REF, contact(person=Person("Mira", "", "+49 30 1")), MOMENT)
        assert ticket.clock(ACKNOWLEDGE) is None
        assert list(mails(ticket)) == [(Purpose.NOTIFICATION_NEW, TOM)]


class TestOnATicket:
    def test_a_customers_call_is_promised_an_answer_from_the_call_on(self) -> None:
        ticket = replace(samples.ticket(now=START - timedelta(days=1)), state=State.WAITING, clocks=Clocks())
        change, after, message = added(ticket, contact(text="And the screws?"))
        assert (after.state, message.author, message.at) == (State.OPEN, Author.CUSTOMER, START)
        assert message.visibility is Visibility.SHARED
        promise = after.clock(NEXT_ANSWER)
        assert promise
        assert promise.running
        assert (Purpose.NOTIFICATION_REPLY, TOM) in mails(message)
        assert ADA.address not in [to for _, to in mails(message)]
        assert [(entry.action, entry.detail) for entry in change.log] == [("contact noted", "channel=phone")]

    def test_a_contact_on_a_ticket_closed_long_ago_is_refused(self) -> None:
        ago = START - timedelta(days=4000)
        ticket = replace(samples.ticket(now=ago), state=State.CLOSED, closed_at=ago, clocks=Clocks())
        with pytest.raises(InvalidFields) as fault:
            added(ticket, contact())
        assert fault.value.codes == {"reference": "closed_long_ago"}

    def test_an_outgoing_call_that_answers_meets_the_promise_at_its_time(self) -> None:
        change, after, message = added(samples.ticket(), contact(outgoing=True, answers=True, person=ADA))
        assert (message.author, message.visibility) == (Author.AGENT, Visibility.SHARED)
        met = after.clock(FIRST_ANSWER)
        assert met
        assert met.met_at == START
        assert (after.state, after.assignee) == (State.WAITING, ADA.address)
        assert [sla_counts.kept for sla_counts in change.sla_counts] == [1]
        assert list(mails(message)) == []

    def test_an_outgoing_call_that_reached_nobody_is_internal_and_meets_no_promise(self) -> None:
        ticket = samples.ticket()
        change, after, message = added(ticket, contact(outgoing=True, person=ADA))
        assert message.visibility is Visibility.INTERNAL
        assert (after.clocks, after.state, after.assignee) == (ticket.clocks, State.OPEN, None)
        assert change.sla_counts == ()

    def test_an_outgoing_call_about_a_closed_ticket_leaves_it_closed(self) -> None:
        ticket = replace(samples.ticket(), state=State.CLOSED, closed_at=START)
        change, after, _ = added(ticket, contact(outgoing=True, answers=True, person=ADA))
        assert (after.state, after.clocks, change.sla_counts) == (State.CLOSED, ticket.clocks, ())

    def test_a_call_logged_late_does_not_move_the_last_activity_back(self) -> None:
        ticket = replace(samples.ticket(), active_at=START + timedelta(hours=2))
        for said in (contact(), contact(outgoing=True, answers=True, person=ADA)):
            assert added(ticket, said)[1].active_at == START + timedelta(hours=2)
