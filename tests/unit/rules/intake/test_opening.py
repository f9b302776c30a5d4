"""How a ticket comes to be, and the mails it owes from its first moment."""

from typing import Any

import pytest

from chalicelib.external.holidays_calendar import holidays_of
from chalicelib.rules.intake.limits import Bound
from chalicelib.rules.intake.opening import bounded, notifications, open_ticket
from chalicelib.rules.tickets.log import Action, DetailCode, details_of
from chalicelib.rules.tickets.outbox import Purpose
from chalicelib.rules.tickets.remarks import Remark
from chalicelib.rules.tickets.suspicions import Suspicion
from chalicelib.rules.tickets.ticket import Author, LogEntry, Person, State, Ticket
from tests.support import samples
from tests.support.samples import AUTOMATIC
from tests.support.store.fakes import START


def owed(ticket: Ticket) -> list[Purpose]:
    return [delivery.purpose for delivery in ticket.outbox.deliveries] if ticket.outbox else []


NEW = [Purpose.NOTIFICATION_NEW] * 2


def test_a_ticket_is_open_acknowledged_and_told_of() -> None:
    ticket = samples.ticket()
    assert ticket.state is State.OPEN
    assert ticket.version == 1
    assert owed(ticket) == [Purpose.ACKNOWLEDGEMENT, *NEW]
    assert ticket.log == (LogEntry(START, "customer", Action.OPENED, details_of(DetailCode.CHANNEL, "form")),)
    assert ticket.opening.author is Author.CUSTOMER
    assert ticket.opening.text == samples.WORDS


@pytest.mark.parametrize(
    ("arrival", "mails"),
    [
        ({"suspicions": (Suspicion.TRAP,)}, NEW),
        ({"suspicions": (Suspicion.TOO_MANY,), "notify": False}, []),
        ({"automatic": (AUTOMATIC,)}, NEW),
        ({"automatic": (AUTOMATIC,), "notify": False}, []),
        ({"automatic": (AUTOMATIC,), "suspicions": (Suspicion.TRAP,)}, NEW),
        ({"automatic": (AUTOMATIC,), "suspicions": (Suspicion.TOO_MANY,), "notify": False}, []),
    ],
)
def test_what_is_suspicious_or_automatic_is_quarantined_without_an_acknowledgement(
    arrival: dict[str, Any], mails: list[Purpose]
) -> None:
    ticket = samples.ticket(**arrival)
    assert ticket.state is State.QUARANTINED
    assert owed(ticket) == mails
    assert ticket.suspicions


def test_beyond_a_firm_limit_it_is_quarantined_and_told_nobody() -> None:
    arrival = bounded(samples.arrival(), {Bound.SENDER_HOUR, Bound.RECIPIENT_HOUR})
    ticket = open_ticket(samples.REF, arrival, samples.shipped(), START, holidays_of(samples.shipped()))
    assert (ticket.state, ticket.suspicions, owed(ticket)) == (State.QUARANTINED, (Suspicion.TOO_MANY,), [])
    assert [entry.action for entry in ticket.log] == ["opened"]


@pytest.mark.parametrize("bound", [bound for bound in Bound if not bound.firm])
def test_beyond_a_budget_of_mail_it_is_open_and_told_agents_and_promises_no_confirmation(bound: Bound) -> None:
    ticket = open_ticket(
        samples.REF, bounded(samples.arrival(), {bound}), samples.shipped(), START, holidays_of(samples.shipped())
    )
    assert (ticket.state, ticket.suspicions, owed(ticket)) == (State.OPEN, (), NEW[:1])
    assert ticket.opening.remarks == (Remark.BEYOND_BUDGET,)
    assert ticket.clock("acknowledge") is None
    assert ticket.clock("first_answer")
    assert ticket.log[-1] == LogEntry(START, "aftercare", Action.NOT_CONFIRMED, details_of(DetailCode.BOUND, bound))


def test_what_must_not_be_answered_automatically_is_told_to_agents_and_promises_no_confirmation() -> None:
    ticket = samples.ticket(acknowledge=False)
    assert ticket.state is State.OPEN
    assert owed(ticket) == NEW
    assert ticket.clock("acknowledge") is None
    assert ticket.clock("first_answer")


def test_the_agent_who_must_know_is_told_once() -> None:
    shop, told = samples.shipped(), samples.arrival(ask="tom@northlight.example", acknowledge=False)
    ticket = open_ticket(samples.REF, told, shop, START, holidays_of(shop))
    assert ticket.outbox
    assert [mail.to for mail in ticket.outbox.deliveries] == ["ada@northlight.example", "tom@northlight.example"]


def test_whom_nobody_can_write_to_is_not_acknowledged() -> None:
    ticket = samples.ticket(person=Person("", ""))
    assert ticket.state is State.OPEN
    assert owed(ticket) == NEW


@pytest.mark.parametrize("address", ["root@host", "müller@example.com", '"a b"@example.com'])
def test_who_wrote_from_where_no_mail_can_be_sent_to_is_not_acknowledged(address: str) -> None:
    assert owed(samples.ticket(person=Person("Cron", address))) == NEW


def test_agents_are_told_who_wish_it() -> None:
    told = [delivery.to for delivery in notifications(samples.northlight(), Purpose.NOTIFICATION_NEW)]
    assert told == ["ada@northlight.example", "tom@northlight.example"]
    assert [d.to for d in notifications(samples.shipped(), Purpose.NOTIFICATION_NEW)] == ["ada@northlight.example"]
