"""How a ticket is opened, and the mails it owes from the start."""

from typing import Any

import pytest

from chalicelib.external.holidays_calendar import holidays_of
from chalicelib.rules.intake.limits import Bound
from chalicelib.rules.intake.opening import bounded, notifications, open_ticket
from chalicelib.rules.tickets.log import Action, DetailCode, details_of
from chalicelib.rules.tickets.outbox import Purpose
from chalicelib.rules.tickets.remarks import Remark, Suspicion
from chalicelib.rules.tickets.ticket import Author, LogEntry, Person, State, Ticket
from tests.support import samples
from tests.support.samples import AUTOMATIC
from tests.support.store.fakes import START


def owed(ticket: Ticket) -> list[Purpose]:
    return [delivery.purpose for delivery in ticket.outbox.deliveries] if ticket.outbox else []


NEW = [Purpose.NOTIFICATION_NEW] * 2


def test_a_new_ticket_is_open_and_owes_acknowledgement_and_notifications() -> None:
    ticket = samples.ticket()
    assert ticket.state is State.OPEN
    assert ticket.version == 1
    assert owed(ticket) == [Purpose.ACKNOWLEDGEMENT, *NEW]
    assert ticket.log == (LogEntry(START, "customer", Action.OPENED, details_of(DetailCode.CHANNEL, "form")),)
    assert ticket.opening.author is Author.CUSTOMER
    assert ticket.opening.text == samples.WORDS


@pytest.mark.parametrize(
    ("inbound", "mails"),
    [
        ({"suspicions": (Suspicion.TRAP,)}, NEW),
        ({"suspicions": (Suspicion.TOO_MANY,), "notify": False}, []),
        ({"automatic": (AUTOMATIC,)}, NEW),
        ({"automatic": (AUTOMATIC,), "notify": False}, []),
        ({"automatic": (AUTOMATIC,), "suspicions": (Suspicion.TRAP,)}, NEW),
        ({"automatic": (AUTOMATIC,), "suspicions": (Suspicion.TOO_MANY,), "notify": False}, []),
    ],
)
def test_a_suspicious_or_automatic_ticket_is_quarantined_without_acknowledgement(
    inbound: dict[str, Any], mails: list[Purpose]
) -> None:
    ticket = samples.ticket(**inbound)
    assert ticket.state is State.QUARANTINED
    assert owed(ticket) == mails
    assert ticket.suspicions


def test_beyond_a_firm_limit_a_ticket_is_quarantined_and_mails_nobody() -> None:
    inbound = bounded(samples.inbound(), {Bound.SENDER_HOUR, Bound.RECIPIENT_HOUR})
    ticket = open_ticket(samples.REF, inbound, samples.shipped(), START, holidays_of(samples.shipped()))
    assert (ticket.state, ticket.suspicions, owed(ticket)) == (State.QUARANTINED, (Suspicion.TOO_MANY,), [])
    assert [entry.action for entry in ticket.log] == ["opened"]


@pytest.mark.parametrize("bound", [bound for bound in Bound if not bound.firm])
def test_beyond_a_mail_budget_a_ticket_is_open_and_mails_only_agents(bound: Bound) -> None:
    ticket = open_ticket(
        samples.REF, bounded(samples.inbound(), {bound}), samples.shipped(), START, holidays_of(samples.shipped())
    )
    assert (ticket.state, ticket.suspicions, owed(ticket)) == (State.OPEN, (), NEW[:1])
    assert ticket.opening.remarks == (Remark.BEYOND_BUDGET,)
    assert ticket.clock("acknowledge") is None
    assert ticket.clock("first_answer")
    assert ticket.log[-1] == LogEntry(START, "aftercare", Action.NOT_CONFIRMED, details_of(DetailCode.BOUND, bound))


def test_a_mail_that_forbids_automatic_answers_notifies_only_agents() -> None:
    ticket = samples.ticket(acknowledge=False)
    assert ticket.state is State.OPEN
    assert owed(ticket) == NEW
    assert ticket.clock("acknowledge") is None
    assert ticket.clock("first_answer")


def test_an_agent_who_must_be_asked_is_mailed_once() -> None:
    shop, told = samples.shipped(), samples.inbound(ask="tom@northlight.example", acknowledge=False)
    ticket = open_ticket(samples.REF, told, shop, START, holidays_of(shop))
    assert ticket.outbox
    assert [mail.to for mail in ticket.outbox.deliveries] == ["ada@northlight.example", "tom@northlight.example"]


def test_a_customer_without_an_address_gets_no_acknowledgement() -> None:
    ticket = samples.ticket(person=Person("", ""))
    assert ticket.state is State.OPEN
    assert owed(ticket) == NEW


@pytest.mark.parametrize("address", ["root@host", "müller@example.com", '"a b"@example.com'])
def test_an_address_that_takes_no_mail_gets_no_acknowledgement(address: str) -> None:
    assert owed(samples.ticket(person=Person("Cron", address))) == NEW


def test_only_agents_with_notify_are_mailed() -> None:
    told = [delivery.to for delivery in notifications(samples.northlight(), Purpose.NOTIFICATION_NEW)]
    assert told == ["ada@northlight.example", "tom@northlight.example"]
    assert [d.to for d in notifications(samples.shipped(), Purpose.NOTIFICATION_NEW)] == ["ada@northlight.example"]
